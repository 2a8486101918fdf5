"""Notices → rows that are due until they were sent or given up. One row per key, whatever happens twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, or_, select, update

from daemon.adapters.store import quick, rows
from daemon.adapters.store.schema import ENDED, outbox, ticket
from daemon.core.deliveries import Waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from daemon.core.deliveries import OutboxRow
    from daemon.core.nouns import Notice

UNTOLD_AFTER = 600.0  # s without success: nobody was told
UNTOLD_TRIES = 3  # failures of each channel: the same, at once
_CRITICAL = 0  # rank
_DAY = 86_400.0
_told = outbox.alias("told")


def enqueue(connection: Connection, notices: Iterable[Notice]) -> None:
    """Due at once; a key that is known is left alone."""
    waiting = [rows.notice_to_row(notice) for notice in notices]
    if waiting:
        quick.add(connection, outbox, waiting, more=" ON CONFLICT (key) DO NOTHING")


def due(connection: Connection, now: float, limit: int, wanted: Sequence[ColumnElement[bool]] = ()) -> list[OutboxRow]:
    """Critical first, then oldest."""
    waiting = select(outbox).where(outbox.c.state == "due", outbox.c.due_at <= now, *wanted)
    found = connection.execute(waiting.order_by(outbox.c.rank, outbox.c.due_at, outbox.c.id).limit(limit))
    return [rows.outbox_row_of(row) for row in found.mappings()]


def lane(channel: str, *, critical: bool) -> list[ColumnElement[bool]]:
    """What one worker of a channel delivers."""
    return [outbox.c.channel == channel, outbox.c.rank == _CRITICAL if critical else outbox.c.rank > _CRITICAL]


def people(but: Collection[str], who: tuple[str, str] | None) -> list[ColumnElement[bool]]:
    """`but`: those to leave in peace for now; `who`: only this (person, site)."""
    if who is not None:
        return [outbox.c.person == who[0], outbox.c.site == who[1]]
    return [outbox.c.person.not_in(but)] if but else []


def strange(channels: Collection[str]) -> list[ColumnElement[bool]]:
    """Rows for channels that nobody knows any more."""
    return [outbox.c.channel.not_in(channels)]


def fold(connection: Connection, ids: Sequence[int], message: str) -> None:
    """These leave as one message under this key, now and at every later try."""
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(message=message))


def sent(connection: Connection, ids: Sequence[int], at: float) -> None:
    """They were taken."""
    changed = update(outbox).where(outbox.c.id.in_(ids))
    connection.execute(changed.values(state="sent", sent_at=at, attempts=outbox.c.attempts + 1, error=""))


def failed(connection: Connection, ids: Sequence[int], retry_at: float | None, error: str) -> None:
    """They were not taken. `retry_at` None: given up."""
    outcome = {"state": "failed"} if retry_at is None else {"due_at": retry_at}
    changed = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == "due")
    connection.execute(changed.values(attempts=outbox.c.attempts + 1, error=error[:500], **outcome))


def later(connection: Connection, ids: Sequence[int], due_at: float, why: str) -> None:
    """Not tried yet, and not before then."""
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(due_at=due_at, error=why[:500]))


def waiting(connection: Connection) -> Waiting:
    """How many are due or to be tried again, and since when the oldest."""
    many, oldest = connection.execute(select(func.count(), func.min(outbox.c.at)).where(outbox.c.state == "due")).one()
    return Waiting(many, oldest)


def untold(connection: Connection, now: float) -> dict[str, float]:
    """Open tickets whose critical news reached nobody by any channel with an address → since when."""
    told = _told.c
    heard = select(told.id).where(told.ticket == outbox.c.ticket, told.state == "sent", told.rank == _CRITICAL, told.reaches)
    tried = or_(outbox.c.state == "failed", outbox.c.attempts >= UNTOLD_TRIES, outbox.c.at <= now - UNTOLD_AFTER)
    hopeless = func.min(case((tried, 1), else_=0)) == 1
    unsent = select(outbox.c.ticket, func.min(outbox.c.at).label("since")).join(ticket, ticket.c.id == outbox.c.ticket)
    critical = unsent.where(outbox.c.state != "sent", outbox.c.rank == _CRITICAL, outbox.c.reaches, ticket.c.state.not_in(ENDED))
    found = connection.execute(critical.where(~heard.exists()).group_by(outbox.c.ticket).having(hopeless))
    return {row.ticket: row.since for row in found}


def forget(connection: Connection, before: float, now: float) -> None:
    """Drop what was sent, or given up, before that time; give up what is a day old and about a ticket that has ended."""
    connection.execute(delete(outbox).where(outbox.c.state != "due", outbox.c.at < before))
    over = select(ticket.c.id).where(ticket.c.state.in_(ENDED))
    moot = update(outbox).where(outbox.c.state == "due", outbox.c.at < now - _DAY, outbox.c.ticket.in_(over))
    connection.execute(moot.values(state="failed", error="the ticket has ended"))
