"""Sign-in, sign-out, and the shells of the built pages: HTML with the first state in it, so that nothing has to spin."""

import json
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from dashboards import auth, views
from dashboards.api import find
from dashboards.api.review import listing
from dashboards.api.tickets import look
from dashboards.api.wall import first_state
from dashboards.auth import AnyStaff, Desk, Staff, Who
from dashboards.language import choose
from dashboards.pages.render import page, script_data
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json

router = APIRouter(include_in_schema=False)
Technician = Annotated[Who, Depends(Staff("technician"))]
_TITLES = {"wall": "control", "technician": "technician", "review": "review"}
HOME = {"operator": "/control", "manager": "/control", "technician": "/technician"}


@router.get("/login")
def login_page(request: Request, needs: Needs, next: str = "") -> Response:  # noqa: A002 - its name in the address
    """The form; who is signed in already goes on."""
    who = auth.find(request)
    if who is not None:
        return RedirectResponse(_onward(who, next), 303)
    return _form(request, needs, next)


@router.post("/login")
def login(
    request: Request,
    needs: Needs,
    username: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=256)],
    next: Annotated[str, Form(max_length=200)] = "",  # noqa: A002 - its name in the form
) -> Response:
    """Sets the cookie. A program that accepts JSON gets the token too and may use it as bearer."""
    auth.check_origin(request)
    host = request.client.host if request.client else ""
    program = "application/json" in request.headers.get("accept", "")
    try:
        opened = auth.sign_in(needs, username, password, host)
    except Problem as problem:
        if program:
            raise
        wait = problem.more.get("wait")
        said = ("login.busy", 1) if wait is None else ("login.wait", ceil(wait / 60))
        return _form(request, needs, next, said, problem.status)
    if opened is None:
        if program:
            raise Problem(401, "unsigned")
        return _form(request, needs, next, ("login.wrong", 0), 401)
    token, session = opened
    who = Who(session.user, session, auth.digest(token), by_cookie=True)
    answer: Response = RedirectResponse(_onward(who, next), 303)
    if program:
        body = {"token": token, "csrf": session.csrf, "expires_at": session.expires_at, "user": _user(needs, who)}
        answer = JSONResponse(body)
    auth.set_cookie(request, answer, token)
    return answer


@router.get("/logout")
def logout_page(request: Request, needs: Needs, who: AnyStaff) -> Response:
    """A button: a link must not sign anybody out."""
    return page(request, "logout.html", site=needs.site(None), who=who)


@router.post("/logout")
def logout(request: Request, needs: Needs, csrf: Annotated[str, Form()] = "") -> Response:
    """Ends the session; open streams end within seconds."""
    who = auth.find(request)
    if who is not None:
        if who.by_cookie:
            auth.check_csrf(who, request.headers.get("x-csrf-token", csrf))
        needs.store.close_session(who.token_hash)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(auth.cookie_name(request), secure=request.url.scheme == "https", httponly=True, samesite="lax")
    return answer


@router.get("/control")
def control(request: Request, needs: Needs, who: Desk, site: str | None = None) -> Response:
    """The wall."""
    where = find.site(needs, who, site)
    return _shell(request, needs, who, "wall", where.id, {"wall": first_state(needs, where, who)})


@router.get("/review")
def review(request: Request, needs: Needs, who: Desk, site: str | None = None) -> Response:
    """What is not as usual and waits for a person's word."""
    where = find.site(needs, who, site)
    first = {"entries": listing(needs, where, state=None)["items"], "now": needs.clock.now(), "timezone": where.timezone}
    return _shell(request, needs, who, "review", where.id, first)


@router.get("/technician")
def technician(request: Request, needs: Needs, who: Technician, site: str | None = None) -> Response:
    """A technician's tickets: their own, their team's, and what nobody has taken."""
    where = find.site(needs, who, site)
    seq = needs.store.last_event_seq()
    jobs = needs.store.tickets(site=where.id, ended=False, limit=200)
    mine = [job for job in jobs if job.assignee == who.id or (not job.assignee and job.team in ("", who.team(where)))]
    now = needs.clock.now()
    first = {"tickets": [look(needs, where, who, job) for job in mine], "seq": seq, "now": now, "timezone": where.timezone}
    return _shell(request, needs, who, "technician", where.id, first)


def _shell(request: Request, needs: Shared, who: Who, name: str, site: str, first: Json) -> Response:
    """The built page, or a plain word that there is none yet."""
    entry = needs.assets.entry(name)
    place = needs.configuration.sites[site]
    if entry is None:
        return page(request, "unbuilt.html", site=place, http_status=503)
    boot = {
        "site": site,
        "site_name": views.words(place.name),
        "lang": choose(request, needs.configuration.settings.default_language),
        "csrf": who.session.csrf,
        "user": _user(needs, who),
        **first,
    }
    data = script_data(json.dumps(boot, ensure_ascii=False, separators=(",", ":")))
    return page(request, "shell.html", site=place, entry=entry, boot=data, title=_TITLES[name])


def _user(needs: Shared, who: Who) -> Json:
    site = next((one for one in needs.configuration.sites.values() if who.sees(one)), None)
    return {
        "name": who.user.name,
        "person": who.id,
        "roles": list(who.user.roles),
        "team": who.team(site) if site else "",
        "label": views.name_of(site, who.id) if site else who.user.name,
    }


def _form(request: Request, needs: Shared, onward: str, said: tuple[str, int] | None = None, status: int = 200) -> Response:
    return page(request, "login.html", site=needs.site(None), onward=onward, said=said, http_status=status)


def _onward(who: Who, wanted: str) -> str:
    """Only to our own pages; else home. Two slashes, or a slash and a backslash, are another host to a browser."""
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return next((home for role, home in HOME.items() if who.has([role])), "/")
