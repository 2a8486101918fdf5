"""Planned work, once or again and again, in a site's own time → whether it covers a device at an instant, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

DAY = 86_400.0
FOREVER = 10_000 * DAY  # of a span without an end
WORK = Text("计划检修", "Planned maintenance")


@dataclass(frozen=True, slots=True)
class Window:
    """Work on these devices: `once` from an instant to another, or on weekdays (0 = Monday) and days of the month, `start`
    minutes after midnight, for `length` seconds."""

    id: str
    devices: frozenset[str]
    why: Text = WORK
    once: tuple[float, float] | None = None
    weekdays: frozenset[int] = frozenset()
    monthdays: frozenset[int] = frozenset()
    start: int = 0
    length: float = 0.0
    site: str = ""  # of work that people began: where, and who did
    by: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence of a window."""

    window: Window
    begins: float
    ends: float


def covering(windows: Iterable[Window], device: str, zone: str, at: float) -> Span | None:
    """The occurrence that the device is in at `at`; of several the one that ends last."""
    found = [
        Span(window, begins, ends)
        for window in windows
        if device in window.devices
        for begins, ends in _spans(window, zone, at, at)
        if begins <= at < ends
    ]
    return max(found, key=lambda span: (span.ends, span.window.id), default=None)


def coming(windows: Iterable[Window], zone: str, at: float, ahead: float) -> list[Span]:
    """What is going on at `at` or begins within `ahead` seconds, in order."""
    found = [
        Span(window, begins, ends)
        for window in windows
        for begins, ends in _spans(window, zone, at, at + ahead)
        if begins <= at + ahead and at < ends
    ]
    return sorted(found, key=lambda span: (span.begins, span.ends, span.window.id))


def _spans(window: Window, zone: str, first: float, last: float) -> Iterator[tuple[float, float]]:
    """Occurrences around [first, last]."""
    if window.once is not None:
        yield window.once
        return
    place = ZoneInfo(zone)
    day = datetime.fromtimestamp(first - window.length, place).date()
    while day <= datetime.fromtimestamp(last, place).date():
        if _falls_on(window, day):
            begins = _instant(day, window.start, place)
            yield begins, begins + window.length
        day += timedelta(days=1)


def _falls_on(window: Window, day: date) -> bool:
    return day.weekday() in window.weekdays or day.day in window.monthdays


def _instant(day: date, minutes: int, place: ZoneInfo) -> float:
    """By the clock on the wall: a time that the clock jumps over is when it has jumped, of one that comes twice the first."""
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=place).timestamp()
