"""Threads that want the one connection that writes → one after the other, in the order they came.

A plain lock may be taken again at once by the thread that has just let go: on a busy machine a watch that commits without a pause
would keep the outbox waiting until it gives up.
"""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """`take` and `leave`, each turn handed on to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    def take(self, patience: float) -> bool:
        """Wait for a turn; False: it did not come within `patience` seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=patience) or not self._given_up(mine)

    def leave(self) -> None:
        """The next one's turn."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _given_up(self, mine: Lock) -> bool:
        """False: the turn came in the very last moment."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True
