"""Turns a kind and its instance numbers into what a device of it looks like, and finds what does not fit together in it.

Devices built alike share one layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from daemon.core.site import SignatureRule
from sensors.kit.condition import ConditionError, Scope, compile_condition
from sensors.kit.expand import expand_limits, expand_points, expand_signatures, instances_of, scope_of
from sensors.registry import scopes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sensors.kit.expand import ChannelLimit
    from sensors.kit.words import Kind, Point

Instances = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind, laid out; thresholds are still those of the reference plant.

    `flaws` are what does not fit together: a condition without its points, a hidden rule that is none.
    """

    kind: Kind
    instances: Instances
    points: Mapping[str, tuple[Point, int | None]]
    limits: tuple[ChannelLimit, ...]
    signatures: tuple[SignatureRule, ...]
    flaws: tuple[str, ...]

    def declared(self, limit: ChannelLimit) -> str:
        """The rule name with the instance letter left in: pump{i}_current.H stands for every instance's."""
        return f"{self.points[limit.channel][0].name}.{limit.rule.rpartition('.')[2]}"


@dataclass(slots=True)
class Layouts:
    """Lays kinds out, each combination of instances once."""

    kinds: Mapping[str, Kind]
    made: dict[tuple[str, tuple[tuple[str, tuple[int, ...]], ...]], Layout] = field(default_factory=dict)

    def of(self, kind: Kind, instances: Instances) -> Layout:
        """The layout of a kind with these instance numbers; letters not named keep the reference plant's."""
        full = instances_of(kind, instances)
        key = (kind.id, tuple(sorted(full.items())))
        if key not in self.made:
            self.made[key] = lay_out(kind, full)
        return self.made[key]


def lay_out(kind: Kind, instances: Instances) -> Layout:
    """Expand every point, limit and signature of a kind."""
    limits = expand_limits(kind, instances)
    signatures = tuple(_signatures(kind, instances))
    known = {limit.rule for limit in limits} | {signature.rule for signature in signatures}
    whens = [(limit.rule, limit.when) for limit in limits] + [(one.rule, one.when) for one in signatures]
    scope = replace(scope_of(kind, instances), kinds=scopes())
    flaws = (*_unjudgeable(whens, scope), *_hiding_nothing(signatures, known))
    return Layout(kind, instances, expand_points(kind, instances), limits, signatures, flaws)


def _signatures(kind: Kind, instances: Instances) -> Iterator[SignatureRule]:
    for found in expand_signatures(kind, instances):
        of = found.signature
        yield SignatureRule(found.rule, found.when, of.severity, on=of.on, off=of.off, hides=found.hides, signature=of)


def _unjudgeable(whens: list[tuple[str, str]], scope: Scope) -> Iterator[str]:
    for rule, when in whens:
        try:
            if when:
                compile_condition(when, scope)
        except ConditionError as error:
            yield f'{rule} cannot be judged: "{when}": {"; ".join(error.complaints)}'


def _hiding_nothing(signatures: tuple[SignatureRule, ...], known: set[str]) -> Iterator[str]:
    for signature in signatures:
        for rule in signature.hides:
            if rule not in known:
                yield f"{signature.rule} hides {rule}, which is not a rule of it"
