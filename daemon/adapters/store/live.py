"""Changes of alarms and tickets → the global event log, whose `seq` is the id browsers resume from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from daemon.adapters.store import quick, rows
from daemon.adapters.store.schema import event
from daemon.ports import LiveEvent

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from daemon.ports import EpisodeRow


def tell(connection: Connection, at: float, noun_type: str, body: dict[str, Any]) -> None:
    """Append one line. `body` holds the noun's own fields; web adds what depends on the present (clocks, ISA state)."""
    quick.add(connection, event, [{"at": at, "site": body["site"], "type": noun_type, "body": body}])


def tell_alarm(connection: Connection, at: float, found: EpisodeRow) -> None:
    """Append an alarm with what people did about it."""
    tell(connection, at, "alarm", rows.episode_body(found))


def events_after(connection: Connection, seq: int, limit: int) -> list[LiveEvent]:
    """Lines behind `seq`, oldest first."""
    found = connection.execute(select(event).where(event.c.seq > seq).order_by(event.c.seq).limit(limit))
    return [LiveEvent(**row) for row in found.mappings()]


def last_seq(connection: Connection) -> int:
    """0 where nothing ever happened."""
    return connection.scalar(select(func.max(event.c.seq))) or 0


def forget(connection: Connection, before: float) -> None:
    """Drop lines older than `before`; the newest stays, so that a browser's id never runs ahead of the log."""
    connection.execute(delete(event).where(event.c.at < before, event.c.seq < last_seq(connection)))
