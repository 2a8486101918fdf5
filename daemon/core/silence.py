"""Notices what is no longer heard: a point without a usable value for its stale time, a device, or a whole gateway (DQ-01).

One finding per cause: where nothing behind a gateway was heard since, the gateway is silent and its devices are only unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.detect import judge
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from daemon.core.detect import Change
    from daemon.core.state import DeviceState, Memory, State

WHOLE = "DQ-01"


def hear(state: State, device: DeviceState, points: list[str], at: float) -> list[Change]:
    """Something came from this device; `points` are those with a good value. It, its gateway and these points speak. A device
    that was without a usable value is heard again only with one."""
    changes: list[Change] = []
    if device.heard_at is None and device.stale_after is not None and not state.silence_of_unheard:
        state.push(at + device.stale_after, device.key, "silent", "")
    mute = device.heard_at is not None and at - device.heard_at >= (device.stale_after or 0.0) / 2
    device.heard_at = at
    if mute or (points and _told(device, WHOLE)):
        _look_again(state, device, at)
    gateway = _gateway(state, device)
    for speaker in (device if points else None, gateway):
        if speaker is not None and _told(speaker, WHOLE):
            changes += _tell(state, speaker, WHOLE, silent=False, at=at)
    for point in points:
        if point in device.silences and _told(device, device.silences[point].name):
            changes += _tell(state, device, device.silences[point].name, silent=False, at=at)
    return changes


def _look_again(state: State, device: DeviceState, at: float) -> None:
    """The device is back: points that went stale while it was away are missed if they stay away from now on."""
    device.back_at = at
    for name, memory in device.memories.items():
        if memory.good is not None and memory.good_at is None and memory.channel.point.stale_after is not None:
            state.push(at + memory.channel.point.stale_after, device.key, "stale", name)


def stale(state: State, device: DeviceState, point: str, due_at: float) -> list[Change]:
    """A point's wait is over: look again if a value came since, else its value is missing and its rules must think anew."""
    memory = device.memories[point]
    after, due = memory.channel.point.stale_after, device.missed_at(memory, state.resumed_at)
    if after is None or due is None:
        return []
    if due > due_at:
        state.push(due, device.key, "stale", point)
        return []
    return _fade(state, device, memory, due_at) + _miss(state, device, memory, due_at, after)


def _fade(state: State, device: DeviceState, memory: Memory, due_at: float) -> list[Change]:
    """The value becomes unknown."""
    changes: list[Change] = []
    if memory.good_at is None:
        return changes
    lag = memory.good_at - memory.good_ts
    memory.good_at = None
    if memory.quality is Quality.GOOD:
        memory.quality, memory.flaw = Quality.MISSING, "stale"
    for rule in device.readers.get(memory.channel.name, ()):
        seen = rule.seen
        changes += judge(state, device, rule, ts=due_at - lag, at=due_at, lag=lag)
        rule.seen = seen  # silence is no reading: a backlog from it is still judged in its own time
    return changes


def _miss(state: State, device: DeviceState, memory: Memory, due_at: float, after: float) -> list[Change]:
    """Where the device speaks, the missing point is a finding; where none of its values is usable, the device is, once. Where it
    is silent, that is another finding: this point is looked for when it is back."""
    if (device.heard_at or 0.0) <= due_at - after / 2 or _told(device, WHOLE):
        return []
    usable = any((other.good_at or 0.0) > due_at - after for other in device.memories.values())
    name = f"{WHOLE}:{memory.channel.name}" if usable else WHOLE
    return [] if _told(device, name) else _tell(state, device, name, silent=True, at=due_at)


def silent(state: State, device: DeviceState, due_at: float) -> list[Change]:
    """A device's wait is over: look again if it spoke since, else it or its gateway is silent."""
    after = device.stale_after
    if after is None:
        return []
    speakers = _behind(state, device) if device.device.is_gateway else [device]  # a gateway speaks through its devices, too
    heard = max(state.resumed_at, *(other.heard_at or 0.0 for other in speakers))
    if heard + after > due_at:
        state.push(heard + after, device.key, "silent", "")
        return []
    state.push(due_at + after, device.key, "silent", "")
    if _told(device, WHOLE):
        return []
    culprit = _culprit(state, device, heard + after / 2)
    return _tell(state, culprit, WHOLE, silent=True, at=due_at) if culprit is not None else []


def _culprit(state: State, device: DeviceState, alive_after: float) -> DeviceState | None:
    """Who is silent: the device if others behind its gateway were heard after `alive_after`, or if it is alone behind a gateway
    that the broker calls online; else the gateway, told once."""
    gateway = device if device.device.is_gateway else _gateway(state, device)
    if gateway is None:
        return device
    told = gateway.memories.get("gateway_online")
    if told is not None and told.good == 0:
        return None  # the gateway's last will has said so: its own limit speaks
    others = [other for other in _behind(state, gateway) if other is not device]
    if any((other.heard_at or 0.0) > alive_after for other in others):
        return device
    if not others and told is not None and told.good == 1:
        return device
    return None if gateway.rules[WHOLE].test.memory[0] else gateway


def _told(device: DeviceState, name: str) -> bool:
    return bool(device.rules[name].test.memory[0])


def _tell(state: State, device: DeviceState, name: str, *, silent: bool, at: float) -> list[Change]:
    rule = device.rules[name]
    rule.test.memory[0] = silent
    if device.dirty_from is None:
        device.dirty_from = state.position
    return judge(state, device, rule, ts=at, at=at, lag=0.0)


def _gateway(state: State, device: DeviceState) -> DeviceState | None:
    return state.devices.get((device.site.id, device.device.gateway)) if device.device.gateway else None


def _behind(state: State, gateway: DeviceState) -> list[DeviceState]:
    """The devices that report through a gateway. Its own telemetry is too rare to prove anything."""
    site = gateway.site
    return [state.devices[site.id, d.id] for d in site.devices.values() if d.gateway == gateway.device.id]
