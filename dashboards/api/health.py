"""Is this process up, and can it do its work: for supervisors and load balancers."""

from fastapi import APIRouter, Response

from daemon.ports import StoreBroken
from dashboards.shared import Needs

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(needs: Needs, response: Response) -> dict[str, str]:
    """The store answers, the broker is connected and the watch speaks; else 503 with what is missing."""
    line = needs.live.line()
    try:
        needs.store.last_event_seq()
        store = "ok"
    except StoreBroken:
        store = "broken"
    ready = store == "ok" and line.broker == "connected" and line.watch == "alive"
    response.status_code = 200 if ready else 503
    return {"status": "ready" if ready else "not ready", "store": store, "broker": line.broker, "watch": line.watch}
