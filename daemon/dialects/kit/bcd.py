"""Turns the packed decimal digits of meters (low byte first, two digits a byte) into whole numbers."""

from __future__ import annotations

from daemon.dialects.kit.strict import Flaw


def whole(data: bytes, *, signed: bool = False) -> int | Flaw:
    """The number, or why these are no digits. `signed`: the highest bit is the sign and not a digit (DL/T 645-2007 table A.3).

    A meter that has no value fills the field with FF (or EE): that is a flaw and never a number.
    """
    high = data[::-1]
    negative = bool(signed and high and high[0] & 0x80 and set(high) != {0xFF})
    digits = bytes([high[0] & 0x7F]) + high[1:] if negative else high
    text = digits.hex()
    if not text.isdigit():
        return Flaw("value", f"no decimal digits: {data.hex(' ')}")
    return -int(text) if negative else int(text)


def text(data: bytes) -> str | Flaw:
    """The digits as written, zeros in front kept: a meter's address."""
    written = data[::-1].hex()
    return written if written.isdigit() else Flaw("value", f"no decimal digits: {data.hex(' ')}")
