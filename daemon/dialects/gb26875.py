"""Fire-alarm transmission devices (GB/T 26875.3) whose frames a gateway forwards over MQTT: raw, as hex, or as hex in JSON.

Names: `fire`, `fault` … of the device itself; `1.2.fire` of system type 1, address 2; `1.2.40.00010007.fire` of its part of type
40 at address 00010007; `1.2.40.00010007.temperature` of an analogue value. What is true is always told; what is false only where
it is mapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.dialects.kit import gb26875
from daemon.dialects.kit.beside import mapped
from daemon.dialects.kit.family import begin, bytes_family
from daemon.dialects.kit.frames import carried
from daemon.dialects.kit.report import strings
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "gb26875"
OPTIONS = {"data": "the member that holds the hex"}

_DEVICES = ("deviceId", "device", "sn", "imei", "gw")


def open(source: Source) -> Dialect:
    """Devices by the frame's source address (12 hex digits), what the JSON around it says, or the topic."""
    return bytes_family(source, _read)


def _read(report: Report, payload: bytes) -> None:
    found = carried(payload, str(report.reader.source.options.get("data", "")))
    frame = found if isinstance(found, Flaw) else gb26875.frame(found[0])
    if isinstance(frame, Flaw):
        report.refuse(frame)
    if isinstance(found, Flaw) or isinstance(frame, Flaw) or frame is None:
        return
    begin(report, found[1])
    values = gb26875.values(frame.data)
    if isinstance(values, Flaw):
        report.refuse(values)
    elif report.about(frame.device, *(strings(found[1], *_DEVICES) if isinstance(found[1], dict) else [])):
        times: dict[bytes, float | None] = {}
        for value in values:
            _value(report, value, times)


def _value(report: Report, told: gb26875.Value, times: dict[bytes, float | None]) -> None:
    name = f"{told.of}.{told.what}" if told.of else told.what
    if told.value is False and not mapped(report, name):
        return  # a part sends nine bits each time: those that say "nothing" are for whoever asked for them
    if told.time not in times:
        times[told.time] = _time(report, told.time)
    report.value(name, told.value, times[told.time])


def _time(report: Report, label: bytes) -> float | None:
    """A fire must not be lost because a panel's clock is wrong: an unusable time is told, and the receive time holds."""
    second, minute, hour, day, month, year = label
    when = report.time(f"{2000 + year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    if isinstance(when, Flaw):
        report.refuse(when)
        return None
    return when
