"""Functions of samples over time: avg(x, T) and its like, with `while`, `since`, `before` and lengths in samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from sensors.kit import grammar, nodes, windows
from sensors.kit.functions.plain import several
from sensors.kit.functions.spoken import arity, spoken
from sensors.kit.phrase import measured
from sensors.kit.typed import NOTHING, NUMBER, TRUTH, WRONG, Typed
from sensors.kit.windows import delay, ranks, stores, summaries, trend

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.build import Builder
    from sensors.kit.nodes import Memory, Node
    from sensors.kit.windows.window import Store

SUMMED: dict[str, summaries.Summary] = {
    "avg": summaries.Mean(),
    "std": summaries.Spread(),
    "min": summaries.Extremes(itemgetter(0)),
    "max": summaries.Extremes(itemgetter(1)),
    "range": summaries.Extremes(lambda part: part[1] - part[0]),
    "slope": summaries.Line(),
    "corr": summaries.Pairs(),
    "integral": summaries.Area(),
}
RANKED = {"median": (ranks.middle, ranks.weighed(0.5)), "MAD": (ranks.deviation, ranks.weighed_deviation)}
BY_TIME = frozenset({"slope", "integral", "total", "forecast", "time_to"})  # no sense over a number of samples
JOINS = {"min": delay.least, "max": delay.greatest}
ENERGY = {"kW": "kWh", "W": "Wh", "A": "Ah"}


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a window looks at: x with its channels, and the gate that lets samples in."""

    x: Typed
    reads: tuple[str, ...]
    gate: Node | None = None
    session: bool = False


def sampled(builder: Builder, call: grammar.Call, tree: grammar.Tree) -> Sampled:
    """`x`, `x while C` or `x since C`."""
    gate, session = None, False
    if isinstance(tree, grammar.Limited) and tree.op in {"while", "since"}:
        gate, session, tree = builder.truth(tree.right), tree.op == "since", tree.left
    outer, builder.inputs = builder.inputs, set()
    x = builder.number(tree)
    reads, builder.inputs = tuple(sorted(builder.inputs)), builder.inputs | outer
    if not reads and x.is_a != WRONG:
        builder.wrong(call.at, f"{call.name} looks at no point")
    return Sampled(x, reads, gate, session)


def span_of(builder: Builder, call: grammar.Call, tree: grammar.Tree, looked: Sampled) -> windows.Span:
    """`T`, `200n` or `T before U`."""
    loose = looked.gate is not None or bool(pacers(looked.x.node))
    if isinstance(tree, grammar.Count):
        if call.name in BY_TIME:
            builder.wrong(tree.at, f"{call.name} goes by time: give it a duration, not a number of samples")
        return windows.Span(float(tree.samples), counted=True, loose=loose)
    if not isinstance(tree, grammar.Limited):
        return windows.Span(builder.length(tree), loose=loose)
    if tree.op != "before" or looked.gate is not None or call.name == "corr":
        builder.wrong(tree.at, "`before` gives the length of a plain window: min(x, 60s before 10s)")
    length, seconds = builder.length(tree.left), builder.length(tree.right)
    width = seconds / stores.CELLS if expected(builder, looked, seconds) > stores.EXACT else 0.0
    return windows.Span(length, delay=delay.Delay(seconds, width, JOINS.get(call.name, delay.mean)))


def expected(builder: Builder, looked: Sampled, seconds: float) -> float:
    """How many samples come in that time, by the declared periods."""
    points = (builder.scope.points[name] for name in looked.reads if name in builder.scope.points)
    periods = [point.every or point.heartbeat for point in points]
    return 0.0 if pacers(looked.x.node) else sum(seconds / period for period in periods if period)


def pacers(node: Node) -> list[windows.RunLength]:
    """The run lengths inside an expression: they say when there is something new."""
    own = [node] if isinstance(node, windows.RunLength) else []
    return own + [found for child in node.children for found in pacers(child)]


def pace_of(node: Node) -> Callable[[Memory], float] | None:
    """When the newest run length of an expression was complete; None where readings set the pace."""
    found = pacers(node)
    return (lambda memory: max(one.ended(memory) for one in found)) if found else None


def crowded(builder: Builder, looked: Sampled, span: windows.Span) -> bool:
    """Will the window hold more samples than are kept one by one?"""
    return (span.length if span.counted else expected(builder, looked, span.length)) > stores.EXACT


def summed(summary: summaries.Summary, length: float, *, many: bool) -> Store:
    """A window of sums."""
    return stores.Summed(summary, length, length / stores.CELLS if many else 0.0)


def ranked(name: str, length: float, *, many: bool, share: float = 0.5) -> Store:
    """A window in order of size."""
    exact, rough = RANKED.get(name) or (partial(ranks.at_rank, share=share), ranks.weighed(share))
    return ranks.Sketch(rough, length) if many else ranks.Sorted(exact, length)


def window(builder: Builder, call: grammar.Call, tree: grammar.Tree, *, share: float = 0.0) -> Typed:
    """A statistic of one expression over the length that `tree` is."""
    looked = sampled(builder, call, call.args[0])
    if looked.session:
        return builder.wrong(tree.at, "`since` needs no length: max(x since C)")
    span = span_of(builder, call, tree, looked)
    many = crowded(builder, looked, span)
    if call.name in RANKED or call.name == "quantile":
        store = ranked(call.name, span.length, many=many, share=share)
    else:
        store = summed(summary_of(call.name, looked.x.node, many=many), span.length, many=many)
    return placed(builder, call.name, looked, span, store, detail=share)


def summary_of(name: str, node: Node, *, many: bool) -> summaries.Summary:
    """How a window's samples are summed up."""
    if name == "total":
        return summaries.Growth(scaled=many)
    if name == "forecast":
        point = measured(node)
        return trend.Ahead(point.span if point else None)
    return SUMMED[name]


def placed(builder: Builder, name: str, looked: Sampled, span: windows.Span, store: Store, *, detail: float = 0.0) -> Typed:
    """The node with its slot and unit."""
    unit = unit_of(name, looked.x.unit)
    node = builder.place(
        lambda slot: windows.Window(
            name, (looked.x.node,), span, store, looked.reads, slot, looked.gate, pace_of(looked.x.node), unit, detail
        )
    )
    return Typed(node, NUMBER, unit)


def unit_of(name: str, unit: str | None) -> str | None:
    """The unit of a statistic of something in this unit."""
    if unit is None or name == "corr":
        return None
    if name == "slope":
        return f"{unit}/h"
    if name == "integral":
        return unit.removesuffix("/h") if unit.endswith("/h") else ENERGY.get(unit)
    return unit


@spoken("avg", "median", "std", "range", "MAD", "slope", "integral", "total", "forecast")
def statistic(builder: Builder, call: grammar.Call) -> Typed:
    """Statistics over time, or over a session: avg(x, T), avg(x since C)."""
    if session := since_start(builder, call):
        return session
    return window(builder, call, call.args[1]) if arity(builder, call, "x", "duration") else NOTHING


@spoken("min", "max")
def extreme(builder: Builder, call: grammar.Call) -> Typed:
    """The least or greatest over time, in a session, or of several values."""
    if session := since_start(builder, call):
        return session
    if len(call.args) < 2:
        return builder.wrong(call.at, f"{call.name} takes (x, duration) or several values")
    if isinstance(call.args[-1], grammar.Duration | grammar.Count | grammar.Limited):
        return window(builder, call, call.args[1]) if arity(builder, call, "x", "duration") else NOTHING
    return several(builder, call, {"min": min, "max": max}[call.name])


def since_start(builder: Builder, call: grammar.Call) -> Typed | None:
    """`max(x since C)`; None where it is something else."""
    if len(call.args) != 1 or not isinstance(call.args[0], grammar.Limited) or call.args[0].op != "since":
        return None
    if call.name not in {"min", "max", "avg", "delta"}:
        return builder.wrong(call.at, f"`since` goes with min, max, avg and delta, not with {call.name}")
    looked = sampled(builder, call, call.args[0])
    if looked.gate is None:
        return NOTHING
    slot = builder.remember(windows.Session)
    node = windows.Session(call.name, looked.x.node, looked.gate, looked.reads, slot, looked.x.unit)
    return Typed(node, NUMBER, looked.x.unit)


@spoken("quantile")
def quantile(builder: Builder, call: grammar.Call) -> Typed:
    """The value below which that share of the samples lies."""
    if not arity(builder, call, "x", "share", "duration"):
        return NOTHING
    share = builder.fixed(call.args[1])
    if not 0 <= share <= 1:
        return builder.wrong(call.args[1].at, "the share of a quantile lies between 0 and 1")
    return window(builder, call, call.args[2], share=share)


@spoken("corr")
def correlation(builder: Builder, call: grammar.Call) -> Typed:
    """How two numbers move together."""
    if not arity(builder, call, "x", "y", "duration"):
        return NOTHING
    first, other = sampled(builder, call, call.args[0]), sampled(builder, call, call.args[1])
    if first.session or other.gate is not None:
        return builder.wrong(call.at, "corr takes its `while` with the first: corr(x while C, y, T)")
    both = Sampled(first.x, tuple(sorted({*first.reads, *other.reads})), first.gate)
    span = span_of(builder, call, call.args[2], both)
    store = summed(SUMMED["corr"], span.length, many=crowded(builder, both, span))
    samples = (first.x.node, other.x.node)
    return Typed(builder.place(lambda slot: windows.Window("corr", samples, span, store, both.reads, slot, both.gate)), NUMBER)


@spoken("delta")
def change(builder: Builder, call: grammar.Call) -> Typed:
    """What changed over time or in a session."""
    if session := since_start(builder, call):
        return session
    if not arity(builder, call, "x", "duration"):
        return NOTHING
    looked, length = sampled(builder, call, call.args[0]), call.args[1]
    if looked.gate is not None:
        return builder.wrong(call.at, "delta has no `while`: total(x while C, T) adds up what a counter grew")
    counted = isinstance(length, grammar.Count)
    seconds = float(length.samples) if isinstance(length, grammar.Count) else builder.length(length)
    slot = builder.remember(windows.Delta)
    return Typed(windows.Delta(looked.x.node, seconds, looked.reads, slot, looked.x.unit, counted), NUMBER, looked.x.unit)


@spoken("was")
def was(builder: Builder, call: grammar.Call) -> Typed:
    """What was in force that long ago."""
    if not arity(builder, call, "x", "duration"):
        return NOTHING
    x, seconds = builder.build(call.args[0]), builder.length(call.args[1])
    if x.is_a == WRONG:
        return x
    child = nodes.stated(x.node) if x.is_a == TRUTH else x.node
    node = windows.Was(child, seconds, builder.remember(windows.Was), wakes=x.is_a != NUMBER, unit=x.unit)
    return Typed(node, x.is_a, x.unit, x.states)


@spoken("time_to")
def time_to(builder: Builder, call: grammar.Call) -> Typed:
    """How long until x is at a level, if it goes on so."""
    if not arity(builder, call, "x", "level", "duration"):
        return NOTHING
    looked, level = sampled(builder, call, call.args[0]), builder.number(call.args[1])
    builder.unit_of(call, looked.x, level)
    span = span_of(builder, call, call.args[2], looked)
    store = summed(SUMMED["slope"], span.length, many=crowded(builder, looked, span))
    slope = placed(builder, "slope", looked, span, store).node
    return Typed(windows.TimeTo(looked.x.node, level.node, slope, slope.slot), NUMBER, "s")
