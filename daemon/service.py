"""The watch: batches from the brokers through the core into one transaction each, then acknowledgements, then live values.

One thread does all of that (the only writer of alarm conditions); the brokers' network threads only enqueue, the outbox thread
only delivers. The death of any of them ends the process, so that the supervisor restarts it from what was saved.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import msgspec
import structlog

from daemon.core import lines, pipeline
from daemon.core.nouns import DEAF, HOLD, RESUME, Message
from daemon.frames import WATCHING, Frames
from daemon.recover import recover

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.adapters.inbox import Batch
    from daemon.core.decode import Dialect
    from daemon.core.nouns import Outcome
    from daemon.core.site import Configuration
    from daemon.core.state import State
    from daemon.outbox import Outbox
    from daemon.ports import Clock, History, Store

LOG = structlog.get_logger("watch")
IDLE = 0.2  # s the loop sleeps at most: how late a deadline may fire
FLUSH = 2.0  # s between flushes of history: how old a trend may be
FRAME = 1.0  # s between live frames
HEARTBEAT = 10.0
HELD_AT_MOST = 15.0  # s: 10 s for the canary, some for connecting
PRUNE = 3600.0


class Feed(Protocol):
    """One broker, as the watch needs it. HOLD, DEAF and RESUME stand in its stream where they belong."""

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
    clock: Clock
    outbox: Outbox
    news: threading.Event  # set by any feed that has something
    node: str = "watch"
    beats: dict[str, float] = field(default_factory=dict)  # what happens now and then → when it is due again


class Watch:
    """The loop. `run` returns when `stop` is set and everything taken has been saved."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.state: State = recover(parts.configuration, parts.store, parts.history, parts.dialects, parts.clock.now())
        self.frames = Frames(self.state)
        self.voice = parts.voice

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        parts = self.parts
        guard(lambda: parts.outbox.run(stop), "outbox")
        self._commit([Message(HOLD, b"", parts.clock.now())])
        for feed in (*parts.feeds.values(), self.voice):
            feed.start()
        try:
            while not stop.is_set():
                self._turn()
        finally:
            self._end()

    def _turn(self) -> None:
        if self.parts.news.wait(self._patience()):
            self.parts.news.clear()
        for feed in self.parts.feeds.values():
            self._take(feed)
        for message in self.voice.take(0.0).messages:
            if message.topic.startswith(WATCHING):
                self.frames.heed(message.topic, message.payload)
        if self._overdue():
            self._tick()
        if self.state.held and self._is_late():
            self._commit([Message(topic, b"", self.parts.clock.now()) for topic in (RESUME, DEAF)])
        self._now_and_then()

    def _take(self, feed: Feed) -> None:
        batch = feed.take(0.0)
        if batch.messages:
            self._commit(batch.messages)
            self.parts.news.set()  # there may be more than one batch holds
        feed.acknowledge(batch)

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
        with self.parts.store.begin() as transaction:
            for action in transaction.actions_after(self.state.heeded):
                pipeline.heed(self.state, action)
            outcome = pipeline.feed(self.state, messages, transaction, self.parts.dialects)
            position = transaction.save(outcome, messages, self.state.slices(outcome))
        self._saved(outcome, position)

    def _tick(self) -> None:
        with self.parts.store.begin() as transaction:
            outcome = pipeline.tick(self.state, self.parts.clock.now(), transaction)
            position = transaction.save(outcome, (), self.state.slices(outcome))
        self._saved(outcome, position)

    def _saved(self, outcome: Outcome, position: int) -> None:
        self.state.position = position
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

    def _now_and_then(self) -> None:
        parts = self.parts
        if self._is_time("frame", FRAME):
            for topic, payload in self.frames.take(parts.clock.now()):
                self.voice.publish(topic, payload, qos=0)
        if not self.state.held and self._is_time("heartbeat", HEARTBEAT):  # online means: watching, the backlog is in
            self.voice.publish(f"atrium-out/heartbeat/{parts.node}", b"online", qos=0, retain=True)
        if self._is_time("flush", FLUSH):
            parts.history.flush()
        if self._is_time("prune", PRUNE):
            self._prune()

    def _is_time(self, what: str, every: float) -> bool:
        now = self.parts.clock.now()
        if now < self.parts.beats.get(what, 0.0):
            return False
        self.parts.beats[what] = now + every
        return True

    def _prune(self) -> None:
        now = self.parts.clock.now()
        self.parts.history.prune(now)
        self.parts.store.tidy(now)
        kept = min(self.state.covered(), self.parts.history.position())
        self.parts.store.prune_journal(kept)

    def _end(self) -> None:
        """What is in hand is saved; everything packed, so that the next start is quick."""
        for feed in (*self.parts.feeds.values(), self.voice):
            feed.stop()
        with self.parts.store.begin() as transaction:
            outcome = pipeline.tick(self.state, self.state.now, transaction)
            transaction.save(outcome, (), self.state.slices(outcome, everything=True))
        self.parts.history.flush()


def guard(work: Callable[[], None], name: str) -> threading.Thread:
    """Run `work` in a thread whose failure ends the process: a watch without its outbox is no watch."""

    def run() -> None:
        try:
            work()
        except Exception:
            LOG.exception("thread died, the process ends", thread=name)
            os._exit(1)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
