"""Watches one device as a whole: rows become what its tracker, and for large systems its dynamic PCA, have to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daemon.core.learned import packing, system, tracker
from daemon.core.learned.finding import DAY, Detector
from daemon.core.learned.rows import MODES, STRANGE, Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.learned.finding import Settings, Watched
    from daemon.core.learned.rows import Row

KEPT_ROWS = 4032  # for the nightly fit of the system's model: 14 days of 5 min
REFIT_AT = 3 * 3600.0  # local time of the nightly fit
SYSTEM_RAISE = 3.0  # times the limit; the limit itself is passed in 1 of 200 normal rows
LASTS = 3  # rows in succession


@dataclass(frozen=True, slots=True)
class Said:
    """What a device's detector says at `at`: points (of `points`), and the figures its explanation needs."""

    detector: Detector
    at: float
    points: tuple[int, ...]
    evidence: float
    figures: tuple[float, ...]


class Device:
    """Tracker per operating mode, and the system model where it is on, for one device."""

    def __init__(self, points: Sequence[Watched], states: tuple[str, ...], settings: Settings, zone: float) -> None:
        self.points = tuple(points)
        self.settings, self.zone = settings, zone
        self.rows = Rows(tuple(one.name for one in points), states, settings.every)
        self.tracks = tracker.tracks(MODES, len(self.points))
        self._describe()
        self.large = settings.systems and len(self.points) >= system.FEWEST
        self.past: list[tuple[float | None, ...]] = []
        self.model: system.Model | None = None
        self.trace = system.Trace()
        self.night, self.over = 0, 0

    def _describe(self) -> None:
        """What the points are like, as the kind says today."""
        self.tracks.slow[:] = [one.point.unit in tracker.SLOW_UNITS for one in self.points]
        self.tracks.least[:] = [one.step for one in self.points]

    def take(self, at: float, name: str, value: float | str | bool, *, learn: bool) -> list[Said]:  # noqa: FBT001 - a value as measured
        """One reading, times rising."""
        row = self.rows.take(at, name, value, learn=learn)
        if row is None or row.mode == STRANGE:
            return []
        values = np.array([np.nan if v is None else v for v in row.values])
        said = self._track(row, values)
        return said + self._system(row, values) if self.large else said

    def _track(self, row: Row, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[Said]:
        if row.entered:
            tracker.enter(self.tracks, row.mode)
        news = tracker.follow(self.tracks, row.mode, (row.at, row.learn), values, self.settings.fit)
        if news <= 0:
            return []
        about = self.tracks.about[row.mode]
        if about[tracker.WORST] <= self.settings.raise_at:
            about[tracker.ALARM] = 0.0
            return []
        p = int(about[tracker.POINT])
        mean = float(self.tracks.ring[row.mode, p].mean())
        figures = (mean, float(self.tracks.normal[row.mode, p]), float(self.tracks.spread[row.mode, p]))
        return [Said(Detector.DEVICE, row.at, (p,), float(about[tracker.WORST]), figures)]

    def _system(self, row: Row, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[Said]:
        night = int((row.at + self.zone - REFIT_AT) // DAY)
        if night > self.night:
            self.night = night
            self.model = system.fit(self._history()) or self.model
        if row.learn:
            self.past = [*self.past[1 - KEPT_ROWS :], row.values]
        found = None if self.model is None else system.judge(self.model, self.trace, values)
        self.over = self.over + 1 if found is not None and found.ratio > SYSTEM_RAISE else 0
        if found is None or self.over != LASTS:
            return []
        points, shares = zip(*found.shares, strict=True)
        return [Said(Detector.SYSTEM, row.at, points, found.ratio, shares)]

    def _history(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        wide = [[np.nan if v is None else v for v in row] for row in self.past]
        return np.array(wide, np.float64).reshape(len(wide), len(self.points))

    def accept(self) -> None:
        """What the device does now is its new normal."""
        if self.rows.memory.mode != STRANGE:
            tracker.accept(self.tracks, self.rows.memory.mode)
        self.past, self.over = [], 0

    def pack(self) -> bytes:
        """Everything it remembers. The system's model is fitted again from the rows kept."""
        modes = [packing.row(self.tracks, i) for i in range(len(self.rows.memory.modes))]
        model = None if self.model is None else [a.tobytes() for a in (self.model.mean, self.model.scale, self.model.directions)]
        limit = 0.0 if self.model is None else self.model.limit
        trace = [[row.tobytes() for row in self.trace.rows], list(self.trace.q)]
        return msgspec.msgpack.encode(
            [packing.VERSION, self.rows.pack(), modes, self.past, model, limit, trace, self.night, self.over]
        )

    def restore(self, packed: bytes) -> bool:
        """The reverse of `pack`. False if it does not fit (other points): it learns anew."""
        version, rows, modes, *rest = msgspec.msgpack.decode(packed)
        fits = version == packing.VERSION and all(packing.put(self.tracks, i, mode) for i, mode in enumerate(modes))
        if not fits:
            return False
        self._describe()
        self.rows.restore(rows)
        past, model, limit, (lags, q), self.night, self.over = rest
        self.past = [tuple(row) for row in past]
        if model is not None:
            mean, scale, directions = (np.frombuffer(part) for part in model)
            wide = len(self.points) * (system.LAGS + 1)
            self.model = system.Model(mean, scale, np.ascontiguousarray(directions.reshape(wide, -1)), limit)
        self.trace.rows.extend(np.frombuffer(row) for row in lags)
        self.trace.q.extend(q)
        return True
