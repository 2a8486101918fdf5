"""Functions of present values: several numbers, one number, one of some words, all instances of a letter."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from sensors.kit import grammar, nodes, windows
from sensors.kit.compare import word
from sensors.kit.functions.spoken import arity, spoken
from sensors.kit.letters import free_in
from sensors.kit.typed import NOTHING, NUMBER, TRUTH, WORD, WRONG, Typed, join

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.build import Builder

Built = TypeVar("Built")
UNITLESS: dict[str, Callable[[float], float]] = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt}


def unbalance(*values: float) -> float:
    """max|x - mean| / mean; 0 where nothing flows."""
    mean = sum(values) / len(values)
    return max(abs(value - mean) for value in values) / mean if mean else 0.0


@spoken("unbalance")
def unbalanced(builder: Builder, call: grammar.Call) -> Typed:
    """unbalance(a, b, c), a share of their mean."""
    if len(call.args) < 2:
        return builder.wrong(call.at, "unbalance takes two or more values: unbalance(a, b, c)")
    found = several(builder, call, unbalance)
    return Typed(found.node, found.is_a)


@spoken("abs")
def absolute(builder: Builder, call: grammar.Call) -> Typed:
    """Size without sign: abs(x)."""
    return several(builder, call, abs) if arity(builder, call, "x") else NOTHING


@spoken("round")
def rounded(builder: Builder, call: grammar.Call) -> Typed:
    """The nearest whole number: round(x)."""
    return several(builder, call, lambda value: float(round(value))) if arity(builder, call, "x") else NOTHING


@spoken("exp", "log", "sqrt")
def curved(builder: Builder, call: grammar.Call) -> Typed:
    """exp(x), log(x) (natural), sqrt(x); the result has no unit."""
    if not arity(builder, call, "x"):
        return NOTHING
    return builder.apply(call.name, UNITLESS[call.name], [builder.number(call.args[0])])


@spoken("age")
def age(builder: Builder, call: grammar.Call) -> Typed:
    """Seconds since the last reading of a point."""
    if not arity(builder, call, "point"):
        return NOTHING
    read = builder.build(call.args[0]).node
    if not isinstance(read, nodes.Read):
        return builder.wrong(call.at, "age takes the name of a point")
    return Typed(windows.Age(read, builder.remember(windows.Age)), NUMBER, "s")


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


@spoken("count")
def counted(builder: Builder, call: grammar.Call) -> Typed:
    """How many instances it is true for: count(C{i})."""
    if not arity(builder, call, "condition"):
        return NOTHING
    found = [Typed(node, TRUTH) for node in over(builder, call, builder.truth)]
    return builder.apply("count", lambda *values: float(sum(values)), found)


@spoken("in")
def member(builder: Builder, call: grammar.Call) -> Typed:
    """One of some words: x in (a, b)."""
    enum = builder.build(call.args[0])
    if enum.is_a != WORD or not isinstance(enum.node, nodes.Read):
        return enum if enum.is_a == WRONG else builder.wrong(call.at, "`in` tests an enum point against its words")
    words = [word(builder, enum, arg) for arg in call.args[1:]]
    return Typed(nodes.Member(enum.node, frozenset(one for one in words if one)), TRUTH)


def several(builder: Builder, call: grammar.Call, function: Callable[..., float]) -> Typed:
    """A function of some numbers of one unit."""
    found = [builder.number(arg) for arg in call.args]
    units = {arg.unit for arg in found if arg.unit}
    if len(units) > 1:
        return builder.wrong(call.at, f"{call.name} of {' and '.join(sorted(units))}: the units differ")
    return builder.apply(call.name, function, found, next(iter(units), None))


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
