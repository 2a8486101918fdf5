"""Turns the machine's clocks into the watch's time: start wall time plus monotonic elapsed, so that it never runs backwards."""

from __future__ import annotations

import time


class SystemClock:
    """Epoch seconds, anchored once to the wall clock and carried on by the monotonic one."""

    def __init__(self) -> None:
        self._wall = time.time()
        self._start = time.monotonic()

    def now(self) -> float:
        """Epoch seconds; never decreasing."""
        return self._wall + (time.monotonic() - self._start)

    def drift(self) -> float:
        """How far the wall clock has moved away since the start, seconds; > 0: the wall clock is ahead."""
        return time.time() - self.now()


class ScaledClock:
    """Time that starts at `start` and runs `speed` times as fast as the machine's. The demo's watch and simulator share it."""

    def __init__(self, start: float, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("a clock needs a speed above 0")
        self.start = start
        self.speed = speed
        self._origin = time.monotonic()

    def now(self) -> float:
        """Epoch seconds on the scaled clock; never decreasing."""
        return self.start + (time.monotonic() - self._origin) * self.speed
