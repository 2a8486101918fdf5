"""Turns written times of day, days and durations into minutes, weekday numbers and seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.config.models import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "working hour": 3600.0}


def minutes(written: str) -> int:
    """08:30 → 510 minutes since midnight."""
    hours, _, rest = written.partition(":")
    return int(hours) * 60 + int(rest)


def weekdays(written: Iterable[str]) -> tuple[int, ...]:
    """mon, wed → 0, 2."""
    return tuple(sorted({DAYS.index(day) for day in written}))


def seconds(written: str, working_day: float) -> tuple[float, bool]:
    """5 min → 300, and whether it is counted in working time. `working_day` is the length of one working day in seconds."""
    figure = written.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = written[len(figure) :].strip()
    working = unit.startswith("working")
    unit = unit.removesuffix("s") if working else unit
    return float(figure) * (working_day if unit == "working day" else SECONDS[unit]), working
