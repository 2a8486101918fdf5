"""The nodes that watch how long: `for`, `rose`/`fell`, `age`, `since`. Each owns one slot of the memory, a list.

All are exact: they remember moments, not samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import WAKE, Step
from sensors.kit.windows.times import heard, later

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Read, Values


class Moment:
    """What remembers one moment: the slot [event time or None]."""

    __slots__ = ()

    @staticmethod
    def fresh() -> list[Any]:
        """Nothing yet."""
        return [None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        """The clock was moved."""
        state[0] = later(state[0], seconds)


@dataclass(frozen=True, slots=True)
class Lasting:
    """`for(C, T)`: C has been true without a break for T. Starts again when C is false or unknown; but where C was true before it
    was unknown, and is after, nobody knows whether it lasted. Slot: [since, since when it may have been]."""

    child: Node
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
        state[:] = later(state[0], seconds), later(state[1], seconds)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        truth = self.child.value(memory, now, values)
        state = memory[self.slot]
        if not truth:
            return self.stop(state, truth)
        if state[0] is None:
            state[0] = now
        due = state[0] + self.seconds
        return True if now >= due else self.wait(memory, now, due)

    @staticmethod
    def stop(state: list[Any], truth: bool | None) -> bool | None:  # noqa: FBT001 - a truth
        """C is not true any more, or unknown."""
        if truth is None:
            state[:] = None, state[0] if state[1] is None else state[1]
            return None
        state[:] = None, None
        return False

    def wait(self, memory: Memory, now: float, due: float) -> bool | None:
        """C is true, but not for long enough; before it was unknown it may have been."""
        state = memory[self.slot]
        memory[WAKE] = min(memory[WAKE], due)
        if state[1] is None:
            return False
        possible = state[1] + self.seconds
        if now >= possible:
            return None
        memory[WAKE] = min(memory[WAKE], possible)
        return False


@dataclass(frozen=True, slots=True)
class Edge(Step):
    """`rose(C, T)` / `fell(C, T)`: C changed so within the last T. The unknown is no edge, nor does it undo one. Slot: [truth,
    edge time]."""

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

    def step(self, memory: Memory, now: float, _values: Values, truth: bool | None) -> bool | None:  # noqa: FBT001 - a truth
        state = memory[self.slot]
        if truth is not None and state[0] is not None and truth is not state[0] and truth is self.rising:
            state[1] = now
        state[0] = truth
        if state[1] is not None and now >= state[1] + self.seconds:
            state[1] = None
        if truth is None:
            return None
        if state[1] is None:
            return False
        memory[WAKE] = min(memory[WAKE], state[1] + self.seconds)
        return True


@dataclass(frozen=True, slots=True)
class Silent(Moment):
    """`age(x) > T` (`wanted` True) or `age(x) < T`: T has passed since the last reading, also a stale one. Unknown while the
    device's gateway is away. Slot: [last seen]."""

    read: Read
    seconds: float
    wanted: bool
    slot: int
    children: tuple[Node, ...] = ()

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        seen = heard(memory[self.slot], self.read.name, values)
        if seen is None:
            return None
        due = seen + self.seconds
        if now < due:
            memory[WAKE] = min(memory[WAKE], due)
        elif getattr(values, "cut_off", False):
            return None
        return (now >= due) is self.wanted


@dataclass(frozen=True, slots=True)
class Age(Moment):
    """`age(x)` as a number of seconds. Slot: [last seen]."""

    read: Read
    slot: int
    children: tuple[Node, ...] = ()

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        seen = heard(memory[self.slot], self.read.name, values)
        return None if seen is None else now - seen


@dataclass(frozen=True, slots=True)
class Since(Step, Moment):
    """`since(C)`: seconds since C was last true, 0 while it is; if it never was, since it was first known. Slot: [moment]."""

    child: Node
    slot: int
    unit: str = "s"

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    def step(self, memory: Memory, now: float, _values: Values, truth: bool | None) -> float | None:  # noqa: FBT001 - a truth
        state = memory[self.slot]
        if truth is None:
            return None
        if truth or state[0] is None:
            state[0] = now
        return now - float(state[0])


@dataclass(frozen=True, slots=True)
class Overdue(Step):
    """`since(C) > T` (`wanted` True) or `since(C) < T`: true by itself when the time has come."""

    child: Since
    seconds: float
    wanted: bool
    slot: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    def step(self, memory: Memory, now: float, _values: Values, passed: float | None) -> bool | None:
        if passed is None:
            return None
        if passed < self.seconds:
            memory[WAKE] = min(memory[WAKE], now - passed + self.seconds)
        return (passed >= self.seconds) is self.wanted
