"""Turns what a device last said into the rules that cannot be judged now, and why: for the people who look after the device.

A rule whose missing point is not what decides is left out; one that can still be raised, but not by all it looks at, is said to
be judged in part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.core.nouns import Quality
from daemon.core.reasons import name_of
from daemon.core.rulebook import rulebook
from daemon.core.rules import LimitTest, SignatureTest
from sensors.kit.reach import EITHER, UNKNOWN, Lack, reach, wanted
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daemon.core.nouns import Value
    from daemon.core.rules import Rule
    from daemon.core.site import Channel, Device
    from sensors.kit.reach import Reach

Sample = tuple[float, "Value", int]  # event time, value, quality


@dataclass(frozen=True, slots=True)
class Unjudged:
    """One rule that cannot be judged, or (`partly`) not in all it looks at."""

    rule: str
    title: Text
    why: Text
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that failed while it was evaluated, and when."""

    why: str
    at: float


def unjudged(device: Device, values: Mapping[str, Sample], failed: Mapping[str, Failed], now: float, zone: str) -> list[Unjudged]:
    """In the order of the rules. `values`: the newest of each point; `failed` by rule."""
    lacking = {
        name: why for name, channel in device.channels.items() if (why := _lack(channel, values.get(name), now, zone)) is not None
    }
    unheard = frozenset(name for name in lacking if name not in values)
    return [found for rule in rulebook(device.model).rules.values() for found in _of(rule, lacking, unheard, failed, zone)]


def _of(
    rule: Rule, lacking: Mapping[str, Text], unheard: frozenset[str], failed: Mapping[str, Failed], zone: str
) -> Iterator[Unjudged]:
    if (broken := failed.get(rule.name)) is not None:
        at = _clock(broken.at, broken.at, zone)
        why = Text(f"规则在 {at} 运行出错：{broken.why}", f"the rule failed at {at}: {broken.why}")
        yield Unjudged(rule.name, rule.title, why)
        return
    possible, missed = _reach(rule, lacking, unheard)
    if None in possible and missed:
        why = Text("；".join(lacking[name].zh for name in missed), "; ".join(lacking[name].en for name in missed))
        yield Unjudged(rule.name, rule.title, why, partly=True in possible)


def _reach(rule: Rule, lacking: Mapping[str, Text], unheard: frozenset[str]) -> tuple[Reach, list[str]]:
    """What the rule can still say, and the points it misses. Silence is judged by other means."""
    test = rule.test
    if isinstance(test, SignatureTest):
        root = test.condition.root
        return reach(root, Lack(lacking, unheard)), list(dict.fromkeys(wanted(root, lacking)))
    if not isinstance(test, LimitTest):
        return EITHER, []
    channel = test.rule.channel
    gate = EITHER if test.gate is None else reach(test.gate.root, Lack(lacking, unheard))
    missed = [] if test.gate is None else list(wanted(test.gate.root, lacking))
    if channel in lacking:
        return UNKNOWN, list(dict.fromkeys([channel, *missed]))
    return gate, list(dict.fromkeys(missed))


def _lack(channel: Channel, sample: Sample | None, now: float, zone: str) -> Text | None:
    """Why nothing is known of a point; None where it is known."""
    name = name_of(channel.point, channel.instance)
    if channel.absent:
        return Text(f"未安装{name.zh}", f"{name.en} is not fitted")
    if sample is None:
        return Text(f"{name.zh}还没有数据", f"no data of {name.en} yet")
    ts, _, quality = sample
    if quality in {Quality.SUSPECT, Quality.BAD}:
        return Text(f"{name.zh}的值不可信", f"the value of {name.en} can't be trusted")
    after = channel.point.stale_after
    if quality == Quality.MISSING or (after is not None and now - ts > after):
        at = _clock(ts, now, zone)
        return Text(f"{name.zh}自 {at} 起没有数据", f"no data of {name.en} since {at}")
    return None


def _clock(at: float, now: float, zone: str) -> str:
    """09:41, with its date where that is not today."""
    there = datetime.fromtimestamp(at, ZoneInfo(zone))
    same = there.date() == datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    return f"{there:%H:%M}" if same else f"{there:%Y-%m-%d %H:%M}"
