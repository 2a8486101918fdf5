"""Turns the signs of life of a process's threads into one of the process; a thread that shows none for too long ends it, loudly.

The sign of the process goes to the supervisor through a pipe it handed down, and to systemd. So a process that lives but does
nothing is found out from inside (a thread hangs) or from outside (all of it hangs), and started anew from what was saved.
"""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from daemon import systemd

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = structlog.get_logger("pulse")
PIPE = "ATRIUM_PULSE"  # the number of the pipe's end, in the environment of a supervised process
READY, ALIVE = b"R", b"."
LIMIT = 15.0  # s a thread may show no sign of life
EVERY = 1.0  # s between two looks
ASLEEP = 5.0  # s: if we ourselves did not run for so long, the machine slept or we were stopped, and nobody is to blame
HUNG = 71  # exit code


@dataclass(slots=True)
class Life:
    """One thread: when it last showed a sign, or how to ask it, and how long it may be still."""

    limit: float
    last: float
    ask: Callable[[], float] | None = None


class Pulse:
    """All threads of this process that must not hang. `end` gets the exit code; it does not come back."""

    def __init__(self, end: Callable[[int], object] = os._exit) -> None:
        self._lives: dict[str, Life] = {}
        self._lock = threading.Lock()
        self._end = end
        self._looked = time.monotonic()
        self._pipe = int(os.environ.pop(PIPE, "-1"))  # children of ours have no part in it
        self._ready = False

    def mind(self, name: str, *, limit: float = LIMIT, ask: Callable[[], float] | None = None) -> Callable[[], None]:
        """From now on this thread must show a sign of life every `limit` s: by calling what is returned, or by the monotonic time
        that `ask` answers."""
        with self._lock:
            self._lives[name] = Life(limit, time.monotonic(), ask)
        return lambda: self.beat(name)

    def beat(self, name: str) -> None:
        """This thread lives."""
        life = self._lives.get(name)
        if life is not None:
            life.last = time.monotonic()

    def forget(self, name: str) -> None:
        """This thread ends as it should."""
        with self._lock:
            self._lives.pop(name, None)

    def still(self) -> dict[str, float]:
        """Thread → seconds without a sign, where that is too long."""
        now = time.monotonic()
        slept, self._looked = now - self._looked, now
        with self._lock:
            for life in self._lives.values():
                if life.ask:
                    life.last = max(life.last, life.ask())
                if slept > ASLEEP:
                    life.last = max(life.last, now - EVERY)
            return {name: now - life.last for name, life in self._lives.items() if now - life.last > life.limit}

    def ready(self) -> None:
        """The process does its work: tell whoever started it, once."""
        if not self._ready:
            self._ready = True
            self._tell(READY)
            systemd.tell("READY=1")

    def look(self) -> None:
        """End the process if a thread hangs, else pass its sign of life on."""
        if still := self.still():
            LOG.error("a thread hangs, the process ends", threads={name: round(s, 1) for name, s in still.items()})
            faulthandler.dump_traceback(all_threads=True)
            self._end(HUNG)
        self._tell(ALIVE)
        systemd.tell("WATCHDOG=1")

    def start(self) -> None:
        """Look every second, in a thread of its own."""
        guard(self._run, "pulse")

    def _run(self) -> None:
        while True:
            self.look()
            time.sleep(EVERY)

    def _tell(self, sign: bytes) -> None:
        if self._pipe >= 0:
            with suppress(BlockingIOError, BrokenPipeError):  # nobody reads: a supervisor that is gone is told by the kernel
                os.write(self._pipe, sign)


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
