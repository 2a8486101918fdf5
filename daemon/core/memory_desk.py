"""The tickets of a replay or a test, in dictionaries: the `Desk` port with the same refusals as the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.ports import StaleVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daemon.core.nouns import Ticket, TicketEvent


class MemoryDesk:
    """Holds `tickets` by id and `events` by ticket id. Nothing is ever dropped."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.events: dict[str, list[TicketEvent]] = {}
        self._open: dict[tuple[str, str], str] = {}  # (site, cause) → id of its open ticket
        self._by_cause: dict[tuple[str, str], list[str]] = {}
        self._by_incident: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def open_ticket(self, site: str, cause: str) -> Ticket | None:
        return self.tickets.get(self._open.get((site, cause), ""))

    def ticket_of_incident(self, incident: str) -> Ticket | None:
        return self.tickets.get(self._by_incident.get(incident, ""))

    def last_ended(self, site: str, cause: str) -> Ticket | None:
        known = (self.tickets[name] for name in self._by_cause.get((site, cause), ()))
        return max((ticket for ticket in known if ticket.state.ended), key=_ended_at, default=None)

    def next_number(self, site: str, prefix: str, day: str) -> str:  # noqa: ARG002 - the prefix stands for the site
        self._numbers[prefix, day] = number = self._numbers.get((prefix, day), 0) + 1
        return f"{prefix}-{day}-{number:04d}"

    def put(self, ticket: Ticket, events: Sequence[TicketEvent]) -> None:
        self._check(ticket)
        _check_events(self.events.get(ticket.id, ()), events)
        if ticket.id not in self.tickets:
            self._by_cause.setdefault((ticket.site, ticket.cause), []).append(ticket.id)
        self.tickets[ticket.id] = ticket
        self.events.setdefault(ticket.id, []).extend(events)
        if ticket.incident:
            self._by_incident[ticket.incident] = ticket.id
        self._place(ticket)

    def _check(self, ticket: Ticket) -> None:
        stored = self.tickets.get(ticket.id)
        if (stored.version if stored else 0) != ticket.version - 1:
            raise StaleVersion(f"ticket {ticket.number} is not at version {ticket.version - 1}")
        if ticket.incident and self._by_incident.get(ticket.incident, ticket.id) != ticket.id:
            raise StaleVersion(f"ticket {ticket.number}: its incident has a ticket")
        rival = self._open.get((ticket.site, ticket.cause), ticket.id)
        if ticket.cause and not ticket.state.ended and rival != ticket.id:
            raise StaleVersion(f"ticket {ticket.number}: another is open for its cause")

    def _place(self, ticket: Ticket) -> None:
        key = (ticket.site, ticket.cause)
        if not ticket.state.ended:
            self._open[key] = ticket.id
        elif self._open.get(key) == ticket.id:
            del self._open[key]


def _ended_at(ticket: Ticket) -> tuple[float, str]:
    return (ticket.opened_at if ticket.closed_at is None else ticket.closed_at, ticket.id)


def _check_events(stored: Sequence[TicketEvent], new: Iterable[TicketEvent]) -> None:
    known = {event.seq for event in stored}
    if any(event.seq in known for event in new):
        raise StaleVersion("this line of the ticket's history is written already")
