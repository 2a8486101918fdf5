"""The nodes that look back: `for`, `rose`/`fell`, window statistics, `delta`, `age`. Each owns one slot of the memory, a list.

A window holds the samples of its last T seconds up to the newest sample; its value changes only with a sample and is unknown
until T seconds have been seen. It is exact up to KEPT samples; a source faster than declared shortens it to the newest KEPT.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import WAKE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.nodes import Memory, Node, Values

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Lasting:
    """`for(C, T)`: C has been true without a break for T. Starts again when C is false or unknown. Slot: [since]."""

    child: Node
    seconds: float
    slot: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = later(state[0], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        truth = self.child.value(memory, now, values)
        state = memory[self.slot]
        if not truth:
            state[0] = None
            return truth if truth is None else False
        if state[0] is None:
            state[0] = now
        due = state[0] + self.seconds
        if now >= due:
            return True
        memory[WAKE] = min(memory[WAKE], due)
        return False


@dataclass(frozen=True, slots=True)
class Edge:
    """`rose(C, T)` / `fell(C, T)`: C changed so within the last T; unknown is no edge. Slot: [truth, edge time]."""

    child: Node
    rising: bool
    seconds: float
    slot: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[1] = later(state[1], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        truth = self.child.value(memory, now, values)
        state = memory[self.slot]
        if truth is not None and state[0] is not None and truth is not state[0] and truth is self.rising:
            state[1] = now
        state[0] = truth
        if truth is None:
            state[1] = None
            return None
        if state[1] is None:
            return False
        until = state[1] + self.seconds
        if now >= until:
            state[1] = None
            return False
        memory[WAKE] = min(memory[WAKE], until)
        return True


@dataclass(frozen=True, slots=True)
class Window:
    """`avg(x, T)` and its like. Slot: [times, samples, result, seen since].

    `reads` are the channels of `child`: a new sample is taken whenever one of them has a newer reading.
    """

    name: str
    function: Callable[[list[float]], float]
    child: Node
    seconds: float
    reads: tuple[str, ...]
    slot: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = [time + seconds for time in state[0]]
        state[3] = later(state[3], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        state = memory[self.slot]
        sample = self.child.value(memory, now, values)
        if sample is None:
            state[:] = self.fresh()
            return None
        stamp = newest(self.reads, values)
        times = state[0]
        if not times or stamp > times[-1]:
            take(state, stamp, float(sample), stamp - self.seconds)
            covered = stamp - state[3] >= self.seconds
            state[2] = self.function(state[1]) if covered else None
        result: float | None = state[2]
        return result


@dataclass(frozen=True, slots=True)
class Delta:
    """`delta(x, T)`: the newest sample less the one in force T earlier. Slot as Window's, with one sample more at the old end."""

    child: Node
    seconds: float
    reads: tuple[str, ...]
    slot: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = [time + seconds for time in state[0]]
        state[3] = later(state[3], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        state = memory[self.slot]
        sample = self.child.value(memory, now, values)
        if sample is None:
            state[:] = self.fresh()
            return None
        stamp = newest(self.reads, values)
        times, samples = state[0], state[1]
        if not times or stamp > times[-1]:
            start = stamp - self.seconds
            held = bisect_right(times, start)  # the sample in force at the start is kept
            take(state, stamp, float(sample), times[held - 1] if held else start)
            state[2] = samples[-1] - samples[0] if times[0] <= start else None
        result: float | None = state[2]
        return result


@dataclass(frozen=True, slots=True)
class Silent:
    """`age(x) > T` (`wanted` True) or `age(x) < T`: T has passed since the last reading, also a stale one. Slot: [last seen]."""

    name: str
    seconds: float
    wanted: bool
    slot: int
    children: tuple[Node, ...] = ()

    @staticmethod
    def fresh() -> list[Any]:
        return [None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = later(state[0], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        seen = heard(memory[self.slot], self.name, values)
        if seen is None:
            return None
        due = seen + self.seconds
        if now < due:
            memory[WAKE] = min(memory[WAKE], due)
        return (now >= due) is self.wanted


@dataclass(frozen=True, slots=True)
class Age:
    """`age(x)` as a number of seconds. Slot: [last seen]."""

    name: str
    slot: int
    children: tuple[Node, ...] = ()

    @staticmethod
    def fresh() -> list[Any]:
        return [None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = later(state[0], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        seen = heard(memory[self.slot], self.name, values)
        return None if seen is None else now - seen


def later(time: float | None, seconds: float) -> float | None:
    """A remembered time on a clock that was moved."""
    return None if time is None else time + seconds


def heard(state: list[Any], name: str, values: Values) -> float | None:
    """Event time of the newest reading ever seen of a channel."""
    last = values.last(name)
    if last is not None:
        state[0] = last[0]
    seen: float | None = state[0]
    return seen


def newest(reads: tuple[str, ...], values: Values) -> float:
    """Event time of the newest reading among these channels; all of them are known when this is asked."""
    if len(reads) == 1:
        last = values.last(reads[0])
        return last[0] if last is not None else -math.inf
    return max(last[0] for name in reads if (last := values.last(name)) is not None)


def take(state: list[Any], stamp: float, sample: float, start: float) -> None:
    """Append a sample and forget those before `start` and beyond KEPT."""
    times, samples = state[0], state[1]
    if not times:
        state[3] = stamp
    times.append(stamp)
    samples.append(sample)
    stale = max(bisect_left(times, start), len(times) - KEPT)
    if stale:
        del times[:stale], samples[:stale]


def deviation(samples: list[float]) -> float:
    """Population standard deviation, by definition 0 for one sample."""
    return statistics.pstdev(samples)


def unbalance(*values: float) -> float:
    """max|x - mean| / mean; 0 where nothing flows."""
    mean = sum(values) / len(values)
    return max(abs(value - mean) for value in values) / mean if mean else 0.0
