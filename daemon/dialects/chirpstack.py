"""LoRaWAN by ChirpStack: uplinks whose payload the device profile's codec has decoded into `object`, version 4 or 3."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.beside import extra, flat, spread
from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import dig, strings
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "chirpstack"
TOPICS = ("application/+/device/+/event/up", "application/+/device/+/event/status")

_EVENTS = frozenset({"up", "status"})
_STATUS = {"batteryLevel": "batteryLevelUnavailable", "margin": "", "externalPowerSource": ""}


def open(source: Source) -> Dialect:
    """Devices by DevEUI (16 hex digits) or name; values by their path in `object` or its last part; `rssi`, `snr`, `fCnt` and the
    status where they are mapped."""
    return json_family(source, _read, deaf=_deaf)


def _deaf(topic: str) -> bool:
    """Joins, acknowledgements, logs and downlinks are no readings."""
    levels = topic.split("/")
    return levels[-1] not in _EVENTS or (len(levels) > 1 and levels[-2] == "command")


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict):
        report.refuse("not an object")
        return
    if not report.about(*_words(report, tree)):
        return
    when = report.time(tree.get("time") or _heard(tree, "gwTime") or _heard(tree, "time"))
    if report.topic.endswith("/status"):
        for name, unavailable in _STATUS.items():
            if not tree.get(unavailable):
                extra(report, name, tree.get(name), when)
        return
    _uplink(report, tree, when)


def _uplink(report: Report, tree: dict[str, Any], when: float | Flaw | None) -> None:
    decoded = tree.get("object")
    if decoded is None and isinstance(written := tree.get("objectJSON"), str) and written:
        decoded = documents(written.encode())[0]
    values = flat(decoded) if isinstance(decoded, dict) else decoded
    if isinstance(values, Flaw):
        report.refuse(values)
    elif not isinstance(values, dict) or not values:
        report.refuse("no decoded values: give the device profile a codec in ChirpStack")
    else:
        spread(report, values, when)
    extra(report, "fCnt", tree.get("fCnt"), when)
    for name in ("rssi", "snr"):
        extra(report, name, _heard(tree, name), when)


def _heard(tree: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - a JSON value
    """What the first gateway that heard the uplink says; ChirpStack puts the best one first."""
    gateways = tree.get("rxInfo")
    return gateways[0].get(name) if isinstance(gateways, list) and gateways and isinstance(gateways[0], dict) else None


def _words(report: Report, tree: dict[str, Any]) -> list[str]:
    levels = report.topic.split("/")
    info = dig(tree, "deviceInfo")
    names = strings(info, "devEui", "deviceName") if isinstance(info, dict) else []
    return [*names, _eui(tree.get("devEUI")), *strings(tree, "deviceName"), *levels[-3:-2]]


def _eui(written: object) -> str:
    """Version 3 writes the eight bytes in base64, or as hex where it was told to."""
    try:
        raw = base64.b64decode(written, validate=True) if isinstance(written, str) and len(written) == 12 else b""
    except binascii.Error:
        return ""
    return raw.hex() if len(raw) == 8 else str(written) if isinstance(written, str) else ""
