"""Turns a kind and the instances and parameters of one device into its channels, limit rules and signature rules.

`pump{i}_run` with i = 1, 2 becomes pump1_run and pump2_run; a limit's `also` points become limits of their own; a signature with
a free instance letter becomes one rule per instance, `FP-07[i=2]`, hiding the limits of that instance only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from sensors.kit.condition import Scope, bind_letters, compute, free_letters
from sensors.kit.letters import expand, letters_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sensors.kit.words import Kind, Limit, Point, Signature


@dataclass(frozen=True, slots=True)
class ChannelLimit:
    """One limit of one channel: its rule name, its threshold computed, its gate with the instance filled in."""

    rule: str
    channel: str
    value: float | str | tuple[str, ...]
    when: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class DeviceSignature:
    """One signature of one device (and instance): its rule name, its condition and the rules it hides, expanded."""

    rule: str
    when: str
    hides: tuple[str, ...]
    signature: Signature


def instances_of(kind: Kind, given: Mapping[str, tuple[int, ...]] | None = None) -> dict[str, tuple[int, ...]]:
    """Instances per letter: as given, else as many as the reference plant has, counted from 1."""
    found = {point.index: tuple(range(1, point.instances + 1)) for point in kind.points if point.index}
    return found | {letter: tuple(numbers) for letter, numbers in (given or {}).items()}


def digits_of(kind: Kind) -> dict[str, str]:
    """How the instance number is written, per letter."""
    return {point.index: point.digits for point in kind.points if point.index}


def params_of(kind: Kind, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """The kind's parameters, overridden by the site's."""
    return {param.name: param.default for param in kind.params} | dict(given or {})


def expand_points(kind: Kind, instances: Mapping[str, tuple[int, ...]] | None = None) -> dict[str, tuple[Point, int | None]]:
    """Channel name → (declared point, instance), in the order of declaration."""
    numbers = instances_of(kind, instances)
    found: dict[str, tuple[Point, int | None]] = {}
    for point in kind.points:
        if not point.index:
            found[point.name] = (point, None)
        for number in numbers.get(point.index, ()):
            found[expand(point.name, {point.index: number}, {point.index: point.digits})] = (point, number)
    return found


def scope_of(
    kind: Kind, instances: Mapping[str, tuple[int, ...]] | None = None, params: Mapping[str, float] | None = None
) -> Scope:
    """What conditions of such a device may name."""
    points = {name: point for name, (point, _) in expand_points(kind, instances).items()}
    return Scope(points, params_of(kind, params), instances_of(kind, instances), digits_of(kind), kind.id)


def expand_limits(
    kind: Kind, instances: Mapping[str, tuple[int, ...]] | None = None, params: Mapping[str, float] | None = None
) -> tuple[ChannelLimit, ...]:
    """Every limit of every channel. Raises ConditionError if an expression can't be computed."""
    numbers, digits, figures = instances_of(kind, instances), digits_of(kind), params_of(kind, params)
    taken: dict[str, int] = {}
    found = []
    for limit, name in [(each, name) for each in kind.limits for name in (each.point, *each.also)]:
        value = compute(limit.expr, figures) if limit.expr else limit.value
        for bind in combinations(letters_in(name), numbers):
            channel = expand(name, bind, digits)
            when = bind_letters(limit.when, bind, digits) if limit.when else ""
            found.append(ChannelLimit(unique(f"{channel}.{limit.level}", taken), channel, value, when, limit))
    return tuple(found)


def expand_signatures(kind: Kind, instances: Mapping[str, tuple[int, ...]] | None = None) -> tuple[DeviceSignature, ...]:
    """Every judged signature of every instance. Raises ConditionError if a condition can't be parsed."""
    numbers, digits = instances_of(kind, instances), digits_of(kind)
    found = []
    for signature in kind.signatures:
        if not signature.when:
            continue
        for bind in combinations(free_letters(signature.when), numbers):
            which = ",".join(f"{letter}={number}" for letter, number in bind.items())
            hides = tuple(rule for name in signature.hides for rule in _hidden(name, bind, numbers, digits))
            rule = f"{signature.id}[{which}]" if which else signature.id
            found.append(DeviceSignature(rule, bind_letters(signature.when, bind, digits), hides, signature))
    return tuple(found)


def combinations(letters: Iterable[str], numbers: Mapping[str, tuple[int, ...]]) -> Iterator[dict[str, int]]:
    """Every choice of one instance per letter; one empty choice where there is no letter."""
    ordered = sorted(letters)
    for chosen in product(*(numbers.get(letter, ()) for letter in ordered)):
        yield dict(zip(ordered, chosen, strict=True))


def _hidden(name: str, bind: Mapping[str, int], numbers: Mapping[str, tuple[int, ...]], digits: Mapping[str, str]) -> list[str]:
    """A hidden rule for the instance at hand; a letter the signature doesn't have stands for all instances."""
    own = expand(name, bind, digits)
    return [expand(own, more, digits) for more in combinations(letters_in(own), numbers)]


def unique(rule: str, taken: dict[str, int]) -> str:
    """The rule name, with -2, -3 … where a channel has several limits of one level."""
    taken[rule] = taken.get(rule, 0) + 1
    return rule if taken[rule] == 1 else f"{rule}-{taken[rule]}"
