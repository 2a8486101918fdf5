"""Turns a recording into what the watch would have said: one plain object per alarm, ticket, notice, rejection; a summary.

No I/O and no clock: the same recording gives the same objects, byte for byte once written as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from daemon.core import lines, pipeline, state
from daemon.core.learned.memory import MemoryReview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from daemon.core.decode import Dialect
    from daemon.core.lines import Line
    from daemon.core.nouns import Message, Outcome
    from daemon.core.site import Configuration


class Learner(Protocol):
    """Learned normal beside the watch (`daemon.learning.Learning`)."""

    def take(self, outcome: Outcome, transaction: MemoryReview, now: float) -> None:
        """Judge and learn what the outcome holds; what comes of it is written into the one and added to the other."""


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
    learn: Callable[[MemoryReview, float], Learner] | None = None,
) -> Iterator[Line]:
    """Feed `messages` (in order of receipt) through the whole core. `until` lets time pass on after the last one (epoch s);
    `everything` judges the silence of devices that do not occur, too; `learn` makes what learns and judges beside it, from the
    review list to write into and the time of the first message."""
    watch, desk, tally = state.start(configuration, silence_of_unheard=everything), MemoryReview(), Tally()
    first = last = learner = None
    for message in messages:
        if first is None:
            first = message.at
            _begin(watch, first)
            learner = learn(desk, first) if learn is not None else None
        last = message.at
        tally.messages += 1
        yield from _say(_learned(pipeline.feed(watch, (message,), desk, dialects), learner, desk, watch.now), desk, tally)
    if until is not None and (last is None or until > last):
        last = until
        yield from _say(_learned(pipeline.tick(watch, until, desk), learner, desk, watch.now), desk, tally)
    span = 0.0 if first is None or last is None else round(last - first, 3)
    yield {"type": "summary"} | {name: getattr(tally, name) for name in Tally.__slots__} | {"seconds": span}


def _begin(watch: state.State, at: float) -> None:
    watch.now = watch.resumed_at = at
    watch.rearm(watch.now)


def _learned(outcome: Outcome, learner: Learner | None, desk: MemoryReview, now: float) -> Outcome:
    """With what is not as usual, as the watch adds it to each commit."""
    if learner is not None:
        learner.take(outcome, desk, now)
    return outcome


def _say(outcome: Outcome, desk: MemoryReview, tally: Tally) -> Iterator[Line]:
    tally.add(outcome)
    yield from (lines.rejected(rejected) for rejected in outcome.rejected)
    yield from (lines.alarm(event) for event in outcome.alarms if event.event != "hidden")
    yield from map(lines.review, desk.news)
    desk.news.clear()
    for change in outcome.tickets:
        yield from lines.ticket(change)
        yield from lines.noticed(change)
    yield from (lines.notice(notice) for notice in outcome.notices)
