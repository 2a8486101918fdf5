"""Planned work, once or again and again, in a site's own time → whether it covers a device at an instant, and until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

DAY = 86_400.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as people write them, in the order of their numbers
FOREVER = 1e6 * DAY  # of what has no end
RARE = 62 * DAY  # days of the month that not every month has are no further apart
WORK = Text("计划检修", "Planned maintenance")


@dataclass(frozen=True, slots=True)
class Window:
    """Work on these devices: `once` from an instant to another, or on weekdays (0 = Monday) and days of the month, `start`
    minutes after midnight, for `length` seconds; not before `since`, and until `until` where that is set."""

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
    since: float = 0.0
    until: float | None = None

    @property
    def ends(self) -> float:
        """When the last of it is over; of what recurs without an end, never."""
        if self.once is not None:
            return self.once[1]
        return FOREVER if self.until is None else self.until

    def ended(self, at: float) -> Window:
        """The same, over by then: what has begun ends, and nothing follows."""
        if self.once is not None:
            return replace(self, once=(min(self.once[0], at), min(self.once[1], at)))
        return replace(self, until=min(self.ends, at))


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


def next_of(window: Window, zone: str, at: float) -> Span | None:
    """The occurrence that is going on at `at`, else the next; None if none follows."""
    return next(iter(coming([window], zone, at, max(0.0, window.since - at) + RARE)), None)


def _spans(window: Window, zone: str, first: float, last: float) -> Iterator[tuple[float, float]]:
    """Occurrences around [first, last]."""
    if window.once is not None:
        yield window.once
        return
    place = ZoneInfo(zone)
    day = datetime.fromtimestamp(first - window.length, place).date()
    while day <= datetime.fromtimestamp(last, place).date():
        if _falls_on(window, day):
            begins = instant(day, window.start, place)
            begins, ends = max(begins, window.since), min(begins + window.length, window.ends)
            if begins < ends:
                yield begins, ends
        day += timedelta(days=1)


def _falls_on(window: Window, day: date) -> bool:
    return day.weekday() in window.weekdays or day.day in window.monthdays


def instant(day: date, minutes: int, place: ZoneInfo) -> float:
    """By the clock on the wall: a time that the clock jumps over is when it has jumped, of one that comes twice the first."""
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=place).timestamp()
