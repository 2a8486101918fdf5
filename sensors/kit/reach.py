"""Turns a compiled condition and the points that are unknown into what it can still say: true, false, or unknown only.

`a and b` with b unknown can be false but never true: such a rule can't be raised. `a or b` can, by a alone.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from sensors.kit import groups, nodes, windows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Reach = frozenset[bool | None]

EITHER: Reach = frozenset({True, False})
UNKNOWN: Reach = frozenset({None})
PASSING = (nodes.Flag, windows.Lasting, windows.Edge)  # unknown exactly where their child is


class Lack(NamedTuple):
    """The points that are unknown, and those among them that never spoke."""

    unknown: Collection[str]
    unheard: Collection[str] = ()


@singledispatch
def reach(node: Any, lack: Lack) -> Reach:  # noqa: ANN401 - any node
    """The verdicts that are possible while these points are unknown. A number counts as either where it is known."""
    below = [reach(child, lack) for child in node.children]
    if _name(node) in lack.unknown or UNKNOWN in below:
        return UNKNOWN
    if isinstance(node, PASSING) and below:
        return below[0]
    return EITHER | UNKNOWN if any(None in one for one in below) else EITHER


@reach.register
def _(node: nodes.Const, _lack: Lack) -> Reach:
    return frozenset({node.fixed}) if isinstance(node.fixed, bool) else EITHER


@reach.register
def _(node: nodes.Missing, lack: Lack) -> Reach:
    return frozenset({node.read.name in lack.unknown})


@reach.register
def _(node: nodes.Not, lack: Lack) -> Reach:
    return frozenset(None if truth is None else not truth for truth in reach(node.child, lack))


@reach.register
def _(node: nodes.Join, lack: Lack) -> Reach:
    """Every combination: what decides wins, then the unknown."""
    decides, children = node.decides, [reach(child, lack) for child in node.children]
    return frozenset(decides if decides in chosen else None if None in chosen else not decides for chosen in _combined(children))


@reach.register(groups.Share)
@reach.register(groups.OfGroup)
def _(_node: groups.Share | groups.OfGroup, _lack: Lack) -> Reach:
    return EITHER  # the others decide


@reach.register(windows.Age)
@reach.register(windows.Silent)
def _(node: windows.Age | windows.Silent, lack: Lack) -> Reach:
    """How old the last reading is, is known of a point that is silent, not of one that never spoke."""
    return UNKNOWN if node.read.name in lack.unheard else EITHER


def wanted(node: Any, unknown: Collection[str]) -> Iterator[str]:  # noqa: ANN401 - any node
    """The unknown points that it misses, those left out that it asks about with missing(…)."""
    if isinstance(node, nodes.Missing):
        return
    if (name := _name(node)) in unknown:
        yield name
    for child in node.children:
        yield from wanted(child, unknown)


def _name(node: Any) -> str:  # noqa: ANN401 - any node
    """The point that a node reads itself, "" if none."""
    if isinstance(node, nodes.Read):
        return node.name
    read = getattr(node, "read", None) or getattr(node, "left", None)
    return read.name if isinstance(read, nodes.Read) else ""


def _combined(children: list[Reach]) -> Iterator[tuple[bool | None, ...]]:
    """Every choice of one verdict per child, children that can say the same taken once: 64 outlets are no 3^64 choices."""
    return product(*dict.fromkeys(children))
