"""Turns readings and passing time into raised and returned alarms: applies a frame to its device, judges the rules that read it,
and fires what is due. Nothing here reads a clock; batch boundaries and the phase of `tick` never change a result.

A delay fires at whichever comes first: a reading of the same device whose event time has passed it (so that a backlog is judged
as it comes), or its due time on the watch's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.core.alarms import Phase
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from daemon.core.nouns import Outcome, Reading
    from daemon.core.rules import Rule
    from daemon.core.state import DeviceState, Memory, State


@dataclass(frozen=True, slots=True)
class Change:
    """One rule was raised or returned: `ts` in event time, `at` on the watch's clock, `lag` = how late its reading was."""

    device: DeviceState
    rule: Rule
    raised: bool
    ts: float
    at: float
    lag: float
    breach_ts: float


def apply(state: State, device: DeviceState, ts: float, readings: list[Reading], outcome: Outcome) -> list[Change]:
    """Take in readings of one device at one event time; returns what they changed, in order."""
    at = readings[0].at
    changes = overtake(state, device, ts, at)
    if device.dirty_from is None:
        device.dirty_from = state.position
    news = remember(state, device, readings, outcome)
    for rule in dict.fromkeys(rule for point in news for rule in device.readers.get(point, ())):
        changes += judge(state, device, rule, ts=ts, at=at, lag=at - ts)
    return changes


def remember(state: State, device: DeviceState, readings: list[Reading], outcome: Outcome) -> list[str]:
    """Store readings in their channels; answers the channels whose rules must be asked again."""
    return [name for reading in readings if (name := _remember(state, device, reading, outcome))]


def overtake(state: State, device: DeviceState, ts: float, at: float) -> list[Change]:
    """Fire the device's deadlines that its own event time has passed, in order."""
    changes: list[Change] = []
    while True:
        due = [(rule.next_ts(), name) for name, rule in device.armed.items()]
        passed = [(when, name) for when, name in due if when is not None and when <= ts]
        if not passed:
            return changes
        when, name = min(passed)
        rule = device.rules[name]
        if when == rule.track.due_ts:
            changes += _expire(state, device, rule, at=min(at, rule.track.due_at or at))
        else:
            changes += _wake(state, device, rule, at=min(at, rule.wake_at or at))


def fire(state: State, device: DeviceState, name: str, *, what: str, due_at: float) -> list[Change]:
    """A deadline of the heap has come: ignore it unless the rule still waits for exactly this one."""
    rule = device.rules[name]
    if what == "delay" and rule.track.due_at == due_at:
        return _expire(state, device, rule, at=due_at)
    if what == "wake" and rule.wake_at == due_at:
        return _wake(state, device, rule, at=due_at)
    return []


def judge(state: State, device: DeviceState, rule: Rule, *, ts: float, at: float, lag: float) -> list[Change]:
    """Ask the rule at event time `ts` and let its finding live on."""
    now = rule.seen = max(rule.seen, ts)
    track = rule.track
    truth, wake = _ask(state, device, rule, now)
    if not truth and wake is rule.wake_ts is None and track.phase is Phase.NORMAL:
        return []  # as nearly always
    before = (track.phase, track.due_at, rule.wake_at)
    if wake != rule.wake_ts:  # else it keeps the lag of the reading that armed it
        rule.wake_ts, rule.wake_at = wake, None if wake is None else wake + lag
    breach = now if track.due_ts is None else track.since
    said = track.step(truth, now, lag, rule.delays)
    if (track.phase, track.due_at, rule.wake_at) != before:
        _arm(state, device, rule)
    return [Change(device, rule, said == "raise", now, at, lag, breach)] if said else []


def _ask(state: State, device: DeviceState, rule: Rule, now: float) -> tuple[bool | None, float | None]:
    """The rule's verdict. One that fails is unknown from then on and told once; the others go on."""
    if rule.broken:
        return None, None
    try:
        truth, wake = rule.test.truth(device, now, active=rule.active)
    except Exception as failure:  # noqa: BLE001 - the one place where a rule's failure becomes a visible finding
        rule.broken = True
        state.failures.append((device.key, rule.name, f"{type(failure).__name__}: {failure}"))
        return None, None
    return truth, wake if wake is None or wake > now else None


def _expire(state: State, device: DeviceState, rule: Rule, *, at: float) -> list[Change]:
    track = rule.track
    ts, lag, breach = track.due_ts or at, (track.due_at or at) - (track.due_ts or at), track.since
    rule.seen = max(rule.seen, ts)
    said = track.expire()
    _arm(state, device, rule)
    return [Change(device, rule, said == "raise", ts, at, lag, breach)] if said else []


def _wake(state: State, device: DeviceState, rule: Rule, *, at: float) -> list[Change]:
    ts = rule.wake_ts or at
    return judge(state, device, rule, ts=ts, at=at, lag=(rule.wake_at or at) - ts)


def _arm(state: State, device: DeviceState, rule: Rule) -> None:
    """Keep the device's armed rules and the heap true to what the rule now waits for."""
    device.armed.pop(rule.name, None)
    for what, due_at in rule.deadlines():
        device.armed[rule.name] = rule
        state.push(due_at, device.key, what, rule.name)


def _remember(state: State, device: DeviceState, reading: Reading, outcome: Outcome) -> str:
    """Store one reading in its channel. Answers the channel's name where rules must be asked again, else ""."""
    memory = device.memories[reading.point]
    if memory.ts is not None and reading.ts <= memory.ts:
        if reading.ts < memory.ts:
            outcome.late += 1
            outcome.readings.append(reading)
            return ""
        if reading.value == memory.value:
            outcome.duplicates += 1
            return ""
    outcome.readings.append(reading)
    memory.ts, memory.at = reading.ts, reading.at
    memory.value, memory.quality, memory.flaw = reading.value, reading.quality, reading.flaw
    if reading.quality is not Quality.GOOD:
        return ""
    _await_next(state, device, memory, reading.at)
    memory.good, memory.good_ts, memory.good_at = reading.value, reading.ts, reading.at
    return reading.point


def _await_next(state: State, device: DeviceState, memory: Memory, at: float) -> None:
    """The first good value starts the wait for the next; later ones only move it (the entry in the heap looks again)."""
    after = memory.channel.point.stale_after
    if after is not None and memory.good_at is None:
        state.push(at + after, device.key, "stale", memory.channel.name)
