"""Turns the words of one device into a `Device`: its model, its place, its names; every reference checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.config import maintenance
from daemon.core.site import Device
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.config.codes import Codes
    from daemon.config.complaints import Place
    from daemon.config.model import Foundry
    from daemon.config.models import DeviceWords
    from daemon.config.vocabulary import TextWords
    from daemon.core.site import Room
    from sensors.kit.words import Kind


@dataclass(frozen=True, slots=True)
class Around:
    """What a device may refer to in its site: names as written, even of things that are wrong in other ways."""

    site: str
    foundry: Foundry
    rooms: Mapping[str, Room]
    room_ids: frozenset[str]
    gateway_ids: frozenset[str]
    codes: Codes
    several: frozenset[str]  # kinds of which the site has more than one device
    device_ids: frozenset[str] = frozenset()
    zone: str = "UTC"


def build(words: DeviceWords, place: Place, around: Around) -> Device | None:
    """The device, or None where its kind is unknown or can't be used."""
    if words.room not in around.room_ids:
        place.at("room").unknown("room", words.room, around.room_ids)
    if words.gateway is not None and words.gateway not in around.gateway_ids:
        place.at("gateway").unknown("gateway", words.gateway, around.gateway_ids)
    if words.fed_by is not None and (words.fed_by not in around.device_ids or words.fed_by == words.id):
        place.at("fed_by").unknown("device", words.fed_by, around.device_ids - {words.id})
    kind = around.foundry.kinds.get(words.kind)
    if kind is None:
        place.at("kind").unknown("kind", words.kind, around.foundry.kinds)
        return None
    return None if words.kind in around.foundry.broken else _build(words, place, around, kind)


def _build(words: DeviceWords, place: Place, around: Around, kind: Kind) -> Device:
    room = around.rooms.get(words.room)
    return Device(
        id=words.id,
        site=around.site,
        model=around.foundry.cast(words, kind, place),
        room=words.room,
        name=_name(words.name, words.id, kind, around),
        gateway=words.gateway,
        public=words.public and (room is None or room.public),
        code=around.codes.of(around.site, words.id, words.code, place),
        out_of_service=maintenance.since(words.out_of_service, around.zone, place.at("out_of_service")),
        fed_by=words.fed_by or "",
    )


def _name(written: TextWords | None, device: str, kind: Kind, around: Around) -> Text:
    if written is not None:
        return Text(written.zh, written.en)
    return Text(f"{kind.says.zh} {device}", f"{kind.says.en} {device}") if kind.id in around.several else kind.says
