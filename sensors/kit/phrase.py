"""Turns of phrase for explanations, on top of `say`: an instance's name, a switch's state, both sides of a comparison."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sensors.kit import groups, nodes, windows
from sensors.kit.say import UNITS, duration, quantity
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sensors.kit.nodes import Node, Value
    from sensors.kit.words import Point


def decimals(point: Point) -> int:
    """How many decimals the point's resolution carries."""
    if point.type is Type.INT or not point.resolution:
        return 0 if point.type is Type.INT else 2
    return max(0, math.ceil(-math.log10(point.resolution) - 1e-9))


def figure(value: Value, places: int) -> str:
    """A number with a fixed number of decimals; minus zero is zero."""
    if isinstance(value, bool | str):
        return str(int(value)) if isinstance(value, bool) else value
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def with_unit(text: str, unit: str | None) -> str:
    """A figure and its unit as people read it."""
    base, slash, per = (unit or "").partition("/h")
    known = UNITS.get(unit or "", f"{UNITS.get(base, base)}{slash}{per}")
    return f"{text} {known}".rstrip()


def label(point: Point, instance: int | None) -> Text:
    """The name of a point, with the number of the instance: 2号泵出口压力 / No. 2 pump discharge pressure."""
    if instance is None:
        return point.says
    en = point.says.en
    small = en if en[1:2].isupper() else en[:1].lower() + en[1:]
    return Text(f"{instance}号{point.says.zh}", f"No. {instance} {small}")


def predicate(point: Point, instance: int | None, value: Value | None) -> Text:
    """What a switch or an enum is: 控制柜状态 手动 / Controller mode manual; a point with sentences of its own speaks them."""
    name = label(point, instance)
    if value is None:
        return Text(f"{name.zh} 未知", f"{name.en} unknown")
    if point.type is Type.BOOL and point.words:
        return _filled(point.words[bool(value)], str(instance or ""), "")
    word = quantity(point, value)
    return Text(f"{name.zh} {word.zh}", f"{name.en} {word.en}")


def together(point: Point, instances: Sequence[int], is_on: bool) -> Text:  # noqa: FBT001 - the shared state
    """Several instances of a switch in the same state: 1、2号泵均未运行 / pumps 1 and 2 not running."""
    if len(instances) == 1 or not point.words:
        texts = [predicate(point, instance, is_on) for instance in instances]
        return Text("、".join(text.zh for text in texts), ", ".join(text.en for text in texts))
    zh = "、".join(map(str, instances))
    en = ", ".join(map(str, instances[:-1])) + f" and {instances[-1]}"
    text = point.words[is_on]
    plural = Text(text.zh, text.en.replace(" {i}", "s {i}"))
    return Text(_filled(plural, zh, "均").zh, _filled(plural, en, "").en)


def either(point: Point, instances: Sequence[int], is_on: bool) -> Text:  # noqa: FBT001 - the shared state
    """At least one of several instances of a switch in a state: 1、2号泵任一运行中 / pump 1 or 2 running."""
    if not point.words:
        texts = [predicate(point, instance, is_on) for instance in instances]
        return Text("或".join(text.zh for text in texts), " or ".join(text.en for text in texts))
    zh, en = "、".join(map(str, instances)), ", ".join(map(str, instances[:-1])) + f" or {instances[-1]}"
    text = point.words[is_on]
    return Text(_filled(text, zh, "任一").zh, _filled(text, en, "").en)


def _filled(text: Text, numbers: str, both: str) -> Text:
    """A sentence of a point: `{i}` is the instance, `|` parts subject from predicate."""
    return Text(text.zh.replace("{i}", numbers).replace("|", both), text.en.replace("{i}", numbers).replace("|", ""))


def lasted(facts: Text, seconds: float, *, rising: bool) -> Text:
    """A change and how long ago it was."""
    if seconds < 1:
        return Text(f"{facts.zh}（刚刚）", f"{facts.en} (just now)")
    ago = duration(seconds)
    zh, en = ("出现", "began") if rising else ("结束", "ended")
    each, of_all = ("以上", "all ") if "；" in facts.zh else ("", "")
    return Text(f"{facts.zh}（{each}{ago.zh}前{zh}）", f"{facts.en} ({of_all}{en} {ago.en} ago)")


def number(value: Value, node: Node) -> str:
    """A value as its node would show it."""
    point = measured(node)
    return quantity(point, value).en if point else figure_of(value, getattr(node, "unit", None))


def figure_of(value: Value, unit: str | None) -> str:
    """A number no point stands behind: up to four significant digits."""
    return with_unit(f"{value:.4g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value), unit)


def amount(value: Value, other: Value, left: Node, right: Node) -> tuple[Text, Text]:
    """Both sides of a comparison in the manner of the left, never rounded until they look the same."""
    kind = manner(left) or manner(right)
    if isinstance(kind, str):
        return KINDS[kind](value), KINDS[kind](other)
    if kind is None:
        unit = getattr(left, "unit", None) or getattr(right, "unit", None)
        return twice(figure_of(value, unit)), twice(figure_of(other, unit))
    places = decimals(kind)
    short = min(places, 2)
    if figure(value, short) != figure(other, short) and abs(float(value)) >= 0.1:
        places = short
    while figure(value, places) == figure(other, places) and value != other and places < 6:
        places += 1
    return twice(with_unit(figure(value, places), kind.unit)), twice(with_unit(figure(other, places), kind.unit))


def single(value: Value, node: Node) -> Text:
    """One value in the manner of a node."""
    kind = manner(node)
    if isinstance(kind, str):
        return KINDS[kind](value)
    return twice(figure_of(value, getattr(node, "unit", None))) if kind is None else quantity(kind, value)


def twice(text: str) -> Text:
    """The same in both languages."""
    return Text(text, text)


def _share(value: Value) -> Text:
    percent = float(value) * 100
    return twice(f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %")


def _time(value: Value) -> Text:
    return duration(float(value)) if math.isfinite(float(value)) else Text("不会到达", "never")


def _counted(zh: str, en: str) -> Callable[[Value], Text]:
    return lambda value: Text(f"{float(value):g}{zh}", f"{float(value):g}{en}")


KINDS: dict[str, Callable[[Value], Text]] = {
    "share": _share,
    "time": _time,
    "times": _counted(" 次", ""),
    "days": _counted(" 天", ""),
}
OWN: dict[type, str] = {  # nodes whose numbers have a manner of their own
    windows.Duty: "share",
    groups.Share: "share",
    windows.Changes: "times",
    windows.Days: "days",
    windows.Since: "time",
    windows.RunLength: "time",
    windows.TimeTo: "time",
    windows.Age: "time",
}
ALIKE = frozenset({"+", "-", "neg", "abs", "max", "min", "sum", "round"})  # functions that leave the manner of their numbers
CHANGED = frozenset({"corr", "slope", "integral"})  # windows that don't


def manner(node: Node) -> Point | str | None:
    """How a number is shown: like the point it is, or is a sum, difference or statistic of; as a share, a time, a count; else
    None."""
    if isinstance(node, nodes.Read):
        return node.point
    if type(node) in OWN:
        return OWN[type(node)]
    if isinstance(node, nodes.Apply):
        return _of_apply(node)
    if isinstance(node, nodes.Const):
        return "time" if node.unit == "s" else None
    if isinstance(node, windows.Window) and node.name in CHANGED:
        return None
    return manner(node.children[0]) if node.children else None


def _of_apply(node: nodes.Apply) -> Point | str | None:
    found = [kind for child in node.children if (kind := manner(child))]
    scaled = node.name in {"*", "/"} and (
        node.unit is not None or any(getattr(child, "fixed", 0) == 1 for child in node.children)
    )
    return found[0] if found and (node.name in ALIKE or scaled) else None


def measured(node: Node) -> Point | None:
    """The point whose unit and resolution a number has."""
    kind = manner(node)
    return None if isinstance(kind, str) else kind
