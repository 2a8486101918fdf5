"""Turns the data of Modbus answers into values, by the register map of the source."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from daemon.dialects.kit.modbus import COILS, Frame
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.nouns import Value
    from daemon.core.source import Register, Source
    from daemon.dialects.kit.report import Report

_CODES = {"uint16": "H", "int16": "h", "uint32": "I", "int32": "i", "uint64": "Q", "int64": "q", "float32": "f", "float64": "d"}
_DIGITS = {"bcd16": 2, "bcd32": 4}
_WORDS_BACK = ("CDAB", "DCBA")
_BYTES_BACK = ("BADC", "DCBA")


class Map:
    """The registers of one source, by slave and function."""

    def __init__(self, source: Source) -> None:
        self.lines: dict[tuple[int, int], list[Register]] = {}
        for register in source.registers:
            self.lines.setdefault((register.slave, register.function), []).append(register)
        self.polls: dict[tuple[int, int], dict[int, int]] = {}
        for poll in source.polls:
            size = (poll.count + 7) // 8 if poll.function in COILS else 2 * poll.count
            self.polls.setdefault((poll.slave, poll.function), {})[size] = poll.start

    def tell(self, report: Report, told: Iterable[Frame | Flaw], when: float | Flaw | None = None) -> None:
        """The values of all answers. A question in the same payload says where the next answer begins."""
        asked: dict[tuple[int, int], int] = {}
        for frame in told:
            if isinstance(frame, Flaw):
                report.refuse(frame)
                continue
            key = (frame.slave, frame.function)
            if frame.start is not None:
                asked[key] = frame.start
            elif frame.error:
                report.refuse(Flaw("value", f"slave {frame.slave} could not answer function {frame.function}: {frame.error}"))
            elif frame.data is not None:
                self._answer(report, frame, asked.pop(key, None), when)

    def _answer(self, report: Report, frame: Frame, asked: int | None, when: float | Flaw | None) -> None:
        data, key = frame.data or b"", (frame.slave, frame.function)
        start = self._start(key, len(data)) if asked is None else asked
        if start is None:
            what = f"{len(data)} bytes from slave {frame.slave}, function {frame.function}, fit neither a poll nor the registers"
            report.refuse(Flaw("schema", what))
        elif report.about(f"{report.word}/{frame.slave}", report.word):
            for register in self.lines.get(key, ()):
                value = _value(register, data, register.address - start)
                if value is not None:
                    report.value(register.name, value, when)

    def _start(self, key: tuple[int, int], size: int) -> int | None:
        """Where an answer begins: by the poll of its size; without polls, where the map begins if it has just this size."""
        if key in self.polls:
            return self.polls[key].get(size)
        if key not in self.lines:
            return None
        line = self.lines[key]
        first = min(register.address for register in line)
        last = max(register.address + _width(register) for register in line)
        needed = (last - first + 7) // 8 if key[1] in COILS else 2 * (last - first)
        return first if size == needed else None


def _width(register: Register) -> int:
    """In registers, or coils."""
    if register.function in COILS:
        return 1
    return _DIGITS.get(register.type, struct.calcsize(_CODES.get(register.type, "H"))) // 2


def _value(register: Register, data: bytes, offset: int) -> Value | Flaw | None:
    """None: it lies outside this answer."""
    if register.function in COILS:
        return bool(data[offset // 8] >> offset % 8 & 1) if 0 <= offset < 8 * len(data) else None
    raw = data[2 * offset : 2 * (offset + _width(register))] if offset >= 0 else b""
    if len(raw) < 2 * _width(register):
        return None
    raw = _ordered(raw, register.order)
    if register.bit is not None:
        return bool(int.from_bytes(raw, "big") >> register.bit & 1)
    if register.type in _DIGITS:
        return int(raw.hex()) if raw.hex().isdecimal() else Flaw("number", f"{raw.hex()} is no decimal number")
    return _number(register.type, raw)


def _number(kind: str, raw: bytes) -> Value | Flaw:
    if kind == "bool":
        return any(raw)
    number: int | float = struct.unpack(f">{_CODES[kind]}", raw)[0]
    if isinstance(number, float):
        return (
            float(f"{number:.7g}" if kind == "float32" else number) if math.isfinite(number) else Flaw("number", "not a number")
        )
    return number


def _ordered(raw: bytes, order: str) -> bytes:
    """The highest byte first."""
    words = [raw[place : place + 2] for place in range(0, len(raw), 2)]
    if order in _BYTES_BACK:
        words = [word[::-1] for word in words]
    return b"".join(reversed(words) if order in _WORDS_BACK else words)
