"""Turns a recording into what the watch would have said: one plain object per alarm, ticket, notice, rejection; a summary.

No I/O and no clock: the same recording gives the same objects, byte for byte once written as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.core import lines, pipeline, state
from daemon.core.memory_desk import MemoryDesk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from daemon.core.decode import Dialect
    from daemon.core.lines import Line
    from daemon.core.nouns import Message, Outcome
    from daemon.core.site import Configuration


@dataclass(slots=True)
class Tally:
    """What the summary counts."""

    messages: int = 0
    readings: int = 0
    rejected: int = 0
    late: int = 0
    duplicates: int = 0
    alarms: int = 0
    tickets: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        self.readings += len(outcome.readings)
        self.rejected += len(outcome.rejected)
        self.late += outcome.late
        self.duplicates += outcome.duplicates
        self.alarms += sum(event.event == "raised" for event in outcome.alarms)
        self.tickets += sum(event.type == "opened" for change in outcome.tickets for event in change.events)


def replay(
    configuration: Configuration,
    messages: Iterable[Message],
    dialects: Mapping[str, Dialect],
    *,
    until: float | None = None,
    everything: bool = False,
) -> Iterator[Line]:
    """Feed `messages` (in order of receipt) through the whole core. `until` lets time pass on after the last one (epoch s);
    `everything` judges the silence of devices that do not occur, too."""
    watch, desk, tally = state.start(configuration, silence_of_unheard=everything), MemoryDesk(), Tally()
    first = last = None
    for message in messages:
        if first is None:
            first = message.at
            _begin(watch, first)
        last = message.at
        tally.messages += 1
        yield from _say(pipeline.feed(watch, (message,), desk, dialects), tally)
    if until is not None and (last is None or until > last):
        last = until
        yield from _say(pipeline.tick(watch, until, desk), tally)
    span = 0.0 if first is None or last is None else round(last - first, 3)
    yield {"type": "summary"} | {name: getattr(tally, name) for name in Tally.__slots__} | {"seconds": span}


def _begin(watch: state.State, at: float) -> None:
    watch.now = watch.resumed_at = at
    watch.rearm(watch.now)


def _say(outcome: Outcome, tally: Tally) -> Iterator[Line]:
    tally.add(outcome)
    yield from (lines.rejected(rejected) for rejected in outcome.rejected)
    yield from (lines.alarm(event) for event in outcome.alarms if event.event != "hidden")
    for change in outcome.tickets:
        yield from lines.ticket(change)
    yield from (lines.notice(notice) for notice in outcome.notices)
