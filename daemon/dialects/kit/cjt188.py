"""Turns frames of water, gas and heat meters (CJ/T 188) into an address and values in kWh, kW, m3, m3/h and °C.

Frame: 68 T A0…A6 C L DATA CS 16, perhaps with FE in front; digits low byte first, CS the sum of all bytes from 68, modulo 256.
DATA of a reading: identifier 901F, a serial number, then fields of four bytes of digits and a unit. Checked against frames
published by others, not against the paid text. Some makers send a unit in front of its value: seen by the units, for the whole
frame.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.dialects.kit import bcd
from daemon.dialects.kit.strict import Flaw

Value = float | bool | str
# Unit code → (what it measures, factor to kWh, kW, m3 or m3/h).
_UNITS = {
    0x02: ("energy", 1e-3), 0x05: ("energy", 1.0), 0x08: ("energy", 1e3), 0x0A: ("energy", 1e5),
    0x01: ("energy", 1 / 3.6e6), 0x0B: ("energy", 1 / 3600), 0x0E: ("energy", 1 / 3.6), 0x11: ("energy", 1e3 / 3.6),
    0x13: ("energy", 1e5 / 3.6), 0x14: ("power", 1e-3), 0x17: ("power", 1.0), 0x1A: ("power", 1e3),
    0x29: ("volume", 1e-3), 0x2C: ("volume", 1.0), 0x32: ("flow", 1e-3), 0x35: ("flow", 1.0),
}  # fmt: skip
_DECIMALS = {"energy": 2, "power": 2, "volume": 2, "flow": 4}
_WATER = (("volume_total", "volume"), ("volume_settled", "volume"))
_HEAT = (
    ("energy_settled", "energy"), ("energy_total", "energy"), ("power", "power"), ("flow", "flow"), ("volume_total", "volume"),
)  # fmt: skip
_VALVE = ("open", "closed", "undefined", "fault")


@dataclass(frozen=True, slots=True)
class Frame:
    """A meter's answer: its address (14 digits), its type byte and the bytes behind identifier and serial number."""

    meter: str
    kind: int
    data: bytes


def frame(raw: bytes) -> Frame | Flaw | None:
    """The answer in these bytes, None for a question, or why there is none."""
    body = _body(raw)
    wrong = _broken(body)
    if wrong is not None:
        return wrong
    control, data = body[9], body[11 : 11 + body[10]]
    if not control & 0x80:
        return None
    if control & 0x40:
        return Flaw("value", f"the meter refuses: {data.hex()}")
    meter = bcd.text(body[2:9])
    if control != 0x81 or isinstance(meter, Flaw) or data[:2] not in (b"\x1f\x90", b"\x90\x1f"):
        return Flaw("schema", f"no answer to reading data: control {control:02x}, identifier {data[:2].hex()}")
    return Frame(meter, body[1], data[3:])


def values(answer: Frame) -> list[tuple[str, Value | Flaw]]:
    """(what, value) of every field; the meter's own clock is left out, because nothing keeps it right."""
    if 0x20 <= answer.kind <= 0x29 and len(answer.data) == 43:
        return [*_fields(answer.data, _HEAT), *_temperatures(answer.data[25:34]), *_state(answer.data[-2])]
    if (0x10 <= answer.kind <= 0x19 or 0x30 <= answer.kind <= 0x39) and len(answer.data) == 19:
        return [*_fields(answer.data, _WATER), *_state(answer.data[-2])]
    return [("", Flaw("size", f"{len(answer.data)} bytes do not fit a meter of type {answer.kind:02x}"))]


def _fields(data: bytes, names: tuple[tuple[str, str], ...]) -> list[tuple[str, Value | Flaw]]:
    pieces = [data[5 * n : 5 * n + 5] for n in range(len(names))]
    front = all(_UNITS.get(piece[0], ("",))[0] == what for piece, (_, what) in zip(pieces, names, strict=True))
    back = all(_UNITS.get(piece[4], ("",))[0] == what for piece, (_, what) in zip(pieces, names, strict=True))
    split = [(piece[0], piece[1:]) if front and not back else (piece[4], piece[:4]) for piece in pieces]
    return [(name, _field(*parts, what)) for (name, what), parts in zip(names, split, strict=True)]


def _field(unit: int, digits: bytes, what: str) -> float | Flaw:
    measured, factor = _UNITS.get(unit, ("", 0.0))
    if measured != what:
        return Flaw("value", f"the unit code {unit:02x} is none of {what}")
    number = bcd.whole(digits)
    return number if isinstance(number, Flaw) else number * factor / 10 ** _DECIMALS[what]


def _temperatures(data: bytes) -> list[tuple[str, Value | Flaw]]:
    supply, back, hours = (bcd.whole(data[n : n + 3]) for n in (0, 3, 6))
    degrees = [(name, t if isinstance(t, Flaw) else t / 100) for name, t in (("supply_temp", supply), ("return_temp", back))]
    return [*degrees, ("hours", hours)]


def _state(flags: int) -> list[tuple[str, Value | Flaw]]:
    return [("valve", _VALVE[flags & 3]), ("battery_low", bool(flags & 4))]


def intact(raw: bytes) -> bool:
    """Is this a frame, whatever it says?"""
    return _broken(_body(raw)) is None


def _body(raw: bytes) -> bytes:
    """Without the FE that wake a meter up."""
    return raw[raw.find(b"\x68") :] if b"\x68" in raw[:8] else b""


def _broken(body: bytes) -> Flaw | None:
    if len(body) < 13:
        return Flaw("schema", "not a frame of CJ/T 188")
    end = 11 + body[10]
    if len(body) < end + 2 or body[end + 1] != 0x16:
        return Flaw("size", f"a frame of CJ/T 188 cut short or without its end: {len(body)} of {end + 2} bytes")
    if sum(body[:end]) % 256 != body[end]:
        return Flaw("schema", f"the check sum is {body[end]:02x} and not {sum(body[:end]) % 256:02x}")
    return None
