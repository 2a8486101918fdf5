"""Turns the times that sources write into epoch seconds: RFC 3339 with its offset, or epoch s / ms / µs as number or digits."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from daemon.dialects.kit.strict import Flaw, shown

_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_DIGITS = re.compile(r"[0-9]{1,17}(\.[0-9]{1,9})?")
# Upper bounds of plausible seconds, milliseconds and microseconds: each 1,000 times the one before, all end in the year 5138.
_SCALES = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6))
_LATEST = 253402300799.0  # the last second of the year 9999


def instant(written: Any) -> float | Flaw:  # noqa: ANN401 - a JSON value
    """Epoch seconds, or why this is no time. Plausibility against the receive time is judged later."""
    kind = type(written)
    if kind is int or kind is float:
        return _epoch(written)
    if isinstance(written, Flaw):
        return Flaw("time", f"the time is unusable: {written.reason}")
    if kind is not str:
        return Flaw("time", "the time is neither RFC 3339 nor epoch seconds, milliseconds or microseconds")
    if _DIGITS.fullmatch(written):
        return _epoch(float(written))
    return _calendar(written)


def _epoch(number: float) -> float | Flaw:
    if number >= 0:
        for bound, unit in _SCALES:
            if number < bound:
                return number / unit
    return Flaw("time", f"{number:.20g} is no epoch time in seconds, milliseconds or microseconds")


def _calendar(text: str) -> float | Flaw:
    if not _RFC3339.fullmatch(text):
        return Flaw("time", f"not RFC 3339 with an offset: {shown(text)}")
    try:
        seconds = datetime.fromisoformat(text.upper()).timestamp()
    except (ValueError, OverflowError) as error:
        return Flaw("time", f"no such time: {text} ({error})")
    if not 0 <= seconds <= _LATEST:
        return Flaw("time", f"a time outside the years 1970 to 9999: {text}")
    return seconds
