"""What a number is called: `call` for points, arithmetic and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import groups, nodes, windows
from sensors.kit.explain.telling import Told, both, call, length, listed, state
from sensors.kit.phrase import label, number
from sensors.kit.say import duration
from sensors.kit.words import Text

if TYPE_CHECKING:
    from sensors.kit.nodes import Node

STATISTIC = {
    "avg": Text("均值", "average"),
    "median": Text("中位数", "median"),
    "std": Text("标准差", "standard deviation"),
    "min": Text("最小值", "minimum"),
    "max": Text("最大值", "maximum"),
    "range": Text("波动幅度", "range"),
    "MAD": Text("绝对中位差", "median absolute deviation"),
    "slope": Text("变化速率", "slope"),
    "integral": Text("累计量", "total"),
    "total": Text("增量", "growth"),
}
OPERATION = {"+": "+", "-": "−", "*": "×", "/": "÷", "^": "^"}
FUNCTION = {
    "max": Text("最大值", "greatest"),
    "min": Text("最小值", "least"),
    "sum": Text("合计", "sum"),
    "unbalance": Text("不平衡度", "unbalance"),
    "exp": Text("exp", "exp"),
    "log": Text("ln", "ln"),
    "sqrt": Text("√", "√"),
    "round": Text("取整", "rounded"),
}
SHARED = {
    "": Text("同类设备", "devices of its kind"),
    "room": Text("同机房设备", "devices in the same room"),
    "gateway": Text("同网关设备", "devices behind the same gateway"),
    "feeder": Text("同回路设备", "devices on the same feeder"),
    "building": Text("同楼设备", "devices in the same building"),
}
CHANGED = {
    "count_rise": Text("{1}内{0}次数", "times {0} began in {1}"),
    "count_edges": Text("{1}内{0}变位次数", "changes of {0} in {1}"),
}


@call.register
def _(node: nodes.Read, told: Told) -> Text:
    told.read(node)
    return label(node.point, node.instance)


@call.register
def _(node: nodes.Const, _told: Told) -> Text:
    shown = number(node.fixed, node)
    return duration(float(node.fixed)) if node.unit == "s" else Text(shown, shown)


@call.register
def _(node: nodes.Apply, told: Told) -> Text:
    if node.name in OPERATION:
        sign = f" {OPERATION[node.name]} "
        children = [child for child in node.children if not (node.name == "*" and getattr(child, "fixed", None) == 1)]
        parts = [call(child, told) if len(children) == 1 else _inner(child, told) for child in children]
        return Text(sign.join(part.zh for part in parts), sign.join(part.en for part in parts))
    if node.name == "count":
        return both(Text("{}的数量", "number with {}"), counted(node, told))
    called = _names(node, told)
    if node.name in FUNCTION:
        word = FUNCTION[node.name]
        return Text(f"{word.zh}({called.zh})", f"{word.en}({called.en})")
    left, right = ("−(", ")") if node.name == "neg" else ("|", "|")
    return Text(f"{left}{called.zh}{right}", f"{left}{called.en}{right}")


def noun(node: Node, told: Told) -> Text:
    """A condition in the place of a noun: a switch by its name, in Chinese without quotation marks."""
    said = state(node, told)
    flags = [child.read for child in (node, *node.children) if isinstance(child, nodes.Flag)]
    if isinstance(node, nodes.Flag):
        return Text(label(flags[0].point, flags[0].instance).zh, f"“{said.en}”")
    alike = len(flags) == len(node.children) and len({read.point.name for read in flags}) == 1
    if isinstance(node, nodes.Join) and node.decides and alike:
        return Text(flags[0].point.says.zh, f"“{said.en}”")
    return Text(f"“{said.zh}”", f"“{said.en}”")


def counted(node: nodes.Apply, told: Told) -> Text:
    """What is counted over instances: the name of the switch, or the first of the conditions."""
    children = node.children
    if children and all(isinstance(child, nodes.Flag) for child in children):
        return noun(nodes.Join(True, children, (), children), told)  # noqa: FBT003 - decides
    first = state(children[0], told)
    return Text(f"“{first.zh}”等", f"“{first.en}” and so on")


def _inner(node: Node, told: Told) -> Text:
    """A term inside arithmetic: arithmetic of its own goes into parentheses."""
    text = call(node, told)
    if isinstance(node, nodes.Apply) and node.name in OPERATION:
        return Text(f"({text.zh})", f"({text.en})")
    return text


def _names(node: nodes.Apply, told: Told) -> Text:
    """The arguments of a function; the instances of one point together: 插口功率 1~10号."""
    texts = [call(child, told) for child in node.children]
    reads = [child for child in node.children if isinstance(child, nodes.Read) and child.instance is not None]
    if len(reads) < 3 or len(reads) < len(node.children) or len({read.point.name for read in reads}) > 1:
        return listed(texts, "、", ", ")
    first, last, says = reads[0].instance, reads[-1].instance, reads[0].point.says
    return Text(f"{first}~{last}号{says.zh}", f"{says.en} {first} to {last}")


@call.register
def _(node: windows.Window, told: Told) -> Text:
    name = call(node.samples[0], told)
    if node.name == "corr":
        pattern = Text("{0} 与 {1} {2}相关系数", "{2} correlation of {0} and {1}")
        return both(pattern, name, call(node.samples[1], told), _length(node.span))
    if node.gate is not None:
        name = both(Text("{}（仅“{}”时）", "{} (only while “{}”)"), name, state(node.gate, told))
    return both(Text("{} {}", "{} {}"), name, statistic(node))


def statistic(node: windows.Window) -> Text:
    """What a window finds, without the name of what it looks at: 24 小时中位数."""
    span = node.span
    if node.name == "forecast":
        return both(Text("{}后预测值", "forecast {} ahead"), _length(span))
    percent = f"{node.detail * 100:g} %"
    word = STATISTIC.get(node.name) or Text(f" {percent} 分位值", f"{percent} quantile")
    if span.delay is not None:
        pattern = Text("{2}前的 {0}{1}", "{0} {1} until {2} ago")
        return both(pattern, _length(span), word, duration(span.delay.seconds))
    return both(Text("{}{}", "{} {}"), _length(span), word)


def _length(span: windows.Span) -> Text:
    return Text(f"近 {span.length:.0f} 次", f"last {span.length:.0f}") if span.counted else length(span.length)


@call.register
def _(node: windows.Delta, told: Told) -> Text:
    many = Text(f"近 {node.seconds:.0f} 次", f"the last {node.seconds:.0f}")
    return both(Text("{} {}变化", "{} change in {}"), call(node.child, told), many if node.counted else length(node.seconds))


@call.register
def _(node: windows.Was, told: Told) -> Text:
    return both(Text("{1}前的{0}", "{0} {1} ago"), call(node.child, told), length(node.seconds))


@call.register
def _(node: windows.Age, _told: Told) -> Text:
    name = label(node.read.point, node.read.instance)
    return Text(f"{name.zh}数据距今", f"time since data of {name.en}")


@call.register
def _(node: windows.Duty, told: Told) -> Text:
    return both(Text("{1}内{0}占比", "share of the last {1} with {0}"), noun(node.child, told), length(node.seconds))


@call.register
def _(node: windows.Changes, told: Told) -> Text:
    if node.amplitude is not None:
        pattern = Text("{0} 在 {1}内越过 ±{2} 的摆动次数", "swings of {0} beyond ±{2} in {1}")
        return both(pattern, call(node.child, told), length(node.seconds), f"{node.amplitude:g}")
    return both(CHANGED[node.name], noun(node.child, told), length(node.seconds))


@call.register
def _(node: windows.RunLength, told: Told) -> Text:
    return both(Text("{}单次时长", "length of {},"), noun(node.child, told))


@call.register
def _(node: windows.Since, told: Told) -> Text:
    return both(Text("距上次“{}”", "time since “{}”"), state(node.child, told))


@call.register
def _(node: windows.Days, told: Told) -> Text:
    return both(Text("近 {1} 天中出现“{0}”的天数", "days of the last {1} with “{0}”"), state(node.child, told), str(node.days))


@call.register
def _(node: windows.Session, told: Told) -> Text:
    name, since = call(node.child, told), state(node.gate, told)
    if node.name == "delta":
        return both(Text("{}自“{}”以来的变化", "change of {} since “{}”"), name, since)
    return both(Text("{}自“{}”以来{}", "{2} of {0} since “{1}”"), name, since, STATISTIC[node.name])


@call.register
def _(node: windows.TimeTo, told: Told) -> Text:
    name, level = call(node.child, told), told.of(node.level)
    shown = "?" if level is None else number(level, node.child)
    return both(Text("{}按当前趋势到达 {} 尚需", "time for {} to reach {} at this rate"), name, shown)


@call.register
def _(node: windows.Baseline, told: Told) -> Text:
    return both(Text("{} {}", "{} {}"), call(node.child, told), usual(node))


def usual(node: windows.Baseline | windows.Reference) -> Text:
    """What is usual, without the name of what it is of."""
    if isinstance(node, windows.Reference):
        return Text("初始基准值", "when new") if node.again is None else Text("重置后基准值", "since last renewed")
    if node.bins.load is None:
        return Text("每周同一时段常值", "usual at this hour of the week")
    return Text("同工况常值", "usual at this load")


@call.register
def _(node: windows.Reference, told: Told) -> Text:
    return both(Text("{} {}", "{} {}"), call(node.child, told), usual(node))


@call.register
def _(node: groups.Share, told: Told) -> Text:
    return both(Text("{}中“{}”占比", "share of {} with “{}”"), shared(node.group), state(node.child, told))


def shared(group: groups.Group) -> Text:
    """Which devices."""
    return SHARED.get(group.same, Text(f"同 {group.same} 设备", f"devices with the same {group.same}"))
