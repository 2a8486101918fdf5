"""Turns commands about accounts into rows of the store; what is wrong is one sentence and exit 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from daemon.cli import fail

if TYPE_CHECKING:
    from daemon.core.site import Configuration
    from daemon.ports import Store, User

ROLES = ("operator", "technician", "manager")
SHORTEST = 8  # characters of a password


def add(store: Store, configuration: Configuration, user: User) -> None:
    """Create an account. `user.person` must be known, the roles real, the name free."""
    people = {person for site in configuration.sites.values() for person in site.people}
    if strange := [role for role in user.roles if role not in ROLES]:
        fail(f"There is no role {strange[0]!r}; there are {', '.join(ROLES)}.")
    if user.person and user.person not in people:
        fail(f"people.yaml has no person {user.person!r}; it has {', '.join(sorted(people))}.")
    if store.user(user.name) is not None:
        fail(f"There is a user {user.name!r} already; `atrium user reset {user.name}` gives a new password.")
    store.put_user(user)


def disable(store: Store, name: str) -> None:
    """Refuse a user from now on."""
    store.put_user(replace(_known(store, name), disabled=True))


def reset(store: Store, name: str, password_hash: str) -> None:
    """A new password; a disabled user may sign in again."""
    store.put_user(replace(_known(store, name), password_hash=password_hash, disabled=False))


def good_password(password: str) -> str:
    """The password, if it is long enough."""
    if len(password) < SHORTEST:
        fail(f"A password has at least {SHORTEST} characters.")
    return password


def _known(store: Store, name: str) -> User:
    user = store.user(name)
    if user is None:
        fail(f"There is no user {name!r}; `atrium user list` shows who there is.")
    return user
