"""What is true now: `say` for conditions, with present values, units and durations."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sensors.kit import groups, nodes, windows
from sensors.kit.explain.clauses import worth
from sensors.kit.explain.names import shared
from sensors.kit.explain.ratios import ratio
from sensors.kit.explain.states import RELATION, hours
from sensors.kit.explain.telling import UNKNOWN, Told, both, call, length, listed, say, state
from sensors.kit.phrase import amount, label, lasted, number, predicate, together
from sensors.kit.say import duration
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from sensors.kit.nodes import Node, Value


LONG = 36  # letters of a formula's name: nobody reads more at a glance


@say.register
def _(node: nodes.Not, told: Told) -> Text:
    return say(node.child, told)


@say.register
def _(node: nodes.Flag, told: Told) -> Text:
    return predicate(node.read.point, node.read.instance, told.read(node.read))


@say.register
def _(node: nodes.Missing, told: Told) -> Text:
    name, value = label(node.read.point, node.read.instance), told.read(node.read)
    if value is None:
        return Text(f"{name.zh} 无数据", f"no data of {name.en}")
    shown = number(value, node.read)
    return Text(f"{name.zh} {shown}", f"{name.en} {shown}")


@say.register
def _(node: nodes.Member, told: Told) -> Text:
    return predicate(node.left.point, node.left.instance, told.read(node.left))


@say.register
def _(node: nodes.Threshold, told: Told) -> Text:
    value, point = told.read(node.left), node.left.point
    if value is None or point.type in {Type.BOOL, Type.ENUM, Type.TEXT}:
        return predicate(point, node.left.instance, value)
    return related(call(node.left, told), node, value, told)


@say.register
def _(node: nodes.Compare, told: Told) -> Text:
    if isinstance(node.left, windows.Was) and isinstance(node.right, nodes.Const) and isinstance(node.right.fixed, str):
        return say(node.left, told)
    value = told.of(node.left)
    if isinstance(node.left, windows.Duty) and value == 0:
        return both(Text("{}内从未“{}”", "not once “{1}” in {0}"), length(node.left.seconds), state(node.left.child, told))
    name = call(node.left, told)
    if value is None:
        return Text(f"{name.zh} {UNKNOWN.zh}", f"{name.en} {UNKNOWN.en}")
    formula = isinstance(node.left, nodes.Apply) and len(name.zh) > LONG
    return related(computed(node.left, told) if formula else name, node, value, told)


def computed(node: Node, told: Told) -> Text:
    """In the place of a long formula: what goes into it, each with its value."""
    parts = list(dict.fromkeys(_inputs(node)))
    found = [(call(part, told), told.of(part), part) for part in parts]
    texts = [both(Text("{} {}", "{} {}"), name, UNKNOWN if value is None else number(value, part)) for name, value, part in found]
    return both(Text("由 {} 算得", "computed from {}:"), listed(texts, "、", ", ")) if texts else call(node, told)


def _inputs(node: Node) -> list[Node]:
    if isinstance(node, nodes.Apply):
        return [found for child in node.children for found in _inputs(child)]
    return [] if isinstance(node, nodes.Const) else [node]


def related(name: Text, node: nodes.Compare | nodes.Threshold, value: Value, told: Told) -> Text:
    """`pressure 0.76 MPa, below 0.80 MPa`: the value, how it stands to the other side, and that side's value."""
    other = told.of(node.right)
    fixed = isinstance(node.right, nodes.Const)
    beside = Text("", "") if fixed else call(node.right, told)
    if other is None:
        shown = number(value, node.left)
        return Text(f"{name.zh} {shown}，{beside.zh} {UNKNOWN.zh}", f"{name.en} {shown}, {beside.en} {UNKNOWN.en}")
    if not fixed and (said := ratio(name, node, value, told)):
        return said
    left, right = amount(value, other, node.left, node.right)
    said = both(Text("{} {}，{} {}", "{} {}, {} {}"), name, left, RELATION[node.op, bool(node.test(value, other))], right)
    return said if fixed else both(Text("{}（{}）", "{} ({})"), said, beside)


@say.register
def _(node: nodes.Join, told: Told) -> Text:
    return listed([clause for group in alike(worth(node, told)) for clause in _group(group, told)])


def alike(children: list[Node]) -> list[list[Node]]:
    """Flags of one point (its instances) next to each other, together."""
    return [
        list(group) for _, group in groupby(children, lambda child: (type(child), getattr(child, "read", None) and _name(child)))
    ]


def _name(node: Node) -> str:
    return node.read.point.name if isinstance(node, nodes.Flag) else ""


def _group(group: list[Node], told: Told) -> list[Text]:
    flags = [child.read for child in group if isinstance(child, nodes.Flag) and child.read.instance is not None]
    if len(flags) < 2 or len(flags) < len(group):
        return [say(child, told) for child in group]
    found = [(read.instance or 0, told.read(read)) for read in flags]
    kept = sorted({value is not None and bool(value) for _, value in found if value is not None})
    texts = [
        together(flags[0].point, [i for i, value in found if value is not None and bool(value) is is_on], is_on) for is_on in kept
    ]
    return texts + [say(child, told) for child, (_, value) in zip(group, found, strict=True) if value is None]


@say.register
def _(node: windows.Lasting, told: Told) -> Text:
    facts = say(node.child, told)
    since = told.memory[node.slot][0]
    if since is None:
        return facts
    many = "；" in facts.zh
    passed = duration(told.now - since)
    zh = f"{facts.zh}，以上已持续 {passed.zh}" if many else f"{facts.zh} 已 {passed.zh}"
    return Text(zh, f"{facts.en}, all for {passed.en}" if many else f"{facts.en} for {passed.en}")


@say.register
def _(node: windows.Edge, told: Told) -> Text:
    facts = say(node.child, told)
    at = told.memory[node.slot][1]
    if at is None or (isinstance(node.child, windows.Lasting) and told.now - at < 1):
        return facts  # for how long it has been so is said already
    return lasted(facts, told.now - at, rising=node.rising)


@say.register
def _(node: windows.Silent, told: Told) -> Text:
    seen, name = told.memory[node.slot][0], label(node.read.point, node.read.instance)
    if seen is None:
        return Text(f"{name.zh}从未收到数据", f"{name.en} was never heard")
    passed = duration(told.now - seen)
    return Text(f"{name.zh}已 {passed.zh}无数据", f"no data of {name.en} for {passed.en}")


@say.register
def _(node: windows.Overdue, told: Told) -> Text:
    passed, name = told.of(node.child), state(node.child.child, told)
    if passed is None:
        return both(Text("“{}”状态未知", "“{}” unknown"), name)
    if not passed:
        return name
    return both(Text("距上次“{}”已 {}", "last “{}” {} ago"), name, duration(float(passed)))


@say.register
def _(node: windows.Between, told: Told) -> Text:
    inside = told.of(node)
    pattern = Text("不在 {}", "outside {}") if inside is False else Text("在 {}", "within {}")
    return both(pattern, hours(node))


@say.register
def _(node: windows.Was, told: Told) -> Text:
    return both(Text("{}前 {}", "{1} {0} ago"), duration(node.seconds), _past(node, told))


def _past(node: windows.Was, told: Told) -> Text:
    """What it was, as a statement."""
    value, child = told.of(node), node.child
    read = child.read if isinstance(child, nodes.Flag) else child
    if isinstance(read, nodes.Read):
        return predicate(read.point, read.instance, value)
    return both(Text("{} {}", "{} {}"), state(child, told), Text("成立", "true") if value else Text("不成立", "not true"))


@say.register
def _(node: groups.OfGroup, told: Told) -> Text:
    found = list(node.group.truths(node.child, told.spare, told.now, told.values))
    count, of = str(sum(truth is True for truth in found)), str(len(found))
    pattern = Text("{} {} 台中 {} 台“{}”", "{2} of {1} {0}: “{3}”")
    return both(pattern, shared(node.group), of, count, state(node.child, told))
