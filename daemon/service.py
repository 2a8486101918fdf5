"""The watch: batches from the brokers through the core into one transaction each, then acknowledgements, then live values.

One thread does all of that (the only writer of alarm conditions); the brokers' network threads only enqueue, the outbox threads
only deliver. The death of any of them ends the process, so that the supervisor restarts it from what was saved.
"""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec
import structlog
from msgspec.structs import replace

from daemon.core import lines, pipeline
from daemon.core.nouns import DEAF, HOLD, RESUME, Message
from daemon.core.vitals import judge
from daemon.frames import WATCHING, Frames
from daemon.losses import DROPPED
from daemon.pulse import guard
from daemon.recover import recover
from daemon.rounds import Rounds, moved

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from daemon.adapters.inbox import Batch
    from daemon.clock import SteadyClock
    from daemon.core.decode import Dialect
    from daemon.core.nouns import Action, Outcome
    from daemon.core.site import Configuration
    from daemon.core.state import State
    from daemon.core.vitals import Check
    from daemon.deadman import DeadMan
    from daemon.learning import Learning
    from daemon.metrics import Metrics
    from daemon.outbox import Outbox
    from daemon.ports import History, Store, Transaction
    from daemon.pulse import Pulse

LOG = structlog.get_logger("watch")
IDLE = 0.2  # s the loop sleeps at most: how late a deadline may fire
FLOOD = 500  # deadlines that fire in one transaction: tickets for all of them take about half a second
HELD_AT_MOST = 15.0  # s: 10 s for the canary, some for connecting
AHEAD = 1.0  # s a message may lie ahead of our clock: more, and the clock was moved back while it waited
GARBAGE = 50_000  # objects made before a look for cycles; what the start made is never looked at again


class Feed(Protocol):
    """One broker, as the watch needs it. HOLD, DEAF and RESUME stand in its stream where they belong."""

    state: str  # connected closed silent
    since: float
    turned: float  # monotonic: when its thread last showed a sign of life

    @property
    def waiting(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def take(self, timeout: float) -> Batch: ...

    def acknowledge(self, batch: Batch) -> None: ...

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None: ...


@dataclass(slots=True)
class Parts:
    """What the composition root hands in."""

    configuration: Configuration
    store: Store
    history: History
    feeds: Mapping[str, Feed]  # by source id
    voice: Feed  # where the watch speaks, and hears who watches
    dialects: Mapping[str, Dialect]
    clock: SteadyClock
    outbox: Outbox
    news: threading.Event  # set by any feed that has something
    pulse: Pulse
    metrics: Metrics
    data: Path
    canary: str  # the topic of our canaries: the main feed hears it
    deadman: DeadMan | None = None
    node: str = "watch"
    learning: Learning | None = None  # where a site learns what is usual


class Watch:
    """The loop. `run` returns when `stop` is set and all that was taken has been saved."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.state: State = recover(
            parts.configuration, parts.store, parts.history, parts.dialects, parts.clock.now(), parts.learning
        )
        self.frames = Frames(self.state)
        self.voice = parts.voice
        self.rounds = Rounds(parts, self.state, self.frames)

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        self._engage(stop)
        self._begin()
        for book in {device.book for device in self.state.devices.values()}:
            book.prepare()
        for feed in self._all():
            feed.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE, 20, 50)
        self.parts.pulse.ready()
        beat = self.parts.pulse.mind("loop")
        try:
            while not stop.is_set():
                beat()
                self._turn()
            self._rest()  # never after a failure: memory is ahead of the store then, by messages that were not saved
        finally:
            stop.set()  # however it ends, the other threads must not keep the process
            with ThreadPoolExecutor() as farewells:  # each may wait a second for its broker
                list(farewells.map(lambda feed: feed.stop(), self._all()))

    def _begin(self) -> None:
        """From what was saved last until now nobody listened: delays run on, but silence proves nothing."""
        now = self.parts.clock.now()
        last = max(self.state.now, self.state.past) or now
        self._commit([*(Message(DEAF, b"", last, source) for source in self.parts.feeds), Message(HOLD, b"", now, "")])

    def checks(self) -> list[Check]:
        """How it is, for whoever asks from another thread."""
        return judge(self.rounds.vitals, time.time())

    def _engage(self, stop: threading.Event) -> None:
        """The threads beside this one: each must work and show signs of life."""
        parts, pulse = self.parts, self.parts.pulse
        guard(lambda: parts.outbox.run(stop), "outbox")
        pulse.mind("outbox", limit=30.0, ask=lambda: parts.outbox.turned)  # a delivery may take 10 s
        for source, feed in (*parts.feeds.items(), ("voice", self.voice)):
            pulse.mind(f"mqtt-{source}", ask=partial(getattr, feed, "turned"))
        if parts.deadman:
            told, alive = parts.deadman, pulse.mind("deadman", limit=120.0)
            guard(lambda: told.run(stop, alive), "deadman")

    def _all(self) -> tuple[Feed, ...]:
        return (*self.parts.feeds.values(), self.voice)

    def _turn(self) -> None:
        if self.parts.news.wait(self._patience()):
            self.parts.news.clear()
        if self._overdue():
            self._tick()
        if not self._overdue():  # a message would fire all that is left of a flood at once
            for source, feed in self.parts.feeds.items():
                self._take(source, feed)
        self._hear()
        if self.rounds.look() or self._overdue():
            self._tick()
        if self.state.held and self._is_late():
            self._commit([Message(RESUME, b"", self.parts.clock.now(), "")])  # of no source: who is away stays so
        self.rounds.make(self._move)

    def _hear(self) -> None:
        """Who watches, and what the broker says of itself."""
        for message in self.voice.take(0.0).messages:
            if message.topic.startswith(WATCHING):
                self.frames.heed(message.topic, message.payload)
                self.rounds.hurry("frame")  # new interest is answered at once
            elif message.topic == DROPPED:
                self.rounds.losses.hear("main", message.payload)
        for lost in self.rounds.losses.spilled(self.parts.clock.now()):
            self._commit([lost])
        if told := self.rounds.confide():
            self._commit(told)

    def _take(self, source: str, feed: Feed) -> None:
        batch = feed.take(0.0)
        if batch.messages:
            self._commit(self._on_time(self.rounds.read(source, batch.messages)))
            self.parts.metrics.count("atrium_messages_total", len(batch.messages), source)
            self.parts.news.set()  # there may be more than one batch holds
        feed.acknowledge(batch)

    def _on_time(self, messages: list[Message]) -> list[Message]:
        """Times of receipt as the core will take them, so that the journal tells what it did: what a deadline or another source
        has overtaken, and what was received by a clock that has been moved back since, is received now."""
        now, past = self.parts.clock.now(), self.state.now
        if past <= messages[0].at and messages[-1].at <= now + AHEAD:
            return messages
        now = max(now, past)
        return [m if past <= m.at <= now else replace(m, at=min(max(m.at, past), now)) for m in messages]

    def _move(self, seconds: float) -> None:
        """Follow the machine's clock: what waits goes on waiting for as long as before."""
        self._commit([moved(seconds, self.parts.clock.now())])
        self.parts.clock.step(seconds)

    def _is_late(self) -> bool:
        """Nothing came back from the broker in time: what is due must fire all the same, but silence proves nothing."""
        return self.parts.clock.now() - self.state.held_at > HELD_AT_MOST

    def _patience(self) -> float:
        heap = self.state.heap
        if self.state.held or not heap:
            return IDLE
        return min(IDLE, max(0.0, heap[0][0] - self.parts.clock.now()))

    def _overdue(self) -> bool:
        heap = self.state.heap
        return bool(heap) and not self.state.held and heap[0][0] <= self.parts.clock.now()

    def _commit(self, messages: list[Message]) -> None:
        """Save, then speak; the caller acknowledges. A failed save ends the process: memory is ahead of the store."""
        begun = time.monotonic()
        with self.parts.store.begin() as transaction:
            for action in transaction.actions_after(self.state.heeded):
                self._heed(action)
            outcome = pipeline.feed(self.state, messages, transaction, self.parts.dialects)
            self._learn(outcome, transaction)
            position = transaction.save(outcome, messages, self.state.slices(outcome))
            self.rounds.note(transaction)
        self.rounds.saved(messages, outcome, begun)
        self._saved(outcome, position)

    def _heed(self, action: Action) -> None:
        pipeline.heed(self.state, action)
        if self.parts.learning:
            self.parts.learning.heed(action)

    def _learn(self, outcome: Outcome, transaction: Transaction) -> None:
        if self.parts.learning:
            self.parts.learning.take(outcome, transaction, self.state.now)

    def _tick(self) -> None:
        begun = time.monotonic()
        with self.parts.store.begin() as transaction:
            outcome = pipeline.tick(self.state, self.parts.clock.now(), transaction, most=FLOOD)
            self._learn(outcome, transaction)
            position = transaction.save(outcome, (), self.state.slices(outcome))
            self.rounds.note(transaction)
        self.rounds.saved([], outcome, begun)
        self._saved(outcome, position)

    def _saved(self, outcome: Outcome, position: int) -> None:
        self.state.position = position
        if outcome.notices:
            self.parts.outbox.wake(outcome.notices)
        self.parts.history.append(outcome.readings, position)
        self.frames.note_readings(outcome.readings)
        self.frames.note(outcome.faded)
        for event in outcome.alarms:
            if event.event != "hidden":
                self._tell(f"atrium-out/{event.episode.site}/alarm/{event.episode.id}", lines.alarm(event))
        for change in outcome.tickets:
            for line in lines.ticket(change):
                self._tell(f"atrium-out/{change.ticket.site}/ticket/{change.ticket.number}", line)

    def _tell(self, topic: str, line: lines.Line) -> None:
        self.voice.publish(topic, msgspec.json.encode(line), qos=1)

    def _rest(self) -> None:
        """Everything packed and saved, so that the next start is quick."""
        with self.parts.store.begin() as transaction:
            outcome = pipeline.tick(self.state, self.state.now, transaction)
            transaction.save(outcome, (), self.state.slices(outcome, everything=True))
            if self.parts.learning:
                self.parts.learning.rest(transaction, self.state.now)
        self.parts.history.flush()
