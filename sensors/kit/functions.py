"""The functions of the condition language, by name: each turns a call of the syntax tree into a node.

To add one: a node class, and here a function entered with `@spoken`.
"""

from __future__ import annotations

import statistics
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from sensors.kit import grammar, nodes, windows
from sensors.kit.letters import free_in
from sensors.kit.typed import NOTHING, NUMBER, TRUTH, WORD, WRONG, Typed, join

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.build import Builder, Function

Built = TypeVar("Built")
FUNCTIONS: dict[str, Function] = {}  # the language by name
STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "avg": statistics.fmean,
    "median": statistics.median,
    "std": windows.deviation,
    "min": min,
    "max": max,
}


def spoken(*names: str) -> Callable[[Function], Function]:
    """Enter a function of the language under its names."""

    def enter(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return enter


def arity(builder: Builder, call: grammar.Call, *wanted: str) -> bool:
    """Complain unless the call has exactly these arguments."""
    if len(call.args) == len(wanted):
        return True
    builder.wrong(call.at, f"{call.name}({', '.join(wanted)}) takes {len(wanted)} argument(s), not {len(call.args)}")
    return False


@spoken("for")
def lasting(builder: Builder, call: grammar.Call) -> Typed:
    """The condition held: for(C, T)."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.seconds(call.args[1])
    return Typed(windows.Lasting(child, seconds, builder.remember(windows.Lasting)), TRUTH)


@spoken("rose", "fell")
def edge(builder: Builder, call: grammar.Call) -> Typed:
    """rose(C, T), fell(C, T)."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.seconds(call.args[1])
    return Typed(windows.Edge(child, call.name == "rose", seconds, builder.remember(windows.Edge)), TRUTH)


@spoken("avg", "median", "std")
def statistic(builder: Builder, call: grammar.Call) -> Typed:
    """avg(x, T) and its like."""
    return window(builder, call) if arity(builder, call, "x", "duration") else NOTHING


@spoken("min", "max")
def extreme(builder: Builder, call: grammar.Call) -> Typed:
    """min(x, T) over time, or min(a, b, …) of several."""
    if len(call.args) < 2:
        return builder.wrong(call.at, f"{call.name} takes (x, duration) or several values")
    if isinstance(call.args[-1], grammar.Duration):
        return window(builder, call) if arity(builder, call, "x", "duration") else NOTHING
    return several(builder, call, {"min": min, "max": max}[call.name])


@spoken("unbalance")
def unbalanced(builder: Builder, call: grammar.Call) -> Typed:
    """unbalance(a, b, c), a share of their mean."""
    if len(call.args) < 2:
        return builder.wrong(call.at, "unbalance takes two or more values: unbalance(a, b, c)")
    found = several(builder, call, windows.unbalance)
    return Typed(found.node, found.is_a)


@spoken("abs")
def absolute(builder: Builder, call: grammar.Call) -> Typed:
    """Size without sign: abs(x)."""
    return several(builder, call, abs) if arity(builder, call, "x") else NOTHING


@spoken("delta")
def change(builder: Builder, call: grammar.Call) -> Typed:
    """delta(x, T)."""
    if not arity(builder, call, "x", "duration"):
        return NOTHING
    sampled = sample(builder, call)
    return Typed(windows.Delta(*sampled, builder.remember(windows.Delta)), NUMBER, unit(sampled[0]))


@spoken("age")
def age(builder: Builder, call: grammar.Call) -> Typed:
    """Seconds since the last reading of a point."""
    if not arity(builder, call, "point"):
        return NOTHING
    read = builder.build(call.args[0]).node
    if not isinstance(read, nodes.Read):
        return builder.wrong(call.at, "age takes the name of a point")
    return Typed(windows.Age(read.name, builder.remember(windows.Age)), NUMBER, "s")


@spoken("missing")
def missing(builder: Builder, call: grammar.Call) -> Typed:
    """The point has no good value at hand."""
    if not arity(builder, call, "point"):
        return NOTHING
    read = builder.build(call.args[0]).node
    if not isinstance(read, nodes.Read):
        return builder.wrong(call.at, "missing takes the name of a point")
    return Typed(nodes.Missing(read), TRUTH)


@spoken("any", "all")
def some(builder: Builder, call: grammar.Call) -> Typed:
    """Over instances: any(C{i}), all(C{i})."""
    if not arity(builder, call, "condition"):
        return NOTHING
    return join(decides=call.name == "any", children=over(builder, call, builder.truth))


@spoken("sum")
def total(builder: Builder, call: grammar.Call) -> Typed:
    """sum(x{i})."""
    if not arity(builder, call, "x"):
        return NOTHING
    found: list[Typed] = over(builder, call, builder.number)
    return builder.apply("sum", lambda *values: float(sum(values)), found, found[0].unit if found else None)


@spoken("in")
def member(builder: Builder, call: grammar.Call) -> Typed:
    """One of some words: x in (a, b)."""
    enum = builder.build(call.args[0])
    if enum.is_a != WORD or not isinstance(enum.node, nodes.Read):
        return enum if enum.is_a == WRONG else builder.wrong(call.at, "`in` tests an enum point against its words")
    words = [builder.word(enum, arg) for arg in call.args[1:]]
    return Typed(nodes.Member(enum.node, frozenset(word for word in words if word)), TRUTH)


def several(builder: Builder, call: grammar.Call, function: Callable[..., float]) -> Typed:
    """A function of some numbers of one unit."""
    found = [builder.number(arg) for arg in call.args]
    units = {arg.unit for arg in found if arg.unit}
    if len(units) > 1:
        return builder.wrong(call.at, f"{call.name} of {' and '.join(sorted(units))}: the units differ")
    return builder.apply(call.name, function, found, next(iter(units), None))


def sample(builder: Builder, call: grammar.Call) -> tuple[nodes.Node, float, tuple[str, ...]]:
    """The sampled expression of a window, its length, and the channels that pace it."""
    outer, builder.inputs = builder.inputs, set()
    child = builder.number(call.args[0])
    reads, builder.inputs = tuple(sorted(builder.inputs)), builder.inputs | outer
    seconds = builder.seconds(call.args[1])
    if not reads and child.is_a != WRONG:
        builder.wrong(call.at, f"{call.name} looks at no point")
    for read in reads:
        check_kept(builder, call, read, seconds)
    return child.node, seconds, reads


def check_kept(builder: Builder, call: grammar.Call, read: str, seconds: float) -> None:
    """Complain about a window that holds more samples than are kept."""
    every = builder.scope.points[read].every
    if every and seconds / every > windows.KEPT:
        builder.wrong(
            call.at,
            f"{call.name} over {seconds:g} s of `{read}` (every {every:g} s) needs {seconds / every:.0f} samples; "
            f"at most {windows.KEPT} are kept: shorten it to {windows.KEPT * every:g} s",
        )


def window(builder: Builder, call: grammar.Call) -> Typed:
    """A statistic over time."""
    child, seconds, reads = sample(builder, call)
    slot = builder.remember(windows.Window)
    return Typed(windows.Window(call.name, STATISTICS[call.name], child, seconds, reads, slot), NUMBER, unit(child))


def unit(node: nodes.Node) -> str | None:
    """The unit of a plain channel."""
    return node.point.unit if isinstance(node, nodes.Read) else None


def over(builder: Builder, call: grammar.Call, each: Callable[[grammar.Tree], Built]) -> list[Built]:
    """Build the argument once for each combination of the instances of the letters inside it."""
    letters = sorted(free_in(call.args[0]))
    if not letters:
        builder.wrong(call.at, f"{call.name}(…) runs over instances: it needs a name with a letter, such as pump{{i}}_run")
        return []
    outer, found = builder.bind, []
    for letter in letters:
        if not builder.scope.instances.get(letter):
            builder.wrong(call.at, f"no instances of {{{letter}}} are configured for this device")
    for chosen in product(*(builder.scope.instances.get(letter, ()) for letter in letters)):
        builder.bind = outer | dict(zip(letters, chosen, strict=True))
        found.append(each(call.args[0]))
    builder.bind = outer
    return found
