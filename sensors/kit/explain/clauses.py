"""Turns a condition into the clauses that are worth telling: joins within joins are opened, what settled a join is enough, and
each fact is told once, by the clause that says most about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import nodes, windows
from sensors.kit.explain.telling import Told, call, say

if TYPE_CHECKING:
    from sensors.kit.nodes import Node

_SAYS = {windows.Lasting: 2, windows.Edge: 1}  # how much more than that it is so


def worth(node: nodes.Join, told: Told) -> list[Node]:
    """Its clauses. That something never began is left out where anything else can be said."""
    every = _open(node, told)
    happened = [clause for clause in every if not _never(clause, told)]
    return _once(happened or every, told)


def _open(node: Node, told: Told) -> list[Node]:
    if isinstance(node, nodes.Not) and isinstance(node.child, nodes.Join):
        return _open(node.child, told)
    if not isinstance(node, nodes.Join):
        return [node]
    truth = told.of(node)
    children = [child for child in node.children if truth is not node.decides or told.of(child) is truth]
    return [clause for child in children for clause in _open(child, told)]


def _never(clause: Node, told: Told) -> bool:
    """Does it say that a change did not come?"""
    return isinstance(clause, nodes.Not) and isinstance(clause.child, windows.Edge) and told.memory[clause.child.slot][1] is None


def _once(clauses: list[Node], told: Told) -> list[Node]:
    best: dict[str, Node] = {}
    for clause in clauses:
        fact = _fact(clause, told)
        if fact not in best or _more(clause, best[fact]):
            best[fact] = clause
    return list(best.values())


def _fact(clause: Node, told: Told) -> str:
    """What it is about: without how long, and on one side of which of several fixed limits."""
    while isinstance(clause, windows.Lasting | windows.Edge):
        clause = clause.child
    limit = _limit(clause)
    if limit is not None:
        return f"{call(limit[0], told).en} {limit[1]}"
    return say(clause, told).en


def _more(clause: Node, other: Node) -> bool:
    """Does it say more? The one that lasts before the one that began; of two limits the one further out."""
    mine, its = _limit(clause), _limit(other)
    if mine is not None and its is not None:
        return mine[2] > its[2] if mine[1] == ">" else mine[2] < its[2]
    return _SAYS.get(type(clause), 0) > _SAYS.get(type(other), 0)


def _limit(clause: Node) -> tuple[Node, str, float] | None:
    """What is compared with a fixed figure, in which direction, and the figure; None for anything else."""
    if not isinstance(clause, nodes.Compare | nodes.Threshold) or clause.op[0] not in "<>":
        return None
    fixed = clause.right.fixed if isinstance(clause.right, nodes.Const) else None
    return (clause.left, clause.op[0], float(fixed)) if isinstance(fixed, int | float) else None
