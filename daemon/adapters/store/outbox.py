"""Notices → rows that are due until they were sent or given up. One row per key, whatever happens twice.

What the lanes ask twice a second, and say of each delivery, goes straight by the driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import JSON, delete, func, select, update

from daemon.adapters.store import quick, rows
from daemon.adapters.store.schema import ENDED, outbox, ticket
from daemon.core.deliveries import Waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from daemon.core.deliveries import OutboxRow
    from daemon.core.nouns import Notice

    Wanted = tuple[str, tuple[Any, ...]]  # a condition, and what stands in it

UNTOLD_AFTER = 600.0  # s without success: nobody was told
UNTOLD_TRIES = 3  # failures of each channel: the same, at once
_DAY = 86_400.0
_COLUMNS = tuple(column.name for column in outbox.c)
_NESTED = tuple(place for place, column in enumerate(outbox.c) if isinstance(column.type, JSON))
_DUE = f"SELECT {', '.join(_COLUMNS)} FROM outbox WHERE state = 'due' AND due_at <= ? "  # noqa: S608 - names of the schema
_ORDER = "ORDER BY rank, due_at, id LIMIT ?"
_UNTOLD = """
SELECT one.ticket, min(one.at) FROM outbox AS one JOIN ticket ON ticket.id = one.ticket
WHERE one.state <> 'sent' AND one.rank = 0 AND one.reaches AND ticket.state NOT IN ('closed', 'cancelled')
AND NOT EXISTS (SELECT 1 FROM outbox AS told
    WHERE told.ticket = one.ticket AND told.state = 'sent' AND told.rank = 0 AND told.reaches)
GROUP BY one.ticket
HAVING min(CASE WHEN one.state = 'failed' OR one.attempts >= ? OR one.at <= ? THEN 1 ELSE 0 END) = 1
"""


def enqueue(connection: Connection, notices: Iterable[Notice]) -> None:
    """Due at once; a key that is known is left alone."""
    waiting = [rows.notice_to_row(notice) for notice in notices]
    if waiting:
        quick.add(connection, outbox, waiting, more=" ON CONFLICT (key) DO NOTHING")


def due(connection: Connection, now: float, limit: int, wanted: Sequence[Wanted] = ()) -> list[OutboxRow]:
    """Critical first, then oldest."""
    sql = _DUE + "".join(f"AND {condition} " for condition, _ in wanted) + _ORDER
    values = [value for _, some in wanted for value in some]
    return [rows.outbox_row_of(_named(row)) for row in quick.rows(connection, sql, (now, *values, limit))]


def lane(channel: str, *, critical: bool) -> Wanted:
    """What one worker of a channel delivers."""
    return f"channel = ? AND rank {'=' if critical else '>'} 0", (channel,)


def people(but: Collection[str], who: tuple[str, str] | None) -> Wanted:
    """`but`: those to leave in peace for now; `who`: only this (person, site)."""
    return ("person = ? AND site = ?", who) if who is not None else _outside("person", but)


def strange(channels: Collection[str]) -> Wanted:
    """Rows for channels that nobody knows any more."""
    return _outside("channel", channels)


def _outside(column: str, known: Collection[str]) -> Wanted:
    return (f"{column} NOT IN ({_places(known)})", tuple(known)) if known else ("1 = 1", ())


def _places(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _named(row: tuple[Any, ...]) -> dict[str, Any]:
    fields = list(row)
    for place in _NESTED:
        if isinstance(row[place], str):  # PostgreSQL's driver decodes JSON itself
            fields[place] = msgspec.json.decode(row[place])
    return dict(zip(_COLUMNS, fields, strict=True))


def fold(connection: Connection, ids: Sequence[int], message: str) -> None:
    """These leave as one message under this key, now and at every later try."""
    quick.change(connection, "UPDATE outbox SET message = ? WHERE id = ?", [(message, one) for one in ids])


def sent(connection: Connection, ids: Sequence[int], at: float) -> None:
    """They were taken."""
    taken = "UPDATE outbox SET state = 'sent', sent_at = ?, attempts = attempts + 1, error = '' WHERE id = ?"
    quick.change(connection, taken, [(at, one) for one in ids])


def failed(connection: Connection, ids: Sequence[int], retry_at: float | None, error: str) -> None:
    """They were not taken. `retry_at` None: given up."""
    outcome, values = ("state = 'failed'", ()) if retry_at is None else ("due_at = ?", (retry_at,))
    refused = f"UPDATE outbox SET attempts = attempts + 1, error = ?, {outcome} WHERE id = ? AND state = 'due'"  # noqa: S608 - two words
    quick.change(connection, refused, [(error[:500], *values, one) for one in ids])


def later(connection: Connection, ids: Sequence[int], due_at: float, why: str) -> None:
    """Not tried yet, and not before then."""
    quick.change(connection, "UPDATE outbox SET due_at = ?, error = ? WHERE id = ?", [(due_at, why[:500], one) for one in ids])


def waiting(connection: Connection) -> Waiting:
    """How many are due or to be tried again, and since when the oldest."""
    many, oldest = connection.execute(select(func.count(), func.min(outbox.c.at)).where(outbox.c.state == "due")).one()
    return Waiting(many, oldest)


def untold(connection: Connection, now: float) -> dict[str, float]:
    """Open tickets whose critical news reached nobody by any channel with an address → since when."""
    return dict(quick.rows(connection, _UNTOLD, (UNTOLD_TRIES, now - UNTOLD_AFTER)))


def forget(connection: Connection, before: float, now: float) -> None:
    """Drop what was sent, or given up, before that time; give up what is a day old and about a ticket that has ended."""
    connection.execute(delete(outbox).where(outbox.c.state != "due", outbox.c.at < before))
    over = select(ticket.c.id).where(ticket.c.state.in_(ENDED))
    moot = update(outbox).where(outbox.c.state == "due", outbox.c.at < now - _DAY, outbox.c.ticket.in_(over))
    connection.execute(moot.values(state="failed", error="the ticket has ended"))
