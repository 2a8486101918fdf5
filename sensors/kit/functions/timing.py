"""Functions of how long and how often a condition is true, and of the time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar, windows
from sensors.kit.functions.spoken import arity, spoken
from sensors.kit.typed import NOTHING, NUMBER, SPAN, TRUTH, Typed

if TYPE_CHECKING:
    from sensors.kit.build import Builder

MOST_DAYS = 400


@spoken("for")
def lasting(builder: Builder, call: grammar.Call) -> Typed:
    """The condition held that long."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.seconds(call.args[1])
    return Typed(windows.Lasting(child, seconds, builder.remember(windows.Lasting)), TRUTH)


@spoken("rose", "fell")
def edge(builder: Builder, call: grammar.Call) -> Typed:
    """It became true, or false, within the last T."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.seconds(call.args[1])
    return Typed(windows.Edge(child, call.name == "rose", seconds, builder.remember(windows.Edge)), TRUTH)


@spoken("since")
def since(builder: Builder, call: grammar.Call) -> Typed:
    """How long ago it was last true, in seconds."""
    if not arity(builder, call, "condition"):
        return NOTHING
    return Typed(windows.Since(builder.truth(call.args[0]), builder.remember(windows.Since)), SPAN, "s")


@spoken("run_length")
def run_length(builder: Builder, call: grammar.Call) -> Typed:
    """How long it was true the last time, in seconds."""
    if not arity(builder, call, "condition"):
        return NOTHING
    return Typed(windows.RunLength(builder.truth(call.args[0]), builder.remember(windows.RunLength)), SPAN, "s")


@spoken("duty")
def duty(builder: Builder, call: grammar.Call) -> Typed:
    """Which share of the time it was true."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.length(call.args[1])
    return Typed(windows.Duty(child, seconds, builder.remember(windows.Duty)), NUMBER)


@spoken("count_rise", "count_edges")
def changes(builder: Builder, call: grammar.Call) -> Typed:
    """How often it became true, or changed."""
    if not arity(builder, call, "condition", "duration"):
        return NOTHING
    child, seconds = builder.truth(call.args[0]), builder.length(call.args[1])
    slot = builder.remember(windows.Changes)
    return Typed(windows.Changes(call.name, child, seconds, slot, rises=call.name == "count_rise"), NUMBER)


@spoken("zero_cross")
def crossings(builder: Builder, call: grammar.Call) -> Typed:
    """How often x swung from beyond an amplitude to the other side."""
    if not arity(builder, call, "x", "amplitude", "duration"):
        return NOTHING
    child, amplitude = builder.number(call.args[0]), builder.fixed(call.args[1])
    seconds = builder.length(call.args[2])
    slot = builder.remember(windows.Changes)
    return Typed(windows.Changes(call.name, child.node, seconds, slot, amplitude=abs(amplitude)), NUMBER)


@spoken("between")
def between(builder: Builder, call: grammar.Call) -> Typed:
    """A part of the day by the site's clock."""
    if not arity(builder, call, "from", "to"):
        return NOTHING
    times = [arg.seconds for arg in call.args if isinstance(arg, grammar.Clock)]
    if len(times) < 2:
        return builder.wrong(call.at, "between takes two times of day: between(02:00, 05:00)")
    if times[0] == times[1]:
        return builder.wrong(call.at, "between needs two different times of day")
    return Typed(windows.Between(times[0], times[1]), TRUTH)


@spoken("days")
def days(builder: Builder, call: grammar.Call) -> Typed:
    """On how many of the last days it was true."""
    if not arity(builder, call, "condition", "number of days"):
        return NOTHING
    child, count = builder.truth(call.args[0]), builder.fixed(call.args[1])
    if not 1 <= count <= MOST_DAYS or count != int(count):
        return builder.wrong(call.at, f"days(C, n) looks back over 1 to {MOST_DAYS} whole days, today among them")
    return Typed(windows.Days(child, int(count), builder.remember(windows.Days)), NUMBER)
