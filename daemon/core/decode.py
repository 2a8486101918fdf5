"""Turns one message into frames: readings of one device at one event time, in order. What cannot be used becomes `Rejected`.

A dialect gives samples in the source's words; here they meet the configuration: known devices and points, types, units, ranges,
plausible times. A bad value never takes its neighbours with it. What nearly every message is (one known device, one time, good
values) takes the short way of `_glance`, which gives the very same frame; all else goes the long one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from daemon.core import quality
from daemon.core.nouns import Quality, Reading, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from daemon.core.nouns import Message, Sample, Value
    from daemon.core.state import DeviceState, State

    Dialect = Callable[[str, bytes, float], Iterable[Sample | Rejected]]
    Frame = tuple[DeviceState, float, list[Reading]]  # a device, an event time, its readings at that time


class Plain(Protocol):
    """A record whose every value is a number, a text, true or false: its time (ms), its values by name."""

    ts: int
    values: dict[str, Value]


class Routes:
    """Which topics of one source name which device. Only for dialects that offer the short way: `whose(topic)` gives site and
    device, `record(payload)` the time and the values, `records(payloads)` those of many at once that need no look at their types;
    each gives None where more care is needed."""

    __slots__ = ("dialect", "known", "record", "records", "whose")

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.whose: Callable[[str], tuple[str, str] | None] | None = getattr(dialect, "whose", None)
        self.record: Callable[[bytes], tuple[float | None, dict[str, Any]] | None] = getattr(dialect, "record", _nothing)
        self.records: Callable[[Sequence[bytes]], list[Plain | None]] | None = getattr(dialect, "records", None)
        self.known: dict[str, DeviceState] = {}

    def find(self, state: State, topic: str) -> DeviceState | None:
        """The device of a topic seen for the first time."""
        key = self.whose(topic) if self.whose is not None else None
        device = state.devices.get(key) if key is not None else None
        if device is not None:
            self.known[topic] = device
        return device


def routes_of(state: State, source: str, dialect: Dialect) -> Routes:
    """Those of one source, as long as its dialect is the same."""
    routes = state.routes.get(source)
    if routes is None or routes.dialect is not dialect:
        routes = state.routes[source] = Routes(dialect)
    return routes


def frames(state: State, message: Message, dialect: Dialect, rejected: list[Rejected]) -> list[Frame]:
    """The message's readings grouped by (device, event time), in order of event time. Appends what was refused to `rejected`."""
    short = _glance(state, message, dialect)
    return _read(state, message, dialect, rejected) if short is None else [short]


def _glance(state: State, message: Message, dialect: Dialect) -> Frame | None:
    """The only frame of a message without surprises; None: read it properly. Hot: tests/bench/core.py."""
    routes = state.routes.get(message.source)
    if routes is None or routes.dialect is not dialect:
        routes = routes_of(state, message.source, dialect)
    device = routes.known.get(message.topic) or routes.find(state, message.topic)
    found = routes.record(message.payload) if device is not None and not message.retain else None
    if device is None or found is None:
        return None
    ts, at = found[0], message.at
    if ts is None:
        ts = at
    elif not at - quality.OLDEST <= ts <= at + quality.NEWEST:
        return None
    readings = _good(device, found[1], ts, at)
    return None if readings is None else (device, ts, readings)


def _good(device: DeviceState, values: dict[str, Value], ts: float, at: float) -> list[Reading] | None:  # noqa: C901 - hot
    """The readings, if each value is a good one of a known point. As `quality.weigh` would find, which a test compares."""
    site, name = device.key
    swift = device.book.swift
    readings: list[Reading] = []
    for point, value in values.items():
        sense = swift.get(point)
        if sense is None:
            return None
        kind = type(value)
        good: Value | None
        if sense.number:
            if kind is not float and kind is not int:
                return None
            good = value * sense.scale + sense.offset  # type: ignore[operator]
            if not sense.low <= good <= sense.high:
                return None
        elif sense.text:
            if kind is not str or len(value) > 256 or not value.isprintable():  # type: ignore[arg-type, union-attr]
                return None
            good = value
        else:
            good = sense.plain.get(value) if kind is str or kind is bool or kind is int else None
            if good is None:
                return None
        readings.append(Reading(site, name, sense.name, ts, at, good))
    return readings


def _nothing(_payload: bytes) -> None:
    """Read it properly."""


def _read(state: State, message: Message, dialect: Dialect, rejected: list[Rejected]) -> list[Frame]:
    groups: dict[tuple[str, str, float], list[Reading]] = {}
    for item in dialect(message.topic, message.payload, message.at):
        refused = item if isinstance(item, Rejected) else _take(state, message, item, groups)
        if refused is not None:
            rejected.append(refused)
    ordered = sorted(groups.items(), key=lambda group: group[0][2])
    return [(state.devices[site, device], ts, readings) for (site, device, ts), readings in ordered]


def _take(state: State, message: Message, sample: Sample, groups: dict[tuple[str, str, float], list[Reading]]) -> Rejected | None:
    device = state.devices.get((sample.site, sample.device))
    if device is None:
        return _stranger(message, "unknown-device", f"{sample.site}/{sample.device}")
    channel = device.book.sources.get(sample.point)
    if channel is None:
        return _stranger(message, "unknown-point", f"{sample.site}/{sample.device}/{sample.point}")
    try:
        value, grade, flaw = quality.weigh(channel, sample.value)
    except quality.Unusable as unusable:
        return Rejected(message.topic, "value", str(unusable), message.at, message.payload)
    ts, trust, why = quality.event_time(sample.ts, message.at, retained=message.retain)
    if why == "clock":
        device.skew = (sample.ts or 0.0) - message.at
    if trust is not Quality.GOOD and grade is Quality.GOOD:
        grade, flaw = trust, why
    site, name = device.key
    reading = Reading(site, name, channel.name, ts, message.at, value, grade, flaw)
    groups.setdefault((site, name, ts), []).append(reading)
    return None


def _stranger(message: Message, code: str, name: str) -> Rejected:
    return Rejected(message.topic, code, f"not in the configuration: {name:.120}", message.at, message.payload)
