"""Turns the tables of a kind (parameters, points, limits, inspections, faults) into rows of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.docs.markdown import both, code, plain, seconds, table
from sensors.kit.describe import describe
from sensors.kit.say import UNITS, quantity, unit
from sensors.kit.words import Level, Text, Type

if TYPE_CHECKING:
    from sensors.kit.words import Evidence, Kind, Limit, Param, Point, Severity, Yardstick

SEVERITIES = {
    "critical": Text("紧急", "critical"),
    "major": Text("重要", "major"),
    "minor": Text("一般", "minor"),
    "info": Text("提示", "info"),
}


def evidence(given: Evidence) -> str:
    """The mark, and what it rests on as the reference words it."""
    more = plain(given.text.removeprefix(given.mark).strip() if given.mark != "S" else given.text)
    return f"[{given.mark}] {more}".rstrip()


def severity(given: Severity) -> str:
    """紧急 critical."""
    said = SEVERITIES[given]
    return f"{said.zh} {said.en}"


def params(kind: Kind) -> list[str]:
    """Figures of the site."""
    heads = ("参数 parameter", "名称 name", "默认 default", "依据 evidence")
    rows = [(code(f"P.{one.name}"), both(one.says), _default(one), evidence(one.evidence)) for one in kind.params]
    return table(heads, rows)


def _default(given: Param) -> str:
    return f"{given.default:g} {UNITS.get(given.unit, given.unit)}".rstrip()


def points(kind: Kind) -> list[str]:
    """What is measured."""
    heads = ("测点 point", "名称 name", "单位 unit", "量程或状态 range or states", "正常 normal", "周期 period", "说明 note")
    return table(heads, [_point(one) for one in kind.points])


def _point(point: Point) -> tuple[str, ...]:
    normal = f"{point.normal[0]:g} … {point.normal[1]:g}" if point.normal else plain(point.normal_text)
    shown = point.ucum if point.unit == "1" else unit(point)
    return code(point.name), both(point.says), shown, _range(point), normal, _period(point), plain(point.note)


def yardsticks(kind: Kind) -> list[str]:
    """What its gauges are held against."""
    heads = ("测点 point", "应等于 ought to read", "只在停机时 only while off", "比什么 what counts")
    return table(heads, [_yardstick(one) for one in kind.yardsticks])


def _yardstick(given: Yardstick) -> tuple[str, ...]:
    factor = "" if given.times == 1.0 else f"{given.times:g} × "
    partner = "其他编号的 the other instances" if given.other == given.point else code(given.other) if given.other else "0"
    counts = "偏差 how far it is off" if given.absolute else "只看变化 only a change"
    return code(given.point), f"{factor}{partner}", ", ".join(map(code, given.still)) or "—", counts


def _range(point: Point) -> str:
    if point.type is Type.BOOL and point.words:
        return "<br>".join(f"{value} = {_sentence(words)}" for value, words in enumerate(point.words))
    if point.states:
        words = point.words or tuple(Text(state, state) for state in point.states)
        return "<br>".join(
            f"{code(state)} {plain(word.zh)} / {plain(word.en)}" for state, word in zip(point.states, words, strict=True)
        )
    if point.span is None:
        return str(point.type)
    return f"{point.span[0]:g} … {point.span[1]:g}" + (" 累计 counter" if point.type is Type.COUNTER else "")


def _sentence(words: Text) -> str:
    return f"{plain(words.zh.replace('|', ''))} / {plain(words.en.replace('|', ''))}"


def _period(point: Point) -> str:
    rest = f"，静止时 at rest {seconds(point.rest)}" if point.rest else ""
    if point.every is not None:
        return seconds(point.every) + rest
    beat = f"，每 every {seconds(point.heartbeat)}" if point.heartbeat else ""
    return f"变化 on change{beat}{rest}"


def limits(kind: Kind) -> list[str]:
    """What each point may not exceed, and why."""
    heads = (
        "规则 rule",
        "限值 limit",
        "级别 severity",
        "延时 on / off，回差 deadband",
        "条件 only if",
        "原因 because",
        "依据 evidence",
    )
    return table(heads, [_limit(one, kind) for one in kind.limits])


def _limit(limit: Limit, kind: Kind) -> tuple[str, ...]:
    names = "<br>".join(code(f"{point}.{limit.level}") for point in (limit.point, *limit.also))
    point = next(one for one in kind.points if one.name == limit.point)
    delays = f"{seconds(limit.on)} / {seconds(limit.off)}"
    if limit.level is not Level.STATE:
        delays += f"，{limit.deadband:g} {unit(point)}".rstrip()
    when = "<br>".join(both(text) for _, text in describe(limit.when, kind).clauses) if limit.when else ""
    return names, _threshold(limit, point), severity(limit.severity), delays, when, plain(limit.because), evidence(limit.evidence)


def _threshold(limit: Limit, point: Point) -> str:
    """`< 0.84 MPa` with the expression it comes from, or the state that may not last."""
    if limit.level is Level.STATE:
        return f"{plain(limit.op)} {_state(limit, point)}"
    size = "绝对值 size " if limit.transform == "abs" else ""
    expr = f"<br>{code(limit.expr)}" if limit.expr else ""
    return f"{size}{plain(limit.op)} {limit.value:g} {unit(point)}".rstrip() + expr


def _state(limit: Limit, point: Point) -> str:
    if point.type is Type.BOOL and point.words and limit.value in {0, 1}:
        return f"{limit.value}<br>{_sentence(point.words[int(limit.value)])}"
    said = quantity(point, limit.value)
    shown = ", ".join(limit.value) if isinstance(limit.value, tuple) else str(limit.value)
    return f"{code(shown)}<br>{plain(said.zh)} / {plain(said.en)}"


def tasks(kind: Kind) -> list[str]:
    """Inspections and tests."""
    heads = ("编号 id", "项目 task", "周期 interval", "内容 items", "条款 basis", "依据 evidence")
    rows = [
        (one.id, both(one.says), plain(one.interval), both(one.items), plain(one.basis), evidence(one.evidence))
        for one in kind.tasks
    ]
    return table(heads, rows)


def faults(kind: Kind) -> list[str]:
    """Labelled faults of the simulator, and what must find them."""
    heads = ("标注 label", "故障 fault", "过程 course", "应由谁发现 must be found by")
    return table(heads, [(one.id, both(one.says), plain(one.dynamics), ", ".join(map(code, one.raises))) for one in kind.faults])
