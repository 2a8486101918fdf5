"""The words for planned work: when nobody is to be called about what alarms. Part of `sites/{site}.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from daemon.config.vocabulary import Id, Words

Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$")]
Clock = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
Length = Annotated[str, StringConstraints(pattern=r"^[0-9]+(?:\.[0-9]+)? ?(?:min|h|d)$")]


class WhyWords(Words):
    """What is done, in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class MaintenanceWords(Words):
    """Planned work: alarms are recorded, nobody is called; what still stands at the end is told then. Either `begin` and `end`,
    or `days` or `month_days` with `at` and `length`."""

    id: Id
    why: WhyWords | None = Field(None, description="For the staff. Default: planned maintenance.")
    devices: list[str] = Field(default_factory=list)
    rooms: list[str] = Field(default_factory=list, description="Every device in them.")
    begin: Instant | None = Field(None, description="Once: 2026-12-01 09:00, in the site's time zone.")
    end: Instant | None = None
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default_factory=list, description="Again and again, on these days of the week."
    )
    month_days: list[Annotated[int, Field(ge=1, le=31)]] = Field(
        default_factory=list, description="Again and again, on these days of the month."
    )
    at: Clock | None = Field(None, description="The time of day at which it begins.")
    length: Length | None = Field(None, description="90 min, 2 h, 1 d; at most 7 d.")
