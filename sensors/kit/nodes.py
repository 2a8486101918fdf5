"""The compiled form of a condition: small objects that turn the latest values and a memory into a value.

Every node has `value(memory, now, values)`: a number, a bool or a word, and None where an input is unknown (Kleene's third
value). Nodes that remember own one slot of `memory`, a plain list; slot 0 is the earliest event time at which the result may
change without a new reading. A new function of the language is a node class, an entry in `functions.py`, and a clause in
`explain.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sensors.kit.words import Point, Severity

Value = float | int | str | bool
Memory = list[Any]
WAKE = 0  # the slot of the next event time to look again


class Heard(Protocol):
    """The latest good reading of a channel: `good` at event time `good_ts`; None: there never was one. `good_at` None: it is not
    known any more."""

    good: Value | None
    good_ts: float
    good_at: float | None


class Values(Protocol):
    """The latest good readings of one device."""

    @property
    def memories(self) -> Mapping[str, Heard]:
        """That of each channel, for where every call counts."""

    def last(self, name: str) -> tuple[float, Value] | None:
        """(event time, value), or None while unknown: never heard, stale or bad."""

    def known(self, name: str) -> Value | None:
        """The value alone."""


class Node(Protocol):
    """Anything that can be evaluated. `slot` is its place in the memory, 0 if it (and all below it) remembers nothing."""

    @property
    def slot(self) -> int: ...

    @property
    def children(self) -> tuple[Node, ...]: ...

    def value(self, memory: Memory, now: float, values: Values) -> Any: ...  # noqa: ANN401 - number, truth or word


class Step:
    """A node that remembers: `step` makes its value of those of its children, in their order, and of what it remembers."""

    __slots__ = ()
    step: Callable[..., Any]

    @property
    def children(self) -> tuple[Node, ...]:
        """In the order in which `step` takes their values."""
        return ()

    def value(self, memory: Memory, now: float, values: Values) -> Any:  # noqa: ANN401 - number, truth or word
        return self.step(memory, now, values, *[child.value(memory, now, values) for child in self.children])


@dataclass(frozen=True, slots=True)
class Const:
    """A figure, a parameter or a word."""

    fixed: Value
    unit: str | None = None
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, _values: Values) -> Value:
        return self.fixed


@dataclass(frozen=True, slots=True)
class Read:
    """The latest good value of a channel."""

    name: str
    point: Point
    instance: int | None = None
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, values: Values) -> Value | None:
        return values.known(self.name)


@dataclass(frozen=True, slots=True)
class Flag:
    """A bool channel as a truth."""

    read: Read
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, values: Values) -> bool | None:
        known = values.known(self.read.name)
        return None if known is None else bool(known)


def stated(node: Node) -> Node:
    """What is true or false, as a truth: a switch is sent as 0 and 1 as well."""
    return Flag(node) if isinstance(node, Read) else node


@dataclass(frozen=True, slots=True)
class Apply:
    """A plain function of numbers: arithmetic, abs, min and max of several, unbalance, sum. Unknown if any input is, or if the
    result is no number (division by zero)."""

    name: str
    function: Callable[..., float]
    children: tuple[Node, ...]
    slot: int = 0
    unit: str | None = None

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        found = [child.value(memory, now, values) for child in self.children]
        if None in found:
            return None
        try:
            result = self.function(*found)
            return result if math.isfinite(result) else None
        except (ArithmeticError, ValueError):  # divided by zero, too large, the root of a negative
            return None


@dataclass(frozen=True, slots=True)
class Compare:
    """left op right."""

    op: str
    test: Callable[[Any, Any], bool]
    left: Node
    right: Node
    slot: int = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        left = self.left.value(memory, now, values)
        right = self.right.value(memory, now, values)
        return None if left is None or right is None else self.test(left, right)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A channel against a constant: the common comparison, with one call less than `Compare`."""

    op: str
    test: Callable[[Any, Any], bool]
    left: Read
    right: Const
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, values: Values) -> bool | None:
        known = values.known(self.left.name)
        return None if known is None else self.test(known, self.right.fixed)


@dataclass(frozen=True, slots=True)
class Member:
    """An enum channel is one of some words."""

    left: Read
    words: frozenset[str]
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, values: Values) -> bool | None:
        known = values.known(self.left.name)
        return None if known is None else known in self.words


@dataclass(frozen=True, slots=True)
class Missing:
    """`missing(x)`: no good value at hand. The one node that is never unknown."""

    read: Read
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, _memory: Memory, _now: float, values: Values) -> bool:
        return values.known(self.read.name) is None


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    child: Node
    slot: int = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        truth = self.child.value(memory, now, values)
        return None if truth is None else not truth


@dataclass(frozen=True, slots=True)
class Join:
    """Kleene conjunction (`decides` False) or disjunction (`decides` True): `decides` is the truth that settles it.

    `keeping` remember something and are always evaluated; `plain` only until the result is settled.
    """

    decides: bool
    children: tuple[Node, ...]
    keeping: tuple[Node, ...]
    plain: tuple[Node, ...]
    slot: int = 0

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        decides = self.decides
        unknown = settled = False
        truth: bool | None
        for child in self.keeping:
            truth = child.value(memory, now, values)
            if truth is None:
                unknown = True
            elif truth is decides:
                settled = True
        if settled:
            return decides
        for child in self.plain:
            truth = child.value(memory, now, values)
            if truth is None:
                unknown = True
            elif truth is decides:
                return decides
        return None if unknown else not decides


@dataclass(frozen=True, slots=True)
class Clauses(Join):
    """`major: …; minor: …`: a disjunction that remembers which of its clauses were true. `grades` are their severities, None for
    the signature's own. Slot: [one bit per true clause, None if none was]."""

    grades: tuple[Severity | None, ...] = ()

    @staticmethod
    def fresh() -> list[Any]:
        return [None]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        """It remembers no time."""

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        bits, unknown = 0, False
        for index, child in enumerate(self.children):
            truth = child.value(memory, now, values)
            if truth:
                bits |= 1 << index
            elif truth is None:
                unknown = True
        memory[self.slot][0] = bits or None
        return True if bits else None if unknown else False

    def true(self, memory: Memory) -> list[Severity | None]:
        """The severities of the clauses that were true."""
        bits = memory[self.slot][0] or 0
        return [grade for index, grade in enumerate(self.grades) if bits >> index & 1]
