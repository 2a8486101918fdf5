"""Turns one message into frames: readings of one device at one event time, in order. What cannot be used becomes `Rejected`.

A dialect gives samples in the source's words; here they meet the configuration: known devices and points, types, units, ranges,
plausible times. A bad value never takes its neighbours with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core import quality
from daemon.core.nouns import Quality, Reading, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daemon.core.nouns import Message, Sample
    from daemon.core.state import DeviceState, State

    Dialect = Callable[[str, bytes, float], Iterable[Sample | Rejected]]
    Frame = tuple[DeviceState, float, list[Reading]]  # a device, an event time, its readings at that time


def frames(state: State, message: Message, dialect: Dialect, rejected: list[Rejected]) -> list[Frame]:
    """The message's readings grouped by (device, event time), in order of event time. Appends what was refused to `rejected`."""
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
    memory = device.by_source.get(sample.point)
    if memory is None:
        return _stranger(message, "unknown-point", f"{sample.site}/{sample.device}/{sample.point}")
    try:
        value, grade, flaw = quality.weigh(memory.channel, sample.value)
    except quality.Unusable as unusable:
        return Rejected(message.topic, "value", str(unusable), message.at, message.payload)
    ts, trust, why = quality.event_time(sample.ts, message.at, retained=message.retain)
    if trust is not Quality.GOOD and grade is Quality.GOOD:
        grade, flaw = trust, why
    reading = Reading(sample.site, sample.device, memory.channel.name, ts, message.at, value, grade, flaw)
    groups.setdefault((sample.site, sample.device, ts), []).append(reading)
    return None


def _stranger(message: Message, code: str, name: str) -> Rejected:
    return Rejected(message.topic, code, f"not in the configuration: {name:.120}", message.at, message.payload)
