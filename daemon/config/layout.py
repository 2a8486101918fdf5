"""Turns a kind and its instance numbers into what a device of it looks like: channels, limits and signatures with every letter
replaced. Devices built alike share one layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from daemon.core.site import SignatureRule
from sensors.kit.condition import ConditionError, Scope, compile_condition
from sensors.kit.letters import bind_letters, expand, free_letters, letters_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sensors.kit.words import Kind, Limit, Point

Instances = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LimitSpot:
    """One limit on one channel, not yet with a threshold. `declared` is its rule name with the letters left in."""

    rule: str
    declared: str
    channel: str
    when: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind, laid out. `flaws` are what does not fit together: a condition without its points, a hidden rule that is none."""

    kind: Kind
    instances: Instances
    points: Mapping[str, tuple[Point, int | None]]
    limits: tuple[LimitSpot, ...]
    signatures: tuple[SignatureRule, ...]
    flaws: tuple[str, ...]


def usual_instances(kind: Kind) -> Instances:
    """The instance numbers of the reference plant: i → 1, 2."""
    most: dict[str, int] = {}
    for point in kind.points:
        if point.index:
            most[point.index] = max(point.instances, most.get(point.index, 0))
    return {letter: tuple(range(1, count + 1)) for letter, count in most.items()}


@dataclass(slots=True)
class Layouts:
    """Lays kinds out, each combination once."""

    kinds: Mapping[str, Kind]
    made: dict[tuple[str, tuple[tuple[str, tuple[int, ...]], ...]], Layout] = field(default_factory=dict)

    def of(self, kind: Kind, instances: Instances) -> Layout:
        """The layout of a kind with these instance numbers; letters not named keep the reference plant's."""
        full = usual_instances(kind) | instances
        key = (kind.id, tuple(sorted(full.items())))
        if key not in self.made:
            self.made[key] = lay_out(kind, full)
        return self.made[key]


def lay_out(kind: Kind, instances: Instances) -> Layout:
    """Expand every point, limit and signature of a kind."""
    digits = {point.index: point.digits for point in kind.points if point.index}
    points = dict(_points(kind, instances, digits))
    limits = tuple(_limits(kind, points, digits))
    rules = {spot.rule for spot in limits}
    signatures = tuple(_signatures(kind, instances, digits))
    scope = Scope(
        {name: point for name, (point, _) in points.items()}, {p.name: p.default for p in kind.params}, instances, digits
    )
    known = rules | {signature.rule for signature in signatures}
    flaws = (*_unjudgeable(limits, signatures, scope), *_hiding_nothing(signatures, known))
    return Layout(kind, instances, points, limits, signatures, flaws)


def _points(kind: Kind, instances: Instances, digits: Mapping[str, str]) -> Iterator[tuple[str, tuple[Point, int | None]]]:
    for point in kind.points:
        for number in instances[point.index] if point.index else (None,):
            bind = {} if number is None else {point.index: number}
            yield expand(point.name, bind, digits), (point, number)


def _limits(kind: Kind, points: Mapping[str, tuple[Point, int | None]], digits: Mapping[str, str]) -> Iterator[LimitSpot]:
    """Limits in the order of the kind; a second one of the same level on the same channel gets -2, a third -3."""
    channels: dict[str, list[tuple[str, int | None]]] = {}
    for channel, (point, number) in points.items():
        channels.setdefault(point.name, []).append((channel, number))
    count: dict[str, int] = {}
    for limit in kind.limits:
        for name in (limit.point, *limit.also):
            nth = count[f"{name}.{limit.level}"] = count.get(f"{name}.{limit.level}", 0) + 1
            tail = f"{limit.level}" if nth == 1 else f"{limit.level}-{nth}"
            for channel, number in channels.get(name, ()):
                bind = {} if number is None else {points[channel][0].index: number}
                when = bind_letters(limit.when, bind, digits) if limit.when else ""
                yield LimitSpot(f"{channel}.{tail}", f"{name}.{tail}", channel, when, limit)


def _signatures(kind: Kind, instances: Instances, digits: Mapping[str, str]) -> Iterator[SignatureRule]:
    """One rule for each binding of the free instance letters; a signature without a condition is not judged yet."""
    for signature in kind.signatures:
        if not signature.when:
            continue
        letters = sorted(free_letters(signature.when))
        for numbers in product(*(instances.get(letter, ()) for letter in letters)):
            bind = dict(zip(letters, numbers, strict=True))
            name = ",".join(f"{letter}={number}" for letter, number in bind.items())
            hides = tuple(rule for hidden in signature.hides for rule in _each(hidden, bind, instances, digits))
            yield SignatureRule(
                rule=f"{signature.id}[{name}]" if name else signature.id,
                when=bind_letters(signature.when, bind, digits),
                severity=signature.severity,
                on=signature.on,
                off=signature.off,
                hides=hides,
                signature=signature,
            )


def _each(hidden: str, bind: Mapping[str, int], instances: Instances, digits: Mapping[str, str]) -> Iterator[str]:
    """A hidden rule name, with bound letters replaced by their number and the others by every number."""
    letters = sorted(letters_in(hidden) - bind.keys())
    for numbers in product(*(instances.get(letter, ()) for letter in letters)):
        yield expand(hidden, {**bind, **dict(zip(letters, numbers, strict=True))}, digits)


def _unjudgeable(limits: tuple[LimitSpot, ...], signatures: tuple[SignatureRule, ...], scope: Scope) -> Iterator[str]:
    for rule, when in [(spot.rule, spot.when) for spot in limits] + [(one.rule, one.when) for one in signatures]:
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
