"""Learned normal beside the watch's loop: what a commit's readings are found to be becomes entries of the review list, lines of a
device's open ticket, or (where a site has opted in and two detectors agree) a minor ticket; an entry becomes a line, too, when an
alarm about the same points opens a ticket; what people decide is learned; and what is learned is kept: each device hourly, one at
a time, all of them at an orderly stop.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from daemon.core import notices, plain
from daemon.core.learned import ticket
from daemon.core.learned.finding import Site, Watched, watched_analogue
from daemon.core.learned.kept import Reviewing
from daemon.core.learned.review import Decision, decide, file
from daemon.ports import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from daemon.core.learned.finding import Finding, Key
    from daemon.core.learned.kept import Reviews
    from daemon.core.learned.review import Entry
    from daemon.core.nouns import Action, AlarmEvent, Outcome, Reading, Ticket, TicketChange
    from daemon.core.site import Configuration
    from daemon.core.state import State

LOG = structlog.get_logger("learning")
EVERY = 3600.0  # s between two savings of a device: what a crash makes it forget
MOST = 10_000  # open entries taken up at the start


class Books(Desk, Reviewing, Protocol):
    """What is written into: a transaction of the store, or the memory of a replay."""


class Normal(Protocol):
    """`daemon.core.learned.normal.Normal`, which only a site that learns has loaded."""

    def observe(self, readings: Sequence[Reading], alarms_active: Container[Key]) -> list[Finding]: ...

    def accept(self, accepted: Any) -> None: ...  # noqa: ANN401 - an Accepted

    def rouse(self, finding: Finding) -> None: ...

    def pack(self, key: Key) -> bytes: ...

    def restore(self, key: Key, packed: bytes) -> list[str]: ...


def sites(configuration: Configuration, now: float) -> list[Site]:
    """What is learned where: the sites that say so, all devices but the gateways."""
    return [
        Site(
            site.id,
            {
                device.id: [
                    Watched(name, one.point, one.instance, on=one.learned)
                    for name, one in device.channels.items()
                    if not one.absent
                ]
                for device in site.devices.values()
                if not device.is_gateway
            },
            _east(site.timezone, now),
            site.learned,
        )
        for site in configuration.sites.values()
        if site.learned is not None
    ]


def _east(zone: str, now: float) -> float:
    """Seconds east of UTC."""
    offset = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


class Learning:
    """One watch's. Everything runs on the watch's thread, inside its transactions."""

    def __init__(
        self,
        learning: Iterable[Site],
        normal: Normal,
        store: Reviews,
        accepted: Callable[..., object],
        configuration: Configuration,
    ) -> None:
        """`accepted` makes what `normal.accept` takes."""
        self.normal, self.accepted, self.configuration = normal, accepted, configuration
        self.learned = {(site.id, name): watched_analogue(points) for site in learning for name, points in site.devices.items()}
        self.review: dict[Key, Entry] = {}
        for entry in reversed(store.review(state=Decision.OPEN, limit=MOST)):
            if (entry.site, entry.device) in self.learned:
                self.review[entry.site, entry.device] = entry
        self.active: dict[Key, dict[str, str]] = {}  # limits and signatures that are active → incident: judged, but not learned
        self.turns: deque[AlarmEvent] = deque()  # changes of those, until a reading is received after them
        self.urgent: set[Key] = set()  # devices to be kept with this commit
        self.queue: deque[tuple[float, Key]] = deque()
        self._take_up(store)

    def _take_up(self, store: Reviews) -> None:
        for key, packed in store.learned().items():
            lost = self.normal.restore(key, packed) if key in self.learned else []
            if lost:
                LOG.warning("learns anew", device="/".join(key), points=[name or "the device as a whole" for name in lost])

    def begin(self, state: State) -> None:
        """The alarms that are on where the watch takes up its work, and when each device is kept."""
        for key, device in state.devices.items():
            rules = {name: episode.incident for name, episode in device.episodes.items() if not plain.doubts(name)}
            if rules and key in self.learned:
                self.active[key] = rules
        now = max(state.now, state.past)
        self.queue.extend((now + EVERY * n / len(self.learned), key) for n, key in enumerate(sorted(self.learned), 1))

    def heed(self, action: Action) -> None:
        """What a person decided. A dismissal teaches nothing; a ticket says that it was worth telling."""
        if not action.kind.startswith("review."):
            return
        key = (str(action.data.get("site")), str(action.data.get("device")))
        entry = self.review.get(key)
        if entry is not None and entry.id == action.target:
            del self.review[key]
        if action.kind == "review.accepted" and key in self.learned:
            self._accept(key, action)
        elif action.kind == "review.ticket" and entry is not None:
            self._rouse(entry)

    def _accept(self, key: Key, action: Action) -> None:
        known = {one.name for one in self.learned[key]}
        points = tuple(point for point in action.data.get("points", ()) if point in known)
        if points:
            self.normal.accept(self.accepted(*key, points, action.at, action.by))
            self.urgent.add(key)

    def _rouse(self, entry: Entry) -> None:
        for finding in entry.findings:
            self.normal.rouse(finding)
        self.urgent.add((entry.site, entry.device))

    def take(self, outcome: Outcome, transaction: Books, now: float) -> None:
        """Judge and learn what a commit holds, before it is saved; whatever is found goes into the same transaction."""
        self.turns.extend(event for event in outcome.alarms if event.event in ("raised", "returned"))
        self._merge(outcome, transaction, now)
        found = self._judge(list(outcome.readings))
        if found:
            self._file(found, outcome, transaction, now)
        self._keep(transaction, now)

    def _judge(self, readings: list[Reading]) -> list[Finding]:
        """In stretches between changes of alarms, by time of receipt: how readings are cut into commits changes nothing."""
        if not self.turns or not readings:
            return self.normal.observe(readings, self.active) if readings else []
        found, begun = [], 0
        for place, reading in enumerate(readings):
            if self.turns and self.turns[0].at < reading.at:
                found += self.normal.observe(readings[begun:place], self.active)
                begun = place
                self._turn(reading.at)
        return found + self.normal.observe(readings[begun:], self.active)

    def _turn(self, before: float) -> None:
        while self.turns and self.turns[0].at < before:
            event = self.turns.popleft()
            key, rule = (event.episode.site, event.episode.device), event.episode.rule
            rules = self.active.pop(key, {})
            if event.event == "returned":
                rules.pop(rule, None)
            elif key in self.learned and not plain.doubts(rule):
                rules[rule] = event.episode.incident
            if rules:
                self.active[key] = rules

    def _file(self, found: list[Finding], outcome: Outcome, transaction: Books, now: float) -> None:
        filed = file(found, self.review, partial(self._incident, transaction), self._opted_in)
        for entry in filed.entries:
            key = (entry.site, entry.device)
            if not transaction.put_entry(entry) and self.review.get(key) == entry:
                del self.review[key]  # fed again after a crash: people have decided it already
        for joined in filed.joined:
            change = ticket.join(joined, transaction)
            if change is not None:
                _put(change, outcome, transaction)
        for finding in filed.tickets:
            self._open((finding.site, finding.device), outcome, transaction, now)

    def _merge(self, outcome: Outcome, transaction: Books, now: float) -> None:
        """A ticket has opened, or an alarm has joined one: entries of the list about the same points become lines of it."""
        for job in {change.ticket.incident: change.ticket for change in outcome.tickets}.values():
            for key, entry in [one for one in self.review.items() if one[0][0] == job.site]:
                device = self.configuration.sites[key[0]].devices[key[1]]
                if ticket.same(device, self._rules(key, job), entry, job.opened_at):
                    self._line(key, entry, job.incident, outcome, transaction, now)

    def _line(self, key: Key, entry: Entry, incident: str, outcome: Outcome, transaction: Books, now: float) -> None:
        job = transaction.ticket_of_incident(incident)
        if job is None or job.state.ended:
            return
        del self.review[key]
        joined, line = ticket.merge(entry, job, now)
        if transaction.put_entry(joined):  # else people have decided it meanwhile
            self._rouse(entry)
            _put(line, outcome, transaction)

    def _rules(self, key: Key, of: Ticket) -> set[str]:
        """The rules of a device that this ticket is about: all of its own device's, of others those whose alarms it explains."""
        explained = {rule for rule, incident in self.active.get(key, {}).items() if incident == of.incident}
        raised = [event.episode for event in self.turns if event.event == "raised" and event.episode.incident == of.incident]
        explained.update(one.rule for one in raised if (one.site, one.device) == key)
        return explained.union(of.rules) if key[1] in (of.device, of.cause) else explained

    def _incident(self, transaction: Books, key: Key) -> str:
        """What people know of already: the open ticket of the device, or of what explains its alarms; "" for none."""
        known = transaction.open_ticket(*key)
        others = (transaction.ticket_of_incident(incident) for incident in self.active.get(key, {}).values())
        return next((one.incident for one in (known, *others) if one is not None and not one.state.ended), "")

    def _opted_in(self, site: str) -> bool:
        settings = self.configuration.sites[site].learned
        return settings is not None and settings.tickets

    def _open(self, key: Key, outcome: Outcome, transaction: Books, now: float) -> None:
        """Two detectors name the same point: a minor ticket, without asking."""
        entry = self.review.pop(key, None)
        if entry is None:
            return
        site = self.configuration.sites[key[0]]
        made = ticket.make(site, entry, transaction, at=now)
        transaction.decide(decide(entry, Decision.TICKET, by="system", at=now))
        self._rouse(entry)
        if made is not None:
            _put(made[0], outcome, transaction)
            outcome.notices.extend(notices.for_ticket(site, made[0].ticket, "opened", now) if made[1] else [])

    def _keep(self, transaction: Books, now: float) -> None:
        """One device at a time: a device of twenty points is 400 kB."""
        if self.queue and self.queue[0][0] <= now:
            _, key = self.queue.popleft()
            self.queue.append((now + EVERY, key))
            self.urgent.add(key)
        if self.urgent:
            self._write(transaction, self.urgent, now)

    def rest(self, transaction: Books, now: float) -> None:
        """All that is learned, at an orderly stop."""
        self._write(transaction, self.learned, now)

    def _write(self, transaction: Books, keys: Iterable[Key], now: float) -> None:
        transaction.keep_learned({key: self.normal.pack(key) for key in keys}, now)
        self.urgent.clear()


def _put(change: TicketChange, outcome: Outcome, transaction: Books) -> None:
    transaction.put(change.ticket, change.events)
    outcome.tickets.append(change)
