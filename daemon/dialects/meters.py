"""Meters and controllers whose frames a gateway forwards: DL/T 645, CJ/T 188 or Modbus; raw, as hex, or as hex in JSON.

Which of them a frame is shows in its bytes; `options: {protocol: …}` says it where a bus has only one. DL/T 645 names values by
their data identifier (02010100), CJ/T 188 by `volume_total`, `energy_total`, `supply_temp` and so on, Modbus by `registers:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.dialects.kit import cjt188, dlt645, modbus
from daemon.dialects.kit.family import begin, bytes_family
from daemon.dialects.kit.frames import carried
from daemon.dialects.kit.registers import Map
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.nouns import Value
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "meters"
OPTIONS = {"protocol": "dlt645, cjt188 or modbus, if the bus has only one", "data": "the member that holds the hex"}


def open(source: Source) -> Dialect:
    """Devices by the meter's address (12 or 14 digits, zeros in front may be left out); Modbus slaves as in `modbus-frames`."""
    registers = Map(source)
    only, member = str(source.options.get("protocol", "")), str(source.options.get("data", ""))

    def read(report: Report, payload: bytes) -> None:
        found = carried(payload, member)
        if isinstance(found, Flaw):
            report.refuse(found)
            return
        begin(report, found[1])
        protocol = only or _protocol(found[0], modbus_too=bool(source.registers))
        if protocol == "modbus":
            registers.tell(report, modbus.frames(found[0]))
        elif protocol == "dlt645":
            _electricity(report, dlt645.frame(found[0]))
        elif protocol == "cjt188":
            _water(report, cjt188.frame(found[0]))
        else:
            report.refuse("a frame of neither DL/T 645 nor CJ/T 188, and no registers say what Modbus would mean")

    return bytes_family(source, read)


def _protocol(frame: bytes, *, modbus_too: bool) -> str:
    if dlt645.intact(frame):
        return "dlt645"
    if cjt188.intact(frame):
        return "cjt188"
    if modbus_too:
        return "modbus"
    return "dlt645" if frame[7:8] == b"\x68" else ""


def _electricity(report: Report, answer: dlt645.Frame | Flaw | None) -> None:
    if isinstance(answer, Flaw):
        report.refuse(answer)
    elif answer is not None:
        _told(report, answer.meter, dlt645.values(answer))


def _water(report: Report, answer: cjt188.Frame | Flaw | None) -> None:
    if isinstance(answer, Flaw):
        report.refuse(answer)
    elif answer is not None:
        _told(report, answer.meter, cjt188.values(answer))


def _told(report: Report, meter: str, values: Iterable[tuple[str, Value | Flaw]]) -> None:
    source, words = report.reader.source, (meter, meter.lstrip("0"))
    stranger = source.devices.keys().isdisjoint(words) and any(word.isdecimal() for word in source.devices)
    if stranger and (report.word in source.devices or not source.device):
        report.refuse(Flaw("unknown-device", f"the meter {meter} is not mapped, though others are: it is not the topic's device"))
    elif report.about(*words):
        for name, value in values:
            report.value(name or "frame", value, None)
