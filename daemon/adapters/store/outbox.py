"""Notices → rows that are due until they were sent or given up. One row per key, whatever happens twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from daemon.adapters.store import rows
from daemon.adapters.store.insert import insert
from daemon.adapters.store.schema import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from daemon.core.nouns import Notice
    from daemon.ports import OutboxRow


def enqueue(connection: Connection, notices: Iterable[Notice]) -> None:
    """Due at once; a key that is known is left alone."""
    waiting = [rows.notice_to_row(notice) for notice in notices]
    if waiting:
        connection.execute(insert(connection, outbox).on_conflict_do_nothing(index_elements=["key"]), waiting)


def due(connection: Connection, now: float, limit: int) -> list[OutboxRow]:
    """Critical first, then oldest."""
    waiting = select(outbox).where(outbox.c.state == "due", outbox.c.due_at <= now)
    found = connection.execute(waiting.order_by(outbox.c.rank, outbox.c.due_at, outbox.c.id).limit(limit))
    return [rows.outbox_row_of(row) for row in found.mappings()]


def sent(connection: Connection, row_id: int, at: float) -> None:
    """It was taken."""
    changed = update(outbox).where(outbox.c.id == row_id)
    connection.execute(changed.values(state="sent", sent_at=at, attempts=outbox.c.attempts + 1, error=""))


def failed(connection: Connection, row_id: int, retry_at: float | None, error: str) -> None:
    """It was not taken. `retry_at` None: given up."""
    outcome = {"state": "failed"} if retry_at is None else {"due_at": retry_at}
    changed = update(outbox).where(outbox.c.id == row_id)
    connection.execute(changed.values(attempts=outbox.c.attempts + 1, error=error[:500], **outcome))


def forget(connection: Connection, before: float) -> None:
    """Drop what was sent, or given up, before that time."""
    connection.execute(delete(outbox).where(outbox.c.state != "due", outbox.c.at < before))
