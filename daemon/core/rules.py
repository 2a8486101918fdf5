"""What a device is asked: a limit, a signature, or silence. A `Rule` is shared by all devices of one model; what it remembers of
one of them is a `Life`, which a rule at rest does not have. All three kinds of test answer the same two questions, `truth` (true,
false or unknown at an event time) and `reason` (why, in words and numbers)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from daemon.core import reasons
from daemon.core.alarms import Life
from daemon.core.limits import breached, calm
from sensors.kit.calm import calm as still
from sensors.kit.condition import Condition, Scope, compile_condition
from sensors.kit.groups import named
from sensors.kit.heed import heeded
from sensors.kit.nodes import Clauses
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Level
from sensors.registry import scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daemon.core.nouns import Reason
    from daemon.core.site import Device, LimitRule, Model, SignatureRule
    from daemon.core.state import DeviceState
    from sensors.kit.calm import Band
    from sensors.kit.emit import Run
    from sensors.kit.nodes import Values
    from sensors.kit.words import Severity, Text

# How much a rule explains: the lead of an incident is the lowest (DESIGN 5).
SIGNATURE, OUTER, INNER, QUALITY, LEARNED = range(5)

# Kinds whose silence may hide a lost protection (domain reference, DQ-01).
VITAL = frozenset({"fire_pump", "boiler", "power_room"})

SILENCE = "DQ-01"

Verdict = tuple[bool | None, float | None]  # true at this event time?, next event time at which that may change by itself


class Test(Protocol):
    """What a rule asks: the part that differs between limits, signatures and silence. It reads its `inputs`; not at rest, it must
    hear of each reading of those that it `heeds`."""

    inputs: frozenset[str]
    heeds: frozenset[str]
    groups: frozenset[tuple[str, str]]
    conditions: tuple[Condition, ...]

    def fresh(self) -> list[Any]:
        """What it remembers between verdicts, before the first: plain msgpack values."""

    def truth(self, device: DeviceState, memory: list[Any], now: float, *, active: bool) -> Verdict:
        """The verdict at event time `now`."""

    def move(self, memory: list[Any], seconds: float) -> None:
        """The clock of its inputs was moved."""

    def reason(self, device: DeviceState, memory: list[Any], now: float) -> Reason:
        """Why it is true."""

    def grade(self, memory: list[Any], own: Severity) -> Severity:
        """How bad it is by what was true at the last verdict; `own` where nothing says otherwise."""

    def calm(self, channel: str) -> Band | None:
        """The values of `channel` that leave the rule at rest if it is, whatever the value before. None: no such band."""


class Rule:
    """One rule of a model. `blank` is the memory of a rule at rest; `spare` such a memory, for asking one that is. `graded`: its
    severity depends on which of its clauses is true, so it may get worse while it is active. `place`: rules are asked in this
    order, whatever the order of the values in a message."""

    __slots__ = (
        "blank", "delays", "do", "grade", "graded", "hides", "inputs", "name", "place", "severity", "spare", "test", "title",
    )  # fmt: skip

    def __init__(
        self, name: str, test: Test, severity: Severity, *, grade: int, delays: tuple[float, float], title: Text
    ) -> None:
        self.name = name
        self.test = test
        self.severity = severity
        self.grade = grade
        self.delays = delays
        self.title = title
        self.inputs = test.inputs
        self.graded = False
        self.place = 0
        self.do: SignatureRule | None = None
        self.hides: frozenset[str] = frozenset()
        self.blank = test.fresh()
        self.spare = test.fresh()

    def urgency(self, memory: list[Any]) -> Severity:
        """How bad it is by what was true at the last verdict."""
        return self.test.grade(memory, self.severity) if self.graded else self.severity

    def begin(self, now: float) -> Life:
        """A life of its own, from what it remembers since it was asked with `spare`."""
        life = Life(seen=now, memory=self.spare)
        self.spare = self.test.fresh()
        return life


def in_order(rules: Iterable[Rule]) -> Sequence[Rule]:
    """Each once."""
    return sorted(set(rules), key=attrgetter("place"))


class LimitTest:
    """One limit of one channel and its gate."""

    def __init__(self, rule: LimitRule, scope: Scope) -> None:
        self.rule = rule
        self.gate = compile_condition(rule.when, scope) if rule.when else None
        self.conditions: tuple[Condition, ...] = () if self.gate is None else (self.gate,)
        self.inputs = frozenset({rule.channel}) | (self.gate.inputs if self.gate else frozenset())
        self.heeds = frozenset({rule.channel}) | (heeded(self.gate.root) if self.gate else frozenset())
        self.groups = named(self.gate.root) if self.gate else frozenset()

    def fresh(self) -> list[Any]:
        """The gate's memory."""
        return self.gate.memory() if self.gate else []

    def truth(self, device: DeviceState, memory: list[Any], now: float, *, active: bool) -> Verdict:
        """Breached while the gate is open; a shut gate is normal, an unknown one unknown."""
        gate: bool | None = True
        wake: float | None = None
        if self.gate is not None:
            gate, wake = self.gate.truth(device, memory, now)
        if gate is False:
            return False, wake
        value = device.known(self.rule.channel)
        if value is None or gate is None:
            return None, wake
        return breached(self.rule, value, active=active), wake

    def move(self, memory: list[Any], seconds: float) -> None:
        """The gate's."""
        if self.gate:
            self.gate.move(memory, seconds)

    def reason(self, device: DeviceState, memory: list[Any], now: float) -> Reason:  # noqa: ARG002 - the value says it all
        """The value beside its limit, and for how long."""
        return reasons.limit(device, self.rule, now)

    def grade(self, memory: list[Any], own: Severity) -> Severity:  # noqa: ARG002 - a limit has one
        """Its own."""
        return own

    def calm(self, channel: str) -> Band | None:
        """On the right side of the limit nothing happens, whatever a gate without memory says."""
        remembers = self.gate is not None and self.gate.remembers
        return calm(self.rule) if channel == self.rule.channel and not remembers else None


class SignatureTest:
    """One signature of one model (and instance): a condition."""

    def __init__(self, rule: SignatureRule, condition: Condition) -> None:
        self.rule = rule
        self.condition = condition
        self.conditions: tuple[Condition, ...] = (condition,)
        self.inputs = condition.inputs
        self.heeds = heeded(condition.root)
        self.groups = named(condition.root)
        self.truth: Run = self._begin  # the condition's verdict

    def fresh(self) -> list[Any]:
        """The condition's memory."""
        return self.condition.memory()

    def _begin(self, values: Values, memory: list[Any], now: float, *, active: bool = False) -> Verdict:
        """The first question: from the next one on the condition is asked with no call between."""
        self.condition.prepare()
        self.truth = self.condition.judge_on if self.condition.alternatives else self.condition.truth
        return self.truth(values, memory, now, active=active)

    def move(self, memory: list[Any], seconds: float) -> None:
        """The condition's."""
        self.condition.move(memory, seconds)

    def reason(self, device: DeviceState, memory: list[Any], now: float) -> Reason:
        """The condition with its numbers."""
        return reasons.signature(self.rule, self.condition.explain(memory, now, device))

    def grade(self, memory: list[Any], own: Severity) -> Severity:
        """That of the worst clause that is true."""
        return self.condition.grade(memory, own) or own

    def calm(self, channel: str) -> Band | None:
        """What the condition says."""
        return still(self.condition.root, channel)


class SilenceTest:
    """No usable reading of a point (or, with point "", of the device) for its stale time. `silence.py` finds out."""

    inputs: frozenset[str] = frozenset()
    heeds: frozenset[str] = frozenset()
    groups: frozenset[tuple[str, str]] = frozenset()
    conditions: tuple[Condition, ...] = ()

    def __init__(self, point: str) -> None:
        self.point = point

    def fresh(self) -> list[Any]:
        """Nothing: what is missed is the device's to know."""
        return []

    def truth(self, device: DeviceState, memory: list[Any], now: float, *, active: bool) -> Verdict:  # noqa: ARG002 - told from outside
        """What `silence.py` found."""
        return self.point in device.missed, None

    def move(self, memory: list[Any], seconds: float) -> None:
        """It remembers no time."""

    def reason(self, device: DeviceState, memory: list[Any], now: float) -> Reason:  # noqa: ARG002 - no condition
        """Since when nothing was heard."""
        return reasons.silence(device, self.point, now)

    def grade(self, memory: list[Any], own: Severity) -> Severity:  # noqa: ARG002 - silence is silence
        """Its own."""
        return own

    def calm(self, channel: str) -> Band | None:  # noqa: ARG002 - it reads no channel
        """Never asked."""
        return None


def rules_of(model: Model) -> list[Rule]:
    """All rules of a model: its limits, its judged signatures, the silence of the device and of each point that has a period."""
    scope = scope_of(model)
    rules = [_limit(rule, scope) for rule in model.limits if not model.channels[rule.channel].absent]
    rules += [_signature(rule, scope) for rule in model.signatures if rule.when]
    return rules + _silences(model)


def scope_of(model: Model | Device) -> Scope:
    """What conditions of this model may name. Points that are not fitted stay known and are always unknown. Of devices of other
    kinds it may name what every device of that kind has."""
    digits = {c.point.index: c.point.digits for c in model.channels.values() if c.point.index}
    points = {name: channel.point for name, channel in model.channels.items()}
    return Scope(points, model.params, model.instances, digits, model.kind.id, scopes())


def _limit(rule: LimitRule, scope: Scope) -> Rule:
    grade = INNER if rule.level in (Level.H, Level.L) else OUTER
    title = reasons.limit_title(rule, scope)
    made = Rule(rule.rule, LimitTest(rule, scope), rule.severity, grade=grade, delays=(rule.on, rule.off), title=title)
    outer = {Level.H: Level.HH, Level.L: Level.LL}
    inner = {outer[level]: level for level in outer}.get(rule.level)
    if inner is not None:
        made.hides = frozenset({f"{rule.channel}.{inner}"})
    return made


def _signature(rule: SignatureRule, scope: Scope) -> Rule:
    test = SignatureTest(rule, compile_condition(rule.when, scope))
    made = Rule(rule.rule, test, rule.severity, grade=SIGNATURE, delays=(rule.on, rule.off), title=rule.signature.says)
    made.do = rule
    made.graded = isinstance(test.condition.root, Clauses)
    made.hides = frozenset(rule.hides)
    return made


def _silences(model: Model) -> list[Rule]:
    critical = {rule.channel for rule in model.limits if rule.severity is CRITICAL}
    vital = model.kind.id in VITAL
    urgent = MAJOR if vital or model.kind.id == "gateway" else MINOR
    whole = Rule(SILENCE, SilenceTest(""), urgent, grade=QUALITY, delays=(0.0, 30.0), title=reasons.SILENT)
    points = [
        Rule(
            f"{SILENCE}:{channel.name}",
            SilenceTest(channel.name),
            MAJOR if vital and channel.name in critical else MINOR,
            grade=QUALITY,
            delays=(0.0, 0.0),
            title=reasons.stale_title(channel),
        )
        for channel in model.channels.values()
        if not channel.absent and channel.point.stale_after is not None
    ]
    return [whole, *points]
