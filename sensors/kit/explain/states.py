"""What a condition is called, whatever it is now: `state`, for the insides of a window: 1号泵运行中, 压力低于 0.80 MPa."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import nodes, windows
from sensors.kit.explain.telling import Told, both, call, listed, state
from sensors.kit.phrase import either, label, predicate, single, together
from sensors.kit.say import duration, quantity
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from sensors.kit.nodes import Node

RELATION = {
    ("<", True): Text("低于", "below"),
    ("<", False): Text("不低于", "not below"),
    ("<=", True): Text("不高于", "not above"),
    ("<=", False): Text("高于", "above"),
    (">", True): Text("高于", "above"),
    (">", False): Text("不高于", "not above"),
    (">=", True): Text("不低于", "not below"),
    (">=", False): Text("低于", "below"),
    ("==", True): Text("等于", "equal to"),
    ("==", False): Text("不等于", "not equal to"),
    ("!=", True): Text("不等于", "not equal to"),
    ("!=", False): Text("等于", "equal to"),
}


@state.register
def _(node: nodes.Flag, _told: Told) -> Text:
    return predicate(node.read.point, node.read.instance, value=True)


@state.register
def _(node: nodes.Not, told: Told) -> Text:
    child = node.child
    if isinstance(child, nodes.Flag):
        return predicate(child.read.point, child.read.instance, value=False)
    return both(Text("并非“{}”", "not “{}”"), state(child, told))


@state.register
def _(node: nodes.Missing, _told: Told) -> Text:
    name = label(node.read.point, node.read.instance)
    return Text(f"{name.zh}无数据", f"no data of {name.en}")


@state.register
def _(node: nodes.Member, _told: Told) -> Text:
    name, point = label(node.left.point, node.left.instance), node.left.point
    words = [quantity(point, word) for word in sorted(node.words, key=lambda word: (word not in point.states, word))]
    return both(Text("{} {}", "{} {}"), name, listed(words, "/", " or "))


@state.register
def _(node: nodes.Threshold, told: Told) -> Text:
    point = node.left.point
    if point.type not in {Type.BOOL, Type.ENUM, Type.TEXT}:
        return _relation(node, told)
    value = node.right.fixed
    if point.type is Type.BOOL:
        return predicate(point, node.left.instance, bool(value) is (node.op == "=="))
    said = predicate(point, node.left.instance, value)
    return said if node.op == "==" else both(Text("并非“{}”", "not “{}”"), said)


@state.register
def _(node: nodes.Compare, told: Told) -> Text:
    return _relation(node, told)


def _relation(node: nodes.Compare | nodes.Threshold, told: Told) -> Text:
    """`pressure below 0.80 MPa`, without the present value."""
    name, word = call(node.left, told), RELATION[node.op, True]
    if not isinstance(node.right, nodes.Const):
        return both(Text("{}{}{}", "{} {} {}"), name, word, call(node.right, told))
    far = single(node.right.fixed, node.left)
    return both(Text("{}{} {}", "{} {} {}"), name, word, far)


@state.register
def _(node: nodes.Join, told: Told) -> Text:
    flags = [child.read for child in node.children if isinstance(child, nodes.Flag) and child.read.instance is not None]
    if len(flags) > 1 and len(flags) == len(node.children) and len({read.point.name for read in flags}) == 1:
        numbers = [read.instance or 0 for read in flags]
        say_it = either if node.decides else together
        return say_it(flags[0].point, numbers, True)  # noqa: FBT003 - the shared state
    zh, en = (" 或 ", " or ") if node.decides else (" 且 ", " and ")
    return listed([_part(child, told) for child in node.children], zh, en)


def _part(node: Node, told: Told) -> Text:
    text = state(node, told)
    return Text(f"（{text.zh}）", f"({text.en})") if isinstance(node, nodes.Join) else text


@state.register
def _(node: windows.Lasting, told: Told) -> Text:
    return both(Text("{}持续 {}", "{} for {}"), state(node.child, told), duration(node.seconds))


@state.register
def _(node: windows.Edge, told: Told) -> Text:
    word = Text("{}出现", "{} beginning") if node.rising else Text("{}结束", "{} ending")
    return both(word, state(node.child, told))


@state.register
def _(node: windows.Between, _told: Told) -> Text:
    return hours(node)


def hours(node: windows.Between) -> Text:
    """A part of the day."""
    begin, end = (f"{int(time // 3600):02d}:{int(time % 3600 // 60):02d}" for time in (node.begin, node.end))
    return Text(f"{begin}—{end} 时段", f"hours {begin} to {end}")
