"""An `Idempotency-Key` → the answer already given to it, or the one given now and kept in the transaction of the change."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from daemon.ports import Transaction
    from dashboards.auth import Who
    from dashboards.shared import Shared
    from dashboards.views import Json

REPLAYED = "Idempotent-Replayed"


def once(needs: Shared, request: Request, who: Who, change: Callable[[Transaction], Json]) -> Response:
    """Do it in one transaction; the same key from the same person on the same path gets the first answer again."""
    key = _key(request, who)
    with needs.store.begin() as transaction:
        told = transaction.answered(key) if key else None
        if told is None:
            body = json.dumps(change(transaction), ensure_ascii=False)
            if key:
                transaction.answer(key, at=needs.clock.now(), status=200, body=body)
            return _answer(body, 200)
    return _answer(told[1], told[0], replayed=True)


def _key(request: Request, who: Who) -> str:
    given = request.headers.get("idempotency-key", "")
    if not given:
        return ""
    return hashlib.sha256(f"{who.user.name}\0{request.url.path}\0{given}".encode()).hexdigest()


def _answer(body: str, status: int, *, replayed: bool = False) -> Response:
    headers = {REPLAYED: "true"} if replayed else None
    return JSONResponse(json.loads(body), status, headers)
