"""Values of one channel → its chunks with their aggregates, and back. A chunk never overlaps another of its channel in time: late
values are merged into the chunks they belong to, and those are summed up again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from daemon.adapters.history import columns, minutes, slab

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from daemon.adapters.history.minutes import Minute, Row
    from daemon.adapters.history.slab import Slab

LARGEST = 4_000  # rows of a chunk; a merge that comes to more is cut
_NEXT = "SELECT 1 + max(coalesce((SELECT max(id) FROM chunk), 0), coalesce((SELECT max(id) FROM minute_chunk), 0))"
_TOUCHED = "SELECT {} FROM {} WHERE channel = ? AND last >= ? AND first <= ?"


class Times:
    """Columns of time written in this transaction: the points of one message have the same, which is then stored once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[bytes, int] = {}

    def write(self, ts: Any) -> int:  # noqa: ANN401 - an array of doubles
        """The id of this column."""
        raw = ts.tobytes()
        if raw not in self._known:
            values = (float(ts[-1]), columns.pack([ts]))
            found = self._db.execute("INSERT INTO times (last, packed) VALUES (?, ?) RETURNING id", values)
            self._known[raw] = int(found.fetchone()[0])
        return self._known[raw]


def add(db: sqlite3.Connection, times: Times, channel: int, new: Slab) -> None:
    """Write the sorted values of one channel, newer than anything stored about the same times."""
    first, last = float(new.ts[0]), float(new.ts[-1])
    late = touched(db, channel, first, last)
    if late:
        new = slab.join([*slabs(db, channel, first, last), new])
        for table in ("chunk", "minute_chunk"):
            db.executemany(f"DELETE FROM {table} WHERE id = ?", [(number,) for number in late])  # noqa: S608 - our own names
    pieces = math.ceil(len(new) / LARGEST)
    for piece in range(pieces):
        _write(db, times, channel, new.cut(slice(piece * len(new) // pieces, (piece + 1) * len(new) // pieces)))


def rows(db: sqlite3.Connection, channel: int, start: float, end: float) -> list[Row]:
    """Rows of all chunks that touch the span, in order."""
    found: list[Row] = []
    for ts, value, quality in _columns(db, channel, start, end):
        found += zip(*map(_listed, (ts, value, quality)), strict=True)
    return found


def slabs(db: sqlite3.Connection, channel: int, start: float, end: float) -> list[Slab]:
    """Chunks that touch the span as slabs again, to be merged with what came late."""
    return [
        slab.of_columns(
            np.full(len(ts), channel, dtype=np.int64),
            np.asarray(ts, dtype=np.float64),
            _listed(value),
            np.asarray(quality, dtype=np.uint8),
        )
        for ts, value, quality in _columns(db, channel, start, end)
    ]


def touched(db: sqlite3.Connection, channel: int, start: float, end: float) -> set[int]:
    """Ids of the chunks that touch the span."""
    return {number for (number,) in db.execute(_TOUCHED.format("id", "chunk"), (channel, start, end))}


def aggregates(
    db: sqlite3.Connection, table: str, channel: int, span: tuple[float, float], without: Iterable[int]
) -> list[Minute]:
    """What is summed up in `table`, of the chunks that touch the span."""
    found = db.execute(_TOUCHED.format("id, packed", table) + " ORDER BY first", (channel, *span)).fetchall()
    return [row for number, packed in found if number not in without for row in zip(*columns.unpack(packed), strict=True)]


def write_aggregates(db: sqlite3.Connection, table: str, key: tuple[int | None, int], parts: Sequence[Minute]) -> None:
    """One row of aggregates; `key` is (id or None, channel). The row's span reaches to the end of its last aggregate's start."""
    packed = columns.pack(list(zip(*parts, strict=True)))
    values = (*key, parts[0][0], parts[-1][0], len(parts), packed)
    db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - our own names


def _write(db: sqlite3.Connection, times: Times, channel: int, piece: Slab) -> None:
    packed = columns.pack([slab.column(piece), slab.quality(piece)])
    number = int(db.execute(_NEXT).fetchone()[0])
    values = (number, channel, float(piece.ts[0]), float(piece.ts[-1]), len(piece), packed, times.write(piece.ts))
    db.execute("INSERT INTO chunk (id, channel, first, last, count, packed, times) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    parts = minutes.gather(piece)
    if parts:
        write_aggregates(db, "minute_chunk", (number, channel), parts)


def _columns(db: sqlite3.Connection, channel: int, start: float, end: float) -> list[list[Any]]:
    wanted = """SELECT chunk.packed, times.packed FROM chunk LEFT JOIN times ON times.id = chunk.times
        WHERE channel = ? AND chunk.last >= ? AND first <= ? ORDER BY first, chunk.id"""
    return [_unpacked(*found) for found in db.execute(wanted, (channel, start, end))]


def _unpacked(packed: bytes, times: bytes | None) -> list[Any]:
    """Chunks of schema 1 hold their times themselves."""
    mine = columns.arrays(packed)
    return mine if times is None else [*columns.arrays(times), *mine]


def _listed(column: Any) -> list[Any]:  # noqa: ANN401 - an array or a list
    return column if isinstance(column, list) else list(column.tolist())
