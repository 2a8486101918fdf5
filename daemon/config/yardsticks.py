"""Turns `against:` of a kind file's points into what drift is judged by; what can't be compared is complained about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.words import Type, Yardstick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daemon.config.complaints import Place
    from daemon.config.kind_models import AgainstWords, OwnPointWords
    from sensors.kit.words import Point


def laid(
    usual: Iterable[Yardstick], words: Mapping[str, OwnPointWords], points: Mapping[str, Point], place: Place
) -> tuple[Yardstick, ...]:
    """What the kind that is extended compares, with the changes in their place, and what is new after it."""
    written = {name: one.against for name, one in words.items() if one.against is not None}
    made = {name: _made(name, against, points, place.at(name, "against")) for name, against in written.items()}
    return tuple(({one.point: one for one in usual} | made).values())


def _made(name: str, words: AgainstWords, points: Mapping[str, Point], place: Place) -> Yardstick:
    _complain_about_gauge(points[name], place)
    for index, switch in enumerate(words.still):
        _complain_about_switch(switch, points, place.at("still", index))
    if words.point is not None:
        _complain_about_partner(points[name], words, points, place)
    elif not words.still:
        place.complain(f"{name} is held against nothing", "name a point, or the switches that are off while it shows zero")
    times = 1.0 if words.times is None else words.times
    return Yardstick(name, words.point or "", times, tuple(words.still), absolute=not words.apart)


def _complain_about_gauge(point: Point, place: Place) -> None:
    if point.type is not Type.FLOAT:
        place.complain(
            f"{point.name} is of type {point.type.value}, which does not drift", "write against: of a gauge (type: float)"
        )
    elif not point.noise:
        place.complain(
            f"{point.name} has no noise, which drift is measured in", "write noise: what it scatters while nothing changes"
        )


def _complain_about_switch(name: str, points: Mapping[str, Point], place: Place) -> None:
    switch = points.get(name)
    if switch is None:
        place.unknown("point", name, points)
    elif switch.type is not Type.BOOL:
        place.complain(f"{name} is no switch", "name points of type bool, which are off at a standstill")


def _complain_about_partner(point: Point, words: AgainstWords, points: Mapping[str, Point], place: Place) -> None:
    name = words.point or ""
    other = points.get(name)
    if other is None:
        place.at("point").unknown("point", name, points.keys() - {point.name})
    elif other.type not in {Type.FLOAT, Type.INT}:
        place.at("point").complain(f"{name} is of type {other.type.value}: nothing to hold a gauge against", "name another gauge")
    elif name == point.name and not point.index:
        place.at("point").complain(f"there is only one {name}", "name another point")
    elif other.unit != point.unit and words.times is None:
        place.at("point").complain(
            f"{point.name} is in {point.unit}, {name} in {other.unit}", "write times: what a unit of the one is in the other"
        )
