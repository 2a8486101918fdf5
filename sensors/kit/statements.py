"""Turns the statements of a condition, lets and severity clauses, into one node, collecting complaints about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar, nodes
from sensors.kit.build import Builder, Named
from sensors.kit.words import Severity

if TYPE_CHECKING:
    from sensors.kit.nodes import Node

TAKEN = grammar.RESERVED | {"true", "false", "since", "for"}


def script(builder: Builder, text: grammar.Script) -> Node:
    """The whole: every let is built once, in order; the clauses are joined by `or`, worst first."""
    builder.later = {one.name for one in text.lets}
    for one in text.lets:
        _let(builder, one)
    grades = _grades(builder, text.clauses)
    built = [(grade, builder.truth(clause.tree)) for grade, clause in zip(grades, text.clauses, strict=True)]
    for name, named in builder.lets.items():
        if not named.used:
            builder.wrong(named.at, f"`{name}` is never used: remove the let, or name it in a condition")
    if len(built) == 1 and built[0][0] is None:
        return built[0][1]
    built.sort(key=lambda pair: -1 if pair[0] is None else pair[0].rank)  # told in this order: its own, then the worst
    children = tuple(node for _, node in built)
    keeping = tuple(child for child in children if child.slot)
    plain = tuple(child for child in children if not child.slot)
    slot = builder.remember(nodes.Clauses)
    return nodes.Clauses(True, children, keeping, plain, slot, tuple(grade for grade, _ in built))  # noqa: FBT003 - decides


def _let(builder: Builder, let: grammar.Let) -> None:
    """Build what it names with the lets before it."""
    name = let.name
    if name in builder.scope.points or name in TAKEN or name in builder.functions:
        what = "a point" if name in builder.scope.points else "a word of the language"
        builder.wrong(let.at, f"`{name}` is {what} already: give the let another name")
    if name in builder.lets:
        builder.wrong(let.at, f"`{name}` is named twice: keep one let")
    builder.later.discard(name)
    outer, builder.inputs = builder.inputs, set()
    typed = builder.build(let.tree)
    builder.lets[name] = Named(typed, frozenset(builder.inputs), let.at)
    builder.inputs = outer


def _grades(builder: Builder, clauses: tuple[grammar.Clause, ...]) -> list[Severity | None]:
    """The severity of each clause, None for a bare one; a complaint where one is unknown or said twice."""
    found: list[Severity | None] = []
    for clause in clauses:
        if clause.severity and clause.severity not in set(Severity):
            builder.unknown(clause.at, f"severity (they are {', '.join(Severity)}):", clause.severity, list(Severity))
            continue_with = None
        else:
            continue_with = Severity(clause.severity) if clause.severity else None
        if continue_with in found and (continue_with or not clause.severity):
            what = f"`{clause.severity}:` is said twice" if clause.severity else "there are two conditions without a severity"
            builder.wrong(clause.at, f"{what}: join them with `or`")
        found.append(continue_with)
    return found
