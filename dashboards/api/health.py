"""Is this process up, and can Atrium do its work: for supervisors, load balancers and whoever watches the watcher."""

from typing import Any

from fastapi import APIRouter, Response

from daemon.core.vitals import Check
from daemon.ports import StoreBroken
from dashboards.shared import Needs, Shared

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(needs: Needs, response: Response) -> dict[str, Any]:
    """The store answers, the broker is connected, and the watch is well: connected, committing, its clock sane, room on the disk,
    history and outbox moving, canaries coming through. 200, or 503 with what is wrong."""
    checks = _checks(needs)
    ready = all(check.ok for check in checks)
    response.status_code = 200 if ready else 503
    told = {check.name: {"ok": check.ok} | ({"reason": check.reason} if check.reason else {}) for check in checks}
    return {"status": "ready" if ready else "not ready", "checks": told}


def _checks(needs: Shared) -> list[Check]:
    line = needs.live.line()
    near = [
        _check("broker", line.broker == "connected", f"these pages: {line.broker}"),
        _check("live", line.watch == "alive", "no values from the watch"),
    ]
    try:
        return [Check("store", ok=True), *near, *needs.system.checks()]
    except StoreBroken as broken:
        return [Check("store", ok=False, reason=broken.reason), *near]


def _check(name: str, ok: bool, reason: str) -> Check:  # noqa: FBT001 - a verdict
    return Check(name, ok=ok, reason="" if ok else reason)
