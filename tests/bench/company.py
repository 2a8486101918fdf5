"""Turns a number of communities into the configuration of a property company, with the volumes of a typical community of about
1,000 households: 430 devices, some 5,300 points (`python -m tests.bench.company 300 FOLDER` writes it).

The messages are figures, so equipment that mostly says states and contacts is stood in for by a kind with as many points: a lift
by a charging pile without two of its points, a lamp by three contacts of one. Periods are a little below the time after which
such a point counts as missed.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sensors.kit.expand import expand_points, instances_of
from sensors.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONFIG = Path(__file__).parent.parent.parent / "config"
CONTACTS = ("tilt", "smoke", "door_open")  # what a stand-in of three points keeps


@dataclass(frozen=True, slots=True)
class Class:
    """One row of the volume table: how many devices, with how many points, how often, with how many values a message."""

    name: str
    count: int
    kind: str
    points: int
    periods: tuple[float, float]  # seconds between two messages: typical, high profile
    values: int
    keep: tuple[str, ...] = ()  # these points, else the first


CLASSES = (
    Class("fire-pump", 1, "fire_pump", 45, (10, 1), 40),
    Class("roof-tank", 6, "ev_charger", 3, (300, 60), 3, CONTACTS),
    Class("supply", 3, "water_supply", 42, (10, 1), 20),
    Class("tank", 1, "charging_group", 10, (30, 10), 10),
    Class("boiler", 2, "boiler", 39, (10, 1), 30),
    Class("exchanger", 1, "charging_group", 10, (30, 10), 10),
    Class("reclaimed", 1, "boiler", 31, (15, 5), 28),
    Class("bay", 4, "fire_pump", 45, (10, 1), 40),
    Class("incomer", 1, "boiler", 20, (10, 1), 18),
    Class("control-room", 1, "ev_charger", 27, (30, 10), 24),
    Class("lift", 20, "ev_charger", 25, (5, 1), 8),
    Class("pile", 80, "ev_charger", 27, (37.5, 15), 10),
    Class("ebike", 20, "ebike_charger", 58, (30, 10), 46),
    Class("feeder", 3, "charging_group", 10, (15, 5), 9),
    Class("light", 6, "charging_group", 10, (50, 30), 10),
    Class("lamp", 200, "ev_charger", 3, (850, 300), 3, CONTACTS),
    Class("sensor", 60, "ev_charger", 3, (600, 300), 3, CONTACTS),
    Class("gateway", 20, "gateway", 3, (600, 300), 3, ("gateway_rssi", "gateway_uptime", "poll_error_pct")),
)


def name_of(site: int) -> str:
    """The id of the n-th community."""
    return f"c{site:03d}"


@cache
def absent_of(one: Class) -> tuple[str, ...]:
    """The points of the kind that this class does without."""
    kind = kinds()[one.kind]
    names = list(expand_points(kind, instances_of(kind, {})))
    kept = set(one.keep or names[: one.points])
    return tuple(name for name in names if name not in kept)


@cache
def devices_of() -> tuple[tuple[str, Class], ...]:
    """The devices of every community: (id, class), gateways among them."""
    return tuple((f"{one.name}-{number:03d}", one) for one in CLASSES for number in range(1, one.count + 1))


def write(folder: Path, sites: int, *, people: bool = True) -> Path:
    """The configuration of a company with that many communities; `people` False: nobody is told of anything."""
    (folder / "sites").mkdir(parents=True)
    for name in ("atrium.yaml", "notices.yaml", "service.yaml", *(["people.yaml"] if people else [])):
        shutil.copy(CONFIG / name, folder / name)
    if not people:
        (folder / "people.yaml").write_text("teams: []\npeople: []\n", encoding="utf-8")
    for number in range(sites):
        (folder / "sites" / f"{name_of(number)}.yaml").write_text("\n".join(_site(number)) + "\n", encoding="utf-8")
    return folder


def _site(number: int) -> Iterator[str]:
    yield f"site: {name_of(number)}"
    yield f"name: {{zh: 小区{number}, en: Community {number}}}"
    yield "timezone: Asia/Shanghai"
    yield f"prefix: {_letters(number)}"
    yield "rooms:"
    yield from (f"  - {{id: {one.name}-room, name: {{zh: {one.name}房, en: Room of {one.name}}}}}" for one in CLASSES)
    yield "devices:"
    for place, (device, one) in enumerate((name, one) for name, one in devices_of() if one.kind != "gateway"):
        gateway = f"gateway-{1 + place % 20:03d}"
        absent = f", absent: {_absent(device, one)}" if absent_of(one) else ""
        yield f"  - {{id: {device}, kind: {one.kind}, room: {one.name}-room, gateway: {gateway}{absent}}}"
    yield "gateways:"
    for device, one in devices_of():
        if one.kind == "gateway":
            yield f"  - {{id: {device}, room: gateway-room, absent: {_absent(device, one)}}}"


def _absent(device: str, one: Class) -> str:
    """The first of a class lists what is not fitted, the others refer to it: a YAML anchor and its aliases."""
    return f"&{one.name} [{', '.join(absent_of(one))}]" if device.endswith("-001") else f"*{one.name}"


def _letters(number: int) -> str:
    """A ticket prefix of its own, three letters."""
    return "C" + chr(65 + number // 26) + chr(65 + number % 26)


def main(arguments: Sequence[str]) -> None:
    """Write a configuration."""
    print(write(Path(arguments[1]), int(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
