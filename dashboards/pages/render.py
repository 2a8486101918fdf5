"""A template and what it shows → an HTML answer in the visitor's language and size."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from dashboards import language
from dashboards.pages import assets, shapes
from sensors.kit.say import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from daemon.core.site import Site

BIG = "big"
YEAR = 365 * 86_400
_JINJA = Environment(
    loader=PackageLoader("dashboards.pages"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def day(moment: str | None, today: str) -> str:
    """`2026-11-22T14:02:11+08:00` → 14:02, on another day than `today` 11-22 14:02."""
    if not moment:
        return ""
    return moment[11:16] if moment[:10] == today else f"{moment[5:10]} {moment[11:16]}"


def is_big(request: Request) -> bool:
    """`?big=1`, or the visitor's last choice."""
    return request.query_params.get(BIG, request.cookies.get(BIG, "")) == "1"


def page(
    request: Request,
    template: str,
    *,
    http_status: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: Any,  # noqa: ANN401 - whatever the template shows
) -> Response:
    """The whole page; `?lang=` and `?big=` are remembered."""
    spoken = language.choose(request, _default(request))
    html = _JINJA.get_template(template).render(
        lang=spoken,
        t=partial(language.say, spoken),
        p=lambda text: language.pick(text, spoken),
        day=partial(day, today=_today(request, shown.get("site"))),
        favicon=shapes.favicon,
        symbols=shapes.symbols,
        unit=lambda name: UNITS.get(name, name),
        own=assets.own,
        big=is_big(request),
        here=partial(_here, request),
        other="en" if spoken == "zh" else "zh",
        **shown,
    )
    answer = HTMLResponse(
        html,
        http_status,
        dict(headers or {}) | {"content-language": language.say(spoken, "language"), "vary": "Accept-Language, Cookie"},
    )
    for name in (language.COOKIE, BIG):
        if (wish := request.query_params.get(name, "")) in (*language.LANGUAGES, "0", "1"):
            answer.set_cookie(name, wish, max_age=YEAR, samesite="lax")
    return answer


def problem(request: Request, status: int, says: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, on a page."""
    site = request.app.state.shared.site(None)
    return page(request, "problem.html", http_status=status, headers=headers, site=site, says=says)


def script_data(text: str) -> Markup:
    """JSON that can stand inside a script element: no `</script>` or comment can end it early."""
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped here


def _here(request: Request, **change: str) -> str:
    """The same page with other wishes. /zh and /en are wishes themselves, so they give way to /."""
    kept = {name: value for name, value in request.query_params.items() if name not in ("fragment", "lang", "big")} | change
    path = "/" if request.url.path.strip("/") in language.LANGUAGES else request.url.path
    return f"{path}?{urlencode(kept)}" if kept else path


def _today(request: Request, site: Site | None) -> str:
    """The date at the site now."""
    shared = getattr(request.app.state, "shared", None)
    if shared is None or site is None:
        return ""
    return datetime.fromtimestamp(shared.clock.now(), ZoneInfo(site.timezone)).date().isoformat()


def _default(request: Request) -> str:
    shared = getattr(request.app.state, "shared", None)
    return shared.configuration.settings.default_language if shared else "zh"
