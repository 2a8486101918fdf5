"""Which values of one channel leave a condition alone: while they lie in this band, a condition at rest stays at rest.

At rest means: not true, and nothing remembered. It is what lets a reading inside all bands of its channel pass with one
comparison, instead of asking each condition that names it. A property test compares both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sensors.kit import nodes, windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sensors.kit.nodes import Node

Band = tuple[float, float]  # from … to, both included

_BANDS = {"<": 0, "<=": 0, ">": 1, ">=": 1}


def meet(bands: Iterable[Band | None]) -> Band | None:
    """What lies in all of them; None if one is none, or nothing does."""
    low, high = -math.inf, math.inf
    for band in bands:
        if band is None:
            return None
        low, high = max(low, band[0]), min(high, band[1])
    return (low, high) if low <= high else None


def calm(node: Node, name: str) -> Band | None:
    """The values of channel `name` with which `node` is at most as true as it was before, if it is at rest and no other channel
    moved. None: not known."""
    band = _false(node, name)
    if band is None and isinstance(node, windows.Lasting):
        return calm(node.child, name)
    if band is None and isinstance(node, nodes.Join):
        return meet(calm(child, name) for child in node.children if reads(child, name))
    return band


def _false(node: Node, name: str) -> Band | None:
    """The values with which `node` is false for certain, and remembers nothing if it did not before."""
    if isinstance(node, nodes.Threshold) and node.left.name == name:
        return _side(node)
    if isinstance(node, windows.Lasting):
        return _false(node.child, name)
    if not isinstance(node, nodes.Join):
        return None
    if node.decides:  # or: all of it must be false
        return meet(_false(child, name) for child in node.children)
    keeping = [child for child in node.keeping if reads(child, name)]
    if keeping:
        return meet(_false(child, name) for child in keeping)
    return max((band for child in node.plain if (band := _false(child, name))), key=lambda band: band[1] - band[0], default=None)


def _side(node: nodes.Threshold) -> Band | None:
    """The side of the threshold on which the comparison is false. One past the threshold itself, so that <= and >= are safe."""
    edge = node.right.fixed
    if isinstance(edge, str) or node.op not in _BANDS:
        return None
    closed = node.op.endswith("=")
    if _BANDS[node.op] == 0:
        return (math.nextafter(edge, math.inf) if closed else edge), math.inf
    return -math.inf, (math.nextafter(edge, -math.inf) if closed else edge)


def reads(node: Node, name: str) -> bool:
    """Does it, or anything in it, look at this channel?"""
    named = (getattr(node, part, None) for part in ("left", "read"))
    own = getattr(node, "name", None) == name or any(isinstance(read, nodes.Read) and read.name == name for read in named)
    return own or any(reads(child, name) for child in node.children)
