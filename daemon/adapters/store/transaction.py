"""One open write transaction → the `Transaction` port. It says which table each thing goes to; the modules beside it know how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.adapters.store import actions, alarms, desk, journal, memory, outbox, rejects, review

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from daemon.core.learned.review import Entry
    from daemon.core.nouns import Action, Message, Notice, Outcome, Ticket, TicketEvent
    from daemon.ports import Attachment, EpisodeRow


class SqlTransaction:
    """Everything between BEGIN and COMMIT. `digest` names the configuration whose states are saved."""

    def __init__(self, connection: Connection, digest: str) -> None:
        self._connection = connection
        self._digest = digest

    def save(self, outcome: Outcome, messages: Sequence[Message], states: Mapping[tuple[str, str], bytes]) -> int:
        """What one batch caused. A batch without messages is a tick or comes from the journal again: its rejections are kept
        already."""
        pos = journal.append(self._connection, messages)
        journal.keep_states(self._connection, states, self._digest, pos)
        alarms.record(self._connection, outcome.alarms)
        outbox.enqueue(self._connection, outcome.notices)
        if messages:
            rejects.keep(self._connection, outcome.rejected)
        return pos

    def open_ticket(self, site: str, cause: str) -> Ticket | None:
        return desk.open_for(self._connection, site, cause)

    def ticket_of_incident(self, incident: str) -> Ticket | None:
        return desk.of_incident(self._connection, incident)

    def last_ended(self, site: str, cause: str) -> Ticket | None:
        return desk.last_ended(self._connection, site, cause)

    def next_number(self, site: str, prefix: str, day: str) -> str:  # noqa: ARG002 - the prefix stands for the site
        return desk.next_number(self._connection, prefix, day)

    def put(self, ticket: Ticket, events: Sequence[TicketEvent]) -> None:
        desk.put(self._connection, ticket, events)

    def ticket(self, ticket_id: str) -> Ticket | None:
        return desk.named(self._connection, ticket_id)

    def attach(self, photo: Attachment) -> None:
        desk.attach(self._connection, photo)

    def actions_after(self, pos: int) -> list[Action]:
        return actions.after(self._connection, pos)

    def act(self, done: Action) -> int:
        return actions.append(self._connection, done)

    def episode(self, episode_id: str) -> EpisodeRow | None:
        return alarms.episode(self._connection, episode_id)

    def acknowledge(self, episode_id: str, *, by: str, at: float, version: int) -> EpisodeRow:
        return alarms.acknowledge(self._connection, episode_id, by=by, at=at, version=version)

    def shelve(self, episode_id: str, *, by: str, at: float, until: float | None, reason: str, version: int) -> EpisodeRow:
        placed = None if until is None else {"until": until, "by": by, "reason": reason}
        return alarms.put_on_shelf(self._connection, episode_id, version, at, placed)

    def notify(self, notices: Iterable[Notice]) -> None:
        outbox.enqueue(self._connection, notices)

    def put_entry(self, entry: Entry) -> bool:
        return review.put(self._connection, entry)

    def decide(self, entry: Entry) -> None:
        review.decide(self._connection, entry)

    def keep_learned(self, packed: Mapping[tuple[str, str], bytes], at: float) -> None:
        review.keep(self._connection, packed, at)

    def recall(self, name: str) -> str | None:
        return memory.recall(self._connection, name)

    def remember(self, name: str, value: str) -> None:
        memory.remember(self._connection, name, value)

    def answer(self, key: str, *, at: float, status: int, body: str) -> bool:
        return memory.give(self._connection, key, at=at, status=status, body=body)
