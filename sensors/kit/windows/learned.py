"""What is usual: `baseline(x, by=…)` for the present hour of the week or load, `reference(x, T)` when all was new.

Both take the median of at most HELD samples of a stretch of time, evenly spaced among all of it. A baseline keeps such a median
for each visit of a bin (an hour of the week: the last five weeks; a load: the last fifteen days it was seen) and is the median of
those; the visit going on does not count. It is unknown until 14 days were watched and the bin was seen in two weeks, or on three
days. A reference is held once learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import Step
from sensors.kit.windows.ranks import middle
from sensors.kit.windows.times import DAY, later, local, newest

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Values

HELD = 64
LEARNT = 14 * DAY
HOURS = 168  # of a week
WEEKS, DAYS = 5, 15  # visits of a bin that are kept

Thinned = list[Any]  # [every how manieth is taken, how many were passed over since, samples]


def thinned() -> Thinned:
    """No sample yet."""
    return [1, 0, []]


def add(held: Thinned, sample: float) -> None:
    """A sample more; beyond HELD every second is dropped, and from then on every second taken."""
    held[1] += 1
    if held[1] < held[0]:
        return
    held[1] = 0
    held[2].append(sample)
    if len(held[2]) > HELD:
        del held[2][::2]
        held[0] *= 2


@dataclass(frozen=True, slots=True)
class Bins:
    """Which bin it is now. Without `load`: the hour of the site's week. A load with a `span` has `count` equal bins of it; one
    without is rounded to a whole number, 0 to count − 1; one of some `words` has a bin for each."""

    load: Node | None = None
    span: tuple[float, float] | None = None
    words: tuple[str, ...] = ()
    count: int = HOURS

    def of(self, wall: float, load: float | str | None) -> int | None:
        if self.load is None:
            return int((wall // 3600.0 + 72.0) % HOURS)  # 1970 began on a Thursday
        if load is None or isinstance(load, str):
            return self.words.index(load) if load in self.words else None
        place = float(load)
        if self.span is not None:
            place = (place - self.span[0]) / (self.span[1] - self.span[0]) * self.count - 0.5
        return max(0, min(self.count - 1, round(place))) if math.isfinite(place) else None


@dataclass(frozen=True, slots=True)
class Baseline(Step):
    """One baseline. Slot: [since when it watches, last sample's time, bins, the bin seen last]; a bin is None or [visit, thinned
    samples of it while it goes on, medians of earlier visits, their median or None]."""

    child: Node
    bins: Bins
    reads: tuple[str, ...]
    slot: int
    gate: Node | None = None
    unit: str | None = None
    name: str = "baseline"

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.child, self.bins.load, self.gate) if node is not None)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None, [], None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0], state[1] = later(state[0], seconds), later(state[1], seconds)

    def step(self, memory: Memory, now: float, values: Values, sample: float | None, *rest: Any) -> float | None:  # noqa: ANN401 - of the load and the gate, where there are
        load = None if self.bins.load is None else rest[0]
        gate = True if self.gate is None else rest[-1]
        wall = local(values, now)
        if sample is None or wall is None or (self.bins.load is not None and load is None):
            return None
        key = self.bins.of(wall, load)
        if key is None:
            return None
        state, stamp = memory[self.slot], newest(self.reads, values)
        if state[1] is None or stamp > state[1]:
            state[0] = stamp if state[0] is None else state[0]
            state[1] = stamp
            if gate and math.isfinite(sample):
                self._learn(state, key, int(wall // (DAY if self.bins.load else 3600.0)), float(sample))
        usual = state[2][key] if key < len(state[2]) else None
        if usual is None or now - state[0] < LEARNT:
            return None
        found: float | None = usual[3]
        return found

    def _learn(self, state: list[Any], key: int, visit: int, sample: float) -> None:
        bins = state[2]
        while len(bins) <= key:
            bins.append(None)
        if self.bins.load is None and state[3] not in {None, key}:  # the hour is over; a load comes back the same day
            self._close(bins[state[3]])
        state[3] = key
        if bins[key] is None:
            bins[key] = [visit, None, [], None]
        usual = bins[key]
        if usual[0] != visit:
            self._close(usual)
            usual[0] = visit
        if usual[1] is None:
            usual[1] = thinned()
        add(usual[1], sample)

    def _close(self, usual: list[Any]) -> None:
        """A visit is over: its median joins the earlier ones."""
        if usual[1] is None:
            return
        past = usual[2]
        past.append(middle(sorted(usual[1][2])))
        del past[: -(DAYS if self.bins.load else WEEKS)]
        enough = len(past) >= (3 if self.bins.load else 2)
        usual[1], usual[3] = None, middle(sorted(past)) if enough else None


@dataclass(frozen=True, slots=True)
class Reference(Step):
    """`reference(x, T)`: the median over the first T. With `again`, learned anew each time that becomes true. Slot: [begun,
    samples seen, thinned samples, what was learned, last sample's time, truth of `again`]."""

    child: Node
    length: float
    reads: tuple[str, ...]
    slot: int
    counted: bool = False
    again: Node | None = None
    gate: Node | None = None
    unit: str | None = None
    name: str = "reference"

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.child, self.again, self.gate) if node is not None)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, 0, thinned(), None, None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0], state[4] = later(state[0], seconds), later(state[4], seconds)

    def step(
        self, memory: Memory, _now: float, values: Values, sample: float | None, *rest: bool | None
    ) -> float | None:  # of `again` and the gate, where there are
        state = memory[self.slot]
        gate = True if self.gate is None else rest[-1]
        if self.again is not None:
            self._restart(state, rest[0])
        if sample is not None and gate and state[3] is None:
            stamp = newest(self.reads, values)
            if state[4] is None or stamp > state[4]:
                self._learn(state, stamp, float(sample))
        found: float | None = state[3]
        return found

    def _restart(self, state: list[Any], truth: bool | None) -> None:  # noqa: FBT001 - a truth
        if truth and state[5] is False:
            state[:] = self.fresh()
        state[5] = state[5] if truth is None else truth

    def _learn(self, state: list[Any], stamp: float, sample: float) -> None:
        if not math.isfinite(sample):
            return
        state[4] = stamp
        state[0] = stamp if state[0] is None else state[0]
        state[1] += 1
        add(state[2], sample)
        if (state[1] if self.counted else stamp - state[0]) >= self.length:
            state[3] = middle(sorted(state[2][2]))
            state[2] = thinned()
