"""Fresh rows of one channel → its newest chunk, and its aggregates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from daemon.adapters.history import columns, minutes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from daemon.adapters.history.minutes import Minute, Row

FULL = 1_000  # rows after which a chunk is closed
MINUTES_TOGETHER = 240  # aggregates that wait before they join a chunk
_BOOL = 16  # beside the quality of a fresh row: SQLite keeps True as 1
_ADD_MINUTE = """
INSERT INTO minute VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  low = min(low, excluded.low), high = max(high, excluded.high), count = count + excluded.count,
  mean = (mean * count + excluded.mean * excluded.count) / (count + excluded.count)
"""


def to_fresh(value: Any, quality: int) -> tuple[Any, int]:  # noqa: ANN401 - any Value
    """A value as SQLite takes it, and its mark."""
    if isinstance(value, bool):
        return int(value), quality | _BOOL
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value), quality
    return value, quality


def from_fresh(ts: float, value: Any, mark: int) -> Row:  # noqa: ANN401 - any Value
    """The row again. SQLite keeps not-a-number as NULL."""
    if mark & _BOOL:
        return ts, bool(value), mark & ~_BOOL
    return ts, math.nan if value is None else value, mark


def compact(db: sqlite3.Connection, channel: int, quiet_since: float = -math.inf) -> int:
    """Move what is complete; returns how many rows stay fresh. The newest aggregate's rows stay, so that it is made once, whole -
    unless nothing has come since `quiet_since`."""
    rows = fresh_rows(db, channel, -math.inf, math.inf)
    if not rows:
        return 0
    span = minutes.width(rows)
    until = math.inf if rows[-1][0] < quiet_since else rows[-1][0] // span * span
    done = [row for row in rows if row[0] < until]
    if done:
        _add(db, "chunk", channel, done)
        _add_minutes(db, channel, minutes.gather(done))
        db.execute("DELETE FROM fresh WHERE channel = ? AND ts < ?", (channel, until))
    return len(rows) - len(done)


def fresh_rows(db: sqlite3.Connection, channel: int, start: float, end: float) -> list[Row]:
    """In order of time, both ends included."""
    wanted = "SELECT ts, value, quality FROM fresh WHERE channel = ? AND ts >= ? AND ts <= ? ORDER BY ts"
    return [from_fresh(*row) for row in db.execute(wanted, (channel, start, end))]


def chunk_rows(db: sqlite3.Connection, table: str, channel: int, start: float, end: float) -> list[tuple[Any, ...]]:
    """Rows of all chunks that touch the span, chunk by chunk."""
    wanted = f"SELECT packed FROM {table} WHERE channel = ? AND last >= ? AND first <= ? ORDER BY first, id"  # noqa: S608 - our own names
    return [row for (packed,) in db.execute(wanted, (channel, start, end)) for row in zip(*columns.unpack(packed), strict=True)]


def _add_minutes(db: sqlite3.Connection, channel: int, new: Sequence[Minute]) -> None:
    db.executemany(_ADD_MINUTE, [(channel, *minute) for minute in new])
    wanted = "SELECT start, low, mean, high, count FROM minute WHERE channel = ? ORDER BY start"
    waiting = db.execute(wanted, (channel,)).fetchall()
    if len(waiting) >= MINUTES_TOGETHER:
        shortened = [(start, low, minutes.short(mean), high, count) for start, low, mean, high, count in waiting]
        _add(db, "minute_chunk", channel, shortened)
        db.execute("DELETE FROM minute WHERE channel = ?", (channel,))


def _add(db: sqlite3.Connection, table: str, channel: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """Into the newest chunk while it has room and the rows don't lie before it, else into a new one."""
    newest = f"SELECT id, first, count, packed FROM {table} WHERE channel = ? ORDER BY last DESC LIMIT 1"  # noqa: S608 - our own names
    found = db.execute(newest, (channel,)).fetchone()
    if found is None or found[2] >= FULL or rows[0][0] < found[1]:
        _write(db, table, (None, channel), rows)
        return
    before = list(zip(*columns.unpack(found[3]), strict=True))
    _write(db, table, (found[0], channel), before + list(rows) if rows[0][0] > before[-1][0] else _one_each(table, before, rows))


def _one_each(table: str, before: Sequence[Any], rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Late rows among those of a chunk: a value replaces the one of the same time, an aggregate joins it."""
    if table == "minute_chunk":
        return list(minutes.merge([*before, *rows]))
    return sorted({row[0]: row for row in [*before, *rows]}.values(), key=lambda row: float(row[0]))


def _write(db: sqlite3.Connection, table: str, key: tuple[int | None, int], rows: Sequence[tuple[Any, ...]]) -> None:
    packed = columns.pack(list(zip(*rows, strict=True)))
    values = (*key, rows[0][0], rows[-1][0], len(rows), packed)
    db.execute(f"REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - our own names
