"""Turns a syntax tree and the scope of one device into evaluation nodes, collecting every complaint on the way."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol, TypeVar

from sensors.kit import grammar, nodes
from sensors.kit.compare import COMPARE, compare
from sensors.kit.letters import expand, instance_of, letters_in
from sensors.kit.typed import (
    NO_VALUES,
    NOTHING,
    NUMBER,
    SPAN,
    TRUTH,
    WORD,
    WRONG,
    Scope,
    Stateful,
    Typed,
    flat,
    join,
    scaled,
    shown,
)
from sensors.kit.words import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


LONGEST = 400 * 86400.0  # seconds a window may look back
ARITHMETIC: dict[str, Callable[..., float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": math.pow,
}  # fmt: skip
STRAY: dict[type, str] = {
    grammar.Count: "a number of samples is the length of a window: median(x, 200n)",
    grammar.Clock: "a time of day stands in between(02:00, 05:00)",
    grammar.Limited: "`while`, `since`, `before` belong to a window: avg(x while C, T), max(x since C), min(x, T before U)",
    grammar.Keyed: "a named argument is taken here by none: write baseline(x, by=…) or group(kind, same=…)",
}


@dataclass(slots=True)
class Named:
    """A let: its node, shared by all who name it, the channels it reads, and whether anybody did."""

    typed: Typed
    inputs: frozenset[str]
    at: int
    used: bool = False

    def use(self, builder: Builder) -> Typed:
        """Somebody names it."""
        self.used = True
        builder.inputs |= self.inputs
        return self.typed


class Placeable(Protocol):
    """A node that says for itself what its slot begins with."""

    def fresh(self) -> list[object]: ...


Placed = TypeVar("Placed", bound=Placeable)


class Builder:
    """One pass over one tree. `complaints` is empty iff the result can be used; `slots` makes fresh memory."""

    def __init__(self, scope: Scope, functions: Mapping[str, Function], bind: Mapping[str, int] | None = None) -> None:
        self.scope = scope
        self.functions = functions
        self.bind = dict(bind or {})
        self.complaints: list[str] = []
        self.slots: list[Callable[[], list[object]]] = []
        self.inputs: set[str] = set()
        self.lets: dict[str, Named] = {}
        self.later: set[str] = set()  # lets not reached yet

    # complaints

    def wrong(self, at: int, says: str) -> Typed:
        """Complain and go on."""
        complaint = grammar.where(at, says)
        if complaint not in self.complaints:
            self.complaints.append(complaint)
        return NOTHING

    def unknown(self, at: int, what: str, name: str, known: Iterable[str]) -> Typed:
        """Complain about a name, offering the nearest ones."""
        near = get_close_matches(name, list(known), n=2, cutoff=0.6)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return self.wrong(at, f"unknown {what} `{name}`{hint}")

    # the tree

    def build(self, tree: grammar.Tree) -> Typed:
        """Any expression."""
        match tree:
            case grammar.Number() | grammar.Duration():
                return literal(tree)
            case grammar.Name():
                return self.name(tree)
            case grammar.Call():
                return self.call(tree)
            case grammar.Unary():
                return self.unary(tree)
            case grammar.Binary():
                return self.binary(tree)
            case _:
                return self.wrong(tree.at, STRAY[type(tree)])

    def truth(self, tree: grammar.Tree) -> nodes.Node:
        """An expression that must be true or false."""
        found = self.build(tree)
        if found.is_a in {TRUTH, WRONG}:
            return nodes.stated(found.node)
        self.wrong(tree.at, f"{shown(tree)} is a {found.is_a}, not true or false: compare it with something")
        return found.node

    def number(self, tree: grammar.Tree) -> Typed:
        """An expression that must be a number; a truth counts 0 or 1."""
        found = self.build(tree)
        if found.is_a == WORD:
            return self.wrong(tree.at, f"{shown(tree)} is a word, not a number")
        return found

    def seconds(self, tree: grammar.Tree) -> float:
        """A literal duration."""
        if isinstance(tree, grammar.Duration):
            if tree.seconds <= 0:
                self.wrong(tree.at, "a duration must be longer than nothing")
            return tree.seconds
        unit = " (10 → 10s, 10min, 10h or 10d)" if isinstance(tree, grammar.Number) else ""
        self.wrong(tree.at, f"a duration is expected here{unit}")
        return 1.0

    def length(self, tree: grammar.Tree) -> float:
        """The length of a window, which is kept for at most LONGEST."""
        if isinstance(tree, grammar.Count):
            self.wrong(tree.at, "this goes by time: give it a duration, not a number of samples")
            return 1.0
        seconds = self.seconds(tree)
        if seconds > LONGEST:
            self.wrong(tree.at, f"nothing is remembered for longer than {LONGEST / 86400:g} d: shorten it")
        return seconds

    def fixed(self, tree: grammar.Tree) -> float:
        """A figure that is the same at all times: a number or parameters."""
        found = self.number(tree)
        if isinstance(found.node, nodes.Const) and not isinstance(found.node.fixed, str):
            return float(found.node.fixed)
        self.wrong(tree.at, f"{shown(tree)} must be a number or a parameter")
        return 1.0

    def remember(self, kind: type[Stateful]) -> int:
        """A new slot of the memory; slot 0 is the wake time."""
        self.slots.append(kind.fresh)
        return len(self.slots)

    def place(self, make: Callable[[int], Placed]) -> Placed:
        """A node that says for itself what its new slot begins with."""
        slot = len(self.slots) + 1
        self.slots.append(list)
        node = make(slot)
        self.slots[slot - 1] = node.fresh
        return node

    def name(self, tree: grammar.Name) -> Typed:
        """A parameter, a channel, or true/false."""
        if tree.text.startswith("P."):
            return self.param(tree)
        if tree.text in {"true", "false"}:
            return Typed(nodes.Const(tree.text == "true"), TRUTH)
        if tree.text in self.lets:
            return self.lets[tree.text].use(self)
        text = expand(tree.text, self.bind, self.scope.digits)
        free = letters_in(text)
        if free:
            letter = min(free)
            return self.wrong(
                tree.at, f"`{tree.text}`: instance {{{letter}}} is open here; write any(…), all(…) or sum(…) around it"
            )
        if text not in self.scope.points:
            return self.missing(tree, text)
        self.inputs.add(text)
        return self.channel(text)

    def channel(self, name: str) -> Typed:
        """A channel of the scope, by what it carries."""
        point = self.scope.points[name]
        read = nodes.Read(name, point, instance_of(name, point))
        if point.type is Type.BOOL:
            return Typed(read, TRUTH)
        if point.type in {Type.ENUM, Type.TEXT}:
            return Typed(read, WORD, states=point.states)
        return Typed(read, NUMBER, point.unit)

    def missing(self, tree: grammar.Name, text: str) -> Typed:
        """A name that no channel has: say whether the instance or the point is unknown."""
        for point in self.scope.points.values():
            if point.index and instance_of(text, point) is not None:
                has = ", ".join(map(str, self.scope.instances.get(point.index, ()))) or "none"
                return self.wrong(tree.at, f"`{text}`: this device has no such instance of `{point.name}` (it has {has})")
        if tree.text in self.later:
            return self.wrong(tree.at, f"`{tree.text}` is named further down: move its let up")
        return self.unknown(tree.at, "point", text, [*self.scope.points, *self.lets])

    def param(self, tree: grammar.Name) -> Typed:
        """`P.x` as a constant."""
        name = tree.text[2:]
        if name not in self.scope.params:
            return self.unknown(tree.at, "parameter", name, self.scope.params)
        return Typed(nodes.Const(float(self.scope.params[name])), NUMBER)

    def call(self, tree: grammar.Call) -> Typed:
        """A function of the language."""
        if tree.name not in self.functions:
            return self.unknown(tree.at, "function", tree.name, self.functions)
        return self.functions[tree.name](self, tree)

    def unary(self, tree: grammar.Unary) -> Typed:
        """`not x` and `-x`."""
        if tree.op == "not":
            child = self.truth(tree.child)
            return Typed(nodes.Not(child, slot=child.slot), TRUTH)
        return self.apply("neg", operator.neg, [self.number(tree.child)])

    def binary(self, tree: grammar.Binary) -> Typed:
        """and, or, comparisons, arithmetic."""
        if tree.op in {"and", "or"}:
            return join(decides=tree.op == "or", children=[self.truth(side) for side in flat(tree)])
        if tree.op in COMPARE:
            return compare(self, tree)
        left, right = self.number(tree.left), self.number(tree.right)
        unit = self.unit_of(tree, left, right) if tree.op in {"+", "-"} else None
        return self.apply(tree.op, ARITHMETIC[tree.op], [left, right], unit or scaled(tree.op, left, right))

    def unit_of(self, tree: grammar.Binary | grammar.Call, left: Typed, right: Typed) -> str | None:
        """The common unit of two sides, or a complaint that they have none. A bare figure fits every unit."""
        if left.unit and right.unit and left.unit != right.unit:
            what = tree.op if isinstance(tree, grammar.Binary) else tree.name
            self.wrong(tree.at, f"`{what}` between {left.unit} and {right.unit}: the units differ")
        return left.unit or right.unit

    def apply(self, name: str, function: Callable[..., float], args: list[Typed], unit: str | None = None) -> Typed:
        """A function of numbers; constants are folded."""
        children = tuple(arg.node for arg in args)
        if any(arg.is_a == WRONG for arg in args):
            return NOTHING
        node = nodes.Apply(name, function, children, slot=max((child.slot for child in children), default=0), unit=unit)
        if all(isinstance(child, nodes.Const) for child in children):
            fixed = node.value([], 0.0, NO_VALUES)
            if fixed is not None:
                return Typed(nodes.Const(fixed, unit), NUMBER, unit, bare=all(arg.bare for arg in args))
        return Typed(node, NUMBER, unit)


def literal(tree: grammar.Number | grammar.Duration) -> Typed:
    """A figure or a time span as it stands."""
    if isinstance(tree, grammar.Duration):
        return Typed(nodes.Const(tree.seconds, "s"), SPAN, "s")
    return Typed(nodes.Const(tree.value), NUMBER, bare=True)


Function = Callable[[Builder, grammar.Call], Typed]  # a function of the language: a call of the tree becomes a node
