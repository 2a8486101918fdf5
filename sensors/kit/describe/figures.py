"""What a number of a condition is called: `called` names points, arithmetic and windows, `counted` a figure beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit import grammar
from sensors.kit.describe import truths
from sensors.kit.describe.speaker import Speaker, is_truth, manner
from sensors.kit.explain.names import OPERATION, STATISTIC
from sensors.kit.explain.telling import both, length, listed
from sensors.kit.say import duration
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Callable

SIMPLE = {
    "abs": Text("绝对值({})", "size of ({})"),
    "min": Text("最小值({})", "least of ({})"),
    "max": Text("最大值({})", "greatest of ({})"),
    "round": Text("取整({})", "rounded({})"),
    "exp": Text("exp({})", "exp({})"),
    "log": Text("ln({})", "ln({})"),
    "sqrt": Text("√({})", "√({})"),
    "unbalance": Text("不平衡度({})", "unbalance of ({})"),
    "age": Text("距上次收到{}数据的时间", "time since the last data of {}"),
}
OF_STATE = {
    "since": Text("距上次{}的时间", "time since {} was last so"),
    "run_length": Text("{}单次时长", "length of each {}"),
    "count": Text("{}的数量", "number with {}"),
    "duty": Text("近 {1}内{0}的时间占比", "share of the last {1} with {0}"),
    "count_rise": Text("近 {1}内{0}的开始次数", "times {0} began in the last {1}"),
    "count_edges": Text("近 {1}内{0}的变位次数", "changes of {0} in the last {1}"),
    "days": Text("近 {1}中出现{0}的天数", "days of the last {1} with {0}"),
}
OVER_TIME = {
    "delta": Text("{}在 {}内的变化", "change of {} in {}"),
    "was": Text("{1}前的{0}", "{0} {1} ago"),
    "forecast": Text("{}在 {}后的预测值", "forecast of {} {} ahead"),
    "reference": Text("{}的初始基准值（最初 {}）", "{} when new (its first {})"),
}

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def called(tree: grammar.Tree, speaker: Speaker) -> Text:
    """The name of a number, or of a state."""
    match tree:
        case grammar.Name(text):
            return speaker.name(text)
        case grammar.Number() | grammar.Duration() | grammar.Count():
            return counted(tree, "", speaker)
        case grammar.Limited():
            return _limited(tree, speaker)
        case grammar.Call():
            return _call(tree, speaker)
    if is_truth(tree, speaker):
        return truths.quoted(tree, speaker)
    return _arithmetic(tree, speaker)


def counted(tree: grammar.Tree, how: str, speaker: Speaker) -> Text:
    """A figure as it is counted ("share", "time", "times", "days" or a unit); anything else by its name."""
    match tree:
        case grammar.Duration(seconds):
            return length(seconds) if seconds >= 1 else Text(f"{seconds:g} 秒", f"{seconds:g} s")
        case grammar.Count(samples):
            return Text(f"{samples} 次采样", f"{samples} samples")
        case grammar.Number(value):
            return _figure(value, how)
        case grammar.Unary("-", grammar.Number(value)):
            return both(Text("−{}", "−{}"), _figure(value, how))
        case _:
            return called(tree, speaker)


def _figure(value: float, how: str) -> Text:
    if how == "share":
        return Text(f"{value * 100:g} %", f"{value * 100:g} %")
    if how == "time":
        return duration(value)
    if how == "times":
        return Text(f"{value:g} 次", f"{value:g}")
    if how == "days":
        return Text(f"{value:g} 天", f"{value:g} days")
    text = f"{value:g} {how}".rstrip()
    return Text(text, text)


def _arithmetic(tree: grammar.Tree, speaker: Speaker) -> Text:
    """Two terms, or one with a sign; the figure of a sum has the unit of the other term."""
    match tree:
        case grammar.Unary(_, child):
            return both(Text("−{}", "−{}"), _term(child, speaker))
        case grammar.Binary(op, left, right) if op in OPERATION:
            how = (manner(left, speaker), manner(right, speaker)) if op in {"+", "-"} else ("", "")
            first, other = _term(left, speaker, how[1], op=op), _term(right, speaker, how[0], op=op, right=True)
            return both(Text(f"{{}} {OPERATION[op]} {{}}", f"{{}} {OPERATION[op]} {{}}"), first, other)
    return Text("", "")


def _term(tree: grammar.Tree, speaker: Speaker, how: str = "", *, op: str = "*", right: bool = False) -> Text:
    """One side of an operator: what binds less tightly than it comes in parentheses."""
    loose = isinstance(tree, grammar.Binary) and (
        _RANK.get(tree.op, 0) < _RANK[op] or (right and op in {"-", "/"} and _RANK.get(tree.op, 0) == _RANK[op])
    )
    if is_truth(tree, speaker):
        return truths.quoted(tree, speaker)
    text = counted(tree, how, speaker)
    return both(Text("({})", "({})"), text) if loose else text


def _limited(tree: grammar.Limited, speaker: Speaker) -> Text:
    """`x while C`: only samples while it is true."""
    pattern = Text("{}（仅当{}时）", "{} (only while {})")
    if tree.op == "since":
        pattern = Text("{}（自{}起）", "{} (since {})")
    return both(pattern, counted(tree.left, "", speaker), truths.quoted(tree.right, speaker))


def _call(call: grammar.Call, speaker: Speaker) -> Text:
    """A function, by the manner of its arguments."""
    if call.name in CALLS:
        return CALLS[call.name](call, speaker)
    if call.name in OF_STATE:
        return _of_state(call, speaker)
    if call.name in OVER_TIME and len(call.args) == 2:
        return _over_time(call, speaker)
    if _is_window(call):
        return _window(call, speaker)
    if call.name in SIMPLE:
        return both(SIMPLE[call.name], listed([called(arg, speaker) for arg in call.args], "、", ", "))
    return truths.quoted(call, speaker) if is_truth(call, speaker) else Text(f"`{call.name}`", f"`{call.name}`")


def _of_state(call: grammar.Call, speaker: Speaker) -> Text:
    """A figure about when a condition is true."""
    more = [counted(arg, "days" if call.name == "days" else "time", speaker) for arg in call.args[1:]]
    inner = speaker.within(call.args[0]) if call.name == "count" else speaker
    return both(OF_STATE[call.name], truths.quoted(call.args[0], inner), *more)


def _is_window(call: grammar.Call) -> bool:
    """Does it look back? `x since C` does without a length."""
    session = any(isinstance(arg, grammar.Limited) and arg.op == "since" for arg in call.args[:1])
    return session or any(isinstance(arg, grammar.Duration | grammar.Count | grammar.Limited) for arg in call.args[1:])


def _over_time(call: grammar.Call, speaker: Speaker) -> Text:
    x, span = call.args
    if isinstance(span, grammar.Limited):  # reference(x, 7d since C)
        pattern = Text("{0}的基准值（每次{1}后最初 {2}）", "{0} when renewed (the first {2} after each {1})")
        return both(pattern, called(x, speaker), truths.quoted(span.right, speaker), counted(span.left, "", speaker))
    return both(OVER_TIME[call.name], _term(x, speaker, op="^"), counted(span, "time", speaker))


def _window(call: grammar.Call, speaker: Speaker) -> Text:
    """avg(x, T) and its like, with while, since and before."""
    x, span = call.args[0], call.args[-1]
    stat = _statistic(call)
    if isinstance(x, grammar.Limited) and x.op == "since":
        pattern = Text("{1}自{2}以来的{0}", "{0} of {1} since {2}")
        return both(pattern, stat, called(x.left, speaker), truths.quoted(x.right, speaker))
    name = _term(x, speaker, op="^")
    if isinstance(span, grammar.Limited):
        pattern = Text("{1}在 {3}前的 {2}{0}", "{0} of {1} over the {2} that ended {3} ago")
        return both(pattern, stat, name, counted(span.left, "", speaker), counted(span.right, "", speaker))
    return both(Text("{1}近 {2}的{0}", "{0} of {1} over {2}"), stat, name, counted(span, "", speaker))


def _statistic(call: grammar.Call) -> Text:
    if call.name == "delta":
        return Text("变化", "change")
    if call.name == "quantile" and isinstance(call.args[1], grammar.Number):
        return Text(f"{call.args[1].value * 100:g} % 分位值", f"{call.args[1].value * 100:g} % quantile")
    return STATISTIC.get(call.name, Text(call.name, call.name))


def _baseline(call: grammar.Call, speaker: Speaker) -> Text:
    name = _term(call.args[0], speaker, op="^")
    by = next((arg.child for arg in call.args if isinstance(arg, grammar.Keyed)), None)
    if by is None or (isinstance(by, grammar.Name) and by.text == "hour_of_week"):
        return both(Text("{}在每周同一时段的常值", "usual {} at this hour of the week"), name)
    return both(Text("{}在相同{}下的常值", "usual {} at the same {}"), name, called(by, speaker))


def _sum(call: grammar.Call, speaker: Speaker) -> Text:
    return both(Text("各台{}之和", "sum of {} over all of them"), _term(call.args[0], speaker.within(call.args[0])))


def _corr(call: grammar.Call, speaker: Speaker) -> Text:
    x, y, span = call.args
    pattern = Text("{}与{}近 {}的相关系数", "correlation of {} and {} over {}")
    return both(pattern, _term(x, speaker), _term(y, speaker), counted(span, "", speaker))


def _swings(call: grammar.Call, speaker: Speaker) -> Text:
    x, amplitude, span = call.args
    pattern = Text("({0})近 {2}内越过 ±{1} 的摆动次数", "swings of ({0}) beyond ±{1} in {2}")
    return both(pattern, called(x, speaker), counted(amplitude, manner(x, speaker), speaker), counted(span, "", speaker))


def _time_to(call: grammar.Call, speaker: Speaker) -> Text:
    x, level, span = call.args
    pattern = Text("{0}按近 {2}的趋势到达{1}所需时间", "time for {0} to reach {1} at the rate of the last {2}")
    return both(pattern, called(x, speaker), counted(level, manner(x, speaker), speaker), counted(span, "", speaker))


def _share(call: grammar.Call, speaker: Speaker) -> Text:
    return both(Text("{}中{}的占比", "share of the {} with {}"), truths.group(call.args[1]), truths.quoted(call.args[0], speaker))


CALLS: dict[str, Callable[[grammar.Call, Speaker], Text]] = {
    "baseline": _baseline,
    "sum": _sum,
    "corr": _corr,
    "zero_cross": _swings,
    "time_to": _time_to,
    "share": _share,
}
