"""A community in a bottle: the demo's configuration, simulated messages walked through the real core into a real store."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from daemon.adapters.history import open_history
from daemon.adapters.live_board import Board
from daemon.adapters.store import open_store
from daemon.core import pipeline, state
from daemon.core.nouns import RESUME, Message
from daemon.dialects import Source, families
from daemon.frames import Frames
from daemon.simulate import parse_fault, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from daemon.core.site import Configuration

# A main pump that will not start, a low water supply whose float valve sticks, and a shed that has fallen silent.
FAULTS = ("fire-pump:FP-F1@480", "supply-low:WS-F4@300", "boiler-2:BO-F4@300", "ebike-03:DQ-F4@60+36000")
PREROLL = 600.0


class Bottle:
    """The watch without a broker: `advance` walks what is due, `frame` gives the board what changed."""

    def __init__(self, configuration: Configuration, data: Path, *, start: float, faults: tuple[str, ...] = FAULTS) -> None:
        site = next(iter(configuration.sites.values()))
        self.configuration, self.site, self.now = configuration, site, start
        self.store = open_store("", data, digest=configuration.digest)
        self.history = open_history(data)
        self.state = state.start(configuration)
        self.frames = Frames(self.state)
        self.frames.heed("atrium-out/watching/test", f'["{site.id}"]'.encode())
        self.sources = {"main": families()["atrium"].open(Source())}
        plans = [parse_fault(text, site.devices) for text in faults]
        self.messages: Iterator[Message] = simulate(configuration, start=start, faults=plans, seed=7)
        self.ahead = next(self.messages)
        self.advance(start, [Message(RESUME, b"", start)])

    def advance(self, until: float, messages: list[Message] | None = None) -> None:
        """Walk everything received by `until`, in one transaction."""
        due = list(messages or []) + self._due(until)
        with self.store.begin() as transaction:
            for action in transaction.actions_after(self.state.heeded):
                pipeline.heed(self.state, action)
            outcome = pipeline.feed(self.state, due, transaction, self.sources)
            late = pipeline.tick(self.state, until, transaction)
            position = transaction.save(outcome, due, {})
            transaction.save(late, (), {})
        self.history.append(outcome.readings, position)
        self.frames.note_readings(outcome.readings)
        self.frames.note(outcome.faded + late.faded)
        self.now = until

    def _due(self, until: float) -> list[Message]:
        due: list[Message] = []
        while self.ahead.at <= until:
            due.append(self.ahead)
            self.ahead = next(self.messages)
        return due

    def put_bad_message(self, at: float) -> None:
        """Something nobody can use."""
        self.advance(at, [Message("atrium/hongshan/fire-pump/telemetry", b"{broken", at)])

    def show(self, board: Board) -> None:
        """One frame for the pages."""
        for topic, payload in self.frames.take(self.now):
            board.take_payload(topic.split("/")[1], payload)

    def close(self) -> None:
        """Let go of the files."""
        self.history.close()
        self.store.close()


class Calm(Board):
    """A board that is told by hand: connected and alive from the start."""

    def start(self) -> None:
        """Nothing to connect to."""
        self.set_line("connected", "alive")

    def stop(self) -> None:
        """Nothing to close."""


class Hand:
    """A clock that is set by hand."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


def live_on(bottle: Bottle, board: Board, call) -> threading.Thread:
    """Go on in real time, a frame a second; `call` passes work into the event loop."""

    def run() -> None:
        while True:
            bottle.advance(time.time())
            bottle.history.flush()
            call(bottle.show, board)
            time.sleep(1.0)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
