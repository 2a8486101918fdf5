"""Functions of what is usual: baseline(x, by=load), reference(x, T since C)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar, windows
from sensors.kit.functions.sampled import sampled
from sensors.kit.functions.spoken import arity, spoken
from sensors.kit.phrase import measured
from sensors.kit.typed import NOTHING, NUMBER, WORD, Typed

if TYPE_CHECKING:
    from sensors.kit.build import Builder


@spoken("baseline")
def baseline(builder: Builder, call: grammar.Call) -> Typed:
    """What is usual at this hour of the week, or at this load."""
    keyed = [arg for arg in call.args if isinstance(arg, grammar.Keyed)]
    if not 1 <= len(call.args) <= 2 or len(keyed) != len(call.args) - 1 or any(arg.key != "by" for arg in keyed):
        return builder.wrong(call.at, "baseline takes x and what it goes by: baseline(x), baseline(x, by=load_pct)")
    looked = sampled(builder, call, call.args[0])
    if looked.session:
        return builder.wrong(call.at, "baseline has no `since`: baseline(x while C)")
    bins = bins_by(builder, keyed[0].child) if keyed else windows.Bins()
    slot = builder.remember(windows.Baseline)
    node = windows.Baseline(looked.x.node, bins, looked.reads, slot, looked.gate, looked.x.unit)
    return Typed(node, NUMBER, looked.x.unit)


def bins_by(builder: Builder, tree: grammar.Tree) -> windows.Bins:
    """The bins of a load: sixteenths of the sensor's range, words, or whole numbers."""
    if isinstance(tree, grammar.Name) and tree.text == "hour_of_week" and tree.text not in builder.scope.points:
        return windows.Bins()
    load = builder.build(tree)
    if load.is_a == WORD:
        return windows.Bins(load.node, words=load.states, count=len(load.states))
    point = None if isinstance(tree, grammar.Call) and tree.name == "round" else measured(load.node)
    if point is not None and point.span and point.span[0] < point.span[1]:
        return windows.Bins(load.node, point.span, count=16)
    return windows.Bins(load.node, count=64)


@spoken("reference")
def reference(builder: Builder, call: grammar.Call) -> Typed:
    """How it was when all was new."""
    if not arity(builder, call, "x", "duration"):
        return NOTHING
    looked, length = sampled(builder, call, call.args[0]), call.args[1]
    again = None
    if isinstance(length, grammar.Limited) and length.op == "since":
        again, length = builder.truth(length.right), length.left
    counted = isinstance(length, grammar.Count)
    span = float(length.samples) if isinstance(length, grammar.Count) else builder.length(length)
    slot = builder.remember(windows.Reference)
    node = windows.Reference(looked.x.node, span, looked.reads, slot, counted, again, looked.gate, looked.x.unit)
    return Typed(node, NUMBER, looked.x.unit)
