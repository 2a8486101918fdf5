"""DQ-05: a gauge that moves away from what it can be held against, be it a second gauge or the zero of a machine at rest.

At every glance the difference is taken; an hour's is the median of its samples, a day's the median of its hours, if it has a
quarter of them. Told is one that was more than 5 sigma off to the same side on 7 such days, or whose CUSUM against the first 7
passes 8 sigma, where no day counts for more than that: one odd day is no drift. It ends when three hours in a row are well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

from daemon.core import reasons
from daemon.core.flaws.trace import Case, Family, Trace
from sensors.kit.letters import expand, letters_in
from sensors.kit.say import quantity
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Value
    from daemon.core.site import Channel, Model
    from sensors.kit.words import Point, Yardstick

RULE = "DQ-05"
HOUR, HOURS = 3600.0, 24
FAR, DAYS = 5.0, 7  # sigmas; days in a row
SLACK, TRIP = 0.5, 8.0  # sigmas: k and h of the CUSUM
LEARNT = 7  # days whose median is what it is compared with
FEW, QUARTER = 3, 6  # samples that make an hour, hours that make a day
WELL = 3  # hours in a row near enough that it is over
_NOW, _UP, _DOWN, _ROW = range(4)  # of what is kept: the hour going on, both sums, days in a row too high (or, negative, low)
_PARTS = ("", "/week", "/day", "/hour")


@dataclass(frozen=True, slots=True)
class Held:
    """One gauge of a model beside what it is held against: `others` (zero if there are none), while `still` are off."""

    key: str
    channel: Channel
    others: tuple[Channel, ...]
    still: tuple[str, ...]
    rule: Yardstick

    @property
    def sigma(self) -> float:
        """Its noise."""
        return self.channel.point.noise or 0.0

    def difference(self, device: DeviceState) -> float | None:
        """How far it is off at present; None where that can't be said."""
        known = device.known
        value, switches = known(self.channel.name), [known(switch) for switch in self.still]
        others = [float(other) for name in self.others if (other := known(name.name)) is not None]
        if value is None or len(others) < len(self.others) or any(switch is None or switch for switch in switches):
            return None
        return float(value) - (self.rule.times * median(others) if others else 0.0)

    def near(self, off: float, usual: float) -> bool:
        """Is a difference as small as it should be, or as it was?"""
        return min(abs(off - usual), abs(off) if self.rule.absolute else math.inf) <= FAR / 2.0 * self.sigma

    def says(self, point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
        """By how much, against what, since when."""
        off, usual = trace.seen
        said, was, beside = _signed(point, off), _signed(point, usual), self._beside()
        zh = f"24 小时中位数与{beside.zh}相差 {said}（此前 {was}），仪表在漂移"
        en = f"median of 24 h is {said} from {beside.en} ({was} before): a gauge drifts"
        return Text(zh, en), {"off": off, "before": usual}

    def _beside(self) -> Text:
        if not self.others:
            return Text("停机时的零点", "the zero of a machine at rest")
        names = [reasons.name_of(other.point, other.instance) for other in self.others]
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        return Text(zh, en) if self.rule.times == 1.0 else Text(f"由{zh}推算的值", f"what follows from {en}")


@lru_cache(maxsize=1024)
def held(model: Model) -> tuple[Held, ...]:
    """The gauges of a model that something can be said about."""
    return tuple(
        one for rule in model.kind.yardsticks for channel in model.channels.values() for one in _hold(model, rule, channel)
    )


def _hold(model: Model, rule: Yardstick, channel: Channel) -> Iterator[Held]:
    if channel.point.name != rule.point or channel.absent or not channel.point.noise:
        return
    fitted = [other for other in model.channels.values() if not other.absent]
    others = tuple(other for other in fitted if other.point.name == rule.other and other is not channel)
    first = next((other for other in fitted if other.point.name == rule.point), channel)
    if rule.other and (not others or (rule.other == rule.point and len(others) == 1 and channel is not first)):
        return  # of two that differ nobody knows which drifts: it is told once
    still = tuple(name for switch in rule.still for name in _switches(model, switch, channel, rule.point))
    if all(name in model.channels and not model.channels[name].absent for name in still) and bool(still) == bool(rule.still):
        yield Held(f"{RULE}:{channel.name}", channel, others, still, rule)


def _switches(model: Model, switch: str, channel: Channel, point: str) -> Iterator[str]:
    """The same instance's where the gauge has one, else all."""
    letters = letters_in(switch)
    if channel.instance is not None and letters and letters <= letters_in(point):
        yield expand(switch, dict.fromkeys(letters, channel.instance), {channel.point.index: channel.point.digits})
    else:
        yield from (other.name for other in model.channels.values() if other.point.name == switch)


def glance(device: DeviceState, ts: float) -> list[tuple[DeviceState, str]]:
    """One sample of every difference; what is told of whom has changed."""
    return [(device, one.key) for one in held(device.book.model) if _look(device, one, ts)]


def _look(device: DeviceState, one: Held, ts: float) -> bool:
    kept = [device.samples.setdefault(one.key + part, [] if part else [ts // HOUR, 0.0, 0.0, 0.0]) for part in _PARTS]
    state, _week, day, hour = kept
    told = one.key in device.flaws
    if ts // HOUR != state[_NOW]:
        over, state[_NOW] = ts // HOUR // HOURS != state[_NOW] // HOURS, ts // HOUR
        if len(hour) >= FEW:
            day.append(median(hour))
        hour.clear()
        if told:
            _mend(device, one, kept)
        if over:
            _close(device, one, kept, ts)
    if (off := one.difference(device)) is not None:
        hour.append(off)
    return told != (one.key in device.flaws)


def _mend(device: DeviceState, one: Held, kept: list[list[float]]) -> None:
    """Somebody has set it right: all begins anew."""
    state, week, day, _hour = kept
    usual = device.flaws[one.key].seen[1]
    if len(day) >= WELL and all(one.near(off, usual) for off in day[-WELL:]):
        del device.flaws[one.key]
        state[_UP:] = [0.0, 0.0, 0.0]
        week.clear()
        day.clear()


def _close(device: DeviceState, one: Held, kept: list[list[float]], ts: float) -> None:
    """A day is over. One with too few hours says nothing: it neither counts nor breaks the days in a row."""
    state, week, day, _hour = kept
    off = median(day) if len(day) >= QUARTER else None
    day.clear()
    if off is None:
        return
    sigma, usual = one.sigma, median(week) if len(week) == LEARNT else None
    _count(state, off, FAR * sigma if one.rule.absolute else math.inf)
    if usual is None:
        week.append(off)
    else:
        step = min(max(off - usual, -TRIP * sigma), TRIP * sigma)
        state[_UP] = max(0.0, state[_UP] + step - SLACK * sigma)
        state[_DOWN] = max(0.0, state[_DOWN] - step - SLACK * sigma)
    known = device.flaws.get(one.key)
    if known is not None:
        known.seen[0] = off
    elif abs(state[_ROW]) >= DAYS or max(state[_UP], state[_DOWN]) > TRIP * sigma:
        before = 0.0 if usual is None or abs(state[_ROW]) >= DAYS else usual
        device.flaws[one.key] = Trace(told=1, keen=False, since=ts, seen=[off, before])


def _count(state: list[float], off: float, far: float) -> None:
    """Days in a row on which it was far off to the same side."""
    side = math.copysign(1.0, off)
    state[_ROW] = 0.0 if abs(off) <= far else state[_ROW] + side if state[_ROW] * side >= 0.0 else side


def _signed(point: Point, value: float) -> str:
    said = quantity(point, value).zh
    return said if value < 0.0 else f"+{said}"


def _keep(_case: Case, trace: Trace | None) -> Trace | None:
    """A single reading says nothing of a drift."""
    return trace


def family(one: Held) -> Family:
    """The rule about one gauge, for the book."""
    return Family(RULE, lambda _point: False, _keep, one.says)
