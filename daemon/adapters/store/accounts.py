"""People who sign in ↔ user and session rows. Of a session only the hash of its token is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from daemon.adapters.store import rows
from daemon.adapters.store.insert import insert
from daemon.adapters.store.schema import session, user

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from daemon.ports import Session, User


def users(connection: Connection) -> list[User]:
    """All accounts, by name."""
    return [rows.user_of(row) for row in connection.execute(select(user).order_by(user.c.name)).mappings()]


def user_named(connection: Connection, name: str) -> User | None:
    """One account."""
    row = connection.execute(select(user).where(user.c.name == name)).mappings().one_or_none()
    return None if row is None else rows.user_of(row)


def put_user(connection: Connection, given: User) -> None:
    """Add or change. A disabled user is signed out everywhere."""
    fields = rows.plain(given)
    changed = {name: value for name, value in fields.items() if name != "name"}
    connection.execute(insert(connection, user).values(fields).on_conflict_do_update(index_elements=["name"], set_=changed))
    if given.disabled:
        connection.execute(delete(session).where(session.c.user == given.name))


def open_session(connection: Connection, token_hash: str, opened: Session) -> None:
    """Signed in."""
    fields = {"token_hash": token_hash, "user": opened.user.name, "csrf": opened.csrf, "expires_at": opened.expires_at}
    connection.execute(session.insert(), fields)


def session_of(connection: Connection, token_hash: str, now: float) -> Session | None:
    """None: unknown, expired, or its user is disabled."""
    joined = select(session.c.csrf, session.c.expires_at, user).join(user, user.c.name == session.c.user)
    living = joined.where(session.c.token_hash == token_hash, session.c.expires_at > now, user.c.disabled.is_(False))
    row = connection.execute(living).mappings().one_or_none()
    return None if row is None else rows.session_of(row)


def close_session(connection: Connection, token_hash: str) -> None:
    """Signed out; unknown is fine."""
    connection.execute(delete(session).where(session.c.token_hash == token_hash))


def forget(connection: Connection, now: float) -> None:
    """Drop expired sessions."""
    connection.execute(delete(session).where(session.c.expires_at <= now))
