"""What the core and the pages need from outside, as Protocols. `daemon/adapters` implements them; `__main__` wires them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from daemon.core.deliveries import Deliveries
from daemon.core.learned.kept import Reviewing, Reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from daemon.core.nouns import Action, Episode, Message, Notice, Outcome, Reading, Rejected, Ticket, TicketEvent, Value


class Undelivered(Exception):  # noqa: N818 - a result, not a bug
    """The outside did not take it. `for_good`: trying again is useless."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


class StaleVersion(Exception):  # noqa: N818 - a result, not a bug
    """The row changed since it was read."""


class StoreBroken(Exception):  # noqa: N818 - a result, not a bug
    """The database or the history file can't be used: disk full, locked for too long, unreadable, newer than this program.

    The watch ends on it, loudly, and is rebuilt from what was saved; web answers 503.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HistoryAway(StoreBroken):
    """The history store does not answer since `since`; values wait for it. Whoever asked gets no empty trend but this."""

    def __init__(self, reason: str, since: float) -> None:
        super().__init__(reason)
        self.since = since


class Clock(Protocol):
    """Time as the watch sees it: start wall time + monotonic elapsed (scaled in the demo), never decreasing."""

    def now(self) -> float: ...


class Desk(Protocol):
    """Tickets as the pipeline sees and changes them, inside one transaction."""

    def open_ticket(self, site: str, cause: str) -> Ticket | None:
        """The one ticket not yet closed or cancelled for this cause."""

    def ticket_of_incident(self, incident: str) -> Ticket | None:
        """The ticket opened for this incident, in any state."""

    def last_ended(self, site: str, cause: str) -> Ticket | None:
        """The ticket for this cause that ended last."""

    def next_number(self, site: str, prefix: str, day: str) -> str:
        """`{prefix}-{day}-{0001…}`, each once. `day` is the local date as YYYYMMDD."""

    def put(self, ticket: Ticket, events: Sequence[TicketEvent]) -> None:
        """Insert or update (the stored version must be `ticket.version - 1`, else StaleVersion) and append events."""


class Transaction(Desk, Reviewing, Protocol):
    """One write transaction (SQLite: BEGIN IMMEDIATE). Leaving the `with` block commits; an exception rolls back."""

    def save(self, outcome: Outcome, messages: Sequence[Message], states: Mapping[tuple[str, str], bytes]) -> int:
        """Journal row (if any message), snapshot slices, episodes, outbox rows, rejected (bounded), live events. Tickets of the
        outcome were already `put`. Returns the journal position after this batch. Unique keys make a repeat harmless."""

    def actions_after(self, pos: int) -> list[Action]: ...

    def act(self, action: Action) -> int:
        """Append what a person did; returns its position."""

    def ticket(self, ticket_id: str) -> Ticket | None: ...

    def episode(self, episode_id: str) -> EpisodeRow | None: ...

    def acknowledge(self, episode_id: str, *, by: str, at: float, version: int) -> EpisodeRow: ...

    def shelve(self, episode_id: str, *, by: str, at: float, until: float | None, reason: str, version: int) -> EpisodeRow:
        """`until` None: unshelve."""

    def notify(self, notices: Iterable[Notice]) -> None:
        """Outbox rows for what people did (assigned, reopened …). Unique by key."""

    def attach(self, photo: Attachment) -> None: ...

    def recall(self, name: str) -> str | None:
        """A value kept by name, such as a process's position in the action log."""

    def remember(self, name: str, value: str) -> None: ...

    def answer(self, key: str, *, at: float, status: int, body: str) -> bool:
        """Keep an answer for a day. False: this idempotency key has one already, which stays."""


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode with what people did about it. ISA-18.2 state is computed by `daemon.core.alarms.isa_state`."""

    episode: Episode
    acknowledged_at: float | None = None
    acknowledged_by: str = ""
    shelved_until: float | None = None
    shelved_by: str = ""
    shelf_reason: str = ""
    ticket: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo as proof; the cleaned picture lies under the data directory at `path`."""

    id: str
    ticket: str
    kind: str  # before after
    at: float
    by: str
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One line of the global event log: its `seq` is the SSE id. `type` is alarm or ticket; `body` what the browser gets."""

    seq: int
    at: float
    site: str
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """Who may sign in. `person` is the id in people.yaml, "" for an account of its own."""

    name: str
    person: str
    roles: tuple[str, ...]
    password_hash: str = field(repr=False, default="")
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser or device. Only the hash of its token is stored."""

    user: User
    csrf: str
    expires_at: float


class Store(Deliveries, Reviews, Protocol):
    """Everything that must not be lost. One writer at a time; readers see committed state."""

    def begin(self) -> AbstractContextManager[Transaction]: ...

    def journal_after(self, pos: int, limit: int = 1000) -> list[tuple[int, list[Message]]]: ...

    def snapshots(self, digest: str) -> dict[tuple[str, str], tuple[int, bytes]]:
        """(site, device) → (journal position, packed state), of this configuration digest only."""

    def prune_journal(self, before: int) -> None:
        """Drop positions below `before`; the newest row always stays."""

    def tidy(self, now: float) -> None:
        """Drop what nobody needs any more: expired sessions, yesterday's answers, old live events, delivered notices."""

    # read models for the pages
    def episodes(
        self, *, site: str | None = None, active: bool | None = None, limit: int = 100, before: str | None = None
    ) -> list[EpisodeRow]: ...

    def episode(self, episode_id: str) -> EpisodeRow | None: ...

    def tickets(
        self,
        *,
        site: str | None = None,
        ended: bool | None = None,
        assignee: str | None = None,
        team: str | None = None,
        limit: int = 100,
        before: str | None = None,
    ) -> list[Ticket]: ...

    def ticket(self, ticket_id: str) -> Ticket | None:
        """By id, number or public id."""

    def ticket_events(self, ticket_id: str) -> list[TicketEvent]: ...

    def attachments(self, ticket_id: str) -> list[Attachment]: ...

    def actions(self, target: str) -> list[Action]:
        """What people did to an alarm or ticket, oldest first."""

    def events_after(self, seq: int, limit: int = 500) -> list[LiveEvent]: ...

    def last_event_seq(self) -> int: ...

    def recall(self, name: str) -> str | None:
        """What a transaction has remembered under this name."""

    def answered(self, key: str) -> tuple[int, str] | None:
        """(HTTP status, body) already given to this idempotency key, within a day."""

    def open_tickets(self) -> int:
        """How many tickets have not ended."""

    def rejected(self, limit: int = 100) -> list[Rejected]: ...

    def rejected_counts(self) -> dict[str, int]:
        """Code → how many ever."""

    # people who sign in
    def users(self) -> list[User]: ...

    def user(self, name: str) -> User | None: ...

    def put_user(self, user: User) -> None: ...

    def open_session(self, token_hash: str, session: Session) -> None: ...

    def session(self, token_hash: str, now: float) -> Session | None: ...

    def close_session(self, token_hash: str) -> None: ...

    def close(self) -> None: ...


class History(Protocol):
    """Values over time. Written by watch, read by web (another process)."""

    def append(self, readings: Sequence[Reading], position: int) -> None:
        """Take over readings up to a journal position; another thread writes them soon. What was not written at a crash comes
        again from the journal."""

    def flush(self) -> None:
        """Wait until what was appended is on disk."""

    def position(self) -> int:
        """Journal position up to which everything is on disk."""

    def away_since(self) -> float | None:
        """Since when (epoch) the server that keeps it takes nothing; None: all is well, or there is none."""

    def raw(self, site: str, device: str, point: str, start: float, end: float) -> list[tuple[float, Value, int]]:
        """(ts, value, quality), in order of ts. Raises HistoryAway."""

    def minutes(
        self, site: str, device: str, point: str, start: float, end: float
    ) -> list[tuple[float, float, float, float, int]]:
        """(start, min, mean, max, count) of good numeric values: by the minute, by the quarter of an hour for points that speak
        less than six times a minute, by the day where only that is left. Raises HistoryAway."""

    def prune(self, now: float) -> None:
        """Let go what is too old, soon."""

    def close(self) -> None: ...


class Channel(Protocol):
    """A way out to people: console, bell, apprise."""

    def send(self, notice: Notice, url: str) -> None:
        """Deliver once or raise Undelivered."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """Where things lie: `root/atrium.db`, `root/history.db`, `root/photos/`, `root/broker/`."""

    root: Path
