"""The spool's frames → the history store, in order, by a thread of its own. While the store is away they wait on disk.

A store that dies may forget what it acknowledged last (VictoriaMetrics writes to disk every 5 s), so after it was away the last
seconds before are sent again: a value that comes twice is stored once.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import structlog

from daemon.ports import Undelivered

if TYPE_CHECKING:
    from daemon.adapters.history.server import Server
    from daemon.adapters.history.spool import Frame, Sent, Spool

LOG = structlog.get_logger("history")
MOST = 2 << 20  # compressed bytes sent together: some 200,000 lines
IDLE = 0.5  # s between looks at an empty spool
AGAIN = 15.0  # s before the store was away that are sent again
SOONEST, LATEST = 0.5, 30.0  # s until a store that is away is asked again


class Sender:
    """Runs until stopped. `away`: why nothing is taken, "" while all is well."""

    def __init__(self, spool: Spool, server: Server) -> None:
        self._spool, self._server = spool, server
        self._stop, self._news = threading.Event(), threading.Event()
        self._pause = SOONEST
        self.away = ""
        self._recent: deque[tuple[float, Sent]] = deque()  # when something was sent, and from where
        self._thread = threading.Thread(target=self._run, name="history-sender", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Something new is in the spool."""
        self._news.set()

    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """What is not sent stays in the spool."""
        self._stop.set()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            frames = self._spool.next(MOST)
            if not frames:
                self._news.wait(IDLE)
                self._news.clear()
            elif not self._send(frames):
                self._stop.wait(self._pause * random.uniform(0.8, 1.2))  # noqa: S311 - many stores shall not be asked in step
                self._pause = min(self._pause * 2, LATEST)

    def _send(self, frames: list[Frame]) -> bool:
        """Gzip bodies one behind the other are one gzip body. One that the store refuses for good is found and dropped."""
        try:
            before = self._spool.sent
            if body := b"".join(frame.body for frame in frames):
                self._server.write(body)
        except Undelivered as failed:
            if not failed.for_good:
                self._note(failed.reason)
                return False
            if len(frames) > 1:
                return all(self._send([frame]) for frame in frames)
            self._spool.drop(frames[0], failed.reason)
            return True
        self._note("")
        self._recent.append((time.monotonic(), before))
        while time.monotonic() - self._recent[0][0] > AGAIN:
            self._recent.popleft()
        self._spool.done(frames[-1])
        return True

    def _note(self, away: str) -> None:
        """Told when it begins and when it ends, here and to readers in other processes."""
        if away and not self.away:
            LOG.error("the history store is away, readings wait on disk", reason=away)
            self._spool.away(time.time())
            if self._recent:
                self._spool.rewind(self._recent[0][1])
                self._recent.clear()
        if not away:
            self._pause = SOONEST
            if self.away:
                LOG.warning("the history store is back")
        self.away = away
