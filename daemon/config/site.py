"""Turns the words of one `sites/{site}.yaml` into a `Site`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from daemon.config import device, maintenance
from daemon.config.codes import Codes
from daemon.config.complaints import Uniques
from daemon.config.models import DeviceWords
from daemon.core.learned.finding import Settings
from daemon.core.site import Room, Site
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.config.complaints import Place
    from daemon.config.learned_models import LearnedWords
    from daemon.config.model import Foundry
    from daemon.config.models import GatewayWords, SiteWords
    from daemon.config.people import Roster
    from daemon.core.site import Device, NoticeChannel, ServiceTerms


@dataclass(frozen=True, slots=True)
class Commons:
    """What all sites share, and what must be unique among them."""

    foundry: Foundry
    roster: Roster
    terms: ServiceTerms
    channels: dict[str, NoticeChannel]
    zones: set[str] = field(default_factory=available_timezones)
    prefixes: Uniques = field(default_factory=lambda: Uniques("ticket prefix", "write another prefix: AB"))
    codes: Codes = field(default_factory=Codes)


def build(words: SiteWords, place: Place, commons: Commons) -> Site:
    """The site; whatever is wrong in it has been complained about."""
    if words.timezone not in commons.zones:
        place.at("timezone").unknown("time zone", words.timezone, commons.zones)
    prefix = words.prefix or words.site.upper()[:2]
    commons.prefixes.check(prefix, place.at("prefix"))
    rooms = _rooms(words, place)
    zone = words.timezone if words.timezone in commons.zones else "UTC"
    devices = _devices(words, place, rooms, commons, zone)
    people, teams = commons.roster.of(words.site)
    return Site(
        id=words.site,
        name=Text(words.name.zh, words.name.en),
        timezone=words.timezone,
        rooms=rooms,
        devices=devices,
        people=people,
        teams=teams,
        terms=commons.terms,
        channels=commons.channels,
        prefix=prefix,
        phone=words.phone,
        windows=maintenance.windows(words.maintenance, place, devices, place.document.ids("rooms"), zone),
        learned=_learned(words.learned),
    )


def _learned(words: LearnedWords | None) -> Settings | None:
    if words is None:
        return None
    memory = words.memory_mb * 1_000_000
    return Settings(per_month=words.per_month, memory=memory, systems=words.systems, tickets=words.tickets)


def _rooms(words: SiteWords, place: Place) -> dict[str, Room]:
    rooms, seen = {}, Uniques("room", "rename one of the two")
    for room, here in zip(words.rooms, place.each("rooms", len(words.rooms)), strict=True):
        if seen.check(room.id, here.at("id")):
            rooms[room.id] = Room(room.id, Text(room.name.zh, room.name.en), room.public)
    return rooms


def _devices(words: SiteWords, place: Place, rooms: dict[str, Room], commons: Commons, zone: str) -> dict[str, Device]:
    counts = Counter(one.kind for one, _ in _all(words, place))
    around = device.Around(
        site=words.site,
        foundry=commons.foundry,
        codes=commons.codes,
        rooms=rooms,
        room_ids=place.document.ids("rooms"),
        gateway_ids=place.document.ids("gateways"),
        device_ids=place.document.ids("devices"),
        zone=zone,
        several=frozenset(kind for kind, count in counts.items() if count > 1),
    )
    found, seen = {}, Uniques("device", "every device and gateway of a site needs an id of its own")
    for one, here in _all(words, place):
        made = device.build(one, here, around)
        fresh = seen.check(one.id, here.at("id"))
        if made is not None and fresh:
            found[one.id] = made
    return found


def _all(words: SiteWords, place: Place) -> Iterator[tuple[DeviceWords, Place]]:
    """Devices, and gateways as the devices they are."""
    for index, one in enumerate(words.devices):
        yield one, place.at("devices", index)
    for index, gateway in enumerate(words.gateways):
        yield _as_device(gateway), place.at("gateways", index)


def _as_device(words: GatewayWords) -> DeviceWords:
    return DeviceWords(id=words.id, kind="gateway", room=words.room, name=words.name, absent=words.absent, public=False)
