"""Turns a judged condition into a sentence for people, in Chinese and English: names, numbers, units, durations.

It states facts, never the rule: each clause says what its inputs are now, so `not x` reads like x with its present value. Every
figure comes from the readings or the memory; what is unknown is called unknown.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sensors.kit import nodes, windows
from sensors.kit.phrase import amount, label, lasted, number, predicate, together
from sensors.kit.say import duration
from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Value, Values

UNKNOWN = Text("未知", "unknown")
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
STATISTIC = {
    "avg": Text("均值", "average"),
    "median": Text("中位数", "median"),
    "std": Text("标准差", "standard deviation"),
    "min": Text("最小值", "minimum"),
    "max": Text("最大值", "maximum"),
    "range": Text("波动幅度", "range"),
    "MAD": Text("绝对中位差", "median deviation"),
    "slope": Text("每小时变化", "slope"),
    "corr": Text("相关系数", "correlation"),
    "integral": Text("累计", "total"),
    "total": Text("增量", "growth"),
    "forecast": Text("后预测值", "forecast"),
    "quantile": Text("分位值", "quantile"),
}
OPERATION = {"+": "+", "-": "−", "*": "×", "/": "÷", "^": "^"}
FUNCTION = {
    "max": Text("最大值", "greatest"),
    "min": Text("最小值", "least"),
    "sum": Text("合计", "sum"),
    "unbalance": Text("不平衡度", "unbalance"),
}


class Told(NamedTuple):
    """What a telling needs: the memory, the time, the readings, and where the named values are gathered."""

    memory: Memory
    now: float
    values: Values
    named: dict[str, Value]

    def of(self, node: Node) -> Value | None:
        """The node's value now, without touching the memory."""
        found: Value | None = node.value(_copy(self.memory), self.now, self.values)
        return found

    def read(self, node: nodes.Read) -> Value | None:
        """A channel's value, noted as named."""
        last = self.values.last(node.name)
        if last is not None:
            self.named[node.name] = last[1]
        return None if last is None else last[1]


def sentence(root: Node, memory: Memory, now: float, values: Values) -> tuple[Text, dict[str, Value]]:
    """The whole condition in words, and the values named."""
    told = Told(memory, now, values, {})
    return say(root, told), told.named


def _copy(memory: Memory) -> Memory:
    return [_copy(part) if isinstance(part, list) else part for part in memory]


def listed(texts: list[Text], zh: str = "；", en: str = "; ") -> Text:
    """Clauses one after another, each once; one that another clause says with more words is left out."""
    once = [text for text in dict.fromkeys(texts) if not any(other != text and other.zh.startswith(text.zh) for other in texts)]
    return Text(zh.join(text.zh for text in once), en.join(text.en for text in once))


@singledispatch
def say(node: object, told: Told) -> Text:
    """A clause about a truth. A node class without words of its own tells of its children."""
    return listed([say(child, told) for child in getattr(node, "children", ())])


@singledispatch
def call(node: object, told: Told) -> Text:
    """A name for a number: a point, or what is computed from points."""
    return listed([call(child, told) for child in getattr(node, "children", ())], "、", ", ")


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
    value = told.of(node.left)
    name = call(node.left, told)
    if value is None:
        return Text(f"{name.zh} {UNKNOWN.zh}", f"{name.en} {UNKNOWN.en}")
    return related(name, node, value, told)


def related(name: Text, node: nodes.Compare | nodes.Threshold, value: Value, told: Told) -> Text:
    """`pressure 0.76 MPa, below 0.80 MPa`: the value, how it stands to the other side, and that side's value."""
    other = told.of(node.right)
    fixed = isinstance(node.right, nodes.Const)
    beside = Text("", "") if fixed else call(node.right, told)
    if other is None:
        shown = number(value, node.left)
        return Text(f"{name.zh} {shown}，{beside.zh} {UNKNOWN.zh}", f"{name.en} {shown}, {beside.en} {UNKNOWN.en}")
    word = RELATION[node.op, bool(node.test(value, other))]
    left, right = amount(value, other, node.left, node.right)
    zh, en = f"{name.zh} {left}，{word.zh} {right}", f"{name.en} {left}, {word.en} {right}"
    return Text(zh, en) if fixed else Text(f"{zh}（{beside.zh}）", f"{en} ({beside.en})")


@say.register
def _(node: nodes.Join, told: Told) -> Text:
    truth = told.of(node)
    children = list(node.children)
    if truth is node.decides:  # what settled it is enough
        children = [child for child in children if told.of(child) is truth]
    return listed([clause for group in alike(children) for clause in _group(group, told)])


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
    if at is None:
        return facts
    return lasted(facts, told.now - at, rising=node.rising)


@say.register
def _(node: windows.Silent, told: Told) -> Text:
    seen = told.memory[node.slot][0]
    if seen is None:
        return Text(f"{node.name} 从未收到数据", f"{node.name} was never heard")
    passed = duration(told.now - seen)
    return Text(f"{node.name} 已 {passed.zh} 无数据", f"no data of {node.name} for {passed.en}")


@call.register
def _(node: nodes.Read, told: Told) -> Text:
    told.read(node)
    return label(node.point, node.instance)


@call.register
def _(node: nodes.Const, _told: Told) -> Text:
    return Text(number(node.fixed, node), number(node.fixed, node))


@call.register
def _(node: nodes.Apply, told: Told) -> Text:
    if node.name in OPERATION:
        sign = f" {OPERATION[node.name]} "
        parts = [_inner(child, told) for child in node.children]
        return Text(sign.join(part.zh for part in parts), sign.join(part.en for part in parts))
    names = _names(node, told)
    if node.name in FUNCTION:
        word = FUNCTION[node.name]
        return Text(f"{word.zh}({names.zh})", f"{word.en}({names.en})")
    left, right = ("−(", ")") if node.name == "neg" else ("|", "|")
    return Text(f"{left}{names.zh}{right}", f"{left}{names.en}{right}")


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
    name, length, word = call(node.samples[0], told), duration(node.span.length), STATISTIC[node.name]
    return Text(f"{name.zh} {length.zh}{word.zh}", f"{name.en} {length.en} {word.en}")


@call.register
def _(node: windows.Delta, told: Told) -> Text:
    name, length = call(node.child, told), duration(node.seconds)
    return Text(f"{name.zh} {length.zh}变化", f"{name.en} change in {length.en}")


@call.register
def _(node: windows.Age, _told: Told) -> Text:
    return Text(f"{node.name} 数据距今", f"time since data of {node.name}")
