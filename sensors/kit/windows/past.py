"""What was in force some time ago: `delta(x, T)` and `was(x, T)`.

Both keep the values of the last T and the one in force before. Exact up to EXACT values; of more, one per 256th of T is kept, so
that the value in force may be that much older.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import WAKE, Step
from sensors.kit.windows.stores import EXACT
from sensors.kit.windows.times import all_later, later, newest
from sensors.kit.windows.window import GAP

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Value, Values


@dataclass(frozen=True, slots=True)
class Delta(Step):
    """`delta(x, T)`: the newest sample less the one in force T earlier. Slot: [times, samples, result, last sample's time, was x
    missing since]. `counted`: less the one T samples earlier."""

    child: Node
    seconds: float
    reads: tuple[str, ...]
    slot: int
    unit: str | None = None
    counted: bool = False
    name: str = "delta"

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], None, None, False, 0]

    def move(self, state: list[Any], seconds: float) -> None:
        if not self.counted:
            state[0] = all_later(state[0], seconds)
        state[3] = later(state[3], seconds)

    def step(self, memory: Memory, _now: float, values: Values, sample: float | None) -> float | None:
        state = memory[self.slot]
        if sample is None:
            state[4] = True
            return None
        stamp = newest(self.reads, values)
        if state[3] is None or stamp > state[3]:
            self._take(state, stamp, float(sample))
        result: float | None = state[2]
        return result

    def _take(self, state: list[Any], stamp: float, sample: float) -> None:
        if state[4] and state[3] is not None and stamp - state[3] > self.seconds / GAP and not self.counted:
            state[:] = self.fresh()
        state[3], state[4] = stamp, False
        if self.counted:
            state[5] += 1
            stamp = float(state[5])
        times, samples = state[0], state[1]
        if len(times) < EXACT or stamp - times[-1] >= self.seconds / EXACT:
            times.append(stamp)
            samples.append(sample)
        before = bisect_right(times, stamp - self.seconds) - 1  # in force at the start
        if before > 0:
            del times[:before], samples[:before]
        change = sample - samples[0]
        state[2] = change if before >= 0 and math.isfinite(change) else None


@dataclass(frozen=True, slots=True)
class Was(Step):
    """`was(x, T)`: the value in force T ago, of any type; unknown while that is before the first, or was unknown itself.

    A word or a truth comes of age by itself, a number with the next reading. Slot: [times, values]."""

    child: Node
    seconds: float
    slot: int
    wakes: bool
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [[], []]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = all_later(state[0], seconds)

    def step(self, memory: Memory, now: float, _values: Values, known: Value | None) -> Value | None:
        times, past = memory[self.slot]
        while times and times[-1] > now:  # what was noted while it was silent: a backlog tells better
            del times[-1], past[-1]
        if (not times and known is not None) or (times and known != past[-1]):
            if len(times) >= EXACT and now - times[-1] < self.seconds / EXACT:
                past[-1] = known
            else:
                times.append(now)
                past.append(known)
        before = bisect_right(times, now - self.seconds) - 1
        if before > 0 and known is not None:  # in a silence nothing is forgotten: a backlog is judged in its own time
            del times[:before], past[:before]
            before = 0
        if self.wakes and len(times) > before + 1:
            memory[WAKE] = min(memory[WAKE], times[before + 1] + self.seconds)
        found: Value | None = past[before] if before >= 0 else None
        return found
