"""FreeIOE gateways: lists of [device/input/property, value, time, quality], plain or zlib-compressed, live or from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "freeioe"
TOPICS = ("+/data", "+/data_gz", "+/cached_data", "+/cached_data_gz", "+/devices", "+/devices_gz")

_DATA = frozenset({"data", "data_gz", "cached_data", "cached_data_gz", "data_em", "data_em_gz"})


def open(source: Source) -> Dialect:
    """Devices by their serial number in front of each key, else by the gateway's in the topic."""
    return json_family(source, _read, deaf=_deaf)


def _deaf(topic: str) -> bool:
    """Device models, statistics, events and frames of the bus are no readings."""
    return topic.rpartition("/")[2] not in _DATA


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, list) or not tree:
        report.refuse("not a list of [key, value, time, quality]")
        return
    for entry in [tree] if isinstance(tree[0], str) else tree:
        if isinstance(entry, list) and 2 <= len(entry) <= 4 and isinstance(entry[0], str):
            _entry(report, *entry)
        else:
            report.refuse("not [key, value, time, quality]")


def _entry(report: Report, key: str, written: object, time: object = None, quality: object = 0) -> None:
    """Quality 0 is good; everything else is a read that failed."""
    gateway = report.topic.rpartition("/")[0].rpartition("/")[2]
    *device, name = key.split("/", 1)
    name, _, attribute = name.rpartition("/") if device and "/" in name else (name, "", "value")
    if not report.about(*device, gateway):
        return
    name = name if attribute == "value" else f"{name}/{attribute}"
    if quality == 0 and quality is not False:
        report.value(name, written, report.time(time))
    else:
        report.failed(name, f"quality {quality}")
