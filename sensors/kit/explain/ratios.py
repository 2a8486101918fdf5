"""A number beside what is usual for it: "24 小时内稳压泵运行占比 31 %，为 14 天常值 9 % 的 3.4 倍"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import nodes, windows
from sensors.kit.explain.names import statistic, usual
from sensors.kit.explain.telling import Told, both, call, length
from sensors.kit.phrase import amount
from sensors.kit.words import Text

if TYPE_CHECKING:
    from sensors.kit.nodes import Node, Value


def ratio(name: Text, node: nodes.Compare | nodes.Threshold, value: Value, told: Told) -> Text | None:
    """The left side as a multiple of what the right side is a multiple of; None where it is none."""
    base = multiplied(node.right)
    usually = told.of(base) if base is not None else None
    if base is None or not isinstance(usually, int | float) or usually <= 0 or isinstance(value, str) or value <= 0:
        return None
    left, right = amount(value, usually, node.left, base)
    base_says = both(_briefly(base, node.left, told), right)
    times = float(value) / float(usually)
    if times < 1:
        return both(Text("{} {}，仅为{}的 {} %", "{0} {1}, only {3} % of {2}"), name, left, base_says, f"{times * 100:.0f}")
    shown = f"{times:.2g}" if times < 10 else f"{times:.0f}"
    return both(Text("{} {}，为{}的 {} 倍", "{0} {1}, {3} times {2}"), name, left, base_says, shown)


def multiplied(node: nodes.Node) -> Node | None:
    """`x` of `3 * x`, if x is what something usually is."""
    if not isinstance(node, nodes.Apply) or node.name != "*" or len(node.children) != 2:
        return None
    first, other = node.children
    if isinstance(other, nodes.Const):
        first, other = other, first
    usually = isinstance(other, windows.Baseline | windows.Reference | windows.Window | windows.Session)
    return other if isinstance(first, nodes.Const) and usually else None


def _briefly(base: Node, of: Node, told: Told) -> Text:
    """What is usual, with a place for its value; without the name of what it is of where that was just said."""
    child = base.children[0]
    known = child is of or same(child, of)
    if isinstance(base, windows.Baseline | windows.Reference) and known:
        said = usual(base)
        return Text(f"{said.zh} {{}} ", f"the {{}} {said.en}")
    if isinstance(base, windows.Window) and known:
        usually = base.name == "median" and not base.span.counted and not base.span.delay
        long = length(base.span.length)
        said = Text(f"{long.zh}常值", f"usual value of {long.en}") if usually else statistic(base)
        return Text(f" {said.zh} {{}} ", f"its {said.en}, {{}}")
    called = call(base, told)
    return Text(f" {called.zh} {{}} ", f"{called.en} {{}}")


def same(one: Node, other: Node) -> bool:
    """Do both look at the same channel?"""
    return isinstance(one, nodes.Read) and isinstance(other, nodes.Read) and one.name == other.name
