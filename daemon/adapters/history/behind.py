"""Readings handed over by the watch → a sink on disk, by a thread of its own: the watch waits for nothing here.

What waits is bounded. What the sink refuses (a full disk) waits on; when too much waits it is let go, because the journal has it:
`again` reads it from there once the sink takes readings again. So history may lag, and never loses.
"""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import structlog

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from daemon.core.nouns import Reading

    Again = Callable[[int], Iterable[tuple[int, Sequence[Reading]]]]  # journal position → (position, readings) after it
    Batch = tuple[Sequence[Reading], int]

LOG = structlog.get_logger("history")
EVERY = 2.0  # s between writes: how old a trend may be
WAITING = 600_000  # readings that wait in memory at most, about 90 MB
TOGETHER = 200_000  # readings with which a write doesn't wait any longer: large writes make large slabs
GIVES_WAY = 0.001  # s for which this thread keeps the interpreter at most while the watch wants it; Python's own habit is 5 ms
REFUSED = 5.0  # s until a sink that refused is asked again


class Sink(Protocol):
    """Where readings are kept. Called by one thread only; anything may raise StoreBroken and is then asked again."""

    def write(self, batches: Sequence[Sequence[Reading]], position: int) -> None:
        """On disk when it returns, together with the position."""

    def work(self) -> bool:
        """One small piece of what can be done meanwhile; False if there is nothing to do."""

    def prune(self, now: float) -> None: ...

    def shut(self) -> None: ...


class Behind:
    """One thread appends, a second one of our own writes. `stored` is the journal position that is on disk."""

    def __init__(self, sink: Sink, stored: int, again: Again | None = None) -> None:
        self._sink, self._again, self.stored = sink, again, stored
        self._batches: list[Batch] = []
        self._count, self._position = 0, stored
        self._lost = self._hurry = self._thorough = self._stop = False
        self._broken: StoreBroken | None = None
        self._prune_at: float | None = None
        self._next = monotonic() + EVERY  # when the next write is due
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def append(self, readings: Sequence[Reading], position: int) -> None:
        """Costs the same for any number of readings."""
        self._start()
        with self._change:
            self._position = max(self._position, position)
            if self._lost or (self._is_full(readings) and not self._wait_for_room(readings)):
                return
            self._batches.append((readings, position))
            self._count += len(readings)
            if self._count >= TOGETHER:
                self._change.notify_all()

    def prune(self, now: float) -> None:
        """Soon, and before the next `flush` returns."""
        self._start()
        self._prune_at = now

    def flush(self) -> None:
        """Everything is on disk when it returns; raises StoreBroken if the sink refused, and everything still waits."""
        if self._thread is None:
            return
        with self._change:
            self._hurry = True
            self._change.notify_all()
            while self._hurry and self._alive():
                self._change.wait(1.0)
            broken = self._broken
        self._start()
        if broken:
            raise broken

    def settle(self) -> None:
        """Flush, and do all that can be done meanwhile: for benchmarks, and before a copy."""
        self._thorough = True
        self.flush()
        self._thorough = False

    def idle(self) -> bool:
        """Has nothing been appended here? Then another process may be the one that writes."""
        return self._thread is None

    def close(self) -> None:
        """Flushes first."""
        if self._thread is None:
            return
        try:
            self.flush()
        finally:
            with self._change:
                self._stop = True
                self._change.notify_all()
            self._thread.join()
            self._thread, self._stop = None, False

    def _start(self) -> None:
        if self._thread is None:
            sys.setswitchinterval(GIVES_WAY)
            self._thread = threading.Thread(target=self._run, name="history", daemon=True)
            self._thread.start()
        elif not self._thread.is_alive():
            raise StoreBroken("the thread that writes the history has died; the log says of what.")

    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _is_full(self, readings: Sequence[Reading]) -> bool:
        return bool(self._batches) and self._count + len(readings) > WAITING

    def _wait_for_room(self, readings: Sequence[Reading]) -> bool:
        """Too much waits: let it go, the journal has it. Without a way to get it again wait for the sink, unless it refuses: then
        only a new start can help, which reads the journal."""
        if self._again is not None:
            LOG.error("history lags: readings wait in the journal", position=self.stored)
            self._lost, self._batches, self._count = True, [], 0
            return False
        while self._is_full(readings) and self._broken is None and self._alive():
            self._change.wait(1.0)
        if self._is_full(readings):
            raise StoreBroken(f"{self._count} readings wait for the history, which does not take them: {self._broken}")
        return True

    def _run(self) -> None:
        while not self._stop:
            self._pause()
            self._turn()
        self._sink.shut()

    def _pause(self) -> None:
        with self._change:
            ready = TOGETHER if self._broken is None else WAITING  # a sink that refuses is left alone for a while
            left = self._next - monotonic()
            self._change.wait_for(lambda: self._stop or self._hurry or self._count >= ready, timeout=max(0.0, left))

    def _turn(self) -> None:
        hurried = self._hurry
        self._next = monotonic() + EVERY
        try:
            self._write()
            self._catch_up()
            self._tidy()
        except StoreBroken as broken:
            self._note(broken)
        else:
            self._note(None)
        with self._change:
            self._hurry = self._hurry and not hurried
            self._change.notify_all()

    def _write(self) -> None:
        with self._change:
            batches, lost = list(self._batches), self._lost
        if not batches or lost:
            return
        self._sink.write([readings for readings, _ in batches], batches[-1][1])
        self.stored = max(self.stored, batches[-1][1])
        with self._change:
            if not self._lost:
                del self._batches[: len(batches)]
                self._count -= sum(len(readings) for readings, _ in batches)
        while batches:  # one by one: a hundred thousand readings let go at once keep the interpreter for 20 ms
            batches.pop()

    def _catch_up(self) -> None:
        """From the journal, until it has nothing that the watch has not handed over since."""
        while self._lost and not self._stop and self._again is not None:
            for position, readings in self._again(self.stored):
                self._sink.write([readings], position)
                self.stored = position
            with self._change:
                self._lost = self.stored < self._position

    def _tidy(self) -> None:
        if (now := self._prune_at) is not None:
            self._sink.prune(now)
            self._prune_at = None
        while (self._thorough or (monotonic() < self._next and not (self._hurry or self._stop))) and self._sink.work():
            pass

    def _note(self, broken: StoreBroken | None) -> None:
        """Told when it begins and when it ends."""
        if broken is not None:
            self._next = monotonic() + REFUSED
            if self._broken is None:
                LOG.error("history is not written", reason=broken.reason, position=self.stored)
        elif self._broken is not None:
            LOG.warning("history is written again", position=self.stored)
        self._broken = broken
