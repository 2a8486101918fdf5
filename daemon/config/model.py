"""Turns what is configured of a device beyond its place and names into its `Model`: channels mapped and scaled, limits merged.

Devices that are configured alike share one, whatever site they stand in: 129,000 devices need a few dozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daemon.config.complaints import Uniques
from daemon.config.layout import Layouts
from daemon.config.limits import limit_rules
from daemon.config.units import convert, like
from daemon.core.site import Channel, Model
from sensors.kit.letters import expand
from sensors.kit.words import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daemon.config.complaints import Place
    from daemon.config.layout import Instances, Layout
    from daemon.config.models import DeviceWords, PointWords
    from sensors.kit.words import Kind, Point

Mould = tuple[str, ...]  # everything that makes a model, as written


@dataclass(slots=True)
class Foundry:
    """Casts models, each once. What is wrong is complained about at every device that says it, so it is never shared."""

    kinds: Mapping[str, Kind]
    broken: frozenset[str] = frozenset()  # kinds that were complained about: their devices are left out without a word
    layouts: Layouts = field(init=False)
    made: dict[Mould, Model] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.layouts = Layouts(self.kinds)

    def cast(self, words: DeviceWords, kind: Kind, place: Place) -> Model:
        """The model of a device; `place` is the device's."""
        mould = _mould(words)
        if (known := self.made.get(mould)) is not None:
            return known
        before = len(place.complaints)
        model = self._cast(words, kind, place)
        if len(place.complaints) == before:
            self.made[mould] = model
        return model

    def _cast(self, words: DeviceWords, kind: Kind, place: Place) -> Model:
        layout = self.layouts.of(kind, _instances(words, kind, place.at("instances")))
        for flaw in layout.flaws:
            todo = "list the instances that the kind's rules need, or correct the kind"
            place.at("instances").complain(f"{kind.id}: {flaw}", todo)
        params = _params(words, kind, place.at("params"))
        absent = _absent(words.absent, layout, place.at("absent"))
        return Model(
            kind=kind,
            channels=_channels(layout, words.points, absent, place.at("points")),
            params=params,
            limits=limit_rules(layout, absent, params, words.limits, place),
            signatures=layout.signatures,
            instances=layout.instances,
        )


def _mould(words: DeviceWords) -> Mould:
    return words.kind, *(repr(part) for part in (words.instances, words.params, words.limits, words.points, words.absent))


def _instances(words: DeviceWords, kind: Kind, place: Place) -> Instances:
    letters = sorted({point.index for point in kind.points if point.index})
    good: Instances = {}
    for letter, numbers in words.instances.items():
        if letter not in letters:
            todo = f"this kind has {', '.join(letters)}" if letters else "remove it: this kind has no instance letters"
            place.at(letter).complain(f'{kind.id} has no instance letter "{letter}"', todo)
        elif not numbers or len(set(numbers)) < len(numbers):
            place.at(letter).complain(
                f"the instances of {letter} are empty or repeat a number", "list each number once, e.g. [1, 2]"
            )
        else:
            good[letter] = tuple(numbers)
    return good


def _params(words: DeviceWords, kind: Kind, place: Place) -> dict[str, float]:
    usual = {param.name: param.default for param in kind.params}
    for name in words.params.keys() - usual.keys():
        place.at(name).unknown(f"parameter of {kind.id}", name, usual)
    return {name: float(words.params.get(name, default)) for name, default in usual.items()}


def _absent(written: Collection[str], layout: Layout, place: Place) -> frozenset[str]:
    """Channels that are not fitted. A name with its letter in braces stands for all its instances."""
    known = layout.points.keys() | {point.name for point, _ in layout.points.values()}
    for index, name in enumerate(written):
        if name not in known:
            place.at(index).unknown("point", name, known)
    return frozenset(name for name, (point, _) in layout.points.items() if name in written or point.name in written)


def _channels(layout: Layout, words: Mapping[str, PointWords], absent: frozenset[str], place: Place) -> dict[str, Channel]:
    known = layout.points.keys() | {point.name for point, _ in layout.points.values()}
    for name in words.keys() - known:
        place.at(name).unknown("point", name, known)
    sources = Uniques("source name", "each name in the payload can feed one point only")
    channels = {}
    for name, (point, number) in layout.points.items():
        written = name if name in words else point.name
        channels[name] = _channel(name, point, number, words.get(written), absent=name in absent, place=place.at(written))
        sources.check(channels[name].source, place.at(written))
    return channels


def _channel(name: str, point: Point, number: int | None, words: PointWords | None, *, absent: bool, place: Place) -> Channel:
    if words is None:
        return Channel(name, point, number, source=name, absent=absent)
    if absent:
        place.complain(f"{name} is mapped and also listed as absent", "remove one of the two")
    bind = {} if number is None else {point.index: number}
    scale, offset = _scale(words, point, place)
    source = expand(words.source or name, bind, {point.index: point.digits})
    return Channel(name, point, number, source, scale, offset, absent, words.learned)


def _scale(words: PointWords, point: Point, place: Place) -> tuple[float, float]:
    if point.type not in NUMBERS and (words.unit, words.scale, words.offset) != (None, None, None):
        place.complain(f"{point.name} is no number ({point.type})", "remove unit, scale and offset")
        return 1.0, 0.0
    if words.unit is None:
        if words.scale == 0:
            place.at("scale").complain("scale 0 would make every value the same", "write the factor, e.g. 0.001")
        return 1.0 if words.scale is None else words.scale, words.offset or 0.0
    if words.scale is not None:
        place.at("scale").complain("unit and scale are both written", "keep one: a unit is converted by itself")
    if (found := convert(words.unit, point.unit)) is None:
        place.at("unit").complain(
            f"{words.unit} does not convert to {point.unit} ({point.name})",
            f"write one of: {', '.join(like(point.unit))}; or scale and offset",
        )
    scale, offset = found or (1.0, 0.0)
    return scale, offset + (words.offset or 0.0)
