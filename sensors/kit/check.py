"""Turns a kind into the list of everything wrong with it: what, where, and what to do. An empty list is a sound kind."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from sensors.kit.condition import ConditionError, compile_condition, compute
from sensors.kit.expand import expand_limits, expand_points, expand_signatures, instances_of, params_of, scope_of
from sensors.kit.letters import letters_in
from sensors.kit.words import Level, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sensors.kit.condition import Scope
    from sensors.kit.words import Kind, Limit, Point

ORDER = (Level.LL, Level.L, Level.H, Level.HH)
SIGN = {Level.LL: "<", Level.L: "<", Level.H: ">", Level.HH: ">"}
ROUNDING = 0.01  # a threshold may be a rounded figure of its expression, but not by more than this share


def check_kind(kind: Kind) -> list[str]:
    """Every complaint about one kind."""
    stages = (_names, _points, _limits, _thresholds, _signatures, _faults, _headline)
    return [f"{kind.id}: {complaint}" for stage in stages for complaint in stage(kind)]


def _names(kind: Kind) -> Iterator[str]:
    tables = {
        "param": [param.name for param in kind.params],
        "point": [point.name for point in kind.points],
        "signature": [signature.id for signature in kind.signatures],
        "task": [task.id for task in kind.tasks],
        "fault": [fault.id for fault in kind.faults],
    }
    for what, names in tables.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{what} {name} is declared {count} times: keep one"


def _points(kind: Kind) -> Iterator[str]:
    for point in kind.points:
        if letters_in(point.name) != frozenset(point.index):
            yield f"point {point.name}: write its one instance letter {{{point.index or 'i'}}} in name and index alike"
        if point.index and point.instances < 1:
            yield f"point {point.name}: say how many instances the reference plant has"
        if point.words and len(point.words) != (2 if point.type is Type.BOOL else len(point.states)):
            yield f"point {point.name}: needs one word per state, not {len(point.words)}"
        if point.type is Type.ENUM and not point.states:
            yield f"point {point.name}: an enum needs its states"
        if point.span and point.normal and not point.span[0] <= point.normal[0] <= point.normal[1] <= point.span[1]:
            yield f"point {point.name}: the normal band {point.normal} lies outside the sensor range {point.span}"


def _limits(kind: Kind) -> Iterator[str]:
    points = {point.name: point for point in kind.points}
    for limit in kind.limits:
        name = f"limit {limit.point}.{limit.level}"
        for point in (limit.point, *limit.also):
            if point not in points:
                yield f"{name}: there is no point {point}"
            else:
                yield from (f"{name}: {complaint}" for complaint in _limit(limit, points[point], params_of(kind)))
    yield from _gates(kind)


def _limit(limit: Limit, point: Point, params: dict[str, float]) -> Iterator[str]:
    if min(limit.on, limit.off, limit.deadband) < 0:
        yield "delays and deadband can't be negative"
    if limit.level is Level.STATE:
        yield from _state(limit, point)
    elif limit.op != SIGN[limit.level] or isinstance(limit.value, str | tuple):
        yield f"needs `{SIGN[limit.level]}` and a number"
    elif point.span and not point.span[0] <= limit.value <= point.span[1]:
        yield f"{limit.value:g} lies outside the sensor range {point.span}: it could never trip"
    if limit.expr:
        yield from _expression(limit, params)


def _state(limit: Limit, point: Point) -> Iterator[str]:
    allowed = (0, 1) if point.type is Type.BOOL else point.states
    values = limit.value if isinstance(limit.value, tuple) else (limit.value,)
    if limit.op not in {"==", "!=", "in"} or (limit.op == "in") != isinstance(limit.value, tuple):
        yield f"`{limit.op}`: a state is compared with ==, != or in (…)"
    for value in values:
        if value not in allowed:
            yield f"{value!r} is no state of {point.name} (it has {', '.join(map(str, allowed))})"


def _expression(limit: Limit, params: dict[str, float]) -> Iterator[str]:
    try:
        value = compute(limit.expr, params)
    except ConditionError as error:
        yield from error.complaints
        return
    if isinstance(limit.value, str | tuple) or abs(value - limit.value) > ROUNDING * abs(value):
        yield f"the value {limit.value!r} is not what {limit.expr} gives, {value:g}"


def _gates(kind: Kind) -> Iterator[str]:
    scope = scope_of(kind)
    try:
        limits = expand_limits(kind)
    except ConditionError:
        return  # told by the limit's own expression
    for limit in limits:
        if limit.when:
            yield from _condition(f"limit {limit.rule}", limit.when, scope)


def _condition(name: str, text: str, scope: Scope) -> Iterator[str]:
    try:
        compile_condition(text, scope)
    except ConditionError as error:
        yield from (f"{name}: {complaint}" for complaint in error.complaints)


def _thresholds(kind: Kind) -> Iterator[str]:
    """LL < L < H < HH for every point that has several."""
    try:
        limits = expand_limits(kind)
    except ConditionError:
        return
    levels: dict[str, dict[Level, float]] = {}
    for limit in limits:
        if limit.limit.level in ORDER and isinstance(limit.value, int | float):
            levels.setdefault(limit.channel, {})[limit.limit.level] = limit.value
    for channel, found in levels.items():
        for lower, upper in pairwise([level for level in ORDER if level in found]):
            if found[lower] >= found[upper]:
                yield f"{channel}: {lower} {found[lower]:g} must lie below {upper} {found[upper]:g}"


def _signatures(kind: Kind) -> Iterator[str]:
    scope = scope_of(kind)
    try:
        rules = {limit.rule for limit in expand_limits(kind)} | {signature.id for signature in kind.signatures}
        signatures = expand_signatures(kind)
    except ConditionError as error:
        yield from error.complaints
        return
    for signature in signatures:
        yield from _condition(f"signature {signature.rule}", signature.when, scope)
        for rule in signature.hides:
            if rule not in rules:
                yield f"signature {signature.rule} hides {rule}, but there is no such rule"


def _faults(kind: Kind) -> Iterator[str]:
    """A fault may raise rules of other kinds; its own must exist."""
    own = {signature.id for signature in kind.signatures}
    letters = {signature.id.partition("-")[0] for signature in kind.signatures}
    limits = {f"{limit.point}.{limit.level}" for limit in kind.limits}
    for fault in kind.faults:
        for rule in fault.raises:
            if rule not in own | limits and ("." in rule or rule.partition("-")[0] in letters):
                yield f"fault {fault.id} raises {rule}, but there is no such rule"


def _headline(kind: Kind) -> Iterator[str]:
    channels = expand_points(kind, instances_of(kind))
    for name in kind.headline:
        if name not in channels:
            yield f"headline {name} is no point"
