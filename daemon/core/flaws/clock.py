"""DQ-07 and DQ-11: times that are wrong, and a backlog that comes in all at once. Both are the gateway's where there is one.

A time ahead, or older than a week, is seen with its reading; a clock that is slow passes for a backlog, and is told from one by
its steadiness: ten minutes later it is as late as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Trace
from sensors.kit.say import duration
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Value

CLOCK, BURST = "DQ-07", "DQ-11"
FEW = 3  # samples in a row with a wrong time: far more than a tenth of them
LATE, STEADY = 600.0, 120.0  # s behind that is no delay of a live channel; by so much a slow clock may vary
OLD, FASTER = 300.0, 20.0  # a burst: times older than this (s), coming in so many times as fast as they went by
HOUR = 3600.0
ZONES = tuple(range(1, 15))  # hours
EPOCH = 1577836800.0  # 2020: no reading is older
_MILLI = 1000.0


def owner(device: DeviceState) -> DeviceState:
    """Whose clock it is."""
    return device.gateway or device


def feel(device: DeviceState, ts: float, skew: float | None) -> list[tuple[DeviceState, str]]:
    """A frame of this device whose time was put right by `skew` seconds; None: a good one. What changed, of whom."""
    trace = device.flaws.get(_own(CLOCK))
    if skew is None:
        return [] if trace is None else _calm(device, trace)
    trace = device.flaws.setdefault(_own(CLOCK), Trace(since=ts))
    trace.count, trace.keen = min(trace.count + 1, FEW), True
    trace.seen = [skew]
    return _blame(device, CLOCK, trace) if trace.count == FEW and not trace.told else []


def _calm(device: DeviceState, trace: Trace) -> list[tuple[DeviceState, str]]:
    """A good time is one step back to trust; a clock that is slow is another matter."""
    if trace.seen[0] < 0.0 and -trace.seen[0] < 6 * 86400.0:
        return []
    trace.count -= 1
    return [] if trace.count > 0 else _clear(device, CLOCK)


def glance(device: DeviceState, ts: float, at: float, before: list[float]) -> list[tuple[DeviceState, str]]:
    """Every ten minutes of event time: is the device late, and was it as late the last time? `before`: its time and ours then."""
    lag, burst, slow = at - ts, device.flaws.get(_own(BURST)), device.flaws.get(_own(CLOCK))
    was_ts, was_at = before
    found: list[tuple[DeviceState, str]] = []
    if lag > OLD and was_ts < ts and ts - was_ts > FASTER * (at - was_at):
        burst = burst or device.flaws.setdefault(_own(BURST), Trace(since=ts))
        burst.seen = [lag if not burst.seen else max(lag, burst.seen[0])]
        found += [] if burst.told else _blame(device, BURST, burst)
    elif lag > LATE and abs(lag - (was_at - was_ts)) <= STEADY:
        slow = slow or device.flaws.setdefault(_own(CLOCK), Trace(keen=False, since=ts, count=FEW))
        slow.seen = [-lag]
        found += [] if slow.told else _blame(device, CLOCK, slow)
    elif slow is not None and slow.seen and -6 * 86400.0 < slow.seen[0] < 0.0 and lag <= LATE:
        found += _clear(device, CLOCK)
    return found


def caught_up(device: DeviceState, lag: float) -> list[tuple[DeviceState, str]]:
    """A burst is over once its times are nearly of now."""
    return _clear(device, BURST) if lag <= OLD and _own(BURST) in device.flaws else []


def _own(rule: str) -> str:
    """The device's own part of the suspicion, beside what is told of its owner."""
    return f"{rule}:"


def _blame(device: DeviceState, rule: str, trace: Trace) -> list[tuple[DeviceState, str]]:
    trace.told, theirs = 1, owner(device)
    known = theirs.flaws.get(rule)
    theirs.flaws[rule] = Trace(told=1, keen=False, since=trace.since, seen=list(trace.seen))
    return [] if known is not None else [(theirs, rule)]


def _clear(device: DeviceState, rule: str) -> list[tuple[DeviceState, str]]:
    """This device is well; the finding ends with the last of those behind the same gateway."""
    told, theirs = device.flaws.pop(_own(rule)).told, owner(device)
    others = (theirs, *theirs.behind)
    if not told or any(other.flaws[_own(rule)].told for other in others if _own(rule) in other.flaws):
        return []
    return [(theirs, rule)] if theirs.flaws.pop(rule, None) is not None else []


def blamed(device: DeviceState) -> bool:
    """Is it known that this device's times are wrong? Then that its values can't be used is explained."""
    trace = device.flaws.get(_own(CLOCK))
    return trace is not None and trace.told > 0


def cause(skew: float, now: float) -> Text:
    """What such an error comes from."""
    hours = round(abs(skew) / HOUR)
    if hours in ZONES and abs(abs(skew) - hours * HOUR) <= STEADY:
        return Text(f"时区错误（{hours} 小时）", f"a time zone of {hours} h")
    stamp = now + skew
    if any(abs(stamp * factor - now) <= 86400.0 for factor in (_MILLI, 1.0 / _MILLI)):
        return Text("秒与毫秒混用", "seconds taken for milliseconds")
    if stamp < EPOCH:
        return Text("断电后时钟丢失", "a clock that was lost with the power")
    return Text("时钟未校准", "a clock that is not set")


def says_clock(trace: Trace, now: float) -> tuple[Text, Mapping[str, Value]]:
    """How far off, which way, and what that looks like."""
    skew = trace.seen[0]
    off, why = duration(abs(skew)), cause(skew, now)
    zh, en = ("快", "ahead") if skew > 0 else ("慢", "behind")
    return Text(f"时间戳{zh} {off.zh}，像是{why.zh}", f"its times are {off.en} {en}: {why.en}"), {"skew_s": round(skew, 1)}


def says_burst(trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    """How old what came was."""
    old = duration(trace.seen[0])
    text = Text(f"断网后补传，最早的数据已过 {old.zh}", f"sends what it kept while cut off, up to {old.en} old")
    return text, {"oldest_s": round(trace.seen[0], 1)}
