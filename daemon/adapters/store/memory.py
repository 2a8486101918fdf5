"""Small things a process must find again: positions by name, and answers already given to an idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from daemon.adapters.store.insert import insert
from daemon.adapters.store.schema import answer, mark

if TYPE_CHECKING:
    from sqlalchemy import Connection


def recall(connection: Connection, name: str) -> str | None:
    """The value kept under this name."""
    found: str | None = connection.scalar(select(mark.c.value).where(mark.c.name == name))
    return found


def remember(connection: Connection, name: str, value: str) -> None:
    """Keep a value under a name, in place of the one before."""
    row = insert(connection, mark).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def answered(connection: Connection, key: str) -> tuple[int, str] | None:
    """(HTTP status, body) given to this key before."""
    row = connection.execute(select(answer.c.status, answer.c.body).where(answer.c.key == key)).one_or_none()
    return None if row is None else (row.status, row.body)


def give(connection: Connection, key: str, *, at: float, status: int, body: str) -> None:
    """Keep the first answer; a later one to the same key is ignored."""
    row = insert(connection, answer).values(key=key, at=at, status=status, body=body)
    connection.execute(row.on_conflict_do_nothing(index_elements=["key"]))


def forget(connection: Connection, before: float) -> None:
    """Drop answers older than that; nobody repeats a request so late."""
    connection.execute(delete(answer).where(answer.c.at < before))
