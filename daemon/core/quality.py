"""Turns a sample in the source's words into a value of the point's type with a quality: good, suspect or bad.

A bad or suspect value is stored and shown, but neither raises nor clears an equipment alarm (`domain` reference, section 12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.nouns import Quality, Value
from sensors.kit.words import Type

if TYPE_CHECKING:
    from daemon.core.site import Channel

OLDEST = 7 * 86400.0  # s before receipt that an event time is trusted (DESIGN 5)
NEWEST = 120.0  # s after receipt, likewise (common parameter clock_tol)

# What gateways fill in for a failed read (DQ-10). Only counts where the point itself could not have that value.
SENTINELS = frozenset({-9999.0, -999.0, 9999.0, 32767.0, -32768.0, 65535.0, 65534.0, 4294967295.0, 6553.5, 3276.7, -127.0})
_SWITCH = (0, 1)  # and False, True

Verdict = tuple[Value, Quality, str]


class Unusable(ValueError):  # noqa: N818 - a result, not a bug
    """The value is of the wrong type for its point: it becomes a Rejected with this text."""


def weigh(channel: Channel, value: Value) -> Verdict:
    """Value, quality and flaw of one sample, in the point's type and unit. Raises Unusable for a value of the wrong type."""
    kind = channel.point.type
    if kind is Type.BOOL:
        return _switch(channel, value)
    if kind is Type.ENUM:
        return _state(channel, value)
    if kind is Type.TEXT:
        return str(value), Quality.GOOD, ""
    return _number(channel, value)


def event_time(ts: float | None, at: float, *, retained: bool) -> tuple[float, Quality, str]:
    """When it happened: the source's time where it can be trusted, else the receive time and why."""
    if ts is None:
        return at, (Quality.SUSPECT if retained else Quality.GOOD), ("retained" if retained else "")
    if at - OLDEST <= ts <= at + NEWEST:
        return ts, Quality.GOOD, ""
    return at, Quality.SUSPECT, "clock"


def _number(channel: Channel, value: Value) -> Verdict:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unusable(f"{channel.name} takes a number in {channel.point.unit}, not {value!r:.40}")
    number = value * channel.scale + channel.offset
    span = channel.point.span
    if span and not span[0] <= number <= span[1]:
        return number, Quality.BAD, "sentinel" if float(value) in SENTINELS else "range"
    return number, Quality.GOOD, ""


def _switch(channel: Channel, value: Value) -> Verdict:
    if isinstance(value, str):
        raise Unusable(f"{channel.name} takes true, false, 1 or 0, not {value!r:.40}")
    if value in _SWITCH:
        return int(value), Quality.GOOD, ""
    return value, Quality.BAD, "sentinel" if float(value) in SENTINELS else "range"


def _state(channel: Channel, value: Value) -> Verdict:
    if not isinstance(value, str):
        raise Unusable(f"{channel.name} takes one of {', '.join(channel.point.states)}, not {value!r:.40}")
    known = not channel.point.states or value in channel.point.states
    return value, (Quality.GOOD if known else Quality.BAD), ("" if known else "state")
