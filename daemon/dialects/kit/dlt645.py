"""Turns frames of electricity meters (DL/T 645-2007 and -1997) into an address and values in the standard's units.

Frame: 68 A0…A5 68 C L DATA CS 16, perhaps with FE in front; address and digits low byte first, every byte of DATA sent plus 33
hex, CS the sum of all bytes from the first 68, modulo 256. The layout was checked against frames published by others; which data
item has how many digits and which sign follows tables in circulation, not the paid text of the standard.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.dialects.kit import bcd
from daemon.dialects.kit.strict import Flaw

_OFFSET = bytes((byte - 0x33) % 256 for byte in range(256))  # a table for bytes.translate
_ANSWER, _REFUSED = 0x80, 0x40  # bits of the control byte
_WIDTH = {0x11: 4, 0x12: 4, 0x01: 2, 0x02: 2}  # read, read on: bytes of the data identifier in the two editions
_UNREAD = 32  # values in one block that are looked at


@dataclass(frozen=True, slots=True)
class Frame:
    """A meter's answer: its address (12 digits), the item's identifier in hex as printed in the standard, its bytes."""

    meter: str
    item: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Form:
    """How a data item is written: bytes, digits behind the point, whether the highest bit is a sign."""

    size: int
    decimals: int
    signed: bool = False


# By the front of the identifier, longest first; units: kWh kvarh V A kW kvar kVA degrees Hz °C.
_FORMS = {
    "02800001": _Form(3, 3, signed=True),  # neutral current, A
    "02800002": _Form(2, 2),  # frequency, Hz
    "02800003": _Form(3, 4, signed=True),  # mean active power of a minute, kW
    "02800007": _Form(2, 1, signed=True),  # temperature inside, °C
    "0201": _Form(2, 1),  # voltage, V
    "0202": _Form(3, 3, signed=True),  # current, A
    "0203": _Form(3, 4, signed=True),  # active power, kW
    "0204": _Form(3, 4, signed=True),  # reactive power, kvar
    "0205": _Form(3, 4, signed=True),  # apparent power, kVA
    "0206": _Form(2, 3, signed=True),  # power factor
    "0207": _Form(2, 1),  # phase angle, degrees
    "0000": _Form(4, 2, signed=True),  # combined active energy, kWh
    "0003": _Form(4, 2, signed=True),  # combined reactive energy 1, kvarh
    "0004": _Form(4, 2, signed=True),  # combined reactive energy 2, kvarh
    "00": _Form(4, 2),  # other energies, kWh and kvarh
    "b61": _Form(2, 0),  # 1997: voltage, V
    "b62": _Form(2, 2),  # 1997: current, A
    "b63": _Form(3, 4),  # 1997: active power, kW
    "b64": _Form(2, 2),  # 1997: reactive power, kvar
    "b65": _Form(2, 3),  # 1997: power factor
    "90": _Form(4, 2),  # 1997: active energy, kWh
    "91": _Form(4, 2),  # 1997: reactive energy, kvarh
}


def frame(raw: bytes) -> Frame | Flaw | None:
    """The answer in these bytes, None for a question, or why there is none."""
    body = _body(raw)
    wrong = _broken(body)
    if wrong is not None:
        return wrong
    control, data = body[8], body[10 : 10 + body[9]].translate(_OFFSET)
    if not control & _ANSWER:
        return None
    if control & _REFUSED:
        return Flaw("value", f"the meter refuses: error {data.hex() or 'without a code'}")
    width = _WIDTH.get(control & 0x1F, 0)
    meter = bcd.text(body[1:7])
    if isinstance(meter, Flaw) or not width or len(data) <= width:
        return Flaw("schema", f"no answer to reading data: control {control:02x}, {len(data)} bytes")
    return Frame(meter, data[:width][::-1].hex(), data[width:])


def values(answer: Frame) -> list[tuple[str, float | Flaw]]:
    """(identifier, value) of the item, or of each item of a block (ff in the identifier)."""
    form = next((form for front, form in _FORMS.items() if answer.item.startswith(front)), None)
    if form is None:
        return [(answer.item, Flaw("unknown-point", f"the data item {answer.item} has no known form"))]
    names = _names(answer.item, min(len(answer.data) // form.size, _UNREAD))
    if not names or len(answer.data) % form.size or len(names) * form.size != len(answer.data):
        return [(answer.item, Flaw("size", f"{len(answer.data)} bytes do not fit the data item {answer.item}"))]
    pieces = [answer.data[n * form.size : (n + 1) * form.size] for n in range(len(names))]
    return [(name, _scaled(piece, form)) for name, piece in zip(names, pieces, strict=True)]


def _scaled(piece: bytes, form: _Form) -> float | Flaw:
    number = bcd.whole(piece, signed=form.signed)
    return number if isinstance(number, Flaw) or not form.decimals else number / 10**form.decimals


def _names(item: str, count: int) -> list[str]:
    """The identifiers a block stands for: 0201ff00 is phases 1, 2, 3; 0203ff00 and energies begin with the total, 0."""
    if "f" not in item:
        return [item] if count == 1 else []
    first = 1 if item.startswith(("0201", "0202", "0207", "b61", "b62")) else 0
    block, digit = ("ff", "{:02x}") if len(item) == 8 else ("f", "{:x}")
    place = item.rfind(block)
    return [item[:place] + digit.format(first + n) + item[place + len(block) :] for n in range(count)] if place > 0 else []


def intact(raw: bytes) -> bool:
    """Is this a frame, whatever it says?"""
    return _broken(_body(raw)) is None


def _body(raw: bytes) -> bytes:
    """Without the FE that wake a meter up."""
    return raw[raw.find(b"\x68") :] if b"\x68" in raw[:8] else b""


def _broken(body: bytes) -> Flaw | None:
    if len(body) < 12 or body[7] != 0x68:
        return Flaw("schema", "not a frame of DL/T 645")
    end = 10 + body[9]
    if len(body) < end + 2 or body[end + 1] != 0x16:
        return Flaw("size", f"a frame of DL/T 645 cut short or without its end: {len(body)} of {end + 2} bytes")
    if sum(body[:end]) % 256 != body[end]:
        return Flaw("schema", f"the check sum is {body[end]:02x} and not {sum(body[:end]) % 256:02x}")
    return None
