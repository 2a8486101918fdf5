"""Since something began: `max(x since C)` and its like, over all samples since C last became true. Exact; unknown while C is not
true. The value in force when C became true is the first sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import Step
from sensors.kit.windows.times import later, newest

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Values

BEGUN, LAST, COUNT, SUM, LEAST, GREATEST, FIRST, NEWEST = range(8)


@dataclass(frozen=True, slots=True)
class Session(Step):
    """One of min, max, avg, delta since C. Slot: [when C became true, last sample's time, count, sum, least, greatest, first,
    newest]."""

    name: str
    child: Node
    gate: Node
    reads: tuple[str, ...]
    slot: int
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child, self.gate)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None, 0, 0.0, None, None, None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[BEGUN], state[LAST] = later(state[BEGUN], seconds), later(state[LAST], seconds)

    def step(
        self,
        memory: Memory,
        now: float,
        values: Values,
        sample: float | None,
        truth: bool | None,  # noqa: FBT001 - a truth
    ) -> float | None:
        state = memory[self.slot]
        if truth is False and state[BEGUN] is not None:
            state[:] = self.fresh()
        if not truth:
            return None
        if state[BEGUN] is None:
            state[BEGUN] = now
        stamp = newest(self.reads, values)
        if sample is None or not math.isfinite(sample):
            return None
        if state[LAST] is None or stamp > state[LAST]:
            state[LAST] = stamp
            self._take(state, float(sample))
        return self._result(state)

    @staticmethod
    def _take(state: list[Any], sample: float) -> None:
        if not state[COUNT]:
            state[LEAST] = state[GREATEST] = state[FIRST] = sample
        state[COUNT] += 1
        state[SUM] += sample
        state[NEWEST] = sample
        state[LEAST], state[GREATEST] = min(state[LEAST], sample), max(state[GREATEST], sample)

    def _result(self, state: list[Any]) -> float | None:
        if not state[COUNT]:
            return None
        known = {"min": state[LEAST], "max": state[GREATEST], "avg": state[SUM] / state[COUNT]}
        found: float = known[self.name] if self.name in known else state[NEWEST] - state[FIRST]
        return found if math.isfinite(found) else None
