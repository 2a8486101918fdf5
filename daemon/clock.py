"""Turns the machine's clocks into the watch's time: start wall time plus monotonic elapsed, so that it never runs backwards.

A wall clock that moves away is followed slowly (5 ms a second), so that no deadline fires noticeably early or late. Where it
jumps by more than `NEAR`, slowness would leave the watch blind or stale for hours, and haste would believe a clock that somebody
set wrongly: the times that the equipment itself sends decide who is right (`Witnesses`), and only then the clock is moved.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daemon.core.nouns import Reading

ALARM = 2.0  # s of drift that are an alarm
NEAR = 60.0  # s of drift that slewing may take: half of what equipment's times may be ahead
SLEW = 0.005  # s per s: a delay of ten minutes is at most 3 s early
LISTEN = 30.0  # s to hear the equipment before the clock is moved
ALONE = 120.0  # s after which the wall clock is believed where nobody else tells the time
ENOUGH = 3  # witnesses


class SystemClock:
    """Epoch seconds, anchored to the wall clock at the start and carried on by the monotonic one. Safe to share between threads;
    one of them calls `look` about once a second."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._lock = threading.Lock()
        self._at, self._since = wall(), steady()
        self._rate = 0.0

    def now(self) -> float:
        """Epoch seconds; never decreasing but by `step`."""
        return self._at + (self._steady() - self._since) * (1.0 + self._rate)

    def drift(self) -> float:
        """How far the wall clock has moved away, seconds; > 0: the wall clock is ahead."""
        return self._wall() - self.now()

    def look(self) -> float:
        """Compare with the wall clock and follow it slowly; answers the drift."""
        drift = self.drift()
        with self._lock:
            self._at, self._since = self.now(), self._steady()
            self._rate = 0.0 if abs(drift) > NEAR else max(-SLEW, min(SLEW, drift / 10.0))
        return drift

    def step(self, seconds: float) -> None:
        """Move: whoever calls this tells everybody who remembers a time."""
        with self._lock:
            self._at, self._since = self.now() + seconds, self._steady()


class SteadyClock(Protocol):
    """A clock that the watch looks after."""

    def now(self) -> float: ...

    def look(self) -> float:
        """Compare with the wall clock, follow slowly; answers the drift."""

    def step(self, seconds: float) -> None: ...


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

    def look(self) -> float:
        """A play's clock follows no other."""
        return 0.0

    def step(self, seconds: float) -> None:
        """Move."""
        self.start += seconds


class Follower:
    """The time of a process beside the watch: its own until the watch's is known to be another, then that."""

    def __init__(self, clock: SteadyClock) -> None:
        self._clock = clock
        self._rate = getattr(clock, "speed", 1.0)
        self._off = 0.0

    def now(self) -> float:
        """Epoch seconds."""
        return self._clock.now()

    def hear(self, told: float, age: float) -> None:
        """The watch went by `told` so many seconds ago. It is followed once two words in a row agree: if the machine's clock is
        moved between a word and its hearing, its age is wrong, once."""
        before, self._off = self._off, told + age * self._rate - self._clock.now()
        if abs(self._off) > ALARM and abs(self._off - before) < ALARM:
            self._clock.step(self._off)
            self._off = 0.0


class Witnesses:
    """Equipment that sends its own time, asked only while the wall clock is far away: does it agree with it, or with us?"""

    def __init__(self) -> None:
        self.since: float | None = None  # monotonic: when the wall clock was first seen far away
        self._wall: set[tuple[str, str]] = set()
        self._ours: set[tuple[str, str]] = set()

    def hear(self, readings: Iterable[Reading], drift: float) -> None:
        """Count each device once, for its last word."""
        for reading in readings:
            side = _side(reading, drift)
            if side is not None:
                device = (reading.site, reading.device)
                (self._wall if side else self._ours).add(device)
                (self._ours if side else self._wall).discard(device)

    def verdict(self, drift: float, steady: float) -> bool | None:
        """True: the wall clock is right, move; False: it is wrong, go on; None: not far away, or not heard long enough."""
        if abs(drift) <= NEAR:
            self.since = None
            self._wall.clear()
            self._ours.clear()
            return None
        self.since = steady if self.since is None else self.since
        waited, heard = steady - self.since, len(self._wall) + len(self._ours)
        if waited < LISTEN or (heard < ENOUGH and waited < ALONE):
            return None
        return len(self._wall) >= len(self._ours)


def _side(reading: Reading, drift: float) -> bool | None:
    """Does this reading's own time agree with the wall clock (True) or with us (False)? None: it has none, or is far from both.

    A time outside the window was replaced by ours; it speaks for a wall clock that is outside it too.
    """
    if reading.flaw == "clock":
        return True if drift > NEAR else None
    offset = reading.ts - reading.at
    if offset == 0.0:
        return None  # the time of receipt
    if abs(offset - drift) < NEAR / 2:
        return True
    return False if abs(offset) < NEAR / 2 else None
