"""The API, described: OpenAPI for programs and a plain page for people. For staff only in production."""

from typing import Any

from fastapi import APIRouter, Request, Response

from dashboards import auth
from dashboards.pages.render import page
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request, needs: Needs) -> dict[str, Any]:
    """The whole description."""
    _staff_only(request, needs)
    described: dict[str, Any] = request.app.openapi()
    return described


@router.get("/docs")
def docs(request: Request, needs: Needs) -> Response:
    """A list of all calls; the usual viewer would load scripts from another host."""
    _staff_only(request, needs)
    calls = [
        (path, method.upper(), call.get("summary", ""), call.get("description", ""), call.get("parameters", []))
        for path, methods in request.app.openapi()["paths"].items()
        for method, call in methods.items()
    ]
    return page(request, "docs.html", site=needs.site(None), calls=calls)


def _staff_only(request: Request, needs: Shared) -> None:
    if needs.production and auth.find(request) is None:
        raise Problem(401, "unsigned")
