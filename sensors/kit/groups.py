"""Conditions over other devices: `share(C, group(kind))`, `any_of(…)`, `all_of(…)`, with `same=feeder` those of one feeder only.

C is judged with each device's latest values; it remembers nothing of them. A device for which it is unknown does not count for a
share; `any_of` and `all_of` are Kleene's. They are looked at again at least every minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sensors.kit.nodes import WAKE, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sensors.kit.nodes import Memory, Node

LOOK = 60.0  # seconds between two looks
SAME = ("room", "gateway", "feeder")  # what devices of a group may share


@runtime_checkable
class Neighbourly(Values, Protocol):
    """Values that know those of other devices."""

    def others(self, kind: str, same: str) -> Iterable[Values]:
        """The other devices of this kind in the site; with `same`, those that share it with the device: a room, a feeder …."""


@dataclass(frozen=True, slots=True)
class Group:
    """Which devices: `own` if the device itself is one of them."""

    kind: str
    same: str
    own: bool

    def truths(self, child: Node, memory: Memory, now: float, values: Values) -> Iterator[bool | None]:
        """C for each device."""
        memory[WAKE] = min(memory[WAKE], now + LOOK)
        if self.own:
            yield child.value(memory, now, values)
        others = getattr(values, "others", None)
        for other in others(self.kind, self.same) if others is not None else ():
            yield child.value(memory, now, other)


@dataclass(frozen=True, slots=True)
class Share:
    """`share(C, group(…))`: of the devices for which C is known, the share for which it is true."""

    child: Node
    group: Group
    slot: int = 0
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    def value(self, memory: Memory, now: float, values: Values) -> float | None:
        found = [truth for truth in self.group.truths(self.child, memory, now, values) if truth is not None]
        return sum(found) / len(found) if found else None


@dataclass(frozen=True, slots=True)
class OfGroup:
    """`any_of(C, group(…))` (`decides` True) or `all_of`."""

    decides: bool
    child: Node
    group: Group
    slot: int = 0

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        found = list(self.group.truths(self.child, memory, now, values))
        if self.decides in found:
            return self.decides
        return None if None in found or not found else not self.decides


def named(node: Node) -> frozenset[tuple[str, str]]:
    """The groups in a condition: (kind, what they share)."""
    group = getattr(node, "group", None)
    own = {(group.kind, group.same)} if isinstance(group, Group) else set()
    return frozenset(own).union(*(named(child) for child in node.children))
