"""What can't be done → an RFC 9457 problem document for programs, or a page for people. Nothing that was sent in is echoed."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from daemon.core.rights import Refused
from daemon.ports import HistoryAway, StaleVersion, StoreBroken
from dashboards import language
from dashboards.pages import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

PROBLEM = "application/problem+json"
_REFUSED = {"version": 409, "illegal": 409, "proof": 409, "role": 403, "note": 422}
_BY_STATUS = {401: "unsigned", 403: "role", 404: "missing", 413: "large", 503: "busy"}


class Problem(Exception):  # noqa: N818 - an answer, not a bug
    """An answer that is not the one hoped for. `code`: a word for programs; the sentence stands in the locales."""

    def __init__(self, status: int, code: str, *, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.says = language.both(f"problem.{code}", **values)
        self.more: dict[str, Any] = {}


def refused(error: Refused) -> Problem:
    """The pure core said no: its own sentence, and what is allowed instead."""
    problem = Problem(_REFUSED[error.code], "other")
    problem.code = error.code
    problem.says = {"zh": error.reason.zh, "en": error.reason.en}
    problem.more = {"allowed": list(error.allowed)}
    return problem


def history_away(error: HistoryAway) -> Problem:
    """No empty trend: values are there, only not to be had. `since` is epoch seconds, for the page to show in its own time."""
    problem = Problem(503, "history", since=f"{datetime.fromtimestamp(error.since, UTC):%Y-%m-%d %H:%M} UTC")
    problem.more = {"since": error.since}
    return problem


def install(app: FastAPI) -> None:
    """Every way in which a request may fail gets its answer here."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Refused, lambda request, error: _on_problem(request, refused(error)))
    app.add_exception_handler(StaleVersion, lambda request, _: _on_problem(request, Problem(409, "version")))
    app.add_exception_handler(HistoryAway, lambda request, error: _on_problem(request, history_away(cast("HistoryAway", error))))
    app.add_exception_handler(StoreBroken, lambda request, _: _on_problem(request, Problem(503, "store")))
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, lambda request, _: _on_problem(request, Problem(500, "broken")))


def _on_problem(request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else Problem(500, "broken")
    if _for_program(request):
        return JSONResponse(document(request, problem), problem.status, problem.headers, PROBLEM)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse(f"/login?next={quote(request.url.path)}", 303)
    return render.problem(request, problem.status, problem.says, problem.headers)


def document(request: Request, problem: Problem) -> dict[str, Any]:
    """The members of RFC 9457, the sentence in both languages beside them."""
    return {
        "type": f"urn:atrium:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.says[language.choose(request)],
        "instance": request.url.path,
        "says": problem.says,
        **problem.more,
    }


def _for_program(request: Request) -> bool:
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


def _on_invalid(request: Request, error: Exception) -> Response:
    """Where it is wrong and what is expected; never what was sent, which may be a password."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [{"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in found]
    problem = Problem(422, "invalid", what="; ".join(f"{one['where']}: {one['what']}" for one in errors[:5]))
    problem.more = {"errors": errors[:20]}
    return _on_problem(request, problem)


def _on_http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    values = {"limit": getattr(error, "detail", "")} if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else {}
    problem = Problem(status, _BY_STATUS.get(status, "other"), headers=getattr(error, "headers", None), **values)
    return _on_problem(request, problem)
