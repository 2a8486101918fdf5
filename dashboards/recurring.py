"""Planned work that comes again, in the words of a site's file (`days`, `month_days`, `at`, `length`) ↔ a window."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from daemon.core.windows import DAY, WEEKDAYS, Window, instant
from dashboards.problems import Problem

if TYPE_CHECKING:
    from daemon.core.site import Site
    from dashboards.views import Json
    from sensors.kit.words import Text

UNITS = {"min": 60.0, "h": 3600.0}


class Again(BaseModel):
    """On these days of the week or of the month, from a time of day on, for at most a day; through the day `until`, or until
    somebody ends it."""

    model_config = ConfigDict(extra="forbid")

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(default_factory=list, max_length=7)
    month_days: list[Annotated[int, Field(ge=1, le=31)]] = Field(default_factory=list, max_length=31)
    at: Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
    length: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(?:\.[0-9]+)? ?(?:min|h)$")]
    until: date | None = None


def recurring(asked: Again, site: Site, devices: frozenset[str], why: Text, since: float) -> Window:
    """What is asked for, from `since` (epoch s) on. Raises Problem 422 where that is no day, nothing, or longer than a day."""
    start, length = int(asked.at[:2]) * 60 + int(asked.at[3:]), _seconds(asked.length)
    if not (asked.days or asked.month_days) or not 0 < length <= DAY:
        raise Problem(422, "again")
    last = None if asked.until is None else instant(asked.until, start, ZoneInfo(site.timezone)) + length
    return Window(
        id="",
        devices=devices,
        why=why,
        weekdays=frozenset(WEEKDAYS.index(day) for day in asked.days),
        monthdays=frozenset(asked.month_days),
        start=start,
        length=length,
        since=since,
        until=last,
    )


def told(window: Window, site: Site) -> Json | None:
    """The same words again; None of what is only once."""
    if window.once is not None:
        return None
    last = None if window.until is None else datetime.fromtimestamp(window.until - window.length, ZoneInfo(site.timezone)).date()
    return {
        "days": [WEEKDAYS[day] for day in sorted(window.weekdays)],
        "month_days": sorted(window.monthdays),
        "at": f"{window.start // 60:02d}:{window.start % 60:02d}",
        "length": f"{window.length / 60:g} min",
        "until": None if last is None else last.isoformat(),
    }


def _seconds(written: str) -> float:
    """90 min, 2 h."""
    figure = written.rstrip("minh ")
    return float(figure) * UNITS[written[len(figure) :].strip()]
