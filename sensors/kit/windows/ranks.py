"""Windows that need their samples in order of size: median, quantile, MAD.

`Sorted` keeps up to EXACT samples and is exact; where a source is faster than declared it takes only as many as fit, evenly. A
window of more samples is a `Sketch`: GROUPS cells of equal length, each of which keeps POINTS of its samples, evenly spaced in
rank. Its result is renewed with each cell (a 64th of the window), and what it calls the median has a true rank within 10 % of the
samples of half: 1/16 for the points, 1/64 each for the cell at the old end and the one not yet closed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sensors.kit.windows.stores import EXACT
from sensors.kit.windows.times import all_later

if TYPE_CHECKING:
    from collections.abc import Callable

GROUPS = 64
POINTS = 8
HELD = 256  # samples of the open cell; beyond, every second is dropped, and again

Ranked = "Callable[[list[float]], float]"


def at_rank(ordered: list[float], share: float) -> float:
    """The value below which `share` of the samples lie, between two of them in proportion."""
    place = share * (len(ordered) - 1)
    low = int(place)
    if low + 1 >= len(ordered):
        return ordered[low]
    return ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low)


def middle(ordered: list[float]) -> float:
    """The median."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0


def deviation(ordered: list[float]) -> float:
    """The median distance from the median (MAD, not scaled)."""
    center, count = middle(ordered), len(ordered)
    upper = _nearest(ordered, center, count // 2 + 1)
    return upper if count % 2 else (upper + _nearest(ordered, center, count // 2)) / 2.0


def _nearest(ordered: list[float], center: float, which: int) -> float:
    """The distance of the which-nearest sample: the nearest ones are neighbours in order, found by halving."""
    low, high = 0, len(ordered) - which
    while low < high:
        at = (low + high) // 2
        if center - ordered[at] > ordered[at + which] - center:
            low = at + 1
        else:
            high = at
    return max(center - ordered[low], ordered[low + which - 1] - center)


@dataclass(frozen=True, slots=True)
class Sorted:
    """All samples. State: [times, samples, samples in order]."""

    of: Callable[[list[float]], float]
    length: float

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], []]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = all_later(state[0], seconds)

    def pause(self, state: list[Any]) -> None:
        """Samples stand each for itself."""

    def take(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None:
        """A sample more."""
        times, samples, ordered = state
        if len(times) >= EXACT and stamp - times[-1] < self.length / EXACT:
            return
        times.append(stamp)
        samples.append(sample[0])
        insort(ordered, sample[0])

    def drop(self, state: list[Any], start: float) -> bool:
        """Forget what is older than `start` or too much. Was there anything?"""
        times, samples, ordered = state
        old = bisect_left(times, start)
        for sample in samples[:old]:
            del ordered[bisect_left(ordered, sample)]
        del times[:old], samples[:old]
        return old > 0

    def result(self, state: list[Any]) -> float | None:
        return self.of(state[2]) if state[2] else None


@dataclass(frozen=True, slots=True)
class Sketch:
    """Some points of each cell. State: [cells, samples of the open cell, when it was opened, each how manieth is taken, how many
    were passed over since, samples held, result]; a cell is [last time, weight of a point, points …]."""

    of: Callable[[list[float], list[float]], float]
    length: float

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], None, 1, 0, 0, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        for cell in state[0]:
            cell[0] += seconds
        state[2] = None if state[2] is None else state[2] + seconds

    def pause(self, state: list[Any]) -> None:
        """Samples stand each for itself."""

    def take(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None:
        """A sample more; a full cell is closed."""
        if state[2] is not None and stamp - state[2] >= self.length / GROUPS:
            self._close(state)
        if state[2] is None:
            state[2] = stamp
        state[5] = stamp
        state[4] += 1
        if state[4] < state[3]:
            return
        state[4] = 0
        held = state[1]
        held.append(sample[0])
        if len(held) > HELD:
            del held[::2]
            state[3] *= 2

    def _close(self, state: list[Any]) -> None:
        cells, held, _, stride, _, last, _ = state
        held.sort()
        if held:
            cells.append([last, len(held) * stride / min(POINTS, len(held)), *_points(held)])
        held.clear()
        state[2], state[3], state[4] = None, 1, 0
        while cells and cells[0][0] < last - self.length:
            del cells[0]
        pairs = sorted((point, cell[1]) for cell in cells for point in cell[2:])
        state[6] = self.of([value for value, _ in pairs], list(accumulate(weight for _, weight in pairs))) if pairs else None

    def drop(self, state: list[Any], start: float) -> bool:
        """Cells are dropped as cells are closed; all are where nothing came for the whole length."""
        if state[6] is not None and state[0][-1][0] < start and not state[1]:
            state[0].clear()
            state[6] = None
            return True
        return False

    def result(self, state: list[Any]) -> float | None:
        found: float | None = state[6]
        return found


def _points(ordered: list[float]) -> list[float]:
    """POINTS of the samples, each the middle of an equal share of them; all where there are no more."""
    count = len(ordered)
    return ordered.copy() if count <= POINTS else [ordered[int((n + 0.5) * count / POINTS)] for n in range(POINTS)]


def weighed(share: float) -> Callable[[list[float], list[float]], float]:
    """The value at a rank of points with their weights summed up."""

    def of(points: list[float], sums: list[float]) -> float:
        return points[min(bisect_left(sums, share * sums[-1]), len(points) - 1)]

    return of


def weighed_deviation(points: list[float], sums: list[float]) -> float:
    """The median distance from the median of points with their weights summed up."""
    center = points[min(bisect_left(sums, 0.5 * sums[-1]), len(points) - 1)]
    weights = [after - before for before, after in zip([0.0, *sums], sums, strict=False)]
    far = sorted(zip((abs(point - center) for point in points), weights, strict=True))
    return weighed(0.5)([distance for distance, _ in far], list(accumulate(weight for _, weight in far)))
