"""Slabs of a few seconds → larger slabs, level by level → chunks of one channel each, once it has enough values.

A slab holds what a shelf (some neighbouring devices) said in some time. When a shelf has enough slabs of a level they become one
of the next; on the way, channels with `FULL` values leave for chunks. So every value is rewritten some four times in large
sorted blocks and packed once, however slowly its channel speaks. Reading a channel's newest values takes the slabs of its shelf.
"""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from daemon.adapters.history import chunks, slab
from daemon.adapters.history.names import POINTS

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

    from daemon.adapters.history.slab import Slab

FULL = 500  # values with which a channel leaves for a chunk: 17 to 50 bytes of a row's own cost are then little
_TOGETHER = (64, 8)  # slabs that are merged: of level 0, of higher ones
MOST = 250_000  # values that are merged however few slabs they are: a merge takes some 100 bytes of memory a value
_WIDE, _NARROW = POINTS + 6, POINTS + 2  # bits: 64 devices share a slab of levels 0 and 1, 4 one of higher levels
LEVELS = 6  # the highest level gets no larger: eight of its slabs become one of it again
BREATH = 0.0003  # s between pieces of work: the thread that commits needs the interpreter more urgently than we do

_Where = tuple[int, int]  # shelf, level


class Levels:
    """The writer's count of slabs, and what is due to be merged. Everything happens in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._slabs: Counter[_Where] = Counter()
        self._values: Counter[_Where] = Counter()
        self.due: dict[_Where, int] = {}  # and with how many values a channel leaves
        for shelf, level, slabs, values in db.execute(
            "SELECT shelf, level, count(*), sum(count) FROM slab GROUP BY shelf, level"
        ):
            self._note((shelf, level), slabs, values)

    def add(self, db: sqlite3.Connection, level: int, values: Slab) -> None:
        """Sorted values to their shelves."""
        shelves = shelf(values.channel, level)
        edges = [0, *(np.flatnonzero(np.diff(shelves)) + 1).tolist(), len(values)]
        for low, high in pairwise(edges):
            where = (int(shelves[low]), level)
            piece = values.cut(slice(low, high))
            row = (level, where[0], float(piece.ts.min()), float(piece.ts.max()), len(piece), slab.pack(piece))
            db.execute("INSERT INTO slab (level, shelf, first, last, count, packed) VALUES (?, ?, ?, ?, ?, ?)", row)
            self._note(where, 1, len(piece))
            time.sleep(BREATH)

    def merge(self, db: sqlite3.Connection, where: _Where) -> None:
        """The slabs of one shelf and level: channels with enough values to chunks, the rest one level up."""
        found = db.execute("SELECT id, packed FROM slab WHERE shelf = ? AND level = ? ORDER BY id", where).fetchall()
        db.executemany("DELETE FROM slab WHERE id = ?", [(number,) for number, _ in found])
        self._slabs.pop(where, None)
        self._values.pop(where, None)
        at_least = self.due.pop(where, FULL)
        if found:
            rest = extract(db, slab.join([slab.unpack(packed) for _, packed in found]), at_least)
            if len(rest):
                self.add(db, min(where[1] + 1, LEVELS), rest)

    def _note(self, where: _Where, slabs: int, values: int) -> None:
        self._slabs[where] += slabs
        self._values[where] += values
        if self._slabs[where] >= _TOGETHER[min(where[1], 1)] or (self._values[where] >= MOST and where[1] < LEVELS):
            self.due.setdefault(where, FULL)


def extract(db: sqlite3.Connection, values: Slab, at_least: int) -> Slab:
    """Write chunks of the channels that have enough; answers the others."""
    edges = np.concatenate(([0], np.flatnonzero(np.diff(values.channel)) + 1, [len(values)]))
    counts = np.diff(edges)
    times = chunks.Times(db)
    for place in np.flatnonzero(counts >= at_least).tolist():
        low, high = int(edges[place]), int(edges[place + 1])
        chunks.add(db, times, int(values.channel[low]), values.cut(slice(low, high)))
        time.sleep(BREATH)
    return values.cut(np.repeat(counts < at_least, counts))


def shelf(channel: NDArray[np.int64], level: int) -> NDArray[np.int64]:
    """Where channels stand in a level. Wide shelves have even numbers, narrow ones odd, so that no two are mixed up."""
    return (channel >> _WIDE) * 2 if level < 2 else (channel >> _NARROW) * 2 + 1


def waiting(db: sqlite3.Connection, channel: int) -> Slab | None:
    """The values of one channel that are in no chunk yet; the oldest slabs first, so that the last received counts."""
    one = np.array([channel], dtype=np.int64)
    shelves = (int(shelf(one, 0)[0]), int(shelf(one, 2)[0]))
    found = db.execute("SELECT packed FROM slab WHERE shelf IN (?, ?) ORDER BY level DESC, id", shelves).fetchall()
    mine = [piece for (packed,) in found if len(piece := slab.unpack(packed).of(channel))]
    return slab.join(mine) if mine else None
