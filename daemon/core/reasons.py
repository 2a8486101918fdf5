"""Words for a finding: what was seen, in numbers with units and durations, Chinese and English together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.nouns import Reason
from sensors.kit.phrase import predicate
from sensors.kit.say import duration, number, quantity
from sensors.kit.words import Level, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from daemon.core.site import Channel, LimitRule, SignatureRule
    from daemon.core.state import DeviceState
    from sensors.kit.condition import Scope
    from sensors.kit.words import Point

SILENT = Text("设备没有可用数据", "No usable data from the equipment")

_LEVELS = {
    Level.LL: Text("过低", "far too low"),
    Level.L: Text("偏低", "low"),
    Level.H: Text("偏高", "high"),
    Level.HH: Text("过高", "far too high"),
}


def name_of(point: Point, instance: int | None) -> Text:
    """The point in words, with its instance number where it has one: 2 号消防泵运行 / Pump run feedback 2."""
    if instance is None:
        return point.says
    return Text(f"{instance} 号{point.says.zh}", f"{point.says.en} {instance}")


def limit_title(rule: LimitRule, scope: Scope) -> Text:
    """What a breached limit is called: 消防主管压力过低 / Fire main pressure far too low."""
    name = name_of(scope.points[rule.channel], _instance(rule))
    if rule.level is Level.STATE:
        return _state_title(scope.points[rule.channel], rule)
    word = _LEVELS[rule.level]
    return Text(f"{name.zh}{word.zh}", f"{name.en} {word.en}")


def _state_title(point: Point, rule: LimitRule) -> Text:
    """The state itself where the alarm names it: 1号稳压泵故障 / Jockey pump 1 in fault; else that it is abnormal."""
    if rule.op == "==" and not isinstance(rule.value, tuple):
        said = predicate(point, _instance(rule), rule.value)
        return Text(said.zh, said.en[:1].upper() + said.en[1:])
    name = name_of(point, _instance(rule))
    return Text(f"{name.zh}异常", f"{name.en}: abnormal state")


def stale_title(channel: Channel) -> Text:
    """What a silent point is called."""
    name = name_of(channel.point, channel.instance)
    return Text(f"{name.zh}没有可用数据", f"{name.en}: no usable data")


def first_step(title: Text) -> Text:
    """What to do first where no signature knows better: is it so, and then which way."""
    zh = f"到现场看“{title.zh}”是否属实：属实则查找原因、按操作规程处理；不属实则检查测点和接线。"
    en = f"Go and see whether it is so: {title.en}. If so, find the cause and act by the book; if not, check sensor and wiring."
    return Text(zh, en)


def limit(device: DeviceState, rule: LimitRule, now: float) -> Reason:
    """The value beside its limit, and for how long it has been so."""
    channel = device.device.channels[rule.channel]
    value = device.last(rule.channel)
    life = device.lives.get(rule.rule)
    since = now if life is None else life.since
    name, seen = name_of(channel.point, channel.instance), None if value is None else value[1]
    lasted = duration(max(0.0, now - since))
    lasts = now > since
    if rule.level is Level.STATE:
        said = predicate(channel.point, channel.instance, seen)
    else:
        beside = _beside(channel.point, seen, rule)
        said = Text(f"{name.zh} {beside.zh}", f"{name.en} {beside.en}")
    zh = said.zh + (f"，已 {lasted.zh}" if lasts else "")
    en = said.en + (f" for {lasted.en}" if lasts else "")
    values: dict[str, Value] = {} if seen is None else {rule.channel: seen}
    if rule.level is not Level.STATE and not isinstance(rule.value, tuple):
        values["limit"] = rule.value
    return Reason(zh, en, values)


def signature(rule: SignatureRule, explained: tuple[Text, Mapping[str, Value]]) -> Reason:
    """What happened, then the numbers that show it."""
    says, (text, values) = rule.signature.says, explained
    return Reason(f"{says.zh}：{text.zh}", f"{says.en}: {text.en}", dict(values))


def silence(device: DeviceState, point: str, now: float) -> Reason:
    """Since when nothing usable was heard."""
    memory = device.memories.get(point)
    good = [m.good_ts for m in ([memory] if memory else device.memories.values()) if m.good is not None]
    name = SILENT if memory is None else stale_title(device.device.channels[point])
    if not good:
        return Reason(f"{name.zh}，启动以来从未收到", f"{name.en}, none received since start")
    silent = max(0.0, now - max(good))
    lasted = duration(silent)
    return Reason(f"{name.zh}，已 {lasted.zh}", f"{name.en} for {lasted.en}", {"silent_s": round(silent, 1)})


def _instance(rule: LimitRule) -> int | None:
    digits = "".join(c for c in rule.channel.partition("_")[0] if c.isdigit())
    return int(digits) if digits and "{" in rule.limit.point else None


def _beside(point: Point, value: Value | None, rule: LimitRule) -> Text:
    edge = number(point, rule.value)
    below = rule.op == "<"
    shown = "—" if value is None else quantity(point, value).zh
    return Text(
        f"{shown}，{'低于' if below else '高于'} {edge} {point.unit}",
        f"{shown}, {'below' if below else 'above'} {edge} {point.unit}",
    )
