"""Windows over a condition: how much of the time it was true, how often it changed, how long it stayed.

They follow the truth itself in event time, not samples of it, and look back from now: exact up to EDGES changes within the
window, beyond that to a 128th of its length. Unknown until T was covered, and while the condition is unknown; time for which it
was unknown counts neither way. An unknown longer than a twentieth of T begins the window anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import WAKE, Step
from sensors.kit.windows.stores import CELLS
from sensors.kit.windows.times import later
from sensors.kit.windows.window import GAP

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Values

EDGES = 512
STEPS = 256  # how often at least a share is looked at again within its window

BEGINS, ENDS, SUMS, TOTAL = range(4)  # of a list of spans: begin, end, seconds counted in it; seconds counted in all


def no_spans() -> list[Any]:
    """None yet."""
    return [[], [], [], 0.0]


def enter(spans: list[Any], begin: float, end: float, length: float) -> None:
    """One span more, at the young end. Too many within a short time become one."""
    begins, ends, sums, _ = spans
    if end <= begin:
        return
    spans[TOTAL] += end - begin
    if len(begins) >= EDGES and begin - begins[-1] < length / CELLS:
        ends[-1] = end
        sums[-1] += end - begin
        return
    begins.append(begin)
    ends.append(end)
    sums.append(end - begin)


def within(spans: list[Any], start: float) -> float:
    """Seconds counted since `start`; what ended before is forgotten."""
    begins, ends, sums, _ = spans
    while ends and ends[0] <= start:
        del begins[0], ends[0]
        spans[TOTAL] -= sums.pop(0)
    if not ends:
        spans[TOTAL] = 0.0
        return 0.0
    total: float = spans[TOTAL]
    if begins[0] < start:
        total -= sums[0] * (start - begins[0]) / (ends[0] - begins[0])
    return total


def move_spans(spans: list[Any], seconds: float) -> None:
    """Their clock was moved."""
    spans[BEGINS] = [time + seconds for time in spans[BEGINS]]
    spans[ENDS] = [time + seconds for time in spans[ENDS]]


@dataclass(frozen=True, slots=True)
class Duty(Step):
    """`duty(C, T)`: the share of T for which C was true. Slot: [truth, since when it is so, when it was last known, since when it
    watches, spans of true, spans of unknown]."""

    child: Node
    seconds: float
    slot: int
    name: str = "duty"
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None, None, None, no_spans(), no_spans()]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[1:4] = [later(time, seconds) for time in state[1:4]]
        move_spans(state[4], seconds)
        move_spans(state[5], seconds)

    def step(self, memory: Memory, now: float, _values: Values, truth: bool | None) -> float | None:  # noqa: FBT001 - a truth
        state = memory[self.slot]
        if truth is None:
            self._lose(state)
            return None
        if truth is not state[0]:
            self._turn(state, now, truth=truth)
        state[2] = now
        start = now - self.seconds
        true, unknown = within(state[4], start), within(state[5], start)
        if state[0] and state[1] is not None:
            true += now - max(state[1], start)
        if state[3] is None or state[3] > start:
            return None
        known = self.seconds - unknown
        if 0 < true < known:  # it goes on changing by itself
            memory[WAKE] = min(memory[WAKE], now + self.seconds / STEPS)
        return min(1.0, true / known) if known > 0 else None

    def _lose(self, state: list[Any]) -> None:
        """C became unknown: it has been since it was last known. A backlog may still tell what happened since."""
        if state[0]:
            enter(state[4], state[1], state[2], self.seconds)
        if state[0] is not None:
            state[0], state[1] = None, state[2]

    def _turn(self, state: list[Any], now: float, *, truth: bool) -> None:
        """C changed, or is known again."""
        if state[0] is None and state[1] is not None:
            if now - state[1] > self.seconds / GAP:
                state[:] = self.fresh()
            else:
                enter(state[5], state[1], now, self.seconds)
        elif state[0]:
            enter(state[4], state[1], now, self.seconds)
        state[0], state[1] = truth, now
        if state[3] is None:
            state[3] = now


@dataclass(frozen=True, slots=True)
class Changes(Step):
    """`count_rise(C, T)`, `count_edges(C, T)`, `zero_cross(x, a, T)`: how often C changed. `rises`: only to true. With
    `amplitude`, child is a number, and C whether it last lay beyond it above or below.

    Slot: [truth, when it was last known, since when it watches, times of changes, how many each stands for, how many in all,
    is it unknown now]."""

    name: str
    child: Node
    seconds: float
    slot: int
    rises: bool = False
    amplitude: float | None = None
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None, None, [], [], 0, False]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[1], state[2] = later(state[1], seconds), later(state[2], seconds)
        state[3] = [time + seconds for time in state[3]]

    def step(self, memory: Memory, now: float, _values: Values, found: float | None) -> int | None:
        state = memory[self.slot]
        if found is None:
            state[6] = state[1] is not None  # before the first known value there is nothing to lose
            return None
        self._known(state, now)
        truth = self._truth(found, state[0])
        if truth is not state[0] and truth is not None:
            if state[0] is not None and (truth or not self.rises):
                self._count(state, now)
            state[0] = truth
        self._forget(state, now - self.seconds)
        if state[3]:
            memory[WAKE] = min(memory[WAKE], state[3][0] + self.seconds)
        return state[5] if state[2] <= now - self.seconds else None

    def _truth(self, found: float, before: bool | None) -> bool | None:  # noqa: FBT001 - a truth
        if self.amplitude is None:
            return bool(found)
        return before if abs(found) <= self.amplitude else found > 0

    def _known(self, state: list[Any], now: float) -> None:
        if state[6] and state[1] is not None and now - state[1] > self.seconds / GAP:
            state[:] = self.fresh()
        elif state[6] and self.amplitude is None:
            state[0] = None  # what happened meanwhile is not known: a change across the unknown is none
        state[6], state[1] = False, now
        if state[2] is None:
            state[2] = now

    def _count(self, state: list[Any], now: float) -> None:
        times, counts = state[3], state[4]
        state[5] += 1
        if len(times) >= EDGES and now - times[-1] < self.seconds / CELLS:
            counts[-1] += 1
        else:
            times.append(now)
            counts.append(1)

    @staticmethod
    def _forget(state: list[Any], start: float) -> None:
        times, counts = state[3], state[4]
        while times and times[0] <= start:
            del times[0]
            state[5] -= counts.pop(0)


@dataclass(frozen=True, slots=True)
class RunLength(Step):
    """`run_length(C)`: seconds of the last period for which C was true from a seen beginning to a seen end. A window over it
    samples once per period. Slot: [truth, since when, length, when that period ended]."""

    child: Node
    slot: int
    unit: str = "s"

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [None, None, None, None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[1], state[3] = later(state[1], seconds), later(state[3], seconds)

    def step(self, memory: Memory, now: float, _values: Values, truth: bool | None) -> float | None:  # noqa: FBT001 - a truth
        state = memory[self.slot]
        if truth is not state[0]:
            if state[0] and truth is False and state[1] is not None:
                state[2], state[3] = now - state[1], now
            state[1] = now if truth and state[0] is False else None
            state[0] = truth
        length: float | None = state[2]
        return length

    def ended(self, memory: Memory) -> float:
        """When the period ended whose length it tells."""
        at: float | None = memory[self.slot][3]
        return float("-inf") if at is None else at
