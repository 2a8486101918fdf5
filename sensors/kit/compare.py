"""Comparisons: what may be compared with what, and the node that fits."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from sensors.kit import grammar, nodes, windows
from sensors.kit.letters import expand
from sensors.kit.typed import NOTHING, TRUTH, WRONG, Typed, shown
from sensors.kit.words import Type

if TYPE_CHECKING:
    from sensors.kit.build import Builder

COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def compare(builder: Builder, tree: grammar.Binary) -> Typed:
    """A comparison: number with number, truth with 0/1, enum with one of its words."""
    for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if is_word(builder, side):
            return compare_word(builder, tree, builder.build(side), other)
    left, right = builder.build(tree.left), builder.build(tree.right)
    if WRONG in {left.is_a, right.is_a}:
        return NOTHING
    if TRUTH in {left.is_a, right.is_a}:
        return compare_truth(builder, tree, left, right)
    builder.unit_of(tree, left, right)
    return relate(builder, tree, left, right)


def is_word(builder: Builder, tree: grammar.Tree) -> bool:
    """Whether it is an enum or text channel, now or some time ago."""
    if isinstance(tree, grammar.Call) and tree.name == "was" and tree.args:
        return is_word(builder, tree.args[0])
    point = (
        builder.scope.points.get(expand(tree.text, builder.bind, builder.scope.digits))
        if isinstance(tree, grammar.Name)
        else None
    )
    return point is not None and point.type in {Type.ENUM, Type.TEXT}


def compare_word(builder: Builder, tree: grammar.Binary, enum: Typed, other: grammar.Tree) -> Typed:
    """`enum == word`, `was(enum, T) == word`, or two enums with each other."""
    if tree.op not in {"==", "!="}:
        return builder.wrong(tree.at, f"`{tree.op}`: words are compared with == or != only")
    if is_word(builder, other):
        right = builder.build(other).node
        slot = max(enum.node.slot, right.slot)
        return Typed(nodes.Compare(tree.op, COMPARE[tree.op], enum.node, right, slot), TRUTH)
    found = word(builder, enum, other)
    if found is None:
        return NOTHING
    if isinstance(enum.node, nodes.Read):
        return Typed(nodes.Threshold(tree.op, COMPARE[tree.op], enum.node, nodes.Const(found)), TRUTH)
    return Typed(nodes.Compare(tree.op, COMPARE[tree.op], enum.node, nodes.Const(found), enum.node.slot), TRUTH)


def word(builder: Builder, enum: Typed, tree: grammar.Tree) -> str | None:
    """A word an enum can take, or a complaint."""
    name = getattr(enum.node.children[0] if enum.node.children else enum.node, "name", "it")
    if not isinstance(tree, grammar.Name):
        builder.wrong(tree.at, f"`{name}` is an enum: compare it with one of {', '.join(enum.states)}, not with {shown(tree)}")
        return None
    if enum.states and tree.text not in enum.states:
        builder.unknown(tree.at, f"word of `{name}` (its words: {', '.join(enum.states)}):", tree.text, enum.states)
        return None
    return tree.text


def compare_truth(builder: Builder, tree: grammar.Binary, left: Typed, right: Typed) -> Typed:
    """`flag == 1`: a truth compares with 0, 1, true, false or another truth."""
    for side, place in ((left, tree.left), (right, tree.right)):
        fixed = side.node.fixed if isinstance(side.node, nodes.Const) else None
        if side.is_a != TRUTH and fixed not in (0, 1):
            return builder.wrong(place.at, f"a truth is compared with 0, 1, true or false, not with {shown(place)}")
    if tree.op not in {"==", "!="}:
        return builder.wrong(tree.at, f"`{tree.op}`: a truth is compared with == or != only")
    return relate(builder, tree, left, right)


def relate(builder: Builder, tree: grammar.Binary, left: Typed, right: Typed) -> Typed:
    """The comparison node that fits: age against a duration, channel against a constant, anything else."""
    op, near, far = tree.op, left.node, right.node
    if isinstance(near, nodes.Const):
        op, near, far = MIRROR[op], far, near
    if isinstance(far, nodes.Const):
        if isinstance(near, windows.Age | windows.Since):
            return quiet(builder, tree, op, near, far)
        if isinstance(near, nodes.Read):
            return Typed(nodes.Threshold(op, COMPARE[op], near, far), TRUTH)
    return Typed(nodes.Compare(op, COMPARE[op], near, far, slot=max(near.slot, far.slot)), TRUTH)


def quiet(builder: Builder, tree: grammar.Binary, op: str, age: windows.Age | windows.Since, limit: nodes.Const) -> Typed:
    """age(x) > T and since(C) > T wake by themselves when the time has come."""
    if op in {"==", "!="}:
        what = "since" if isinstance(age, windows.Since) else "age"
        return builder.wrong(tree.at, f"{what} is compared with <, <=, > or >=")
    if isinstance(age, windows.Since):
        return Typed(windows.Overdue(age, float(limit.fixed), op in {">", ">="}, age.slot), TRUTH)
    return Typed(windows.Silent(age.read, float(limit.fixed), op in {">", ">="}, age.slot), TRUTH)
