"""Turns the words of `service.yaml` into the promises that the clocks of a ticket are counted from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from daemon.config.clock import minutes, seconds, weekdays
from daemon.config.models import ServiceWords
from daemon.core.site import ServiceTerms

if TYPE_CHECKING:
    from daemon.config.complaints import Place

CLOCKS = ("accept", "on_site", "repair")

# Defaults per severity (DESIGN 5). Repair is counted from the opening as well: the promise for a simple repair, 30 min, begins
# when somebody is on site.
USUAL: dict[str, dict[str, str]] = {
    "critical": {"accept": "5 min", "on_site": "15 min", "repair": "45 min"},
    "major": {"accept": "20 min", "on_site": "4 h", "repair": "4.5 h"},
    "minor": {"accept": "1 working day", "on_site": "3 d", "repair": "3 d"},
}


def terms(words: ServiceWords | None, place: Place) -> ServiceTerms:
    """The promises, checked to be possible: accepted before on site before repaired, in a working day that has hours."""
    words = words or ServiceWords()
    start, end = minutes(words.working_day.start), minutes(words.working_day.end)
    if end <= start:
        place.at("working_day", "end").complain("the working day ends before it starts", "write an end after the start")
        start, end = 8 * 60, 18 * 60
    day = (end - start) * 60.0
    found = {(severity, clock): seconds(text, day) for severity, clock, text in _written(words)}
    _complain_about_order(found, place)
    repeat_within, _ = seconds(words.repeat_within, day)
    return ServiceTerms(
        accept=_of("accept", found),
        on_site=_of("on_site", found),
        repair=_of("repair", found),
        working=frozenset(key for key, (_, working) in found.items() if working),
        day_start=start,
        day_end=end,
        workdays=weekdays(words.working_day.days),
        repeat_within=repeat_within,
        photo_required=frozenset(words.photo_required),
    )


def _written(words: ServiceWords) -> list[tuple[str, str, str]]:
    """(severity, clock, duration): as written for a severity that is written, else the defaults."""
    found = []
    for severity, usual in USUAL.items():
        promise = words.promises.get(severity)  # type: ignore[call-overload]
        texts = promise.model_dump(exclude_none=True) if promise is not None else usual
        found += [(severity, clock, texts[clock]) for clock in CLOCKS if clock in texts]
    return found


def _of(clock: str, found: dict[tuple[str, str], tuple[float, bool]]) -> dict[str, float]:
    return {severity: length for (severity, name), (length, _) in found.items() if name == clock}


def _complain_about_order(found: dict[tuple[str, str], tuple[float, bool]], place: Place) -> None:
    """Clocks of one severity that are counted alike must follow each other."""
    for severity in USUAL:
        have = [(clock, *found[severity, clock]) for clock in CLOCKS if (severity, clock) in found]
        for (first, one, works), (second, other, also) in pairwise(have):
            if works == also and one > other:
                place.at("promises", severity, second).complain(
                    f"{severity}: {second} is promised before {first}", f"write a duration of at least that of {first}"
                )
