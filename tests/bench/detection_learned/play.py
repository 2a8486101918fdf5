"""Plays a trial as `tests.bench.detection.trial` does, with what is learned beside the rules: the same calls as the watch makes,
a commit a minute, the devices in alarm judged but not learned.

Once a day a person looks: each entry of the review list is dismissed (which teaches nothing), each ticket closed whose alarms
are gone, so that neither swallows what comes later. While a fault lasts nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from daemon import learning
from daemon.core import pipeline, state
from daemon.core.learned.finding import DAY, Settings
from daemon.core.learned.memory import MemoryReview
from daemon.core.learned.normal import Accepted, Normal
from daemon.core.learned.review import Decision, decide
from daemon.core.nouns import Action, TicketState
from daemon.rig import FaultPlan
from daemon.simulate import simulate
from sensors.kit.words import INFO
from tests.bench.detection.trial import SOURCES, community, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daemon.core.learned.finding import Finding
    from daemon.core.learned.review import Entry
    from daemon.core.nouns import Message, Outcome, TicketChange
    from daemon.core.site import Configuration, Device, Model
    from sensors.kit.words import Point
    from tests.bench.detection.trial import Trial

COMMIT = 60.0  # s of messages in one
RARER = 60.0  # s: what is read more often may be read so rarely
WARM = Settings().warm_seconds
BESIDE = 3 * DAY  # s a fault is played on after its rule spoke: does what is learned say something, too?
BENCH = "bench"
LEARNED = "learned"  # the origin of a ticket that no rule has opened


@dataclass(frozen=True, slots=True)
class Said:
    """A finding. Times of this module are seconds from the beginning of the month, or from the onset of the fault."""

    at: float
    detector: str
    points: tuple[str, ...]
    words: str


@dataclass(slots=True)
class Heard:
    """What came of a trial: the `entries` of the review list, the strongest findings of each; what was `listed` there or `joined`
    a ticket, as it came; the tickets that what is learned opened by itself; the alarms that rules `raised`, information aside."""

    warm: int = 0  # entries before the month or the onset
    entries: list[tuple[Said, ...]] = field(default_factory=list)
    listed: list[Said] = field(default_factory=list)
    tickets: list[float] = field(default_factory=list)
    joined: list[Said] = field(default_factory=list)
    raised: list[tuple[float, str]] = field(default_factory=list)
    readings: int = 0


class Play:
    """A trial under way. With `tickets` its site has opted in."""

    def __init__(self, trial: Trial, *, tickets: bool) -> None:
        self.trial, self.zero, self.looked = trial, trial.start + trial.onset, trial.start
        self.configuration = _learns(thinned(community(trial.kind), trial.coarse), tickets=tickets)
        self.desk, self.heard = MemoryReview(), Heard()
        self.watch = state.start(self.configuration, silence_of_unheard=False)
        self.watch.now = self.watch.resumed_at = trial.start
        self.watch.rearm(trial.start)
        places = learning.sites(self.configuration, trial.start)
        self.learner = learning.Learning(places, Normal(places), self.desk, Accepted, self.configuration)
        self.learner.begin(self.watch)

    def run(self, until: tuple[str, ...] = ()) -> Heard:
        """To its end, or some days after one of the rules `until` has spoken."""
        ends = float("inf")
        for messages in _commits(self._messages()):
            self._take(messages)
            if self._due():
                self._look()
            if until and ends == float("inf") and self._spoke(until):
                ends = self.watch.now + BESIDE
            if self.watch.now > ends:
                break
        known = sorted(self.desk.entries.values(), key=lambda entry: entry.opened_at)
        self.heard.warm = sum(entry.opened_at < self.zero for entry in known)
        self.heard.entries = [self._told(entry) for entry in known if entry.opened_at >= self.zero]
        return self.heard

    def _due(self) -> bool:
        """Does the person look now? Daily, and just when a fault begins, then no more."""
        if self.trial.label and self.watch.now >= self.zero:
            return self.looked < self.zero
        return self.watch.now > self.looked + DAY

    def _spoke(self, rules: tuple[str, ...]) -> bool:
        return any(at >= 0.0 and plain(rule) in rules for at, rule in self.heard.raised)

    def _messages(self) -> Iterator[Message]:
        trial = self.trial
        plans = [FaultPlan("device", trial.label, trial.onset, trial.lasts)] if trial.label else []
        span = trial.onset + trial.lasts
        return simulate(self.configuration, start=trial.start, seed=trial.seed, faults=plans, for_seconds=span)

    def _take(self, messages: list[Message]) -> None:
        outcome = pipeline.feed(self.watch, messages, self.desk, SOURCES)
        self.learner.take(outcome, self.desk, self.watch.now)
        self._note(outcome)

    def _note(self, outcome: Outcome) -> None:
        self.heard.readings += len(outcome.readings)
        for entry in self.desk.news:
            self.heard.listed += [self._said(finding) for finding in entry.findings if finding.at == entry.last_at]
        self.desk.news.clear()
        for event in outcome.alarms:
            if event.event == "raised" and event.episode.severity is not INFO:
                self.heard.raised.append((event.at - self.zero, event.episode.rule))
        for change in outcome.tickets:
            self._note_ticket(change)

    def _note_ticket(self, change: TicketChange) -> None:
        for line in change.events:
            at = line.at - self.zero
            if line.type == "opened" and change.ticket.origin == LEARNED:
                self.heard.tickets.append(at)
            elif line.type == "noticed":
                points = tuple(rule.partition(":")[2] for rule in line.data["rules"])
                self.heard.joined.append(Said(at, "", points, line.data["reason"]["en"]))

    def _told(self, entry: Entry) -> tuple[Said, ...]:
        return tuple(self._said(finding) for finding in sorted(entry.findings, key=lambda one: one.at))

    def _said(self, finding: Finding) -> Said:
        return Said(finding.at - self.zero, finding.detector.value, finding.points, finding.reason.en)

    def _look(self) -> None:
        """A person's day."""
        self.looked = now = self.watch.now
        for entry in [entry for entry in self.desk.entries.values() if entry.state is Decision.OPEN]:
            self.desk.decide(decide(entry, Decision.DISMISSED, by="bench", at=now))
            self.learner.heed(Action(0, now, "bench", "review.dismissed", entry.id, {"site": entry.site, "device": entry.device}))
        for ticket in [ticket for ticket in self.desk.tickets.values() if not ticket.state.ended]:
            if ticket.signal_normal_at is not None or ticket.origin == LEARNED:
                closed = replace(ticket, state=TicketState.CLOSED, closed_at=now, version=ticket.version + 1)
                self.desk.put(closed, ())


def play(trial: Trial, *, tickets: bool = False, until: tuple[str, ...] = ()) -> Heard:
    """The trial through the core and what is learned."""
    return Play(trial, tickets=tickets).run(until)


def _commits(messages: Iterable[Message]) -> Iterator[list[Message]]:
    gathered: list[Message] = []
    for message in messages:
        if gathered and message.at >= gathered[0].at + COMMIT:
            yield gathered
            gathered = []
        gathered.append(message)
    if gathered:
        yield gathered


def _learns(configuration: Configuration, *, tickets: bool) -> Configuration:
    """The same where it is learned, as a site that only says so has it."""
    site = replace(configuration.sites[BENCH], learned=Settings(tickets=tickets))
    return replace(configuration, sites={BENCH: site})


def thinned(configuration: Configuration, factor: int) -> Configuration:
    """The same devices, points that are read more often than once a minute up to `factor` times more rarely, but no more rarely
    than that: each sample of five minutes that is learned has five readings at least, or as many as it has."""
    site = configuration.sites[BENCH]
    devices = {name: _slower(device, factor) for name, device in site.devices.items()}
    return replace(configuration, sites={BENCH: replace(site, devices=devices)})


def _slower(device: Device, factor: int) -> Device:
    model: Model = device.model
    channels = {name: replace(channel, point=_rarer(channel.point, factor)) for name, channel in model.channels.items()}
    return replace(device, model=replace(model, channels=channels))


def _rarer(point: Point, factor: int) -> Point:
    if point.every is None or point.every >= RARER:
        return point
    return replace(point, every=min(point.every * factor, RARER))
