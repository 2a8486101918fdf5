"""Turns the words for planned work and for being out of service into windows and instants; what cannot be meant is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.config.clock import minutes, seconds, weekdays
from daemon.config.complaints import Uniques
from daemon.core.windows import WORK, Window
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from daemon.config.complaints import Place
    from daemon.config.maintenance_models import MaintenanceWords
    from daemon.core.site import Device

LONGEST = 7 * 86_400.0
DAYLESS = "write begin and end; or days or month_days with at and length"


def windows(
    words: Sequence[MaintenanceWords], place: Place, devices: Mapping[str, Device], rooms: Collection[str], zone: str
) -> tuple[Window, ...]:
    """The planned work of a site. `place` is the site's."""
    found, seen = [], Uniques("maintenance window", "rename one of the two")
    for one, here in zip(words, place.each("maintenance", len(words)), strict=True):
        made = _window(one, here, _covered(one, here, devices, rooms), zone)
        if seen.check(one.id, here.at("id")) and made is not None:
            found.append(made)
    return tuple(found)


def instant(written: str, zone: str, place: Place) -> float | None:
    """2026-12-01 09:00, by the clock on the site's wall."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        place.complain(f'"{written}" is no date', "write a date and a time of day: 2026-12-01 09:00")
        return None
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).timestamp()


def since(written: bool | str, zone: str, place: Place) -> float | None:  # noqa: FBT001 - as it is written
    """Since when a device is out of service; None: it is in service."""
    if isinstance(written, bool):
        return 0.0 if written else None
    return instant(written, zone, place)


def _covered(words: MaintenanceWords, place: Place, devices: Mapping[str, Device], rooms: Collection[str]) -> frozenset[str]:
    known = place.document.ids("devices") | place.document.ids("gateways")
    for index, name in enumerate(words.devices):
        if name not in known:
            place.at("devices", index).unknown("device", name, known)
    for index, name in enumerate(words.rooms):
        if name not in rooms:
            place.at("rooms", index).unknown("room", name, rooms)
    if not words.devices and not words.rooms:
        place.complain(f"{words.id} says nowhere where the work is", "list devices or rooms")
    return frozenset(words.devices) | {device.id for device in devices.values() if device.room in words.rooms}


def _window(words: MaintenanceWords, place: Place, devices: frozenset[str], zone: str) -> Window | None:
    again = [words.at, words.length, *words.days, *words.month_days]
    why = Text(words.why.zh, words.why.en) if words.why else WORK
    if words.begin is not None and words.end is not None and not any(again):
        begins, ends = instant(words.begin, zone, place.at("begin")), instant(words.end, zone, place.at("end"))
        if begins is not None and ends is not None and ends <= begins:
            place.at("end").complain(f"{words.id} ends before it begins", "write the later of the two as end")
        return None if begins is None or ends is None else Window(words.id, devices, why, (begins, ends))
    if words.begin is None and words.end is None and words.at and words.length and (words.days or words.month_days):
        return _recurring(words, place, devices, why)
    if place.document.whole is None:  # else what was written for it may have been complained about already
        place.complain(f"{words.id} does not say when", DAYLESS)
    return None


def _recurring(words: MaintenanceWords, place: Place, devices: frozenset[str], why: Text) -> Window:
    length, _ = seconds(words.length or "", 0.0)
    if not 0 < length <= LONGEST:
        place.at("length").complain(
            f"{words.length} is not possible", "write at most 7 d; a device that is out for longer: out_of_service"
        )
    return Window(
        words.id,
        devices,
        why,
        weekdays=frozenset(weekdays(words.days)),
        monthdays=frozenset(words.month_days),
        start=minutes(words.at or ""),
        length=length,
    )
