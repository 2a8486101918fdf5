"""What a device's conditions know of its surroundings: the hour of its site, and the devices they look at: `group(kind, same=…)`
→ the states of those devices, found once and kept.

A condition over a group reads the present values of others. After a restart each device is fed again from where it was saved, and
one that was saved later would already show values that the reader had not seen yet. So devices that look at each other are one
company: whenever one of them is saved, all are (`State.slices`), and all are fed again from the same place.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from daemon.core.device import DeviceState
    from daemon.core.site import Device

    Company = tuple[DeviceState, ...]


QUARTER = 900  # s: clocks are put forward and back at full quarters of an hour


@lru_cache(maxsize=4096)
def offset(zone: str, quarter: int) -> float:
    """Seconds that clocks in this zone are ahead of UTC during this quarter of an hour."""
    shift = datetime.fromtimestamp(quarter * QUARTER, ZoneInfo(zone)).utcoffset()
    return shift.total_seconds() if shift is not None else 0.0


def _feeder(device: Device) -> str:
    """What its power comes through; where nobody said so, a room has one feeder."""
    return f"device {device.fed_by}" if device.fed_by else f"room {device.room}"


# What devices of a group may share; None: nothing that can be shared.
SHARED: Mapping[str, Callable[[Device], str | None]] = {
    "": lambda device: device.site,
    "room": lambda device: device.room,
    "gateway": lambda device: device.gateway,
    "feeder": _feeder,
}


def introduce(devices: Iterable[DeviceState]) -> None:
    """Tell the devices of one site whom their conditions look at (`near`), and with whom they are saved (`company`)."""
    everybody = tuple(devices)
    groups = _groups(everybody)
    for device in everybody:
        device.near = {
            (kind, same): groups.get((kind, same, SHARED[same](device.device)), ()) for kind, same in device.book.groups
        }
    for company in _companies(everybody):
        for device in company:
            device.company = company


def _groups(everybody: Company) -> dict[tuple[str, str, str | None], Company]:
    """(kind, what they share, which) → these devices, in the order of the configuration, wherever somebody looks at them."""
    found = defaultdict[tuple[str, str, str | None], list["DeviceState"]](list)
    for kind, same in frozenset[tuple[str, str]]().union(*(device.book.groups for device in everybody)):
        for device in everybody:
            if device.device.kind.id == kind and (shared := SHARED[same](device.device)) is not None:
                found[kind, same, shared].append(device)
    return {key: tuple(group) for key, group in found.items()}


def _companies(everybody: Company) -> list[Company]:
    """Devices of which one looks at another, or both at a third. Many rules ask whether the gateway is away."""
    found: dict[str, list[DeviceState]] = {device.device.id: [device] for device in everybody}
    for device in everybody:
        gateway = () if device.gateway is None else (device.gateway,)
        for other in (*gateway, *(group[0] for group in device.near.values() if group)):
            _unite(found, device.device.id, other.device.id)
    for group in {id(group): group for device in everybody for group in device.near.values()}.values():
        for other in group[1:]:
            _unite(found, group[0].device.id, other.device.id)
    whole = {id(mates): mates for mates in found.values() if len(mates) > 1}
    return [tuple(sorted(mates, key=lambda one: one.device.id)) for mates in whole.values()]


def _unite(found: dict[str, list[DeviceState]], one: str, other: str) -> None:
    """The smaller company joins the larger."""
    small, large = sorted((found[one], found[other]), key=len)
    if small is not large:
        large += small
        found |= dict.fromkeys((mate.device.id for mate in small), large)
