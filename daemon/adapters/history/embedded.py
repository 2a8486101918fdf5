"""Readings → `history.db` in the data directory, and back as raw values or minutes. A file of its own: it never holds the lock of
the ticket database.

What is appended waits in memory until `flush`, which writes it together with the journal position it reaches; after a crash the
journal gives the rest again, and a value that comes twice is the same row.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from daemon.adapters.history import compact, file, minutes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from daemon.adapters.history.minutes import Minute, Row
    from daemon.core.nouns import Reading

_DAY = 86_400.0
TOGETHER = 200  # fresh values of a channel that move into a chunk at once
WAITING = 50_000  # values in memory that are flushed without being asked
AT_ONCE = 8  # channels compacted per flush, at least; a flush stays short even if all channels are due together
PER_PRUNE = 500  # sleepy channels compacted per prune

_Key = tuple[str, str, str]


def open_history(data_dir: Path, *, raw_days: float = 30.0, minute_days: float = 730.0) -> EmbeddedHistory:
    """One process appends and flushes (the watch), any number read. Raises StoreBroken where the file can't be used."""
    return EmbeddedHistory(data_dir / "history.db", raw_days, minute_days)


class EmbeddedHistory:
    """The `History` port on SQLite. `append`, `flush` and `prune` belong to one thread; reading is free."""

    def __init__(self, path: Path, raw_days: float, minute_days: float) -> None:
        file.prepare(path)
        self._path = path
        self._keep = {"raw": raw_days * _DAY, "minute": minute_days * _DAY}
        self._db = file.connect(path)
        self._waiting: list[tuple[_Key, float, object, int]] = []
        self._position = self._stored = self.position()
        self._ids: dict[_Key, int] = {}
        self._fresh: defaultdict[int, int] = defaultdict(int)  # channel id → fresh rows since it was compacted
        self._due: dict[int, None] = {}  # channel ids to compact, in order of becoming due
        self._known = False

    def append(self, readings: Sequence[Reading], position: int) -> None:
        self._waiting.extend([((r.site, r.device, r.point), r.ts, *compact.to_fresh(r.value, int(r.quality))) for r in readings])
        self._position = max(self._position, position)
        if len(self._waiting) >= WAITING:
            self.flush()

    def flush(self) -> None:
        """On disk when it returns; on StoreBroken everything still waits."""
        if not self._waiting and self._position == self._stored:
            return
        self._learn()
        with file.transaction(self._db, "BEGIN IMMEDIATE") as db:
            new = self._name(db)
            ids = self._ids | new if new else self._ids
            rows = [(ids[key], ts, value, mark) for key, ts, value, mark in self._waiting]
            db.executemany("REPLACE INTO fresh VALUES (?, ?, ?, ?)", rows)
            db.execute("UPDATE progress SET pos = ?", (self._position,))
            self._compact(db, rows)
        self._ids, self._waiting, self._stored = ids, [], self._position

    def position(self) -> int:
        with file.read(self._path) as db:
            return int(db.execute("SELECT pos FROM progress").fetchone()[0])

    def raw(self, site: str, device: str, point: str, start: float, end: float) -> list[Row]:
        """Both ends included. Of values at one time the last received."""
        with file.read(self._path) as db:
            channel = _channel(db, (site, device, point))
            rows = compact.chunk_rows(db, "chunk", channel, start, end) + compact.fresh_rows(db, channel, start, end)
        times = [row[0] for row in rows]
        if any(a >= b for a, b in pairwise(times)):
            rows = sorted({row[0]: row for row in rows}.values(), key=itemgetter(0))
        return rows if not rows or (rows[0][0] >= start and rows[-1][0] <= end) else [r for r in rows if start <= r[0] <= end]

    def minutes(self, site: str, device: str, point: str, start: float, end: float) -> list[Minute]:
        """Aggregates that begin in the span, both ends included: of a minute, of 15 where the channel speaks less often."""
        with file.read(self._path) as db:
            channel = _channel(db, (site, device, point))
            parts = compact.chunk_rows(db, "minute_chunk", channel, start, end)
            parts += db.execute("SELECT start, low, mean, high, count FROM minute WHERE channel = ?", (channel,)).fetchall()
            parts += minutes.gather(compact.fresh_rows(db, channel, start - 900.0, end + 900.0))
        return [part for part in minutes.merge(parts) if start <= part[0] <= end]

    def prune(self, now: float) -> None:
        """Drop what is older than its days; move values of sleepy channels that wait longer than a day into chunks (some hundreds
        a call). Call it about hourly."""
        with file.transaction(self._db, "BEGIN IMMEDIATE") as db:
            sleepy = "SELECT channel FROM fresh GROUP BY channel HAVING min(ts) < ? LIMIT ?"
            for (channel,) in db.execute(sleepy, (now - _DAY, PER_PRUNE)).fetchall():
                compact.compact(db, channel, quiet_since=now - _DAY)
            for table, column, kind in _AGES:
                db.execute(f"DELETE FROM {table} WHERE {column} < ?", (now - self._keep[kind],))  # noqa: S608 - our own names

    def close(self) -> None:
        """Flushes first."""
        with closing(self._db):
            self.flush()

    def _learn(self) -> None:
        """The writer, and only the writer, knows the channels by heart; a reader never pays for it."""
        if self._known:
            return
        with file.transaction(self._db, "BEGIN") as db:
            self._ids = {(site, device, point): number for number, site, device, point in db.execute("SELECT * FROM channel")}
            self._fresh.update(db.execute("SELECT channel, count(*) FROM fresh GROUP BY channel").fetchall())
        self._known = True

    def _name(self, db: sqlite3.Connection) -> dict[_Key, int]:
        """Ids of channels never seen before."""
        unknown = {row[0] for row in self._waiting} - self._ids.keys()
        add = "INSERT INTO channel (site, device, point) VALUES (?, ?, ?) RETURNING id"
        return {key: int(db.execute(add, key).fetchone()[0]) for key in sorted(unknown)}

    def _compact(self, db: sqlite3.Connection, rows: Sequence[tuple[int, float, object, int]]) -> None:
        """Count the new rows and move those of channels that have enough. What is counted here and rolled back costs nothing: a
        channel is looked at a little too early or too late."""
        for row in rows:
            self._fresh[row[0]] += 1
            if self._fresh[row[0]] >= TOGETHER:
                self._due[row[0]] = None
        for channel in list(self._due)[: max(AT_ONCE, 4 * len(rows) // TOGETHER)]:
            compact.compact(db, channel)
            self._fresh[channel] = 0
            del self._due[channel]


_AGES = (("chunk", "last", "raw"), ("fresh", "ts", "raw"), ("minute_chunk", "last", "minute"), ("minute", "start", "minute"))


def _channel(db: sqlite3.Connection, key: _Key) -> int:
    """Its id; 0, which none has, where nothing was ever stored."""
    found = db.execute("SELECT id FROM channel WHERE site = ? AND device = ? AND point = ?", key).fetchone()
    return int(found[0]) if found else 0
