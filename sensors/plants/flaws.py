"""Faults of the data, not of the equipment: they bend what any device reports (equipment reference 12.6).

A flaw acts on one target: the first noisy analogue point (the first counter for DQ-F8, the first valve switch for DQ-F9). A drift
(DQ-F3) acts on the first that something can be held against, if there is one: no other drift can be told from a change of what
is measured. DQ-F4, silence and backfill, acts on whole messages and lives where messages are made; it is only named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.words import Type
from sensors.signatures.common import YARDSTICKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sensors.kit.plant import Value
    from sensors.kit.words import Point

LASTS: dict[str, float | None] = {  # seconds a flaw lasts by its nature; None: until it is ended
    "DQ-F1": 7200.0,
    "DQ-F2": 3600.0,
    "DQ-F3": 4 * 86400.0,
    "DQ-F4": 3600.0,
    "DQ-F5": None,
    "DQ-F6": None,
    "DQ-F7": 300.0,
    "DQ-F8": None,
    "DQ-F9": 900.0,
}
SILENCE = "DQ-F4"
ZONE_ERROR = 8 * 3600.0  # s a gateway's clock is ahead that sends local time as UTC
CHATTER, TOGGLES_EVERY = "DQ-F9", 2.0  # s
DRIFT = "DQ-F3"
COMPARED = frozenset(rule.point for rules in YARDSTICKS.values() for rule in rules)
SPIKES_EVERY = 600.0  # s: six in an hour


class Flaw:
    """One data fault on one device while it lasts."""

    __slots__ = ("first", "label", "last_spike", "name", "point")

    def __init__(self, label: str, points: Mapping[str, Point]) -> None:
        self.label = label
        self.name = target(label, points)
        self.point = points[self.name] if self.name else None
        self.first: float | None = None  # the target's value when the fault began
        self.last_spike = -SPIKES_EVERY

    @property
    def clock_error(self) -> float:
        """Seconds to add to every timestamp."""
        return ZONE_ERROR if self.label == "DQ-F5" else 0.0

    @property
    def hurried(self) -> str:
        """A point sent every other second while the fault lasts, "" if none."""
        return self.name if self.label == CHATTER else ""

    def bend(self, age: float, values: dict[str, Value]) -> None:
        """Change the target's value in `values`, if it is there, `age` seconds after the beginning."""
        rule = BENDS.get(self.label)
        value = values.get(self.name)
        if self.label == CHATTER and value is not None:
            values[self.name] = int(age // TOGGLES_EVERY) % 2
            return
        if rule is None or self.point is None or isinstance(value, bool | str | None):
            return
        if self.first is None:
            self.first = value
        values[self.name] = rule(self, age, value)


def target(label: str, points: Mapping[str, Point]) -> str:
    """The point a flaw acts on, "" if the device has none of that kind."""
    if label == CHATTER:
        switches = [name for name, point in points.items() if point.type is Type.BOOL]
        return next((name for name in switches if "valve" in name), next(iter(switches), ""))
    if label == "DQ-F8":
        return next((name for name, point in points.items() if point.type is Type.COUNTER), "")
    gauges = [name for name, point in points.items() if point.type is Type.FLOAT and point.every and point.noise]
    compared = [name for name in gauges if points[name].name in COMPARED] if label == DRIFT else []
    return next(iter(compared or gauges), "")


def _noise(flaw: Flaw) -> float:
    return (flaw.point.noise if flaw.point else None) or 0.0


def _freeze(flaw: Flaw, _age: float, value: float) -> float:
    return value if flaw.first is None else flaw.first


def _spike(flaw: Flaw, age: float, value: float) -> float:
    if age - flaw.last_spike < SPIKES_EVERY:
        return value
    flaw.last_spike = age
    return round(value + 30.0 * _noise(flaw), 6)


def _drift(flaw: Flaw, age: float, value: float) -> float:
    return round(value + 0.5 * _noise(flaw) * age / 3600.0, 6)


def _reset(flaw: Flaw, _age: float, value: float) -> float:
    return round(value - (flaw.first or 0.0), 6)


BENDS: dict[str, Callable[[Flaw, float, float], float]] = {
    "DQ-F1": _freeze,
    "DQ-F2": _spike,
    "DQ-F3": _drift,
    "DQ-F6": lambda _flaw, _age, value: round(value * 1000.0, 6),
    "DQ-F7": lambda _flaw, _age, _value: 65535,
    "DQ-F8": _reset,
}
