"""What gets too old in the history file: values go, aggregates of minutes become those of days. In small pieces.

Ids grow with time, so the oldest rows are found without an index: what a late value made new again stays a little longer.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from daemon.adapters.history import chunks, columns, minutes

if TYPE_CHECKING:
    import sqlite3

_PIECE = 500  # rows looked at in one transaction
_DAYS = 1_000  # rows of a chunk of days: nearly three years


def drop(db: sqlite3.Connection, table: str, before: float) -> bool:
    """Some rows of `table` that end before; False when no more were found."""
    old = _oldest(db, table, before)
    db.executemany(f"DELETE FROM {table} WHERE id = ?", [(number,) for number, _ in old])  # noqa: S608 - our own names
    return bool(old)


def sum_up(db: sqlite3.Connection, before: float) -> bool:
    """Some chunks of minutes that end before become days; False when no more were found."""
    old = sorted(_oldest(db, "minute_chunk", before), key=itemgetter(1))
    for channel, group in groupby(old, key=itemgetter(1)):
        found = [_taken(db, "minute_chunk", number) for number, _ in group]
        _add_days(db, channel, minutes.days(row for packed in found for row in zip(*columns.unpack(packed), strict=True)))
    return bool(old)


def _oldest(db: sqlite3.Connection, table: str, before: float) -> list[tuple[int, int]]:
    channel = "0" if table == "times" else "channel"
    wanted = f"SELECT id, {channel}, last FROM {table} ORDER BY id LIMIT ?"  # noqa: S608 - our own names
    return [(number, channel) for number, channel, last in db.execute(wanted, (_PIECE,)) if last < before]


def _taken(db: sqlite3.Connection, table: str, number: int) -> bytes:
    found = db.execute(f"DELETE FROM {table} WHERE id = ? RETURNING packed", (number,)).fetchall()  # noqa: S608 - our own names
    return bytes(found[0][0])


def _add_days(db: sqlite3.Connection, channel: int, days: list[minutes.Minute]) -> None:
    """To the channel's newest chunk of days while that has room."""
    newest = "SELECT id FROM day_chunk WHERE channel = ? AND count < ? ORDER BY last DESC LIMIT 1"
    for (number,) in db.execute(newest, (channel, _DAYS)).fetchall():
        days = minutes.merge([*zip(*columns.unpack(_taken(db, "day_chunk", number)), strict=True), *days])
    chunks.write_aggregates(db, "day_chunk", (None, channel), days)
