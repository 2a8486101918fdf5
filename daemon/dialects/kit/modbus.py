"""Turns bytes from a Modbus line into frames: RTU with its check sum or TCP with its header, one or several on end."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from daemon.dialects.kit.strict import Flaw

COILS = (1, 2)
READS = (1, 2, 3, 4)
WRITES = (5, 6, 15, 16)
MOST = 256  # frames of one payload
_FAILED = 0x80
_REASONS = {1: "illegal function", 2: "illegal address", 3: "illegal value", 4: "device failure", 6: "busy", 11: "no answer"}


class Frame(NamedTuple):
    """A question (`start` set), an answer (`data` set), a refusal by the slave (`error` set) or neither (a write)."""

    slave: int
    function: int
    data: bytes | None = None
    start: int | None = None
    error: str = ""


def frames(payload: bytes) -> list[Frame | Flaw]:
    """The frames in order; bytes that are none end the reading."""
    found: list[Frame | Flaw] = []
    start = 0
    while start < len(payload):
        if len(found) == MOST:
            return [*found, Flaw("size", f"more than {MOST} frames in one payload")]
        frame, length = _next(payload[start : start + 300])
        found.append(frame)
        if isinstance(frame, Flaw):
            break
        start += length
    return found or [Flaw("schema", "an empty payload")]


def _next(rest: bytes) -> tuple[Frame | Flaw, int]:
    if len(rest) < 4:
        return Flaw("schema", f"a frame cut off after {len(rest)} bytes"), 0
    return _tcp(rest) if rest[2:4] == b"\0\0" else _rtu(rest)


def _tcp(rest: bytes) -> tuple[Frame | Flaw, int]:
    length = int.from_bytes(rest[4:6], "big")
    if not 3 <= length <= 254:
        return Flaw("schema", f"a Modbus TCP header with a length of {length}"), 0
    body = rest[6 : 6 + length]
    if len(body) < length:
        return Flaw("schema", f"a Modbus TCP frame cut off: {len(body)} of {length} bytes"), 0
    function = body[1]
    if function in READS and body[2] == length - 3:
        return Frame(body[0], function, data=body[3:]), 6 + length
    return _short(body), 6 + length


def _rtu(rest: bytes) -> tuple[Frame | Flaw, int]:
    """The length follows from the function; a question and an answer of one function differ only by which check sum is right."""
    function, sizes = rest[1], []
    if function in READS:
        sizes = [5 + rest[2], 8]
    elif function in WRITES:
        sizes = [8, *([9 + rest[6]] if len(rest) > 6 else [])]
    elif function >= _FAILED:
        sizes = [5]
    for size in sizes:
        if len(rest) >= size and int.from_bytes(rest[size - 2 : size], "little") == crc(rest[: size - 2]):
            body = rest[: size - 2]
            answer = function in READS and size == 5 + rest[2]
            return (Frame(body[0], function, data=body[3:]) if answer else _short(body)), size
    if not sizes:
        return Flaw("schema", f"neither Modbus RTU nor TCP: function {function}"), 0
    if len(rest) < sizes[0]:
        return Flaw("schema", f"a Modbus frame cut off: {len(rest)} of {sizes[0]} bytes"), 0
    return Flaw("schema", "a Modbus frame whose check sum is wrong"), 0


def _short(body: bytes) -> Frame | Flaw:
    """What is no answer with data: a question, a write, a refusal."""
    slave, function = body[0], body[1]
    if function >= _FAILED:
        return Frame(slave, function - _FAILED, error=_REASONS.get(body[2], f"code {body[2]}"))
    if function in READS and len(body) == 6:
        return Frame(slave, function, start=int.from_bytes(body[2:4], "big"))
    if function in WRITES:
        return Frame(slave, function)
    return Flaw("schema", f"a Modbus frame that is neither question nor answer (function {function}, {len(body)} bytes)")


def _table() -> array[int]:
    table = array("H")
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return table


_CRC = _table()


def crc(data: bytes) -> int:
    """CRC-16/MODBUS; sent low byte first."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value
