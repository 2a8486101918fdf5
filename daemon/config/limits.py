"""Turns the limits of a layout, the device's parameters and its overrides into limit rules with their thresholds.

Complains about overrides that name no limit, thresholds outside the sensor's range, and thresholds in the wrong order.
"""

from __future__ import annotations

from itertools import combinations
from math import inf
from typing import TYPE_CHECKING

from daemon.config.models import LimitWords
from daemon.core.site import LimitRule
from sensors.kit.condition import compute
from sensors.kit.words import Level, Severity, Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from daemon.config.complaints import Place
    from daemon.config.layout import Layout
    from sensors.kit.expand import ChannelLimit
    from sensors.kit.words import Limit, Point

Value = float | str | tuple[str, ...]  # a bool is an int, an int passes for a float

ORDER = {Level.LL: 0, Level.L: 1, Level.H: 2, Level.HH: 3}  # a threshold of a higher level must be the larger figure


def limit_rules(
    layout: Layout, absent: Collection[str], params: Mapping[str, float], words: Mapping[str, LimitWords], place: Place
) -> tuple[LimitRule, ...]:
    """The limits that this device is judged by. `place` is the device's."""
    known = {name for spot in layout.limits for name in (spot.rule, layout.declared(spot))}
    for name in words.keys() - known:
        place.at("limits", name).unknown("limit", name, known)
    rules = [_rule(spot, layout, params, words, place) for spot in layout.limits if spot.channel not in absent]
    for rule in rules:
        _complain_about_range(rule, layout.points[rule.channel][0], _place(rule.rule, rule.limit, words, place))
    possible = [rule for rule in rules if not _out_of_range(rule, layout.points[rule.channel][0])]
    _complain_about_order(possible, words, place)
    return tuple(rules)


def _rule(
    spot: ChannelLimit, layout: Layout, params: Mapping[str, float], words: Mapping[str, LimitWords], place: Place
) -> LimitRule:
    limit, over = spot.limit, words.get(spot.rule) or words.get(layout.declared(spot)) or LimitWords()
    value = _threshold(limit, params)
    if over.value is not None:
        here = _place(spot.rule, limit, words, place).at("value")
        value = _override(over.value, limit, layout.points[spot.channel][0], here)
    return LimitRule(
        rule=spot.rule,
        channel=spot.channel,
        level=limit.level,
        op=limit.op,
        value=value,
        severity=Severity(over.severity) if over.severity else limit.severity,
        on=_chosen(over.on, limit.on),
        off=_chosen(over.off, limit.off),
        deadband=_chosen(over.deadband, limit.deadband),
        when=spot.when,
        limit=limit,
    )


def _chosen(written: float | None, usual: float) -> float:
    return usual if written is None else written


def _place(rule: str, limit: Limit, words: Mapping[str, LimitWords], place: Place) -> Place:
    """Where the figure comes from: the override, else the parameters, else the device."""
    declared = [f"{name}.{rule.rpartition('.')[2]}" for name in (limit.point, *limit.also)]
    written = next((name for name in (rule, *declared) if name in words), None)
    return place.at("params") if written is None else place.at("limits", written)


def _threshold(limit: Limit, params: Mapping[str, float]) -> Value:
    return float(f"{compute(limit.expr, params):.12g}") if limit.expr else limit.value


def _override(written: float | str | list[str], limit: Limit, point: Point, place: Place) -> Value:
    """The threshold as written, if it is one for this point; else a complaint and the kind's own figure."""
    if limit.level is not Level.STATE:
        if isinstance(written, (int, float)) and not isinstance(written, bool):
            return float(written)
        place.complain(f"{limit.point}.{limit.level} needs a number", f"write a figure in {point.unit}")
    elif point.type is Type.BOOL:
        if written in (0, 1):
            return bool(written) if isinstance(limit.value, bool) else int(written == 1)
        place.complain(f"{limit.point} is true or false", "write true or false")
    else:
        states = tuple(written) if isinstance(written, list) else (str(written),)
        for state in (state for state in states if state not in point.states):
            place.unknown("state", state, point.states)
        return states if limit.op == "in" else states[0]
    return limit.value


def _out_of_range(rule: LimitRule, point: Point) -> bool:
    if point.span is None or rule.level is Level.STATE or not isinstance(rule.value, (int, float)):
        return False
    low, high = _span(rule, point)
    return not low <= rule.value <= high


def _span(rule: LimitRule, point: Point) -> tuple[float, float]:
    low, high = point.span or (-inf, inf)
    return (0.0, max(abs(low), abs(high))) if rule.limit.transform == "abs" else (low, high)


def _complain_about_range(rule: LimitRule, point: Point, place: Place) -> None:
    low, high = _span(rule, point)
    if _out_of_range(rule, point):
        place.complain(
            f"{rule.rule}: {rule.value:g} {point.unit} is outside the sensor range {low:g}…{high:g} {point.unit}",
            "write a threshold that the sensor can reach, or change the parameter it comes from",
        )
    if rule.deadband >= high - low:
        place.at("deadband").complain(
            f"{rule.rule}: deadband {rule.deadband:g} {point.unit} is as wide as the sensor range", "write a smaller deadband"
        )


def _complain_about_order(rules: Iterable[LimitRule], words: Mapping[str, LimitWords], place: Place) -> None:
    """LL < L < H < HH, wherever two limits of a channel can hold at the same time."""
    channels: dict[str, list[LimitRule]] = {}
    for rule in rules:
        if rule.level in ORDER:
            channels.setdefault(rule.channel, []).append(rule)
    for same in channels.values():
        for lower, upper in combinations(sorted(same, key=lambda rule: ORDER[rule.level]), 2):
            if ORDER[lower.level] < ORDER[upper.level] and _together(lower, upper) and float(lower.value) >= float(upper.value):  # type: ignore[arg-type]
                here = min((_place(rule.rule, rule.limit, words, place) for rule in (lower, upper)), key=_is_param)
                here.complain(
                    f"{lower.rule} ({lower.value:g}) is not below {upper.rule} ({upper.value:g})",
                    "thresholds must rise: LL < L < H < HH; change one of them",
                )


def _together(one: LimitRule, other: LimitRule) -> bool:
    return one.limit.transform == other.limit.transform and (one.when == other.when or "" in (one.when, other.when))


def _is_param(place: Place) -> bool:
    return place.path[-1] == "params"
