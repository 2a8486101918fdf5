"""Of which channels a condition that is not at rest must hear each reading, and of which only what has changed.

A switch or a word that says the same again changes nothing in most conditions, nor does any reading of a channel of which it is
only asked whether it is there. What becomes known or unknown, and a switch or a word that changes, is told to whoever reads it in
any case; what is due by time has its own deadline.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from sensors.kit import nodes, windows
from sensors.kit.words import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sensors.kit.nodes import Node

Names = frozenset[str]


@singledispatch
def heeded(node: Node, *, each: bool = False) -> Names:
    """Their names. `each`: inside what counts readings, or notes when it was last told something."""
    return _all(node.children, each=each)


def _all(found: Iterable[Node | None], *, each: bool) -> Names:
    return frozenset[str]().union(*(heeded(node, each=each) for node in found if node is not None))


@heeded.register
def _(node: nodes.Read, *, each: bool = False) -> Names:
    return frozenset({node.name}) if each or node.point.type in NUMBERS else frozenset()


@heeded.register(nodes.Threshold)
@heeded.register(nodes.Member)
def _(node: nodes.Threshold | nodes.Member, *, each: bool = False) -> Names:
    return heeded(node.left, each=each)


@heeded.register(nodes.Flag)
@heeded.register(nodes.Missing)
def _(node: nodes.Flag | nodes.Missing, *, each: bool = False) -> Names:
    return frozenset({node.read.name}) if each else frozenset()


@heeded.register(windows.Silent)
@heeded.register(windows.Age)
def _(node: windows.Silent | windows.Age, *, each: bool = False) -> Names:  # noqa: ARG001 - it asks for the time of each
    return frozenset({node.read.name})


@heeded.register
def _(node: nodes.Join, *, each: bool = False) -> Names:
    """Beside `missing(x)` nobody needs to know how old a present x is: the conjunction is false."""
    absent = set() if node.decides else {child.read.name for child in node.children if isinstance(child, nodes.Missing)}
    rest = [child for child in node.children if not (isinstance(child, windows.Silent) and child.read.name in absent)]
    return _all(rest, each=each)


@heeded.register
def _(node: windows.Window, *, each: bool = False) -> Names:
    return _all(node.samples, each=True) | _all([node.gate], each=each)


@heeded.register(windows.Session)
@heeded.register(windows.Baseline)
@heeded.register(windows.Reference)
@heeded.register(windows.Delta)
@heeded.register(windows.Duty)
@heeded.register(windows.Changes)
@heeded.register(windows.Since)
def _(node: Node, *, each: bool = False) -> Names:
    """They take samples of their first child, count it, or note when they were told of it."""
    first, *others = node.children
    return heeded(first, each=True) | _all(others, each=each)
