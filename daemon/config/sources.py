"""Turns the mapping of one source into a `Source`: names checked against what is declared, units into scale and offset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from daemon.config.complaints import suggest
from daemon.config.registers import polls, registers
from daemon.config.units import convert, like
from daemon.core.source import Rename, Source, Target, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from daemon.config.complaints import Place
    from daemon.config.source_models import RenameWords, SourceWords
    from daemon.core.nouns import Value
    from daemon.core.site import Channel, Device, Site
    from daemon.core.source import Place as Ours

OURS = "atrium"  # the dialect whose words are ours already


@dataclass(slots=True)
class Reach:
    """What sources may refer to: sites and their devices. `declared` are sites as written, even those that cannot be used."""

    sites: Mapping[str, Site]
    declared: frozenset[str]
    zones: set[str] = field(default_factory=available_timezones)
    seen: dict[str, dict[str, Target]] = field(default_factory=dict)

    def place(self, word: str, site: str | None, at: Place) -> Ours | None:
        """The device of ours that a word names: `device`, or `site/device`."""
        named, _, device = word.rpartition("/")
        named = named or site or (next(iter(self.declared)) if len(self.declared) == 1 else "")
        if not named:
            at.complain(f'"{word}" is a device of which site?', f"write site/{word}, or site: for the whole source")
        elif named not in self.declared:
            at.unknown("site", named, self.declared)
        elif named in self.sites and device not in self.sites[named].devices:
            at.unknown(f"device of {named}", device, self.sites[named].devices)
        else:
            return named, device
        return None

    def targets(self, site: str | None) -> dict[str, Target]:
        """The points of a site (None: of all) by the names under which values must arrive."""
        known = self.seen.get(site or "")
        if known is None:
            sites = [self.sites[site]] if site is not None and site in self.sites else self.sites.values()
            known = self.seen[site or ""] = _targets(device for one in sites for device in one.devices.values())
        return known


def _targets(devices: Iterable[Device]) -> dict[str, Target]:
    models = {id(device.model): device.model for device in devices}  # devices configured alike share one
    return {channel.source or channel.name: _target(channel) for model in models.values() for channel in model.channels.values()}


def _target(channel: Channel) -> Target:
    point = channel.point
    plain = channel.scale == 1.0 and channel.offset == 0.0  # otherwise the device converts by itself
    states = {state.casefold(): state for state in point.states}
    for state, word in zip(point.states, point.words, strict=False):
        states |= {word.zh.casefold(): state, word.en.casefold(): state}
    return Target(str(point.type), point.unit if plain else "", states)


def source_of(
    words: SourceWords, place: Place, reach: Reach, family: ModuleType | None, templates: tuple[str, ...]
) -> Source | None:
    """The source; None for our own dialect, which maps nothing. Whatever is wrong has been complained about."""
    if words.dialect == OURS:
        _complain_about_ours(words, place)
        return None
    _complain_about_frame(words, place, reach, family)
    mapping, at = words.mapping, place.at("mapping")
    devices, points = _devices(words, at.at("devices"), reach)
    targets = reach.targets(words.site)
    shared = _renames(mapping.points, at.at("points"), _Scope(words.site, targets, reach))
    read, named = registers(mapping.registers)
    scope = _Scope(words.site, targets, reach)
    for index, (name, one) in enumerate(named):
        shared[name] = _rename(one, at.at("registers", index), scope, name)
    return Source(
        id=words.id,
        site=words.site or (next(iter(reach.declared)) if len(reach.declared) == 1 else ""),
        device=words.device or "",
        zone=words.timezone,
        encoding={"gbk": "gb18030", "gb2312": "gb18030"}.get(words.encoding or "", words.encoding or ""),
        topics=templates,
        member=words.field or "",
        devices=devices,
        points={None: shared, **points},
        states=_states(mapping.states),
        failures=frozenset(folded(value) for value in mapping.failures),
        ignored=frozenset(mapping.ignore),
        registers=read,
        polls=polls(mapping.polls, at.at("polls")),
        options=dict(words.options),
        targets=targets,
    )


def _complain_about_ours(words: SourceWords, place: Place) -> None:
    for name in ("site", "device", "field", "encoding", "mapping", "options"):
        if name in words.model_fields_set:
            place.at(name).complain(f"the dialect {OURS} maps nothing", f"remove {name}, or name the dialect that is spoken here")


def _complain_about_frame(words: SourceWords, place: Place, reach: Reach, family: ModuleType | None) -> None:
    if words.timezone not in reach.zones:
        place.at("timezone").unknown("time zone", words.timezone, reach.zones)
    if words.site is not None and words.site not in reach.declared:
        place.at("site").unknown("site", words.site, reach.declared)
    elif words.device is not None:
        reach.place(words.device, words.site, place.at("device"))
    options = getattr(family, "OPTIONS", {})
    for name in words.options.keys() - options.keys() if family is not None else ():
        todo = suggest(name, options, none="remove it: this dialect has no options")
        place.at("options", name).complain(f'{words.dialect} has no option "{name}"', todo)
    for name in getattr(family, "NEEDS", ()):
        if not getattr(words.mapping, name):
            place.complain(f"{words.dialect} says nothing about meaning", f"write {name}: under mapping:")


def _devices(words: SourceWords, at: Place, reach: Reach) -> tuple[dict[str, Ours], dict[Ours | None, dict[str, Rename]]]:
    devices: dict[str, Ours] = {}
    points: dict[Ours | None, dict[str, Rename]] = {}
    for theirs, mapped in words.mapping.devices.items():
        ours = reach.place(mapped.device, words.site, at.at(theirs))
        if ours is not None:
            devices[theirs] = ours
            scope = _Scope(words.site, reach.targets(ours[0]), reach)
            points.setdefault(ours, {}).update(_renames(mapped.points, at.at(theirs, "points"), scope))
    return devices, points


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a name is looked up."""

    site: str | None
    targets: Mapping[str, Target]
    reach: Reach


def _renames(words: Mapping[str, RenameWords], at: Place, scope: _Scope) -> dict[str, Rename]:
    return {name: _rename(one, at.at(name), scope, name) for name, one in words.items()}


def _rename(words: RenameWords, at: Place, scope: _Scope, name: str = "") -> Rename:
    ours = None if words.device is None else scope.reach.place(words.device, scope.site, at.at("device"))
    targets = scope.reach.targets(ours[0]) if ours is not None else scope.targets
    point = words.point or name
    target = targets.get(point)
    if target is None and targets:
        at.at("point").unknown("point", point, targets)
    scale, offset = _scale(words, at, target)
    return Rename(words.point or "", ours, scale, offset, _states(words.states))


def _scale(words: RenameWords, at: Place, target: Target | None) -> tuple[float, float]:
    if words.scale == 0:
        at.at("scale").complain("scale 0 would make every value the same", "write the factor, e.g. 0.1")
    if words.unit is None or target is None:
        return 1.0 if words.scale is None else words.scale, words.offset or 0.0
    if (found := convert(words.unit, target.unit)) is None:
        what = f"{words.unit} does not convert to {target.unit or 'a point that has no unit, or is converted at its device'}"
        at.at("unit").complain(what, f"write one of: {', '.join(like(target.unit))}; or scale and offset")
        return 1.0, 0.0
    # A unit and a scale together: whole numbers sent ×10 in a unit of their own.
    return found[0] * (1.0 if words.scale is None else words.scale), found[1] + (words.offset or 0.0)


def _states(words: Mapping[str, Value]) -> dict[str, Value]:
    return {folded(said): meant for said, meant in words.items()}
