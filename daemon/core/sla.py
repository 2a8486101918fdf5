"""A ticket's append-only events and the promises of `service.yaml` → three service clocks: accept, on_site, repair.

Nothing here can be edited: a due time follows from the opening and from when the ticket had which severity, a met time from the
event that met it. A due time never moves later, whatever is appended; that is why a reopened ticket's clocks run on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sensors.kit.words import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from daemon.core.nouns import Ticket, TicketEvent
    from daemon.core.site import ServiceTerms

NEAR = 0.8  # of the promise gone: less than 20 % left

_MEETS = {
    "accept": frozenset({"accepted", "arrived", "resolved"}),
    "on_site": frozenset({"arrived", "resolved"}),
    "repair": frozenset({"resolved"}),
}
_ENDS = frozenset({"closed", "cancelled"})  # whoever calls it off has answered; late stays late


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """One promise. `near_at` is when less than 20 % of it is left; `working`: it runs in working time only."""

    started: float
    near_at: float
    due: float
    met_at: float | None = None
    working: bool = False

    @property
    def late(self) -> bool:
        """Met, but after its due time."""
        return self.met_at is not None and self.met_at > self.due


def state(clock: ServiceClock, now: float) -> str:
    """met, met_late, running, near (less than 20 % left) or over. The due moment itself is still in time."""
    if clock.met_at is not None:
        return "met_late" if clock.late else "met"
    if now > clock.due:
        return "over"
    return "near" if now > clock.near_at else "running"


def clocks(ticket: Ticket, events: Iterable[TicketEvent], terms: ServiceTerms, timezone: str) -> dict[str, ServiceClock]:
    """The clocks this ticket has, by name; none where its severity carries no promise. `events` in any order."""
    ordered = sorted(events, key=lambda event: event.seq)
    held = _held(ticket, ordered)
    made = {name: _clock(name, held, ordered, terms, ZoneInfo(timezone)) for name in _MEETS}
    return {name: clock for name, clock in made.items() if clock is not None}


def _held(ticket: Ticket, events: Sequence[TicketEvent]) -> list[tuple[float, Severity]]:
    """(since when, severity) in order: the opening, and each change after it. Only the watch says how bad it is."""
    named = [
        (event.at, Severity(event.data["severity"])) for event in events if event.by == "system" and "severity" in event.data
    ]
    return named or [(ticket.opened_at, ticket.severity)]


def _clock(
    name: str, held: Sequence[tuple[float, Severity]], events: Sequence[TicketEvent], terms: ServiceTerms, zone: ZoneInfo
) -> ServiceClock | None:
    """A severity is owed from the moment it was known, and the opening's promise is kept beside it: the earliest due time holds.

    The same severity twice (a reopening) owes from the first time on, so nothing restarts.
    """
    promises: Mapping[str, float] = getattr(terms, name)
    due: list[ServiceClock] = []
    for since, severity in held:
        if (seconds := promises.get(severity)) is not None:
            working = (severity, name) in terms.working
            ends = [_after(since, part * seconds, terms, zone, working=working) for part in (NEAR, 1.0)]
            due.append(ServiceClock(held[0][0], ends[0], ends[1], _met(name, events), working))
    return min(due, key=lambda clock: clock.due, default=None)


def _met(name: str, events: Sequence[TicketEvent]) -> float | None:
    """When the promise was first kept. Being there once stays true when the fault comes back; a repair does not."""
    for place, event in enumerate(events):
        if event.type not in _MEETS[name] | _ENDS:
            continue
        later = {after.type for after in events[place + 1 :]}
        undone = {"reopened", "signal_back"} if name == "repair" else {"reopened"} if event.type in _ENDS else set()
        if not later & undone:
            return event.at
    return None


def _after(start: float, seconds: float, terms: ServiceTerms, zone: ZoneInfo, *, working: bool) -> float:
    return add_working(start, seconds, terms, zone) if working else start + seconds


def add_working(start: float, seconds: float, terms: ServiceTerms, zone: ZoneInfo) -> float:
    """The moment at which `seconds` of working time have passed since `start`.

    A calendar without any working time can't measure: plain time then.
    """
    if not set(terms.workdays) & set(range(7)) or terms.day_end <= terms.day_start:
        return start + seconds
    day = datetime.fromtimestamp(start, zone).date()
    left = seconds
    while True:
        opens, closes = (_local(day, minute, zone) for minute in (terms.day_start, terms.day_end))
        begin = max(start, opens)
        if day.weekday() in terms.workdays and begin < closes:
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
        day += timedelta(days=1)


def _local(day: date, minute: int, zone: ZoneInfo) -> float:
    return (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp()
