"""What platforms say beside their readings: whether somebody is there, and figures that count only where a mapping wants them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from daemon.dialects.kit.report import Report

MOST_NESTED = 8  # levels of objects in objects
MOST_FLAT = 512  # values of one object with all objects in it
_ALIVE = "gateway_online"


def mapped(report: Report, *names: str) -> bool:
    """Does the configuration map one of these names for the device the report is about?"""
    names_of, place = report.reader.names, report.place
    own = names_of.own.get(place, {}) if isinstance(place, tuple) else {}
    return any(name in own or name in names_of.shared for name in names)


def extra(report: Report, name: str, written: Any, when: float | Flaw | None) -> None:  # noqa: ANN401 - a JSON value
    """A figure of the radio or the housekeeping: taken only where it is mapped, else nobody would want to hear of it."""
    if written is not None and mapped(report, name):
        report.value(name, written, when)


def alive(report: Report, when: float | None, *, online: bool, gateway: bool = False) -> None:
    """Somebody came or went. A gateway's word is the point `gateway_online`; a device's is taken where `online` is mapped, and
    its going is told where it is not: that it has fallen silent is then found by its silence."""
    if gateway or mapped(report, "online"):
        report.value("online", online, when, *([_ALIVE] if gateway else []))
    elif not online:
        report.refuse(Flaw("value", "the source says that the device is offline"))


def spread(report: Report, values: dict[str, Any], when: float | Flaw | None) -> None:
    """Values under dotted names, or under the last part of the name where no other value of the message ends alike: of two
    sensors' Temperature, neither may stand for the other."""
    tails = Counter(name.rpartition(".")[2] for name in values)
    for name, written in values.items():
        plain = name.rpartition(".")[2]
        report.value(name, written, when, *([plain] if tails[plain] == 1 and not plain.isdigit() else []))


def flat(tree: dict[str, Any]) -> dict[str, Any] | Flaw:
    """Objects in objects as one object of dotted names, items of lists numbered from 1."""
    found: dict[str, Any] = {}
    heap = [(name, value, 1) for name, value in reversed(tree.items())]
    while heap:
        name, value, depth = heap.pop()
        if len(found) >= MOST_FLAT or depth > MOST_NESTED:
            return Flaw("schema", f"more than {MOST_FLAT} values, or nested deeper than {MOST_NESTED}")
        if isinstance(value, dict):
            heap += [(f"{name}.{key}", inner, depth + 1) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            heap += [(f"{name}.{n}", inner, depth + 1) for n, inner in reversed(list(enumerate(value[: MOST_FLAT + 1], 1)))]
        else:
            found[name] = value
    return found
