"""A name and a password → a session; a cookie or a bearer token → who asks. The store knows only the hash of a token."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from pwdlib import PasswordHash

from daemon.core.site import Site
from daemon.ports import Session, User
from dashboards import shared
from dashboards.problems import Problem
from dashboards.shared import Shared

LASTS = 12 * 3600.0  # s; a shift and its handover
ROLES = ("operator", "technician", "manager")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HASH = PasswordHash.recommended()  # argon2id, 64 MiB, 3 passes
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody signed in. `id` is what the store keeps of them: the person of people.yaml, else the account's name."""

    user: User
    session: Session
    token_hash: str
    by_cookie: bool

    @property
    def id(self) -> str:
        """The person's id, or the account's name where it stands for no person."""
        return self.user.person or self.user.name

    def team(self, site: Site) -> str:
        """The team at this site, "" if none."""
        person = site.people.get(self.user.person)
        return person.team if person else ""

    def sees(self, site: Site) -> bool:
        """A person sees the sites that name them; an account of its own sees all."""
        return not self.user.person or self.user.person in site.people

    def has(self, roles: Collection[str]) -> bool:
        """Any of these roles."""
        return not set(roles).isdisjoint(self.user.roles)


def hash_password(password: str) -> str:
    """What `User.password_hash` holds."""
    return _HASH.hash(password)


def sign_in(needs: Shared, name: str, password: str, host: str) -> tuple[str, Session] | None:
    """(token, session); None where name or password is wrong. Takes the same time either way. Raises Problem 429 or 503."""
    now = needs.clock.now()
    if (wait := needs.throttle.wait(name, host, now)) > 0:
        problem = Problem(429, "busy", headers={"Retry-After": str(int(wait) + 1)})
        problem.more = {"wait": wait}
        raise problem
    user = needs.store.user(name)
    if not _fits(needs, password, user) or user is None or user.disabled:
        needs.throttle.fail(name, host, now)
        return None
    needs.throttle.succeed(name, host)
    token, session = secrets.token_urlsafe(32), Session(user, secrets.token_urlsafe(24), now + LASTS)
    needs.store.open_session(digest(token), session)
    return token, session


def _fits(needs: Shared, password: str, user: User | None) -> bool:
    """Two at a time: forty at once would take 2.5 GB."""
    if not needs.hashing.acquire(timeout=10.0):
        raise Problem(503, "busy", headers={"Retry-After": "5"})
    try:
        return _HASH.verify(password, user.password_hash if user else _NOBODY)
    finally:
        needs.hashing.release()


def digest(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(request: Request) -> str:
    """`__Host-` only where the connection is secure: browsers refuse it elsewhere."""
    return "__Host-atrium" if request.url.scheme == "https" else "atrium"


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Not readable by scripts, not sent from other sites, gone with the session."""
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), token, max_age=int(LASTS), httponly=True, samesite="lax", secure=secure)


def find(request: Request) -> Who | None:
    """Who asks, None for a stranger. Looks the session up each time, so that a sign-out works at once."""
    needs = shared.of(request)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    token = request.cookies.get(cookie_name(request), "") if by_cookie else bearer.strip()
    if not token:
        return None
    hashed = digest(token)
    session = needs.store.session(hashed, needs.clock.now())
    return Who(session.user, session, hashed, by_cookie) if session else None


def check_origin(request: Request) -> None:
    """Browsers say where a form comes from; another site's is refused."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    own = f"{request.url.scheme}://{request.url.netloc}"
    if site not in ("same-origin", "none") or (origin and origin not in (own, "null")):
        raise Problem(403, "origin")


def check_csrf(who: Who, given: str) -> None:
    """The token of the session, which another site can't read."""
    if not hmac.compare_digest(who.session.csrf.encode(), given.encode()):
        raise Problem(403, "csrf")


class Staff:
    """A dependency: somebody signed in with one of `roles` (any, where none is named), and no forged POST."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles or ROLES

    def __call__(self, request: Request) -> Who:
        who = find(request)
        if who is None:
            raise Problem(401, "unsigned", headers={"WWW-Authenticate": "Bearer"})
        if not who.has(self.roles):
            raise Problem(403, "role")
        if request.method not in _SAFE and who.by_cookie:
            check_csrf(who, request.headers.get("x-csrf-token", ""))
        return who


AnyStaff = Annotated[Who, Depends(Staff())]
Desk = Annotated[Who, Depends(Staff("operator", "manager"))]
