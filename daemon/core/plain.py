"""A rule of a device → what is wrong, in words a resident understands: no figure, no set-point, nothing about doors or people.

Words come from the kind (its signatures and points); what can't be said without a figure is said in general.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sensors.kit.phrase import label, predicate
from sensors.kit.words import Level, Text, Type

if TYPE_CHECKING:
    from daemon.core.site import Channel, Device, LimitRule, SignatureRule

_GENERAL = Text("需要检查", "It needs a check")
_LEVELS = {
    Level.LL: Text("过低", "is much too low"),
    Level.L: Text("偏低", "is low"),
    Level.H: Text("偏高", "is high"),
    Level.HH: Text("过高", "is much too high"),
    Level.STATE: Text("状态异常", "is not in its normal state"),
}
# Parts of point names that tell how to get in, or whether somebody is there: never public.
_ACCESS = frozenset({"door", "hatch", "access", "person", "intrusion", "plate", "card"})
_PART = re.compile("[a-z]+")
_FIGURE = re.compile(r"(?<![A-Za-z\d])\d")  # 0.80, but not the names L1, SF6, H2S


def private(text: str) -> bool:
    """Whether a point, or any point that a condition reads, is about access or people."""
    return not _ACCESS.isdisjoint(_PART.findall(text))


def doubts(rule: str) -> bool:
    """Whether a rule is about the data, not the equipment."""
    return rule.startswith("DQ-")


def both(first: Text, second: Text) -> Text:
    """Two halves of one sentence."""
    return Text(f"{first.zh}；{second.zh}", f"{first.en}; {second.en[:1].lower()}{second.en[1:]}")


def wrong(device: Device, rule: str) -> Text:
    """What this rule means to a resident."""
    if doubts(rule):
        return Text("监测数据不可靠，正在核对", "Its readings can't be trusted and are being checked")
    for signature in device.signatures:
        if signature.rule == rule:
            return _signature(signature)
    for limit in device.limits:
        if limit.rule == rule:
            return _limit(device.channels.get(limit.channel), limit)
    if rule.startswith("learned:"):
        return _point(device.channels.get(rule.removeprefix("learned:")), Text("与平时不同", "is not as usual"))
    return _GENERAL


def _signature(rule: SignatureRule) -> Text:
    says = rule.signature.says
    return _GENERAL if private(rule.when) or _figures(says) else says


def _limit(channel: Channel | None, rule: LimitRule) -> Text:
    """A switch with a sentence for its wrong position says that sentence: 地面有水 / Water on the floor."""
    said = _point(channel, _LEVELS[rule.level])
    if channel is None or said is _GENERAL or rule.op not in ("==", "!=") or isinstance(rule.value, tuple | str):
        return said
    if channel.point.type is not Type.BOOL or not channel.point.words:
        return said
    state = predicate(channel.point, channel.instance, bool(rule.value) == (rule.op == "=="))
    return Text(state.zh, state.en[:1].upper() + state.en[1:])


def _point(channel: Channel | None, how: Text) -> Text:
    if channel is None or private(channel.name) or channel.point.type is Type.TEXT or _figures(channel.point.says):
        return _GENERAL
    name = label(channel.point, channel.instance)
    return Text(f"{name.zh}{how.zh}", f"{name.en} {how.en}")


def _figures(says: Text) -> bool:
    """A name with a figure in it may hold a set-point."""
    return bool(_FIGURE.search(says.zh + " " + says.en))
