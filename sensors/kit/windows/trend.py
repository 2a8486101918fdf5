"""Where a straight line through a window leads: `forecast(x, T)` and `time_to(x, level, T)`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sensors.kit.nodes import Step
from sensors.kit.windows.summaries import HOUR, Line, ahead

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Values
    from sensors.kit.windows.summaries import Part


@dataclass(frozen=True, slots=True)
class Ahead(Line):
    """The line with [… , newest time] → where it will be when as much time again has passed, within the sensor's range."""

    span: tuple[float, float] | None

    def begin(self, stamp: float, sample: tuple[float, ...]) -> Part:
        return [1.0, stamp, sample[0], 0.0, 0.0, 0.0, stamp]

    def merge(self, into: Part, other: Part) -> None:
        Line.merge(self, into, other)
        into[6] = other[6]

    def move(self, part: Part, seconds: float) -> None:
        part[1] += seconds
        part[6] += seconds

    def result(self, part: Part, length: float) -> float | None:
        found = ahead(part, part[6] + length)
        if found is None or self.span is None:
            return found
        return max(self.span[0], min(self.span[1], found))


@dataclass(frozen=True, slots=True)
class TimeTo(Step):
    """Seconds until x is at the level if it goes on with its slope; endless if it moves away from it or stands still."""

    child: Node
    level: Node
    slope: Node
    slot: int
    unit: str = "s"

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child, self.level, self.slope)

    def step(
        self, _memory: Memory, _now: float, _values: Values, known: float | None, level: float | None, slope: float | None
    ) -> float | None:
        if known is None or level is None or slope is None:
            return None
        way = float(level) - float(known)
        if way == 0:
            return 0.0
        return way / slope * HOUR if slope and (way > 0) == (slope > 0) else math.inf
