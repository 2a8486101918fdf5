"""Turns what the watch knows of itself into a message for a control room, and that into readings: a message like any other, so
that it is journalled, judged, kept and fed again.

Only it is no sign of life of the room's own equipment: that may be silent while the watch speaks. And what the watch measures is
no gauge that could freeze, jump into another unit or be sent twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from daemon.core.nouns import Message, Rejected, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Value
    from daemon.core.site import Channel

KIND = "control_room"
SOURCE = "$atrium"  # no broker is called that
TOPIC = "$atrium/own/"
POINTS = (
    "broker_connected",
    "gateways_online",
    "gateways_total",
    "msg_rate",
    "disk_used_pct",
    "ntp_offset_ms",
    "operator_ack_s",
)

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def message(key: tuple[str, str], values: Mapping[str, Value], at: float) -> Message:
    """What is known of this control room at `at`."""
    return Message(TOPIC + "/".join(key), msgspec.json.encode(values), at, SOURCE)


def read(topic: str, payload: bytes, _at: float) -> list[Sample | Rejected]:
    """The dialect of these messages. They have no time of their own: it is that of their receipt."""
    site, _, device = topic.removeprefix(TOPIC).partition("/")
    return [Sample(site, device, point, value, None) for point, value in _decode(payload).items()]


def points(device: DeviceState) -> tuple[str, ...]:
    """The points of this device that the watch can tell: of a control room, what is fitted and the site maps to nothing else."""
    sources = device.book.sources if device.device.kind.id == KIND else {}
    return tuple(name for name in POINTS if name in sources and _is_plain(sources[name]))


def _is_plain(channel: Channel) -> bool:
    return channel.source in {"", channel.name} and (channel.scale, channel.offset) == (1.0, 0.0)


def is_all(device: DeviceState) -> bool:
    """Does this device have no other points? Then the watch's word is its sign of life."""
    return device.book.senses.keys() <= set(POINTS)


def trust(device: DeviceState) -> None:
    """Forget what is only suspected of these points' data."""
    doubted = [key for key, trace in device.flaws.items() if not trace.told and key.partition(":")[2] in POINTS]
    for key in doubted:
        del device.flaws[key]
    if doubted:
        device.rearm()
