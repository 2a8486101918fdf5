"""One rule of one device at run time: a limit, a signature, or silence. All three answer the same two questions,
`truth` (true, false or unknown at an event time) and `reason` (why, in words and numbers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from daemon.core import reasons
from daemon.core.alarms import Phase, Track
from daemon.core.limits import breached
from sensors.kit.condition import Condition, Scope, compile_condition
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.nouns import Reason
    from daemon.core.site import Device, LimitRule, SignatureRule
    from daemon.core.state import DeviceState
    from sensors.kit.words import Severity, Text

# How much a rule explains: the lead of an incident is the lowest (DESIGN 5).
SIGNATURE, OUTER, INNER, QUALITY, LEARNED = range(5)

# Kinds whose silence may hide a lost protection (domain reference, DQ-01).
VITAL = frozenset({"fire_pump", "boiler", "power_room"})


class Test(Protocol):
    """What a rule asks: the part that differs between limits, signatures and silence."""

    inputs: frozenset[str]
    memory: list[Any]  # what it remembers between verdicts: plain msgpack values

    def truth(self, device: DeviceState, now: float, *, active: bool) -> tuple[bool | None, float | None]:
        """(verdict at event time `now`, next event time at which it may change by itself)."""

    def reason(self, device: DeviceState, now: float) -> Reason:
        """Why it is true."""


class Rule:
    """A rule with its life (`track`), its own event clock (`seen`) and its next wake."""

    __slots__ = (
        "broken",
        "delays",
        "do",
        "grade",
        "hides",
        "name",
        "seen",
        "severity",
        "test",
        "title",
        "track",
        "wake_at",
        "wake_ts",
    )

    def __init__(
        self, name: str, test: Test, severity: Severity, *, grade: int, delays: tuple[float, float], title: Text
    ) -> None:
        self.name = name
        self.test = test
        self.severity = severity
        self.grade = grade
        self.delays = delays
        self.title = title
        self.do: SignatureRule | None = None
        self.hides: frozenset[str] = frozenset()
        self.track = Track()
        self.seen = 0.0
        self.wake_ts: float | None = None
        self.wake_at: float | None = None
        self.broken = False  # it failed once: unknown until the next start

    @property
    def inputs(self) -> frozenset[str]:
        """The channels it reads."""
        return self.test.inputs

    @property
    def active(self) -> bool:
        """Raised and not yet returned."""
        return self.track.phase >= Phase.ACTIVE

    @property
    def awake(self) -> bool:
        """Has anything to remember."""
        return self.seen > 0.0

    def deadlines(self) -> Iterator[tuple[str, float]]:
        """What is still to fire on the watch's clock."""
        if self.track.due_at is not None:
            yield "delay", self.track.due_at
        if self.wake_at is not None:
            yield "wake", self.wake_at

    def next_ts(self) -> float | None:
        """The earliest deadline in event time."""
        times = [t for t in (self.track.due_ts, self.wake_ts) if t is not None]
        return min(times) if times else None

    def pack(self) -> list[Any]:
        """Plain values in a fixed order."""
        track = self.track
        return [
            int(track.phase),
            track.since,
            track.due_ts,
            track.due_at,
            self.seen,
            self.wake_ts,
            self.wake_at,
            self.test.memory,
        ]

    def restore(self, packed: list[Any]) -> None:
        """The reverse of `pack`."""
        track = self.track
        phase, track.since, track.due_ts, track.due_at, self.seen, self.wake_ts, self.wake_at, self.test.memory = packed
        track.phase = Phase(phase)


class LimitTest:
    """One limit of one channel and its gate."""

    def __init__(self, rule: LimitRule, scope: Scope) -> None:
        self.rule = rule
        self.gate = compile_condition(rule.when, scope) if rule.when else None
        self.memory = self.gate.memory() if self.gate else []
        self.inputs = frozenset({rule.channel}) | (self.gate.inputs if self.gate else frozenset())

    def truth(self, device: DeviceState, now: float, *, active: bool) -> tuple[bool | None, float | None]:
        """Breached while the gate is open; a shut gate is normal, an unknown one unknown."""
        gate: bool | None = True
        wake: float | None = None
        if self.gate is not None:
            verdict = self.gate.judge(self.memory, now, device)
            gate, wake = verdict.truth, verdict.wake
        if gate is False:
            return False, wake
        last = device.last(self.rule.channel)
        if last is None or gate is None:
            return None, wake
        return breached(self.rule, last[1], active=active), wake

    def reason(self, device: DeviceState, now: float) -> Reason:
        """The value beside its limit, and for how long."""
        return reasons.limit(device, self.rule, now)


class SignatureTest:
    """One signature of one device (and instance): a condition with its memory."""

    def __init__(self, rule: SignatureRule, condition: Condition) -> None:
        self.rule = rule
        self.condition = condition
        self.memory = condition.memory()
        self.inputs = condition.inputs

    def truth(self, device: DeviceState, now: float, *, active: bool) -> tuple[bool | None, float | None]:  # noqa: ARG002 - no hysteresis
        """The condition's verdict."""
        verdict = self.condition.judge(self.memory, now, device)
        return verdict.truth, verdict.wake

    def reason(self, device: DeviceState, now: float) -> Reason:
        """The condition with its numbers."""
        return reasons.signature(self.rule, self.condition.explain(self.memory, now, device))


class SilenceTest:
    """No reading of a point (or, with point "", of the device) for its stale time. `silence.py` sets `since`."""

    inputs: frozenset[str] = frozenset()

    def __init__(self, point: str) -> None:
        self.point = point
        self.memory: list[Any] = [False]  # is it silent?

    def truth(self, device: DeviceState, now: float, *, active: bool) -> tuple[bool | None, float | None]:  # noqa: ARG002 - told from outside
        """What `silence.py` found."""
        return bool(self.memory[0]), None

    def reason(self, device: DeviceState, now: float) -> Reason:
        """Since when nothing was heard."""
        return reasons.silence(device, self.point, now)


def rules_of(device: Device) -> list[Rule]:
    """All rules of a device: its limits, its judged signatures, the silence of the device and of each point that has a period."""
    scope = scope_of(device)
    rules = [_limit(rule, scope) for rule in device.limits if not device.channels[rule.channel].absent]
    rules += [_signature(rule, scope) for rule in device.signatures if rule.when]
    return rules + _silences(device)


def scope_of(device: Device) -> Scope:
    """What conditions of this device may name. Points that are not fitted stay known and are always unknown."""
    digits = {c.point.index: c.point.digits for c in device.channels.values() if c.point.index}
    points = {name: channel.point for name, channel in device.channels.items()}
    return Scope(points=points, params=device.params, instances=device.instances, digits=digits)


def _limit(rule: LimitRule, scope: Scope) -> Rule:
    grade = INNER if rule.level in (Level.H, Level.L) else OUTER
    made = Rule(
        rule.rule,
        LimitTest(rule, scope),
        rule.severity,
        grade=grade,
        delays=(rule.on, rule.off),
        title=reasons.limit_title(rule, scope),
    )
    outer = {Level.H: Level.HH, Level.L: Level.LL}
    inner = {outer[level]: level for level in outer}.get(rule.level)
    if inner is not None:
        made.hides = frozenset({f"{rule.channel}.{inner}"})
    return made


def _signature(rule: SignatureRule, scope: Scope) -> Rule:
    test = SignatureTest(rule, compile_condition(rule.when, scope))
    made = Rule(rule.rule, test, rule.severity, grade=SIGNATURE, delays=(rule.on, rule.off), title=rule.signature.says)
    made.do = rule
    made.hides = frozenset(rule.hides)
    return made


def _silences(device: Device) -> list[Rule]:
    critical = {rule.channel for rule in device.limits if rule.severity is CRITICAL}
    vital = device.kind.id in VITAL
    whole = Rule(
        "DQ-01",
        SilenceTest(""),
        MAJOR if vital or device.is_gateway else MINOR,
        grade=QUALITY,
        delays=(0.0, 30.0),
        title=reasons.SILENT,
    )
    points = [
        Rule(
            f"DQ-01:{channel.name}",
            SilenceTest(channel.name),
            MAJOR if vital and channel.name in critical else MINOR,
            grade=QUALITY,
            delays=(0.0, 0.0),
            title=reasons.stale_title(channel),
        )
        for channel in device.channels.values()
        if not channel.absent and channel.point.stale_after is not None
    ]
    return [whole, *points]
