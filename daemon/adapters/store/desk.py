"""Tickets ↔ ticket and ticket_event rows: the `Desk` of the pipeline, and what the pages read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError

from daemon.adapters.store import live, quick, rows
from daemon.adapters.store.schema import ENDED, attachment, ticket, ticket_event
from daemon.core.nouns import TicketEvent
from daemon.ports import Attachment, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from daemon.core.nouns import Ticket

# Built once: building a statement takes longer than running it.
_CAUSE = (ticket.c.site == bindparam("site"), ticket.c.cause == bindparam("cause"))
_OPEN = select(ticket).where(*_CAUSE, ticket.c.state.not_in(ENDED))
_OF_INCIDENT = select(ticket).where(ticket.c.incident_key == bindparam("incident"))
_LAST_ENDED = (
    select(ticket)
    .where(*_CAUSE, ticket.c.state.in_(ENDED))
    .order_by(func.coalesce(ticket.c.closed_at, ticket.c.opened_at).desc(), ticket.c.id.desc())
    .limit(1)
)
_NAMED = select(ticket).where(
    or_(*(column == bindparam("name") for column in (ticket.c.id, ticket.c.number, ticket.c.public_id)))
)
_COUNT = "INSERT INTO counter VALUES (?, ?, 1) ON CONFLICT (prefix, day) DO UPDATE SET last = counter.last + 1 RETURNING last"


def open_for(connection: Connection, site: str, cause: str) -> Ticket | None:
    """The one ticket of this cause that has not ended."""
    return _one(connection, _OPEN, site=site, cause=cause)


def of_incident(connection: Connection, incident: str) -> Ticket | None:
    """The ticket opened for this incident, in any state."""
    return _one(connection, _OF_INCIDENT, incident=incident)


def still_open(connection: Connection) -> int:
    """How many tickets have not ended."""
    return connection.scalar(select(func.count()).select_from(ticket).where(ticket.c.state.not_in(ENDED))) or 0


def last_ended(connection: Connection, site: str, cause: str) -> Ticket | None:
    """The ticket of this cause that was closed or cancelled last."""
    return _one(connection, _LAST_ENDED, site=site, cause=cause)


def next_number(connection: Connection, prefix: str, day: str) -> str:
    """Counted per prefix, so that numbers stay unique even where two sites share a prefix. A rollback gives the number back."""
    return f"{prefix}-{day}-{quick.rows(connection, _COUNT, (prefix, day))[0][0]:04d}"


def put(connection: Connection, given: Ticket, events: Sequence[TicketEvent]) -> None:
    """Insert version 1, or step from version - 1; StaleVersion where the table holds something else.

    A second open ticket of a cause, or a second one of an incident, is refused by the table itself and is StaleVersion too:
    what the caller read is no longer so.
    """
    try:
        if given.version == 1:
            quick.add(connection, ticket, [rows.ticket_to_row(given)])
        else:
            _step(connection, given)
        if events:
            quick.add(connection, ticket_event, [rows.plain(event) for event in events])
    except IntegrityError as error:
        raise StaleVersion(f"ticket {given.number}: {error.orig}") from error
    live.tell(connection, events[-1].at if events else given.opened_at, "ticket", rows.plain(given))


def named(connection: Connection, name: str) -> Ticket | None:
    """By id, number or public id."""
    return _one(connection, _NAMED, name=name)


def page(wanted: Select[tuple[object, ...]], limit: int, before: str | None) -> Select[tuple[object, ...]]:
    """Newest first; `before` is the id of the last ticket of the page before."""
    if before is not None:
        opened = select(ticket.c.opened_at).where(ticket.c.id == before).scalar_subquery()
        same = (ticket.c.opened_at == opened) & (ticket.c.id < before)
        wanted = wanted.where(or_(ticket.c.opened_at < opened, same))
    return wanted.order_by(ticket.c.opened_at.desc(), ticket.c.id.desc()).limit(limit)


def listed(connection: Connection, *, equal: dict[str, str], ended: bool | None, limit: int, before: str | None) -> list[Ticket]:
    """`equal`: column → value it must have."""
    wanted = select(ticket).where(*(ticket.c[column] == value for column, value in equal.items()))
    if ended is not None:
        wanted = wanted.where(ticket.c.state.in_(ENDED) if ended else ticket.c.state.not_in(ENDED))
    return [rows.ticket_of(row) for row in connection.execute(page(wanted, limit, before)).mappings()]


def events_of(connection: Connection, ticket_id: str) -> list[TicketEvent]:
    """A ticket's history, oldest first."""
    found = connection.execute(select(ticket_event).where(ticket_event.c.ticket == ticket_id).order_by(ticket_event.c.seq))
    return [TicketEvent(**row) for row in found.mappings()]


def attach(connection: Connection, photo: Attachment) -> None:
    """A photo was stored."""
    connection.execute(attachment.insert(), rows.plain(photo))


def attachments_of(connection: Connection, ticket_id: str) -> list[Attachment]:
    """A ticket's photos, oldest first."""
    wanted = select(attachment).where(attachment.c.ticket == ticket_id).order_by(attachment.c.at, attachment.c.id)
    return [Attachment(**row) for row in connection.execute(wanted).mappings()]


def tell_again(connection: Connection, tickets: Collection[str], at: float) -> None:
    """On the live log once more, as they are."""
    for row in connection.execute(select(ticket).where(ticket.c.id.in_(tickets))).mappings():
        live.tell(connection, at, "ticket", rows.plain(rows.ticket_of(row)))


def _step(connection: Connection, given: Ticket) -> None:
    if quick.update(connection, ticket, rows.ticket_to_row(given), {"id": given.id, "version": given.version - 1}) != 1:
        raise StaleVersion(f"ticket {given.number} is not at version {given.version - 1}")


def _one(connection: Connection, wanted: Select[tuple[object, ...]], **names: str) -> Ticket | None:
    row = quick.first(connection, wanted, names)
    return None if row is None else rows.ticket_of(row)
