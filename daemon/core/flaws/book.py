"""Turns a model into the rules about its data: for each point those families that suit it, and for the device (or the gateway
that it reports through) its clock. What is wrong was found out by `walk`; these rules say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.core import reasons
from daemon.core.flaws import chatter, clock, counters, doubles, drift, frozen, scale, span, spike
from daemon.core.nouns import Reason
from daemon.core.rules import QUALITY, Rule
from daemon.core.site import SignatureRule
from sensors.common import KIND
from sensors.kit.words import MAJOR, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daemon.core.device import DeviceState
    from daemon.core.flaws.trace import Family, Trace
    from daemon.core.nouns import Value
    from daemon.core.rules import Verdict
    from daemon.core.site import Channel, Model
    from sensors.kit.calm import Band
    from sensors.kit.condition import Condition
    from sensors.kit.words import Point, Severity, Signature

FAMILIES: tuple[Family, ...] = (
    span.ORDER, span.RANGE, span.SENTINEL, scale.SCALE, spike.SPIKE, doubles.DOUBLE, frozen.FROZEN, counters.COUNTER,
    chatter.CHATTER,
)  # fmt: skip
SETTLED = 30.0  # s that it must be well
_SIGNATURES: Mapping[str, Signature] = {signature.id: signature for signature in KIND.signatures}
_CLOCKS = ((clock.CLOCK, MAJOR), (clock.BURST, None))  # wrong for three samples in a row is wrong for more than a tenth


class FlawTest:
    """What is told of one point's data, or of a device's clock. It remembers whether that lasts."""

    inputs: frozenset[str] = frozenset()
    heeds: frozenset[str] = frozenset()
    groups: frozenset[tuple[str, str]] = frozenset()
    conditions: tuple[Condition, ...] = ()

    def __init__(self, name: str, channel: Channel | None, family: Family | None) -> None:
        self.name = name
        self.channel = channel
        self.family = family

    def fresh(self) -> list[Any]:
        """Not told."""
        return [0]

    def truth(self, device: DeviceState, memory: list[Any], now: float, *, active: bool) -> Verdict:  # noqa: ARG002 - told from outside
        """What `walk` found."""
        trace = device.flaws.get(self.name)
        memory[0] = 0 if trace is None else trace.told
        return memory[0] > 0, None

    def move(self, memory: list[Any], seconds: float) -> None:
        """It remembers no time."""

    def reason(self, device: DeviceState, memory: list[Any], now: float) -> Reason:  # noqa: ARG002 - the trace says it all
        """What is wrong, with the numbers that show it."""
        said, values = self._says(device.flaws[self.name], now)
        if self.channel is None:
            return Reason(said.zh, said.en, values)
        name = reasons.name_of(self.channel.point, self.channel.instance)
        return Reason(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}", values)

    def _says(self, trace: Trace, now: float) -> tuple[Text, Mapping[str, Value]]:
        if self.family is not None and self.channel is not None:
            return self.family.says(self.channel.point, trace)
        return clock.says_clock(trace, now) if self.name == clock.CLOCK else clock.says_burst(trace)

    def grade(self, memory: list[Any], own: Severity) -> Severity:
        """Worse once it lasts."""
        graver = self.family.graver if self.family is not None else None
        return graver if graver is not None and memory[0] > 1 else own

    def calm(self, channel: str) -> Band | None:  # noqa: ARG002 - it reads no channel
        """Never asked."""
        return None


def families(point: Point) -> tuple[Family, ...]:
    """The rules that suit a point."""
    return tuple(family for family in FAMILIES if family.suits(point))


def rules(model: Model) -> Iterator[Rule]:
    """All rules about the data of this model's devices, beside their silence."""
    for name, severity in _CLOCKS:
        yield _rule(name, FlawTest(name, None, None), severity)
    for channel in model.channels.values():
        for family in () if channel.absent else families(channel.point):
            yield _rule(f"{family.id}:{channel.name}", FlawTest(f"{family.id}:{channel.name}", channel, family), None)
    for one in drift.held(model):
        yield _rule(one.key, FlawTest(one.key, one.channel, drift.family(one)), None)


def _rule(name: str, test: FlawTest, severity: Severity | None) -> Rule:
    said = _SIGNATURES[name.partition(":")[0]]
    bad = severity or said.severity
    made = Rule(name, test, bad, grade=QUALITY, delays=(0.0, SETTLED), title=title(name, test.channel))
    made.do = SignatureRule(name, "", bad, 0.0, SETTLED, (), said)
    if test.family is not None and test.channel is not None:
        made.graded = test.family.graver is not None
        made.hides = frozenset(f"{other}:{test.channel.name}" for other in test.family.hides)
    elif name == clock.CLOCK:
        made.hides = frozenset({"DQ-01"})
    return made


def title(rule: str, channel: Channel | None) -> Text:
    """What a finding about data is called: 消防主管压力数据冻结 / Fire main pressure: frozen (flat-line) sensor."""
    known = _SIGNATURES.get(rule.partition(":")[0])
    says = known.says if known else Text(rule, rule)
    if channel is None:
        return says
    name = reasons.name_of(channel.point, channel.instance)
    return Text(f"{name.zh}{says.zh}", f"{name.en}: {says.en[:1].lower()}{says.en[1:]}")
