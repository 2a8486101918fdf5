"""A database URL or path → the `Store` port: write transactions one at a time, reads of committed state beside them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog

from daemon.adapters.store import accounts, actions, alarms, desk, journal, live, memory, outbox, rejects, review
from daemon.adapters.store.backup import check
from daemon.adapters.store.ballast import Ballast
from daemon.adapters.store.engine import broken_aloud, locate, open_reader, open_writer
from daemon.adapters.store.migrate import migrate
from daemon.adapters.store.transaction import SqlTransaction
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from daemon.adapters.store.engine import Alone
    from daemon.core.deliveries import OutboxRow, Waiting
    from daemon.core.learned.review import Entry
    from daemon.core.nouns import Action, Message, Notice, Rejected, Ticket, TicketEvent
    from daemon.ports import Attachment, EpisodeRow, LiveEvent, Session, User

LOG = structlog.get_logger("store")
_DAY = 86_400.0
_WATCH = "watch"  # the mark that says whether one is up
AT_ONCE, WITH_EACH = 32, 4  # journal rows pruned in one go
LIVE_DAYS = 7  # a browser that slept longer reloads
SENT_DAYS = 90


def open_store(
    url_or_path: str, data_dir: Path, *, digest: str = "", patience: float = 5.0, reserve: int = 0, brief: bool = False
) -> SqlStore:
    """Open and bring to the newest schema. `""` is SQLite in `data_dir`. `digest` names the configuration whose states are saved;
    states of any other are dropped (only the watch hands one in). `patience`: seconds to wait for another writer. `reserve`:
    bytes of disk kept for the hour when it is full. `brief`: hold the write lock as shortly as can be (for the pages).

    Raises StoreBroken: not writable, locked, not a database, or of a newer Atrium.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreBroken(f"the data directory can't be made: {error}") from error
    url = locate(url_or_path, data_dir)
    writer, reader = open_writer(url, patience, brief=brief), open_reader(url, patience)
    store = SqlStore(writer, reader, digest, Ballast(data_dir, reserve))
    try:
        store.prepare()
    except StoreBroken:
        store.close()
        raise
    return store


class SqlStore:
    """SQLite or PostgreSQL behind the `Store` port. Safe to share between threads."""

    def __init__(self, writer: Engine | Alone, reader: Engine, digest: str, ballast: Ballast) -> None:
        self._digest = digest
        self._ballast = ballast
        self._old = 0  # journal rows below this position may go
        self._broken = False
        self._writer, self._reader = writer, reader

    def prepare(self) -> None:
        """Migrate. For the watch also: did the last one end in order? And forget the states of other configurations."""
        self._ballast.ease()
        with self._write() as connection:
            migrate(connection)
            if self._digest:
                if memory.recall(connection, _WATCH) == "up":
                    LOG.warning("the last watch did not end in order: checking the database")
                    check(connection)
                memory.remember(connection, _WATCH, "up")
                journal.drop_other_states(connection, self._digest)
        self._ballast.lay()

    def _leave(self) -> None:
        with suppress(StoreBroken), self._write() as connection:
            memory.remember(connection, _WATCH, "down")

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        with self._write() as connection:
            yield SqlTransaction(connection, self._digest)
            if self._old and not journal.prune(connection, self._old, WITH_EACH):
                self._old = 0

    def close(self) -> None:
        if self._digest and not self._broken:
            self._leave()
        self._writer.dispose()
        self._reader.dispose()

    def tidy(self, now: float) -> None:
        """Drop what nobody needs any more: expired sessions, old answers and lines of the live log, long delivered notices."""
        with self._write() as connection:
            accounts.forget(connection, now)
            memory.forget(connection, now - _DAY)
            live.forget(connection, now - LIVE_DAYS * _DAY)
            outbox.forget(connection, now - SENT_DAYS * _DAY, now)

    def journal_after(self, pos: int, limit: int = 1000) -> list[tuple[int, list[Message]]]:
        with self._read() as connection:
            return journal.after(connection, pos, limit)

    def snapshots(self, digest: str) -> dict[tuple[str, str], tuple[int, bytes]]:
        with self._read() as connection:
            return journal.states(connection, digest)

    def prune_journal(self, before: int) -> None:
        """Some at once; the rest goes a few rows with each commit, for which nobody waits."""
        with self._write() as connection:
            self._old = before if journal.prune(connection, before, AT_ONCE) else 0

    def episodes(
        self, *, site: str | None = None, active: bool | None = None, limit: int = 100, before: str | None = None
    ) -> list[EpisodeRow]:
        with self._read() as connection:
            return alarms.episodes(connection, site=site, active=active, limit=limit, before=before)

    def episode(self, episode_id: str) -> EpisodeRow | None:
        with self._read() as connection:
            return alarms.episode(connection, episode_id)

    def tickets(
        self,
        *,
        site: str | None = None,
        ended: bool | None = None,
        assignee: str | None = None,
        team: str | None = None,
        limit: int = 100,
        before: str | None = None,
    ) -> list[Ticket]:
        """Newest first. Filters add up; `assignee=""` finds what nobody has taken."""
        given = {"site": site, "assignee": assignee, "team": team}
        equal = {column: value for column, value in given.items() if value is not None}
        with self._read() as connection:
            return desk.listed(connection, equal=equal, ended=ended, limit=limit, before=before)

    def ticket(self, ticket_id: str) -> Ticket | None:
        with self._read() as connection:
            return desk.named(connection, ticket_id)

    def ticket_events(self, ticket_id: str) -> list[TicketEvent]:
        with self._read() as connection:
            return desk.events_of(connection, ticket_id)

    def attachments(self, ticket_id: str) -> list[Attachment]:
        with self._read() as connection:
            return desk.attachments_of(connection, ticket_id)

    def actions(self, target: str) -> list[Action]:
        with self._read() as connection:
            return actions.done_to(connection, target)

    def review(
        self, *, site: str | None = None, state: str | None = None, limit: int = 100, before: str | None = None
    ) -> list[Entry]:
        with self._read() as connection:
            return review.listed(connection, site=site, state=state, limit=limit, before=before)

    def entry(self, entry_id: str) -> Entry | None:
        with self._read() as connection:
            return review.named(connection, entry_id)

    def learned(self) -> dict[tuple[str, str], bytes]:
        with self._read() as connection:
            return review.kept(connection)

    def events_after(self, seq: int, limit: int = 500) -> list[LiveEvent]:
        with self._read() as connection:
            return live.events_after(connection, seq, limit)

    def recall(self, name: str) -> str | None:
        with self._read() as connection:
            return memory.recall(connection, name)

    def answered(self, key: str) -> tuple[int, str] | None:
        with self._read() as connection:
            return memory.answered(connection, key)

    def open_tickets(self) -> int:
        with self._read() as connection:
            return desk.still_open(connection)

    def last_event_seq(self) -> int:
        with self._read() as connection:
            return live.last_seq(connection)

    def rejected(self, limit: int = 100) -> list[Rejected]:
        with self._read() as connection:
            return rejects.newest(connection, limit)

    def rejected_counts(self) -> dict[str, int]:
        with self._read() as connection:
            return rejects.counts(connection)

    def outbox_due(self, now: float, limit: int = 100) -> list[OutboxRow]:
        with self._read() as connection:
            return outbox.due(connection, now, limit)

    def outbox_lane(
        self,
        channel: str,
        now: float,
        *,
        critical: bool,
        but: Collection[str] = (),
        who: tuple[str, str] | None = None,
        limit: int = 1000,
    ) -> list[OutboxRow]:
        wanted = outbox.lane(channel, critical=critical), outbox.people(but, who)
        with self._read() as connection:
            return outbox.due(connection, now, limit, wanted)

    def outbox_strange(self, channels: Collection[str], now: float) -> list[OutboxRow]:
        with self._read() as connection:
            return outbox.due(connection, now, 1000, [outbox.strange(channels)])

    def outbox_fold(self, ids: Sequence[int], message: str) -> None:
        with self._write() as connection:
            outbox.fold(connection, ids, message)

    def outbox_sent(self, ids: Sequence[int], at: float) -> None:
        with self._write() as connection:
            outbox.sent(connection, ids, at)

    def outbox_failed(self, ids: Sequence[int], *, retry_at: float | None, error: str, instead: Sequence[Notice] = ()) -> None:
        with self._write() as connection:
            outbox.failed(connection, ids, retry_at, error)
            outbox.enqueue(connection, instead)

    def outbox_later(self, ids: Sequence[int], due_at: float, why: str, *, instead: Sequence[Notice] = ()) -> None:
        with self._write() as connection:
            outbox.later(connection, ids, due_at, why)
            outbox.enqueue(connection, instead)

    def outbox_waiting(self) -> Waiting:
        with self._read() as connection:
            return outbox.waiting(connection)

    def untold(self, now: float) -> dict[str, float]:
        with self._read() as connection:
            return outbox.untold(connection, now)

    def tell_again(self, tickets: Collection[str], at: float) -> None:
        with self._write() as connection:
            desk.tell_again(connection, tickets, at)

    def users(self) -> list[User]:
        with self._read() as connection:
            return accounts.users(connection)

    def user(self, name: str) -> User | None:
        with self._read() as connection:
            return accounts.user_named(connection, name)

    def put_user(self, user: User) -> None:
        with self._write() as connection:
            accounts.put_user(connection, user)

    def open_session(self, token_hash: str, session: Session) -> None:
        with self._write() as connection:
            accounts.open_session(connection, token_hash, session)

    def session(self, token_hash: str, now: float) -> Session | None:
        with self._read() as connection:
            return accounts.session_of(connection, token_hash, now)

    def close_session(self, token_hash: str) -> None:
        with self._write() as connection:
            accounts.close_session(connection, token_hash)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            with broken_aloud(self._ballast.drop), self._writer.begin() as connection:
                yield connection
        except StoreBroken:
            self._broken = True
            raise

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with broken_aloud(), self._reader.connect() as connection:
            yield connection
