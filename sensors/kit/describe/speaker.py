"""Who speaks: the points, parameters and lets a condition names, and how each is called; what a number of it is counted in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sensors.kit import grammar
from sensors.kit.letters import instance_of, letters_in
from sensors.kit.say import UNITS
from sensors.kit.trees import below
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sensors.kit.words import Param, Point

COUNTED = {
    **dict.fromkeys(("duty", "share", "unbalance"), "share"),
    **dict.fromkeys(("age", "since", "run_length", "time_to"), "time"),
    **dict.fromkeys(("count_rise", "count_edges", "zero_cross"), "times"),
    "days": "days",
}
TRUE_CALLS = frozenset({"for", "rose", "fell", "any", "all", "missing", "in", "between", "any_of", "all_of"})
ALIKE = frozenset({
    "avg", "median", "min", "max", "std", "range", "MAD", "quantile", "delta", "was", "forecast", "baseline", "reference", "sum",
    "abs", "round", "total",
})  # fmt: skip
_ASIDE = re.compile(r": |; |, | \(")  # what a parameter's English name says beyond a name


@dataclass(frozen=True, slots=True)
class Speaker:
    """What names stand for. `bound`: instance letters that an any(…) or sum(…) around runs over."""

    points: Mapping[str, Point]
    params: Mapping[str, Param]
    lets: Mapping[str, grammar.Tree] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()

    def with_let(self, name: str, tree: grammar.Tree) -> Speaker:
        """One that knows this let, too."""
        return replace(self, lets={**self.lets, name: tree})

    def within(self, tree: grammar.Tree) -> Speaker:
        """One for the inside of a function that runs over the instances of the letters in `tree`."""
        return replace(self, bound=self.bound | {letter for name in names_in(tree) for letter in letters_in(name)})

    def point(self, name: str) -> Point | None:
        """The declared point behind a name, with its letter or with a number."""
        if name in self.points:
            return self.points[name]
        return next((point for point in self.points.values() if instance_of(name, point) is not None), None)

    def number_of(self, name: str, point: Point) -> str:
        """Which instance is meant: a letter, a number, or "" where it is none or all of them are looked through."""
        letters = letters_in(name)
        if letters:
            return "".join(sorted(letters - self.bound))
        return str(instance_of(name, point) or "") if point.index else ""

    def name(self, text: str) -> Text:
        """What a name is called in the middle of a sentence."""
        if text in self.lets:
            return Text(f"`{text}`", f"`{text}`")
        if text.startswith("P.") and text[2:] in self.params:
            return _param(self.params[text[2:]])
        point = self.point(text)
        if point is None:
            return Text(f"`{text}`", f"`{text}`")
        number = self.number_of(text, point)
        return (
            Text(f"{number}号{point.says.zh}", f"No. {number} {small(point.says.en)}")
            if number
            else Text(point.says.zh, small(point.says.en))
        )


def _param(param: Param) -> Text:
    """A parameter, without what its English text says beyond a name; an equation or a sentence is none."""
    en = param.says.en
    return Text(param.says.zh, param.name.replace("_", " ") if " = " in en or en[:1].isdigit() else small(_ASIDE.split(en)[0]))


def names_in(tree: grammar.Tree) -> list[str]:
    """Every name in an expression."""
    found = [tree.text] if isinstance(tree, grammar.Name) else []
    return [*found, *(name for part in below(tree) for name in names_in(part))]


def small(text: str) -> str:
    """Without a capital at the beginning, unless it is an abbreviation or a letter of its own."""
    return text if text[1:2].isupper() or not text[1:2].isalpha() else text[:1].lower() + text[1:]


def is_truth(tree: grammar.Tree, speaker: Speaker) -> bool:
    """Is the expression true or false, rather than a number?"""
    match tree:
        case grammar.Binary(op) | grammar.Unary(op):
            return op in {"and", "or", "not", *grammar.COMPARISONS}
        case grammar.Call("was"):
            return is_truth(tree.args[0], speaker)
        case grammar.Call(name):
            return name in TRUE_CALLS
        case grammar.Name(text) if text in speaker.lets:
            return is_truth(speaker.lets[text], speaker)
        case grammar.Name(text):
            point = speaker.point(text)
            return text in {"true", "false"} or (point is not None and point.type is Type.BOOL)
        case _:
            return False


def manner(tree: grammar.Tree, speaker: Speaker) -> str:
    """What a number beside this one is counted in: "share", "time", "times", "days", or a unit ("" if none is known)."""
    match tree:
        case grammar.Call(name) if tree.args:
            return COUNTED.get(name) or _of_call(tree, speaker)
        case grammar.Limited(_, inner, _) | grammar.Unary(_, inner):
            return manner(inner, speaker)
        case grammar.Binary(op):
            return _of_binary(tree, op, speaker)
        case grammar.Name(text):
            return _of_name(text, speaker)
    return ""


def _of_call(call: grammar.Call, speaker: Speaker) -> str:
    """Most functions leave the unit of what they look at."""
    unit = manner(call.args[0], speaker) if call.name in ALIKE or call.name == "slope" else ""
    if call.name != "slope":
        return unit
    return f"{unit}/h" if unit and unit not in COUNTED.values() else ""


def _of_binary(tree: grammar.Binary, op: str, speaker: Speaker) -> str:
    """A sum has the unit of its terms; a product only where the other side is a bare figure, which turns a rate into another."""
    if op in {"+", "-"}:
        return manner(tree.left, speaker) or manner(tree.right, speaker)
    scaled = tree.right if op == "*" and isinstance(tree.left, grammar.Number) else None
    if op in {"*", "/"} and isinstance(tree.right, grammar.Number):
        scaled = tree.left
    rate = isinstance(scaled, grammar.Call) and scaled.name == "slope"
    return "" if scaled is None or rate else manner(scaled, speaker)


def _of_name(text: str, speaker: Speaker) -> str:
    if text in speaker.lets:
        return manner(speaker.lets[text], speaker)
    if text.startswith("P."):
        unit = speaker.params[text[2:]].unit if text[2:] in speaker.params else ""
    else:
        point = speaker.point(text)
        unit = point.unit if point else ""
    return UNITS.get(unit, unit)
