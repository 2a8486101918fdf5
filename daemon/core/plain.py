"""A rule of a device → what is wrong, in words a resident understands: no figure, no set-point, nothing about doors or people.

Words come from the kind (its signatures and points); what can't be said without a figure is said in general.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.words import Level, Text, Type

if TYPE_CHECKING:
    from daemon.core.site import Channel, Device, SignatureRule

_GENERAL = Text("需要检查", "It needs a check")
_LEVELS = {
    Level.LL: Text("过低", "is much too low"),
    Level.L: Text("偏低", "is low"),
    Level.H: Text("偏高", "is high"),
    Level.HH: Text("过高", "is much too high"),
    Level.STATE: Text("状态异常", "is not in its normal state"),
}
# Parts of point names that tell who may get in, or whether somebody is there: never public.
_ACCESS = ("door", "hatch", "access", "person", "intru", "lock", "session", "plate", "card")


def private(name: str) -> bool:
    """Whether a point is about access or people."""
    return any(part in name for part in _ACCESS)


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
            return _point(device.channels.get(limit.channel), _LEVELS[limit.level])
    if rule.startswith("learned:"):
        return _point(device.channels.get(rule.removeprefix("learned:")), Text("与平时不同", "is not as usual"))
    return _GENERAL


def _signature(rule: SignatureRule) -> Text:
    says = rule.signature.says
    return _GENERAL if private(rule.when) or _figures(says) else says


def _point(channel: Channel | None, how: Text) -> Text:
    if channel is None or private(channel.name) or channel.point.type is Type.TEXT or _figures(channel.point.says):
        return _GENERAL
    says, number = channel.point.says, channel.instance
    which = Text("", "") if number is None else Text(f"{number} 号", f" no. {number}")
    return Text(f"{which.zh}{says.zh}{how.zh}", f"{says.en}{which.en} {how.en}")


def _figures(says: Text) -> bool:
    """A name with a figure in it may hold a set-point."""
    return any(letter.isdigit() for letter in says.zh + says.en)
