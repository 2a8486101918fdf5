"""Notices what is no longer heard: a point without a usable value for its stale time, a device, or a whole gateway (DQ-01).

One finding per cause: where nothing behind a gateway was heard since, the gateway is silent and its devices are only unknown.
`device.missed` names the points told to be silent, "" the device as a whole.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from daemon.core import gaps
from daemon.core.detect import judge, look
from daemon.core.device import MANY, NEVER, next_look
from daemon.core.flaws import walk
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from daemon.core.detect import Change
    from daemon.core.nouns import Outcome
    from daemon.core.rulebook import Sense
    from daemon.core.state import DeviceState, Memory, State

WHOLE = ""


def hear(state: State, device: DeviceState, points: list[str], at: float) -> list[Change]:
    """Something came from this device; `points` are those with a good value. It, its gateway and these points speak. A device
    that was without a usable value is heard again only with one."""
    changes: list[Change] = []
    if device.heard_at is None and not state.silence_of_unheard:
        expect(state, device, at)
    mute = device.heard_at is not None and at - device.heard_at >= device.book.half
    device.heard_at = at
    if mute or (points and WHOLE in device.missed):
        _look_again(state, device, at)
    for speaker in (device if points and len(device.behind) < MANY else None, device.gateway):  # many speak for their gateway
        if speaker is not None and WHOLE in speaker.missed:
            changes += _tell(state, speaker, WHOLE, silent=False, at=at)
    for point in points:
        if point in device.missed:
            changes += _tell(state, device, point, silent=False, at=at)
    return changes


def is_news(device: DeviceState, at: float) -> bool:
    """Must `hear` be asked, or is this one more message from a device that speaks?"""
    heard, gateway = device.heard_at, device.gateway
    return heard is None or at - heard >= device.book.half or bool(device.missed or (gateway is not None and gateway.missed))


def expect(state: State, device: DeviceState, at: float) -> None:
    """See to it that the device is looked for when its stale time from `at` on has passed."""
    after = device.book.stale_after
    if after is not None and at + after < device.silent_at:
        device.silent_at = at + after
        state.push(device.silent_at, device.key, "silent", "")


def await_again(state: State, device: DeviceState) -> None:
    """It was heard through another source: what nobody looked for while its own was away is looked for from here on."""
    for one in (device, device.gateway):
        if one is not None:
            for deadline in one.deadlines(state, state.now):
                state.push(*deadline)


def _look_again(state: State, device: DeviceState, at: float) -> None:
    """The device is back: points that went stale while it was away are missed if they stay away from now on."""
    device.back_at = at
    for name, sense in device.book.senses.items():
        memory = device.memories[name]
        if memory.good is not None and memory.good_at is None and sense.after is not None:
            look(state, device, at + sense.after)


def stale(state: State, device: DeviceState, due_at: float, outcome: Outcome) -> list[Change]:
    """The wait for some points may be over: those have no value any more, and their rules must think anew."""
    changes: list[Change] = []
    if due_at != device.look_at:
        return changes  # another look is due
    device.look_at, since = NEVER, gaps.since(state, device)
    if device.soonest(since, math.nextafter(due_at, 0.0)) <= due_at:
        for sense, memory in device.missed_by(due_at, since):
            changes += _fade(state, device, sense, memory, due_at) + _miss(state, device, sense, due_at)
            outcome.faded.append((*device.key, sense.name))
    look(state, device, device.soonest(since, due_at))
    return changes


def _fade(state: State, device: DeviceState, sense: Sense, memory: Memory, due_at: float) -> list[Change]:
    """The value becomes unknown."""
    changes: list[Change] = []
    if memory.good_at is None:
        return changes
    lag = memory.good_at - memory.good_ts
    memory.good_at = None
    state.urge(device)
    if memory.quality is Quality.GOOD:
        memory.quality, memory.flaw = Quality.MISSING, "stale"
    for rule in sense.readers:
        life = device.lives.get(rule.name)
        seen = device.newest_of(rule) if life is None else life.seen
        changes += judge(state, device, rule, ts=due_at - lag, at=due_at, lag=lag)
        if rule.name in device.lives:
            device.lives[rule.name].seen = seen  # silence is no reading: a backlog from it is still judged in its own time
    return changes


def _miss(state: State, device: DeviceState, sense: Sense, due_at: float) -> list[Change]:
    """Where the device speaks, the missing point is a finding; where none of its values is usable, the device is, once. Where it
    is silent, that is another finding: this point is looked for when it is back. What is known of its data explains it."""
    after = sense.after or 0.0
    if (device.heard_at or 0.0) <= due_at - after / 2 or WHOLE in device.missed or walk.explains(device, sense.name):
        return []
    usable = any((other.good_at or 0.0) > due_at - after for other in device.memories.values())
    point = sense.name if usable else WHOLE
    return [] if point in device.missed else _tell(state, device, point, silent=True, at=due_at)


def silent(state: State, device: DeviceState, due_at: float) -> list[Change]:
    """A device's wait may be over: look again if it spoke since, else it or its gateway is silent."""
    after = device.book.stale_after
    if after is None or due_at != device.silent_at:
        return []  # another look is due
    heard, done = device.spoke_at(state), due_at <= state.past
    spoke = heard + after > due_at
    # Until something is heard, every further look would say the same: after a long silence one is enough.
    device.silent_at = next_look(heard, after, due_at if spoke else max(due_at, state.past if done else state.now))
    state.push(device.silent_at, device.key, "silent", "")
    if spoke or done or WHOLE in device.missed:
        return []  # done: it was seen to before the restart, and what came of it is saved
    culprit = _culprit(device, heard + after / 2)
    return _tell(state, culprit, WHOLE, silent=True, at=due_at) if culprit is not None else []


def _culprit(device: DeviceState, alive_after: float) -> DeviceState | None:
    """Who is silent: the device if others behind its gateway were heard after `alive_after`, or if it is alone behind a gateway
    that speaks or that the broker calls online; else the gateway, told once."""
    gateway = device if device.book.is_gateway else device.gateway
    if gateway is None:
        return device
    told = gateway.memories.get("gateway_online")
    if told is not None and told.good == 0:
        return None  # the gateway's last will has said so: its own limit speaks
    others = [other for other in gateway.behind if other is not device]
    if any((other.heard_at or 0.0) > alive_after for other in others):
        return device
    if not others and ((told is not None and told.good == 1) or (gateway.heard_at or 0.0) > alive_after):
        return device
    return None if WHOLE in gateway.missed else gateway


def _tell(state: State, device: DeviceState, point: str, *, silent: bool, at: float) -> list[Change]:
    others = tuple(missed for missed in device.missed if missed != point)
    device.missed = (*others, point) if silent else others
    state.urge(device)
    return judge(state, device, device.book.silences[point], ts=at, at=at, lag=0.0)
