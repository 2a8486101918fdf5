"""Turns frames of a fire-alarm transmission device (GB/T 26875.3-2011) into values of systems, parts and the device itself.

Frame: 40 40, 25 bytes of control (serial number, version, time, source, destination, length, command), data, check sum, 23 23;
whole numbers low byte first. The check sum adds up control and data, modulo 256. Data: type, number of objects, then per object
its fields and six bytes of time (second first, local, years from 2000). Layout and tables follow transcripts of the standard in
circulation and a public codec whose tests agree with them; the paid text was not read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterator

_START, _END = b"@@", b"##"
_CONTROL = struct.Struct("<HBB6s6s6sHB")  # serial, main and user version, time, source, destination, length, command
_MOST = 1024  # bytes of data
_COMMANDS = {1: "a control command", 3: "an acknowledgement", 4: "a request", 6: "a refusal"}
_QUIET = {5, 6, 7, 8, 25, 26, 28}  # versions, configurations, clocks: nothing to watch
# Bit 0 is 1 in normal service: told turned round, so that every name says something worth saying when it is true.
_FACILITY = (
    "test_mode", "fire", "fault", "shielded", "supervised", "started", "feedback", "delayed", "main_power_fault",
    "backup_power_fault", "bus_fault", "manual", "configuration_changed", "reset",
)  # fmt: skip
_PART = (*_FACILITY[:8], "power_fault")
_DEVICE = ("test_mode", "fire", "fault", "main_power_fault", "backup_power_fault", "link_fault", "line_fault")
_OPERATION = ("reset", "silenced", "manual_alarm", "alarm_cancelled", "self_test", "confirmed", "test")
# Analogue type → (what, factor to m, °C, MPa, kPa, %LEL, s, V, A, L/s, m3/min, m/s).
_ANALOGUE = {
    1: ("count", 1), 2: ("height", 100), 3: ("temperature", 10), 4: ("pressure_mpa", 10), 5: ("pressure_kpa", 10), 6: ("gas", 10),
    7: ("time", 1), 8: ("voltage", 10), 9: ("current", 10), 10: ("flow", 10), 11: ("air_flow", 10), 12: ("air_speed", 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What a transmission device says: its address (12 hex digits, high byte first) and the data behind the control bytes."""

    device: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Value:
    """One value. `of` names system and part as in the data, "" the device itself; `time` second … year, as sent."""

    of: str
    what: str
    value: float | bool | Flaw
    time: bytes


def frame(raw: bytes) -> Frame | Flaw | None:
    """The data in these bytes, None where the frame carries none (acknowledgements, requests), or what is wrong."""
    if len(raw) < 30 or not raw.startswith(_START):
        return Flaw("schema", "not a frame of GB/T 26875.3: it begins with 40 40 and has 30 bytes or more")
    *_, source, _, length, command = _CONTROL.unpack_from(raw, 2)
    end = 27 + length
    if length > _MOST or len(raw) != end + 3 or raw[end + 1 :] != _END:
        return Flaw("size", f"{len(raw)} bytes where the frame says {end + 3}, or no 23 23 at its end")
    if sum(raw[2:end]) % 256 != raw[end]:
        return Flaw("schema", f"the check sum is {raw[end]:02x} and not {sum(raw[2:end]) % 256:02x}")
    if command in _COMMANDS:
        return None
    if command not in (2, 5):
        return Flaw("schema", f"the command {command} is not known")
    return Frame(source[::-1].hex(), raw[27:end])


def values(data: bytes) -> list[Value] | Flaw:
    """Every value of every object, or why they cannot be told apart. What is of no use for watching gives none."""
    if len(data) < 2:
        return Flaw("size", "data of less than two bytes")
    kind, count = data[0], data[1]
    if kind in _QUIET:
        return []
    if kind not in _OBJECTS:
        return Flaw("schema", f"the type of data {kind} is not known")
    size, read = _OBJECTS[kind]
    if not count or len(data) != 2 + count * size:
        return Flaw("size", f"{count} objects of type {kind} need {count * size} bytes, {len(data) - 2} are there")
    return [value for n in range(count) for value in read(data[2 + n * size : 2 + (n + 1) * size])]


def _bits(of: str, names: tuple[str, ...], flags: int, time: bytes) -> Iterator[Value]:
    return (Value(of, name, bool(flags >> n & 1) != (name == "test_mode"), time) for n, name in enumerate(names))


def _facility(body: bytes) -> Iterator[Value]:
    system, address, flags = struct.unpack_from("<BBH", body)
    return _bits(f"{system}.{address}", _FACILITY, flags, body[4:])


def _part(body: bytes) -> Iterator[Value]:
    return _bits(_address(body), _PART, int.from_bytes(body[7:9], "little"), body[40:])


def _analogue(body: bytes) -> Iterator[Value]:
    what, factor = _ANALOGUE.get(body[7], (f"analogue_{body[7]}", 0))
    number = int.from_bytes(body[8:10], "little", signed=True)
    value = number / factor if factor else Flaw("unknown-point", f"the analogue type {body[7]} has no known unit")
    yield Value(_address(body), what, value, body[10:])


def _operation(body: bytes) -> Iterator[Value]:
    return _bits(f"{body[0]}.{body[1]}", _OPERATION, body[2], body[4:])


def _device(body: bytes) -> Iterator[Value]:
    return _bits("", _DEVICE, body[0], body[1:])


def _device_operation(body: bytes) -> Iterator[Value]:
    return _bits("", _OPERATION, body[0], body[2:])


def _address(body: bytes) -> str:
    """System type, system address, part type, part address (eight hex digits, high byte first)."""
    return f"{body[0]}.{body[1]}.{body[2]}.{body[6:2:-1].hex()}"


# Type of data → (bytes of one object with its time, reader).
_OBJECTS = {
    1: (10, _facility), 2: (46, _part), 3: (16, _analogue), 4: (10, _operation), 21: (7, _device), 24: (8, _device_operation),
}  # fmt: skip
