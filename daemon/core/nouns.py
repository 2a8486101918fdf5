"""What travels through the core: messages, readings, alarm episodes, tickets, notices, and the outcome of one batch.

Times are epoch seconds (float, UTC). `at` is receive time on the watch's clock, `ts` event time on the equipment's clock.
What exists once per message or value is a msgspec Struct: made five times as fast as a frozen dataclass, otherwise alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, final

import msgspec

from sensors.kit.words import Severity  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sensors.kit.words import Text

Value = float | int | str | bool

# Topics of messages the watch writes to its own journal. They are inputs like any other, so that a replay sees them too.
DEAF = "$atrium/deaf"  # connection lost: delays run on, but the silence of what reports through this source is not judged
HOLD = "$atrium/hold"  # (re)start or reconnect, the backlog is coming: no deadline fires from here
GAP = b"gap"  # payload of a RESUME: the broker had no session for us, so there is no backlog
RESUME = "$atrium/resume"  # the canary behind the backlog came back: deadlines fire, ages count from here
CANARY = "$atrium/canary"  # a beat of our own, through the whole path: it changes nothing, its absence tells
CLOCK = "$atrium/clock"  # the clock was moved by so many seconds: what waits goes on waiting for as long as before
LOST = "$atrium/lost"  # a broker says that it dropped so many messages within so many seconds
MARKS = frozenset({DEAF, HOLD, RESUME, CANARY, CLOCK, LOST})


class Message(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One MQTT message as received; in the journal the list of its fields. `source` is the id of the broker it came from."""

    topic: str
    payload: bytes
    at: float
    source: str = "main"
    retain: bool = False


class Sample(msgspec.Struct, frozen=True, gc=False):
    """What a dialect makes of a payload: still in the source's words. `ts` None: no time given, receive time holds."""

    site: str
    device: str
    point: str
    value: Value
    ts: float | None


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A payload, or one value of it, that cannot be used. `reason` is a sentence for people; `code` one word to count by: json,
    number, unicode, time, size, schema, topic, unknown-device, unknown-point, value."""

    topic: str
    code: str
    reason: str
    at: float
    payload: bytes = b""


class Quality(IntEnum):
    """Whether a value may be believed. Only GOOD raises or clears an equipment alarm."""

    GOOD = 0
    SUSPECT = 1  # stored and shown, never judged: wrong clock, retained without a time
    BAD = 2  # out of the sensor's range, a sentinel, a wrong type
    MISSING = 3  # stale or never received: unknown, never normal


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of one channel. `flaw` is one word for why the quality is not good: range, sentinel, clock, retained, state."""

    site: str
    device: str
    point: str
    ts: float
    at: float
    value: Value
    quality: Quality = Quality.GOOD
    flaw: str = ""


@final
class Frame(msgspec.Struct, frozen=True, gc=False):
    """Good values of one device at one event time: `key` is (site, device). What nearly every message is."""

    key: tuple[str, str]
    ts: float
    at: float
    values: dict[str, Value]


class Readings(Sequence[Reading]):
    """Readings in order, those of a frame kept together until somebody asks for them one by one."""

    __slots__ = ("more", "parts")

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        self.parts: list[Reading | Frame] = list(readings)
        self.more = 0  # readings beyond one for each part

    def __len__(self) -> int:
        return len(self.parts) + self.more

    def __iter__(self) -> Iterator[Reading]:
        for part in self.parts:
            if type(part) is Frame:
                (site, device), ts, at = part.key, part.ts, part.at
                for point, value in part.values.items():
                    yield Reading(site, device, point, ts, at, value)
            else:
                yield part

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - as a list does
        return list(self)[place]


def parts_of(readings: Sequence[Reading]) -> Sequence[Reading | Frame]:
    """As they came: single, or together in a frame."""
    return readings.parts if isinstance(readings, Readings) else readings


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in both languages and in numbers."""

    zh: str
    en: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from raise to return. `id` is a hash of (site, device, rule, breach_ts), the same in every run.

    `incident` is the id of the first episode of its incident; `hidden_by` the rule that explains it, if any; `paged` False for an
    episode that had ended more than 10 min before it arrived (recorded only).
    """

    id: str
    site: str
    device: str
    rule: str
    severity: Severity
    breach_ts: float
    raised_at: float
    reason: Reason
    incident: str
    hidden_by: str = ""
    returned_at: float | None = None
    paged: bool = True


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """An episode was `raised`, got worse (`escalated`: its severity), `returned`, or changed who explains it (`hidden`). `at` is
    the due time of the transition."""

    event: str
    at: float
    episode: Episode


class TicketState(StrEnum):
    """The life of a ticket."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Closed or cancelled: another ticket may be opened for the same cause."""
        return self in (TicketState.CLOSED, TicketState.CANCELLED)


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One append-only line of a ticket's history; `seq` counts from 1 per ticket. `type` is one of opened joined noticed
    lead_changed escalated signal_normal signal_back reopened assigned accepted arrived resolved closed cancelled comment photo;
    `by` a person id or "system".
    """

    ticket: str
    seq: int
    at: float
    type: str
    by: str = "system"
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One job for people. `cause` is what one open ticket at a time is about (the device, until issue 3 widens it).

    `rules` are all rules that joined, the lead first. `signal_normal_at` is when the signal had been normal for its off-delay
    (the first key to closing), None while it is not. `photos` counts after-photos. `version` grows by one per change.
    """

    id: str
    number: str
    public_id: str
    incident: str
    site: str
    device: str
    room: str
    cause: str
    rules: tuple[str, ...]
    severity: Severity
    title: Text
    reason: Reason
    do_first: Text
    causes: tuple[Text, ...]
    opened_at: float
    state: TicketState = TicketState.OPEN
    origin: str = "alarm"  # alarm learned resident inspection meeting
    work_class: str = "immediate"  # immediate short-term long-term
    team: str = ""
    assignee: str = ""
    signal_normal_at: float | None = None
    photos: int = 0
    repeats: int = 0
    closed_at: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    events: int = 0  # how many events it has: the seq of the last one


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody must hear of something. `key` makes the outbox row unique: one per person, channel and cause; it is the
    idempotency key of every delivery.

    `cause` is the same for everybody and every channel; `further` are the person's channels to try where this one fails;
    `reaches` False for a channel without an address (a log, a page): it is told, but proves nobody heard.
    """

    key: str
    at: float
    person: str
    channel: str
    ticket: str
    severity: Severity
    why: str  # opened escalated reopened assigned
    title: Text
    body: Text
    site: str = ""
    cause: str = ""
    further: tuple[str, ...] = ()
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class TicketChange:
    """A ticket after a change, and the events the change appended."""

    ticket: Ticket
    events: tuple[TicketEvent, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What a person did, as web recorded it. `pos` is its place in the action log; `kind` e.g. alarm.acknowledge, alarm.shelve,
    alarm.unshelve, ticket.close; `target` the alarm or ticket id."""

    pos: int
    at: float
    by: str
    kind: str
    target: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """Everything one batch (or tick) caused, in order. Saved in one transaction, then spoken, then acknowledged."""

    readings: Readings = field(default_factory=Readings)
    rejected: list[Rejected] = field(default_factory=list)
    alarms: list[AlarmEvent] = field(default_factory=list)
    tickets: list[TicketChange] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    touched: set[tuple[str, str]] = field(default_factory=set)  # (site, device) whose rules changed state: snapshot now
    canaries: list[bytes] = field(default_factory=list)  # payloads of those that came home
    faded: list[tuple[str, str, str]] = field(default_factory=list)  # (site, device, point) whose value became stale
    duplicates: int = 0
    late: int = 0
