"""Channels by number: site, device and point ↔ one whole number, device number × 65,536 + point number.

Names of points are shared by all devices of a kind, so what must be remembered grows with devices, not with channels.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from daemon.core.nouns import Frame, Reading

POINTS = 16  # bits for the point


class Names:
    """The writer's memory of all numbers. New ones are given at once and saved with the readings that need them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._points: dict[str, int] = {}
        self._new: list[tuple[str, tuple[int | str, ...]]] = []
        for number, site, device in db.execute("SELECT id, site, device FROM device"):
            self._numbers[sys.intern(site), device] = number << POINTS
        self._points.update(db.execute("SELECT name, id FROM point").fetchall())

    def find(self, reading: Reading) -> int:
        """The channel of a reading; a new one if it was never heard."""
        try:
            return self._numbers[reading.site, reading.device] | self._points[reading.point]
        except KeyError:
            return self._device(reading.site, reading.device) | self._point(reading.point)

    def find_all(self, frames: Sequence[Frame]) -> list[int]:
        """The channels of all values of these frames, in order."""
        devices, points = self._numbers, self._points
        try:
            return [number | points[point] for frame in frames for number in (devices[frame.key],) for point in frame.values]
        except KeyError:
            return [self._device(*frame.key) | self._point(point) for frame in frames for point in frame.values]

    def save(self, db: sqlite3.Connection) -> int:
        """Write what is new; answers how much of it there was, for `saved`."""
        for statement, values in self._new:
            db.execute(statement, values)
        return len(self._new)

    def saved(self, count: int) -> None:
        """That many are on disk."""
        del self._new[:count]

    def _device(self, site: str, device: str) -> int:
        key = site, device
        if key not in self._numbers:
            number = len(self._numbers) + 1
            self._numbers[key] = number << POINTS
            self._new.append(("INSERT INTO device VALUES (?, ?, ?)", (number, site, device)))
        return self._numbers[key]

    def _point(self, point: str) -> int:
        if point not in self._points:
            self._points[point] = len(self._points) + 1
            self._new.append(("INSERT INTO point VALUES (?, ?)", (self._points[point], point)))
        return self._points[point]


def look_up(db: sqlite3.Connection, site: str, device: str, point: str) -> int:
    """The number of a channel for a reader; 0, which none has, where nothing was ever stored."""
    wanted = "SELECT device.id << 16 | point.id FROM device, point WHERE device.site = ? AND device.device = ? AND point.name = ?"
    found = db.execute(wanted, (site, device, point)).fetchone()
    return int(found[0]) if found else 0
