"""Functions over other devices: share(C, group(kind, same=feeder)), any_of(…), all_of(…)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar, groups
from sensors.kit.functions.spoken import arity, spoken
from sensors.kit.nodes import Const
from sensors.kit.typed import NOTHING, NUMBER, TRUTH, Typed

if TYPE_CHECKING:
    from sensors.kit.build import Builder
    from sensors.kit.nodes import Node

ALONE = "group(kind) stands inside share(…), any_of(…) or all_of(…)"


@spoken("group")
def alone(builder: Builder, call: grammar.Call) -> Typed:
    """A group by itself is nothing."""
    return builder.wrong(call.at, ALONE)


@spoken("share", "any_of", "all_of")
def over_group(builder: Builder, call: grammar.Call) -> Typed:
    """A condition judged for each device of a group."""
    if not arity(builder, call, "condition", "group(kind)"):
        return NOTHING
    group = _group(builder, call.args[1])
    if group is None:
        return NOTHING
    child = _judged(builder, call.args[0], group)
    if call.name == "share":
        return Typed(groups.Share(child, group), NUMBER)
    return Typed(groups.OfGroup(call.name == "any_of", child, group), TRUTH)


def _group(builder: Builder, tree: grammar.Tree) -> groups.Group | None:
    """`group(kind)` or `group(kind, same=word)`."""
    if not isinstance(tree, grammar.Call) or tree.name != "group" or not tree.args:
        builder.wrong(tree.at, "a group is expected here: group(kind) or group(kind, same=room)")
        return None
    kind, *more = tree.args
    same = more[0].child if more and isinstance(more[0], grammar.Keyed) and more[0].key == "same" else None
    if not isinstance(kind, grammar.Name) or len(more) > 1 or (more and not isinstance(same, grammar.Name)):
        builder.wrong(tree.at, "group takes a kind and, if need be, what its devices share: group(kind, same=feeder)")
        return None
    if isinstance(same, grammar.Name) and same.text not in groups.SAME:
        builder.unknown(same.at, f"thing to share (devices may share a {', '.join(groups.SAME)}):", same.text, groups.SAME)
        return None
    kinds = {builder.scope.kind, *builder.scope.kinds} - {""}
    if kinds and kind.text not in kinds:
        builder.unknown(kind.at, "kind", kind.text, kinds)
        return None
    own = kind.text == builder.scope.kind or not kinds
    return groups.Group(kind.text, same.text if isinstance(same, grammar.Name) else "", own)


def _judged(builder: Builder, tree: grammar.Tree, group: groups.Group) -> Node:
    """The condition as a device of the group understands it; only present values may be asked of others."""
    scope = builder.scope if group.own else builder.scope.kinds.get(group.kind, builder.scope)
    inner = type(builder)(scope, builder.functions, builder.bind)
    child = inner.truth(tree)
    builder.complaints += [one for one in inner.complaints if one not in builder.complaints]
    if inner.slots:
        builder.wrong(tree.at, f"in {group.kind} only present values are looked at: no for, age or windows inside a group")
        return Const(fixed=False)
    if groups.named(child):
        builder.wrong(tree.at, "a group within a group: say what is to be judged of each device by its own values")
        return Const(fixed=False)
    if group.own:
        builder.inputs |= inner.inputs
    return child
