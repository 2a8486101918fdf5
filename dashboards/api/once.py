"""What a person does → one short transaction: everything is read and decided before the lock is taken, and decided anew where
somebody was faster. An `Idempotency-Key` gets the answer already given to it, or the one given now, kept with the change.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from daemon.ports import StaleVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from daemon.ports import Transaction
    from dashboards.auth import Who
    from dashboards.shared import Shared
    from dashboards.views import Json

REPLAYED = "Idempotent-Replayed"
TRIES = 10  # others were faster so often: a ticket changes a few times an hour


@dataclass(frozen=True, slots=True)
class Plan:
    """A decided step: what to write, and what to answer once it is written. `write` raises StaleVersion where what was read is no
    longer so."""

    write: Callable[[Transaction], object]
    body: Json


def once(needs: Shared, request: Request, who: Who, decide: Callable[[], Plan]) -> Response:
    """Do it in one transaction; the same key from the same person on the same path gets the first answer again."""
    key = _key(request, who)
    for _ in range(TRIES):
        told = needs.store.answered(key) if key else None
        if told is not None:
            return _answer(told[1], told[0], replayed=True)
        plan = decide()
        body = json.dumps(plan.body, ensure_ascii=False)
        if _done(needs, plan, key, body):
            return _answer(body, 200)
    raise StaleVersion(f"{request.url.path}: others were faster {TRIES} times")


def _done(needs: Shared, plan: Plan, key: str, body: str) -> bool:
    """False: somebody was faster."""
    try:
        with needs.store.begin() as transaction:
            if key and not transaction.answer(key, at=needs.clock.now(), status=200, body=body):
                return False
            plan.write(transaction)
    except StaleVersion:
        return False
    return True


def _key(request: Request, who: Who) -> str:
    given = request.headers.get("idempotency-key", "")
    if not given:
        return ""
    return hashlib.sha256(f"{who.user.name}\0{request.url.path}\0{given}".encode()).hexdigest()


def _answer(body: str, status: int, *, replayed: bool = False) -> Response:
    headers = {REPLAYED: "true"} if replayed else None
    return JSONResponse(json.loads(body), status, headers)
