"""Single rows of schema 1 → a slab and chunks of aggregates of schema 2. Their channels have their new numbers already."""

from __future__ import annotations

import math
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from daemon.adapters.history import chunks, slab
from daemon.adapters.history.levels import Levels

if TYPE_CHECKING:
    import sqlite3

_BOOL = 16  # beside the quality of a row: SQLite keeps True as 1


def move(db: sqlite3.Connection) -> None:
    """Values that waited in `fresh`, aggregates that waited in `minute`."""
    rows = db.execute("SELECT channel, ts, value, quality FROM fresh ORDER BY channel, ts").fetchall()
    if rows:
        channel, ts, value, mark = zip(*rows, strict=True)
        values = [_value(one, int(kind)) for one, kind in zip(value, mark, strict=True)]
        quality = np.array(mark, dtype=np.uint8) & ~np.uint8(_BOOL)
        Levels(db).add(db, 0, slab.of_columns(np.array(channel, dtype=np.int64), np.array(ts), values, quality))
    waiting = db.execute("SELECT channel, start, low, mean, high, count FROM minute ORDER BY channel, start").fetchall()
    for number, group in groupby(waiting, itemgetter(0)):
        chunks.write_aggregates(db, "minute_chunk", (None, number), [row[1:] for row in group])
    db.execute("DROP TABLE fresh")
    db.execute("DROP TABLE minute")


def _value(value: Any, mark: int) -> Any:  # noqa: ANN401 - any Value
    """SQLite keeps not-a-number as NULL."""
    if mark & _BOOL:
        return bool(value)
    return math.nan if value is None else value
