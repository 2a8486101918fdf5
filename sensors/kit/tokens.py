"""Cuts the text of a condition into words: numbers, durations, counts, times of day, names, operators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
COUNTED = "n"  # 200n: two hundred samples

_TOKEN = re.compile(
    r"\s*(?:(?P<clock>\d{1,2}:\d{2})"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[A-Za-z]*)"
    r"|(?P<name>P\.\w+|[A-Za-z_]\w*(?:\{[a-z]\}\w*)*)"
    r"|(?P<op><=|>=|==|!=|[<>+\-*/^(),:;=])"
    r"|(?P<bad>\S))"
)


class ConditionError(Exception):
    """A condition that can't be used: its text, and every complaint about it (what, where, what to do)."""

    def __init__(self, text: str, complaints: list[str]) -> None:
        super().__init__(f"{text!r}: " + "; ".join(complaints))
        self.text = text
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: kind is number, duration, count, clock, name, op or end. `fresh`: the first on its line."""

    kind: str
    text: str
    at: int
    value: float = 0.0
    fresh: bool = False


def where(at: int, says: str) -> str:
    """A complaint with its place."""
    return f"column {at + 1}: {says}"


def scan(text: str) -> Iterator[Token]:
    """Text → tokens, the last of kind `end`."""
    at = 0
    while found := _TOKEN.match(text, at):
        yield _token(text, found, fresh="\n" in text[at : found.start(str(found.lastgroup))])
        at = found.end()
    yield Token("end", "the end", len(text.rstrip()))


def _token(text: str, found: re.Match[str], *, fresh: bool) -> Token:
    start = found.start(str(found.lastgroup))
    if found["number"] is not None:
        return _figure(text, found, fresh=fresh)
    if found["bad"] is not None:
        raise ConditionError(text, [where(start, f"`{found['bad']}` is not part of the language")])
    if found["clock"] is not None:
        return Token("clock", found["clock"], start, _clock(text, found["clock"], start), fresh)
    kind = "name" if found["name"] is not None else "op"
    return Token(kind, found[kind], start, fresh=fresh)


def _clock(text: str, clock: str, at: int) -> float:
    hours, minutes = map(int, clock.split(":"))
    if hours > 24 or minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise ConditionError(text, [where(at, f"`{clock}` is no time of day: 00:00 to 24:00")])
    return hours * 3600.0 + minutes * 60.0


def _figure(text: str, found: re.Match[str], *, fresh: bool) -> Token:
    value, unit, start = float(found["number"]), found["unit"], found.start("number")
    if not unit:
        return Token("number", found["number"], start, value, fresh)
    if unit == COUNTED:
        return _count(text, found["number"], start, fresh=fresh)
    if unit not in UNITS:
        hint = f"`{found['number']}{unit}`: durations are written with s, min, h or d, a number of samples with n"
        raise ConditionError(text, [where(start, hint)])
    return Token("duration", found["number"] + unit, start, value * UNITS[unit], fresh)


def _count(text: str, number: str, at: int, *, fresh: bool) -> Token:
    if not number.isdigit() or int(number) < 1:
        raise ConditionError(text, [where(at, f"`{number}n`: a number of samples is whole and at least 1")])
    return Token("count", number + COUNTED, at, float(number), fresh)
