"""Small things a process must find again: positions by name, and answers already given to an idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from daemon.adapters.store import quick
from daemon.adapters.store.schema import answer, mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

_REMEMBER = "INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_GIVE = "INSERT INTO answer (key, at, status, body) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"


def recall(connection: Connection, name: str) -> str | None:
    """The value kept under this name."""
    found: str | None = connection.scalar(select(mark.c.value).where(mark.c.name == name))
    return found


def remember(connection: Connection, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    quick.change(connection, _REMEMBER, (name, value))


def answered(connection: Connection, key: str) -> tuple[int, str] | None:
    """(HTTP status, body) given to this key before."""
    row = connection.execute(select(answer.c.status, answer.c.body).where(answer.c.key == key)).one_or_none()
    return None if row is None else (row.status, row.body)


def give(connection: Connection, key: str, *, at: float, status: int, body: str) -> bool:
    """Keep the first answer; a later one to the same key is ignored, and False."""
    return quick.change(connection, _GIVE, (key, at, status, body)) == 1


def forget(connection: Connection, before: float) -> None:
    """Drop answers older than that; nobody repeats a request so late."""
    connection.execute(delete(answer).where(answer.c.at < before))
