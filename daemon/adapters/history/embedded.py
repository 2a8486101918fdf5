"""Readings → `history.db` in the data directory, and back as raw values or minutes. A file of its own: it never holds the lock of
the ticket database.

What is appended is written some seconds later by a thread, together with the journal position it reaches; after a crash the
journal gives the rest again, and a value that comes twice is the same row.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING

from daemon.adapters.history import ages, chunks, file, heap, levels, minutes, names, slab
from daemon.adapters.history.behind import Behind
from daemon.adapters.history.levels import Levels
from daemon.adapters.history.names import Names
from daemon.core.nouns import parts_of
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from daemon.adapters.history.behind import Again
    from daemon.adapters.history.minutes import Minute, Row
    from daemon.core.nouns import Frame, Reading

_DAY = 86_400.0
_SETTLED = 7 * _DAY  # after that no reading is late: what waits longer becomes chunks of any size
_AT_ONCE = 2_000  # readings made into columns in one go; between two of them other threads may go on


def open_history(
    data_dir: Path, *, raw_days: float = 30.0, minute_days: float = 730.0, again: Again | None = None
) -> EmbeddedHistory:
    """One process appends (the watch), any number read. `again` gives readings after a journal position. Raises StoreBroken where
    the file can't be used."""
    return EmbeddedHistory(data_dir / "history.db", (raw_days * _DAY, minute_days * _DAY), again)


class EmbeddedHistory:
    """The `History` port on SQLite. `append`, `flush` and `prune` belong to one thread; reading is free."""

    def __init__(self, path: Path, keep: tuple[float, float], again: Again | None = None) -> None:
        file.prepare(path)
        self._path = path
        self._behind = Behind(_Writer(path, keep), _position(path), again)
        self.append = self._behind.append
        self.flush = self._behind.flush
        self.settle = self._behind.settle
        self.prune = self._behind.prune
        self.close = self._behind.close

    def away_since(self) -> None:
        """It is in this directory."""

    def position(self) -> int:
        """In the process that writes it costs nothing."""
        return _position(self._path) if self._behind.idle() else self._behind.stored

    def raw(self, site: str, device: str, point: str, start: float, end: float) -> list[Row]:
        """Both ends included. Of values at one time the last received."""
        with file.read(self._path) as db:
            channel = names.look_up(db, site, device, point)
            rows = chunks.rows(db, channel, start, end)
            fresh = levels.waiting(db, channel)
        if fresh is not None:
            rows = _joined(rows, slab.rows(fresh))
        return rows if not rows or (rows[0][0] >= start and rows[-1][0] <= end) else [r for r in rows if start <= r[0] <= end]

    def minutes(self, site: str, device: str, point: str, start: float, end: float) -> list[Minute]:
        """Aggregates that begin in the span, both ends included: of a minute, of 15 where the channel speaks less often, of a day
        where only those are left."""
        with file.read(self._path) as db:
            channel = names.look_up(db, site, device, point)
            fresh = levels.waiting(db, channel)
            parts, mixed = [], set[int]()
            if fresh is not None:  # late values change what was summed up
                first, last = float(fresh.ts[0]), float(fresh.ts[-1])
                mixed = chunks.touched(db, channel, first, last)
                parts = minutes.gather(slab.join([*chunks.slabs(db, channel, first, last), fresh]))
            parts += chunks.aggregates(db, "minute_chunk", channel, (start, end), mixed)
            parts += chunks.aggregates(db, "day_chunk", channel, (start, end), ())
        return [part for part in minutes.merge(parts) if start <= part[0] <= end]


class _Writer:
    """The one writer's side: slabs, their merging, and what gets too old. Opened by the first write."""

    def __init__(self, path: Path, keep: tuple[float, float]) -> None:
        self._path, self._keep = path, keep
        self._parts: tuple[sqlite3.Connection, Names, Levels] | None = None
        self._chores: list[Callable[[sqlite3.Connection], bool]] = []

    def write(self, batches: Sequence[Sequence[Reading]], position: int) -> None:
        db, numbers, shelves = self._opened()
        pieces = []
        for parts in _portions(batches):
            pieces.append(slab.gather(parts, numbers))
            time.sleep(levels.BREATH)
        with self._changing(db):
            named = numbers.save(db)
            if pieces:
                shelves.add(db, 0, slab.join(pieces))
            db.execute("UPDATE progress SET pos = max(pos, ?)", (position,))
        numbers.saved(named)

    def work(self) -> bool:
        """Merge one shelf that is due, else let some of what is too old go."""
        if self._parts is None:
            return False
        db, _, shelves = self._parts
        with self._changing(db):
            if shelves.due:
                shelves.merge(db, next(iter(shelves.due)))
            elif self._chores and not self._chores[0](db):
                del self._chores[0]
        return bool(shelves.due or self._chores)

    def prune(self, now: float) -> None:
        db, _, shelves = self._opened()
        raw, minute = now - self._keep[0], now - self._keep[1]
        late = max(now - _SETTLED, raw)
        for shelf, level in db.execute("SELECT DISTINCT shelf, level FROM slab WHERE first < ?", (late,)):
            shelves.due[shelf, level] = 1
        self._chores = [
            lambda db: ages.sum_up(db, minute),
            lambda db: ages.drop(db, "chunk", raw),
            lambda db: ages.drop(db, "times", raw),
        ]

    def shut(self) -> None:
        if self._parts is not None:
            self._parts[0].close()
            self._parts = None

    def _opened(self) -> tuple[sqlite3.Connection, Names, Levels]:
        if self._parts is None:
            heap.give_back()
            db = file.connect(self._path)
            with file.transaction(db, "BEGIN"):
                self._parts = db, Names(db), Levels(db)
        return self._parts

    @contextmanager
    def _changing(self, db: sqlite3.Connection) -> Iterator[None]:
        """After a refusal what was counted may not be so: everything is opened and counted anew."""
        try:
            with file.transaction(db, "BEGIN IMMEDIATE"):
                yield
        except StoreBroken:
            self.shut()
            raise


def _portions(batches: Sequence[Sequence[Reading]]) -> Iterator[list[Reading | Frame]]:
    """Some batches at a time."""
    portion: list[Reading | Frame] = []
    for batch in batches:
        portion += parts_of(batch)
        if len(portion) >= _AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _position(path: Path) -> int:
    with file.read(path) as db:
        return int(db.execute("SELECT pos FROM progress").fetchone()[0])


def _joined(rows: list[Row], fresh: list[Row]) -> list[Row]:
    """Chunks first, so that what came later holds."""
    if not rows or rows[-1][0] < fresh[0][0]:
        return rows + fresh
    return sorted({row[0]: row for row in [*rows, *fresh]}.values(), key=itemgetter(0))
