"""What the watch does now and then, beside its batches: frames, heartbeats, canaries, looks at its clock and itself, tidying."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import structlog
from msgspec.structs import replace

from daemon.clock import Witnesses
from daemon.core.nouns import CANARY, CLOCK, GAP, HOLD, RESUME, Message
from daemon.core.vitals import KEPT_AS, Vitals
from daemon.losses import Losses
from daemon.selfwatch import LOOK as SELF_LOOK
from daemon.selfwatch import SelfWatch
from daemon.vitals import Seen, examine, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.nouns import Outcome
    from daemon.core.state import State
    from daemon.frames import Frames
    from daemon.ports import Transaction
    from daemon.service import Parts

LOG = structlog.get_logger("watch")
FRAME = 1.0  # s between live frames
HEARTBEAT = 10.0
FLIGHT = 60.0  # s between canaries
LOOK = 1.0  # s between looks at the clock
VITALS = 5.0  # s between looks at ourselves
PRUNE = 3600.0
SETTLE = 60.0  # s after a start before anything is thrown away


class Rounds:
    """One watch's. All of it runs on the watch's thread; `vitals` is read by others."""

    def __init__(self, parts: Parts, state: State, frames: Frames) -> None:
        self.parts, self.state, self.frames = parts, state, frames
        self.seen, self.witnesses = Seen(), Witnesses()
        self.losses = Losses(parts.store, parts.metrics)
        self.vitals: Vitals | None = None
        self._due = {"prune": time.monotonic() + SETTLE}  # what → monotonic time
        self._token = secrets.token_hex(8)
        self._untold = False  # how we are was looked at, and not saved yet
        speed = getattr(parts.clock, "speed", None)  # only of a play's clock, which follows no machine's
        self._flight, self._gaze = FLIGHT / (speed or 1.0), SELF_LOOK / (speed or 1.0)
        self.own = SelfWatch(parts, state, lambda: self.seen.drift if speed is None else None)

    def make(self, move: Callable[[float], None]) -> None:
        """Everything that is due. `move`: how the clock is moved."""
        if self._is_time("frame", FRAME):
            for topic, payload in self.frames.take(self.parts.clock.now()):
                self.parts.voice.publish(topic, payload, qos=0)
        if self._is_time("clock", LOOK):
            self._look_at_the_clock(move)
        if not self.state.held:  # online means: watching, the backlog is in
            self._speak()
        if self._is_time("prune", PRUNE):
            self._prune()

    def look(self) -> bool:
        """Look at ourselves, if that is due: the next commit, which may not wait, says how we are. Not inside a transaction, for
        thousands of devices take their time."""
        if self._is_time("vitals", VITALS):
            self.vitals = examine(self.parts, self.state, self.seen, self.losses)
            show(self.parts.metrics, self.vitals, self.parts, self.state, self.seen)
            self._untold = True
        return self._untold

    def confide(self) -> list[Message]:
        """What a control room should know of us, to be committed like any message."""
        return self.own.look() if self._is_time("own", self._gaze) else []

    def hurry(self, what: str) -> None:
        """Make it at the next round, whenever it was made last."""
        self._due.pop(what, None)

    def read(self, source: str, messages: list[Message]) -> list[Message]:
        """What came, our own canaries in their own word; a gap is noted, and told only where there was a session before."""
        topic = self.parts.canary
        if {topic, HOLD, RESUME}.isdisjoint([message.topic for message in messages]):
            return messages
        return [self._read(source, message) for message in messages]

    def _read(self, source: str, message: Message) -> Message:
        if message.topic == self.parts.canary:
            return replace(message, topic=CANARY)
        if message.topic == HOLD:
            self.losses.meet(source, gap=message.payload == GAP)
        elif message.topic == RESUME:
            gap = self._welcome(source, gap=message.payload == GAP)
            return replace(message, payload=GAP if gap else b"")
        return message

    def note(self, transaction: Transaction) -> None:
        """Before a commit: how we are is saved with it, if that is news."""
        if self._untold and self.vitals:
            transaction.remember(KEPT_AS, self.vitals.pack())
            self._untold = False
        self.losses.note(transaction)

    def saved(self, messages: list[Message], outcome: Outcome, begun: float) -> None:
        """After a commit that began at `begun` (monotonic)."""
        self.seen.committed_at = now = time.monotonic()
        metrics = self.parts.metrics
        metrics.spread("atrium_commit_seconds", now - begun)
        if messages:
            metrics.spread("atrium_batch_messages", len(messages))
            metrics.spread("atrium_lag_seconds", max(0.0, self.parts.clock.now() - messages[0].at))
        metrics.count("atrium_readings_total", len(outcome.readings))
        self.own.count(messages, outcome)
        metrics.count("atrium_duplicates_total", outcome.duplicates)
        metrics.count("atrium_late_total", outcome.late)
        for rejected in outcome.rejected:
            metrics.count("atrium_rejected_total", 1, rejected.code)
        for event in outcome.alarms:
            metrics.count("atrium_alarm_events_total", 1, event.event)
        metrics.count("atrium_ticket_changes_total", len(outcome.tickets))
        metrics.count("atrium_notices_total", len(outcome.notices))
        for payload in outcome.canaries:
            self._come_home(payload)
        if self.witnesses.since is not None:
            self.witnesses.hear(outcome.readings, self.seen.drift)

    def _speak(self) -> None:
        voice = self.parts.voice
        if self._is_time("heartbeat", HEARTBEAT):
            voice.publish(f"atrium-out/heartbeat/{self.parts.node}", b"online", qos=0, retain=True)
        if self._is_time("canary", self._flight):
            voice.publish(self.parts.canary, f"{self._token}/{time.monotonic():.3f}".encode(), qos=1)

    def _come_home(self, payload: bytes) -> None:
        """A canary of this very process was saved: the whole path works. Where nobody could be told of a fault, the outside is
        to notice all the same."""
        token, _, flown = payload.decode("ascii", "replace").partition("/")
        if token != self._token:
            return  # of the watch before us, out of the backlog
        self.seen.canary_at = time.monotonic()
        self.seen.canary_took = self.seen.canary_at - float(flown)
        if self.parts.deadman and not self.parts.outbox.untold:
            self.parts.deadman.beat()

    def _welcome(self, source: str, *, gap: bool) -> bool:
        self.parts.metrics.count("atrium_connections_total", 1, source)
        self.seen.connects.append(time.monotonic())
        self.hurry("vitals")  # whoever waits for us to be ready need not wait for the next look
        return self.losses.welcome(source, gap=gap)

    def _look_at_the_clock(self, move: Callable[[float], None]) -> None:
        before, self.seen.drift = self.seen.drift, self.parts.clock.look()
        if abs(self.seen.drift - before) > 1.0:
            LOG.warning("the machine's clock has moved", drift_s=round(self.seen.drift, 1))
        self.seen.verdict = self.witnesses.verdict(self.seen.drift, time.monotonic())
        if self.seen.verdict:
            LOG.error("the watch's clock follows the machine's", by_s=round(self.seen.drift, 1))
            move(self.seen.drift)
            self.own.forget()
            self.seen.moves += 1
            self.parts.metrics.count("atrium_clock_moves_total")

    def _prune(self) -> None:
        now = self.parts.clock.now()
        self.parts.history.prune(now)
        self.parts.store.tidy(now)
        kept = min(self.state.covered(), self.parts.history.position())
        self.parts.store.prune_journal(kept)

    def _is_time(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True


def moved(seconds: float, at: float) -> Message:
    """The mark that tells the core, and every replay, that the clock was moved."""
    return Message(CLOCK, f"{seconds:+.3f}".encode(), at)
