"""What a window keeps of its samples where it need not keep them all: small lists of numbers that can be merged.

Each summary knows how to begin with one sample, to take in another, to merge with a younger one, and what it comes to. They only
ever add (mean and squared deviations after Welford and Chan), so nothing is lost however long a window runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    Part = list[float]

HOUR = 3600.0
ROLLOVERS = (2.0**16, 2.0**31, 2.0**32, *(10.0**n for n in range(4, 10)))  # where registers begin again (domain reference, DQ-08)


class Summary(Protocol):
    """`steps`: it looks at the way from one sample to the next, as [seconds, change …], not at samples."""

    steps: bool

    def begin(self, stamp: float, sample: tuple[float, ...]) -> Part: ...

    def merge(self, into: Part, other: Part) -> None: ...

    def result(self, part: Part, length: float) -> float | None: ...

    def move(self, part: Part, seconds: float) -> None: ...


class _Still:
    """A summary that remembers no time and looks at samples."""

    steps = False

    def move(self, part: Part, seconds: float) -> None:
        """Nothing to shift."""


class Mean(_Still):
    """[count, sum] → mean."""

    def begin(self, _stamp: float, sample: tuple[float, ...]) -> Part:
        return [1.0, sample[0]]

    def merge(self, into: Part, other: Part) -> None:
        into[0] += other[0]
        into[1] += other[1]

    def result(self, part: Part, _length: float) -> float | None:
        return part[1] / part[0]


@dataclass(frozen=True, slots=True)
class Extremes(_Still):
    """[least, greatest] → either, or how far apart."""

    of: Callable[[Part], float]

    def begin(self, _stamp: float, sample: tuple[float, ...]) -> Part:
        return [sample[0], sample[0]]

    def merge(self, into: Part, other: Part) -> None:
        into[0] = min(into[0], other[0])
        into[1] = max(into[1], other[1])

    def result(self, part: Part, _length: float) -> float | None:
        return self.of(part)


class Spread(_Still):
    """[count, mean, squared deviations] → population standard deviation, 0 for one sample."""

    def begin(self, _stamp: float, sample: tuple[float, ...]) -> Part:
        return [1.0, sample[0], 0.0]

    def merge(self, into: Part, other: Part) -> None:
        count = into[0] + other[0]
        apart = other[1] - into[1]
        into[2] += other[2] + apart * apart * into[0] * other[0] / count
        into[1] += apart * other[0] / count
        into[0] = count

    def result(self, part: Part, _length: float) -> float | None:
        return math.sqrt(part[2] / part[0])


class Pairs(_Still):
    """[count, mean x, mean y, Sxx, Syy, Sxy] → correlation; unknown while one of them stands still."""

    def begin(self, _stamp: float, sample: tuple[float, ...]) -> Part:
        return [1.0, sample[0], sample[1], 0.0, 0.0, 0.0]

    def merge(self, into: Part, other: Part) -> None:
        count = into[0] + other[0]
        x, y, share = other[1] - into[1], other[2] - into[2], into[0] * other[0] / count
        into[3] += other[3] + x * x * share
        into[4] += other[4] + y * y * share
        into[5] += other[5] + x * y * share
        into[1] += x * other[0] / count
        into[2] += y * other[0] / count
        into[0] = count

    def result(self, part: Part, _length: float) -> float | None:
        product = math.sqrt(part[3]) * math.sqrt(part[4])
        return max(-1.0, min(1.0, part[5] / product)) if product > 0 else None


class Line(Pairs):
    """The least-squares line through the samples, x being time in seconds → its slope per hour."""

    def begin(self, stamp: float, sample: tuple[float, ...]) -> Part:
        return [1.0, stamp, sample[0], 0.0, 0.0, 0.0]

    def move(self, part: Part, seconds: float) -> None:
        part[1] += seconds

    def result(self, part: Part, _length: float) -> float | None:
        return part[5] / part[3] * HOUR if part[3] > 0 else None


def ahead(part: Part, time: float) -> float | None:
    """Where a line is at a time; None for a single sample."""
    return part[2] + part[5] / part[3] * (time - part[1]) if part[3] > 0 else None


class Area(_Still):
    """[seconds, value·seconds] by the trapezoid rule → the integral over hours, of exactly the window's length."""

    steps = True

    def begin(self, stamp: float, sample: tuple[float, ...]) -> Part:
        before, value, now = sample
        return [stamp - before, (value + now) / 2.0 * (stamp - before)]

    def merge(self, into: Part, other: Part) -> None:
        into[0] += other[0]
        into[1] += other[1]

    def result(self, part: Part, length: float) -> float | None:
        return part[1] / HOUR * (min(1.0, length / part[0]) if part[0] > 0 else 1.0)


@dataclass(frozen=True, slots=True)
class Growth(Area):
    """[seconds, growth] of a counter → its growth, resets and rollovers bridged. `scaled` to the window's length where its old
    end is not known exactly."""

    scaled: bool

    def begin(self, stamp: float, sample: tuple[float, ...]) -> Part:
        before, value, now = sample
        return [stamp - before, grown(value, now)]

    def result(self, part: Part, length: float) -> float | None:
        return part[1] * (min(1.0, length / part[0]) if self.scaled and part[0] > 0 else 1.0)


def grown(before: float, now: float) -> float:
    """How much a counter counted: a drop to nearly nothing from close under a register's end is a rollover, another such drop a
    reset; a small step back is an old or repeated reading and counts nothing."""
    if now >= before:
        return now - before
    for end in ROLLOVERS:
        if 0.98 * end <= before <= end and now <= 0.02 * end:
            return end - before + now
    return now if 0 <= now <= 0.01 * before else 0.0
