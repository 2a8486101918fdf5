"""Readings → InfluxDB line protocol, as text.

Measurement `atrium`, tags `site`, `device`, `point`; one field a reading, named by what the value is and how good: `value` (a
fraction), `whole` (a whole number), `flag` (a boolean), `word` (a text), `odd` (what a store does not hold as a number: inf, nan,
whole numbers beyond 64 bits, or 53 where there are only doubles), each with `_suspect`, `_bad` or `_missing` behind it if it is
not good. So whoever asks for `value` gets usable numbers only. VictoriaMetrics makes metrics of it,
`atrium_value{site=…,device=…,point=…}`, and knows only numbers: there texts are labels, `atrium_word{…,word="auto"} 1`, and
control characters in them are percent-escaped.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daemon.core.nouns import Reading, Value

MEASUREMENT = "atrium"
KINDS = ("value", "whole", "flag", "word", "odd")
TEXTS = ("word", "odd")
SUFFIXES = ("", "_suspect", "_bad", "_missing")  # by quality
FIELDS = {kind + suffix: (kind, quality) for kind in KINDS for quality, suffix in enumerate(SUFFIXES)}
_NUMBERS = {float: " value", int: " whole", bool: " flag", str: " word"}
_LONG, _EXACT = 2**63, 2**53  # what a store of whole numbers holds, and one of doubles
_IN_TAG = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})
_ESCAPED = str.maketrans({chr(n): f"%{n:02X}" for n in (*range(32), ord("%"), ord("\\"))})
_IN_TEXT = str.maketrans({'"': '\\"', "\\": "\\\\"})


class Lines:
    """Makes lines. `words_as_tags`: for stores of numbers only; `per_second`: units of time stamps."""

    def __init__(self, *, words_as_tags: bool, per_second: int) -> None:
        self._say = _as_tag if words_as_tags else _as_text
        self._per_second = per_second
        self._devices: dict[tuple[str, str], str] = {}
        self._points: dict[str, str] = {}

    def write(self, readings: Iterable[Reading]) -> str:
        """A line each, the last one ended too."""
        say, units, head = self._say, self._per_second, self._head
        made = []
        for one in readings:
            value = one.value
            name = _NUMBERS[type(value)]
            ts = round(one.ts * units)
            if name == " value" and not one.quality and math.isfinite(value):  # type: ignore[arg-type]
                made.append(f"{head(one)} value={value!r} {ts}\n")  # nearly all
            else:
                made.append(f"{head(one)}{say(value, SUFFIXES[one.quality])} {ts}\n")
        return "".join(made)

    def _head(self, one: Reading) -> str:
        try:
            return self._devices[one.site, one.device] + self._points[one.point]
        except KeyError:
            self._devices[one.site, one.device] = f"{MEASUREMENT},site={tag(one.site)},device={tag(one.device)},point="
            self._points[one.point] = tag(one.point)
            return self._head(one)


def tag(text: str) -> str:
    """A tag's value as it stands in a line."""
    return tag_value(text).translate(_IN_TAG)


def tag_value(text: str) -> str:
    """A tag's value as a store keeps it."""
    return text.translate(_ESCAPED)


def untag(text: str) -> str:
    """What `tag` escaped, as a store gives it back."""
    return unquote(text)


def read(kind: str, stored: object) -> Value:
    """A field's value as it was sent."""
    return _READERS[kind](stored)


def _odd(text: str) -> Value:
    return int(text) if text.lstrip("-").isdigit() else float(text)


_READERS: dict[str, Callable[[Any], Value]] = {"value": float, "whole": int, "flag": bool, "word": str, "odd": _odd}


def _number(value: Value, longest: int) -> str:
    """` name=value` of what needs no quotes; "" for what does."""
    if isinstance(value, bool):
        return f" flag{{}}={str(value).lower()}"
    if isinstance(value, int):
        return f" whole{{}}={value}i" if -longest <= value < longest else ""
    if isinstance(value, float) and math.isfinite(value):
        return f" value{{}}={value!r}"
    return ""


def _as_text(value: Value, suffix: str) -> str:
    kind = "word" if isinstance(value, str) else "odd"
    text = _number(value, _LONG) or f' {kind}{{}}="{str(value).translate(_IN_TEXT).replace("{", "{{").replace("}", "}}")}"'
    return text.format(suffix)


def _as_tag(value: Value, suffix: str) -> str:
    kind = "word" if isinstance(value, str) else "odd"
    said = f",{kind}={tag(str(value))}" if value != "" else ""
    number = _number(value, _EXACT)
    return number.format(suffix) if number else f"{said} {kind}{suffix}=1"
