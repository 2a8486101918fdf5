"""Turns readings and passing time into raised and returned alarms: applies a frame to its device, judges the rules that it stirs,
and fires what is due. Nothing here reads a clock; batch boundaries and the phase of `tick` never change a result.

A rule at rest is asked only when a value it reads has moved, and not even then while that stays within the quiet band: nothing
else can change its verdict. A delay fires at whichever comes first: a reading of the same device whose event time has passed it
(so that a backlog is judged as it comes), or its due time on the watch's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.core.alarms import Phase
from daemon.core.flaws import walk
from daemon.core.nouns import Quality, Rejected
from daemon.core.rules import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daemon.core.alarms import Life
    from daemon.core.nouns import Outcome, Reading
    from daemon.core.rulebook import Sense
    from daemon.core.rules import Rule, Verdict
    from daemon.core.state import DeviceState, Memory, State
    from sensors.kit.words import Severity


@dataclass(frozen=True, slots=True)
class Change:
    """One rule says "raise", "return" or "worse" (it is active, and now as bad as `severity` says): `ts` in event time, `at` on
    the watch's clock, `lag` = how late its reading was."""

    device: DeviceState
    rule: Rule
    said: str
    ts: float
    at: float
    lag: float
    breach_ts: float
    severity: Severity


def apply(state: State, device: DeviceState, ts: float, readings: list[Reading], outcome: Outcome) -> list[Change]:
    """Take in readings of one device at one event time; returns what they changed, in order."""
    at = readings[0].at
    changes = overtake(state, device, ts, at) if ts >= device.next_ts else []
    if device.unsaved is None:
        state.soil(device)
    doubted = walk.feel(device, readings)
    asked = remember(state, device, readings, outcome)
    if not device.judged:
        device.judged, asked = True, device.rules.values()
        device.rearm()
    for rule in asked:
        changes += judge(state, device, rule, ts=ts, at=at, lag=at - ts)
    doubted += walk.glance(device, ts, readings)
    return changes + _doubt(state, device, doubted, ts, at) if doubted or ts >= device.next_ts or device.flaws else changes


def _doubt(state: State, device: DeviceState, doubted: walk.Touched, ts: float, at: float) -> list[Change]:
    """What is told of data has changed, of this device or of its gateway: both are saved at once, since they tell together."""
    changes: list[Change] = []
    for whose, name in doubted:
        state.urge(device)
        state.urge(whose)
        changes += judge(state, whose, whose.rules[name], ts=ts, at=at, lag=at - ts)
    device.rearm()
    return changes


def remember(state: State, device: DeviceState, readings: list[Reading], outcome: Outcome) -> Iterable[Rule]:  # noqa: C901 - hot: tests/bench/core.py
    """Store readings in their channels; answers the rules that must be asked, in order."""
    memories, senses, lives, keep = device.memories, device.book.senses, device.lives, outcome.readings.parts.append
    asked: set[Rule] = set()
    for reading in readings:
        name, ts = reading.point, reading.ts
        memory = memories[name]
        if memory.ts is not None and ts <= memory.ts and not _counts(memory, reading, outcome):
            continue
        keep(reading)
        value, quality = reading.value, reading.quality
        memory.ts, memory.at = ts, reading.at
        memory.value, memory.quality, memory.flaw = value, quality, reading.flaw
        if quality is not Quality.GOOD:
            continue
        sense = senses[name]
        moved: Sequence[Rule] = ()
        if memory.good_at is None:
            _await(state, device, sense, reading.at)
            moved = sense.readers
        elif value != memory.good:
            if not sense.number:
                moved = sense.readers
            elif not sense.quiet <= value <= sense.loud:  # type: ignore[operator]
                moved = [rule for rule, low, high in sense.bands if not low <= value <= high]  # type: ignore[operator]
        memory.good, memory.good_ts, memory.good_at = value, ts, reading.at
        if lives and not sense.names.isdisjoint(lives):
            asked.update(rule for rule in sense.heeding if rule.name in lives)
        asked.update(moved)
    device.newest = max(device.newest, readings[0].ts)
    return in_order(asked)


def recollect(state: State, device: DeviceState, readings: list[Reading], outcome: Outcome) -> None:
    """Store readings without judging them: all rules of the device are asked with its next reading."""
    remember(state, device, readings, outcome)
    device.judged = False
    device.rearm()
    state.soil(device)


def _counts(memory: Memory, reading: Reading, outcome: Outcome) -> bool:
    """A reading not newer than its channel's newest counts only if it corrects that; a late one is history."""
    if memory.ts is not None and reading.ts < memory.ts:
        outcome.late += 1
        outcome.readings.parts.append(reading)
        return False
    if reading.value == memory.value:
        outcome.duplicates += 1
        return False
    return True


def _await(state: State, device: DeviceState, sense: Sense, at: float) -> None:
    """The first good value starts the wait for the next; later ones only move it (who looks then, looks again)."""
    if sense.after is not None:
        look(state, device, at + sense.after)


def look(state: State, device: DeviceState, when: float) -> None:
    """See to it that the device's points are looked for then."""
    if when < device.look_at:
        device.look_at = when
        state.push(when, device.key, "stale", "")


def overtake(state: State, device: DeviceState, ts: float, at: float) -> list[Change]:
    """Fire the device's deadlines that its own event time has passed, in order."""
    changes: list[Change] = []
    while True:
        due = [(life.next_ts(), name) for name, life in device.lives.items()]
        passed = [(when, name) for when, name in due if when is not None and when <= ts]
        if not passed:
            return changes
        when, name = min(passed)
        rule, life = device.rules[name], device.lives[name]
        if when == life.due_ts:
            changes += _expire(state, device, rule, life, at=min(at, life.due_at or at))
        else:
            changes += _wake(state, device, rule, life, at=min(at, life.wake_at or at))


def fire(state: State, device: DeviceState, name: str, *, what: str, due_at: float) -> list[Change]:
    """A deadline of the heap has come: ignore it unless the rule still waits for exactly this one."""
    life = device.lives.get(name)
    if life is None or due_at != (life.due_at if what == "delay" else life.wake_at):
        return []
    state.soil(device)  # else a restart would ask again, when other devices or a hold may have changed the answer
    done = _expire if what == "delay" else _wake
    return done(state, device, device.rules[name], life, at=due_at)


def judge(state: State, device: DeviceState, rule: Rule, *, ts: float, at: float, lag: float) -> list[Change]:
    """Ask the rule at event time `ts` and let its finding live on. Hot: tests/bench/core.py."""
    life, now = device.lives.get(rule.name), ts if ts >= device.newest else max(ts, device.newest_of(rule))
    if life is None:
        memory, active = rule.spare, False
    else:
        now = life.seen = now if now > life.seen else life.seen  # noqa: FURB136 - half of what max costs
        memory, active = life.memory, life.phase >= Phase.ACTIVE
        if life.broken:
            return []  # unknown, which neither raises nor clears
    try:
        truth, wake = rule.test.truth(device, memory, now, active=active)
    except Exception as failure:  # noqa: BLE001 - the one place where a rule's failure becomes a visible finding
        truth, wake, life = None, None, _fail(state, device, rule, now, failure)
    if life is None:
        if not truth and wake is None and memory == rule.blank:
            return []  # as nearly always
        life = device.begin(rule, now)
    elif not truth and wake is life.wake_ts is None and life.phase is Phase.NORMAL:
        _rest(device, rule, life)
        return []
    said, breach = _live(state, device, rule, life, (truth, wake), now, lag)
    if not said and rule.graded and truth and life.active:
        said = _worse(device, rule, life)
    return [Change(device, rule, said, now, at, lag, breach, rule.urgency(life.memory))] if said else []


def _worse(device: DeviceState, rule: Rule, life: Life) -> str:
    """Is it worse than it was told to be? An episode only just raised is not told yet."""
    told = device.episodes.get(rule.name)
    return "worse" if told is None or rule.urgency(life.memory).rank < told.severity.rank else ""


def _live(  # noqa: PLR0913, PLR0917 - what a verdict is about
    state: State, device: DeviceState, rule: Rule, life: Life, verdict: Verdict, now: float, lag: float
) -> tuple[str, float]:
    """The finding goes on with this verdict: what it says now, and since when it is so."""
    truth, wake = verdict
    before = (life.phase, life.due_at, life.wake_at)
    if wake != life.wake_ts:  # else it keeps the lag of the reading that armed it
        life.wake_ts, life.wake_at = wake, None if wake is None else wake + lag
    breach = now if life.due_ts is None else life.since
    said = life.step(truth, now, lag, rule.delays)
    if (life.phase, life.due_at, life.wake_at) != before:
        _arm(state, device, rule.name, life)
    return said, breach


def _fail(state: State, device: DeviceState, rule: Rule, now: float, failure: Exception) -> Life:
    """A rule that can't be evaluated is unknown from then on and told once; the others go on."""
    life = device.lives.get(rule.name) or device.begin(rule, now)
    life.broken = True
    state.failures.append((device.key, rule.name, f"{type(failure).__name__}: {failure}"))
    return life


def confess(state: State, at: float, outcome: Outcome) -> None:
    """Rules that could not be evaluated are shown beside the messages that could not be used."""
    for (site, device), rule, why in state.failures:
        outcome.rejected.append(Rejected(f"{site}/{device}/{rule}", "rule", f"rule {rule} cannot be evaluated: {why}", at))
    state.failures.clear()


def _rest(device: DeviceState, rule: Rule, life: Life) -> None:
    """A life that says no more than the readings do is over."""
    if life.memory == rule.blank and not life.broken and (not rule.inputs or life.seen <= device.newest_of(rule)):
        device.end(rule)


def _expire(state: State, device: DeviceState, rule: Rule, life: Life, *, at: float) -> list[Change]:
    ts, lag, breach = life.due_ts or at, (life.due_at or at) - (life.due_ts or at), life.since
    life.seen = max(life.seen, ts)
    said = life.expire()
    _arm(state, device, rule.name, life)
    return [Change(device, rule, said, ts, at, lag, breach, rule.urgency(life.memory))] if said else []


def _wake(state: State, device: DeviceState, rule: Rule, life: Life, *, at: float) -> list[Change]:
    ts = life.wake_ts or at
    return judge(state, device, rule, ts=ts, at=at, lag=(life.wake_at or at) - ts)


def _arm(state: State, device: DeviceState, name: str, life: Life) -> None:
    """Keep the heap and the device's next event time true to what the rule now waits for."""
    device.rearm()
    for what, due_at in life.deadlines():
        state.push(due_at, device.key, what, name)
