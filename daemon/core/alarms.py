"""A finding's life: on-delay, raise, off-delay, return. `Life` is that life for one rule of one device; a rule at rest has none.

Delays run in event time; `due_at` is when the same deadline falls on the watch's clock if no further reading comes
(event time + delay + lag of the reading that armed it).
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator


class Phase(IntEnum):
    """Where a finding stands."""

    NORMAL = 0
    ARMED = 1  # true, within its on-delay
    ACTIVE = 2
    CLEARING = 3  # false again, within its off-delay


class Life(msgspec.Struct, array_like=True, gc=False):
    """All that one rule of one device remembers. `step` and `expire` answer "raise", "return" or "" and never look at a clock."""

    phase: Phase = Phase.NORMAL
    since: float = 0.0  # event time at which the present phase's condition began; of ACTIVE: the first breach
    due_ts: float | None = None
    due_at: float | None = None
    seen: float = 0.0  # the rule's own event clock: it is never asked about an earlier time
    wake_ts: float | None = None  # when its verdict may change without a new reading
    wake_at: float | None = None
    memory: list[Any] = []  # what its condition remembers: plain msgpack values
    broken: bool = False  # it failed once: unknown until the next start

    @property
    def active(self) -> bool:
        """Raised and not yet returned."""
        return self.phase >= Phase.ACTIVE

    def deadlines(self) -> Iterator[tuple[str, float]]:
        """What is still to fire on the watch's clock."""
        if self.due_at is not None:
            yield "delay", self.due_at
        if self.wake_at is not None:
            yield "wake", self.wake_at

    def move(self, seconds: float) -> None:
        """Its event clock was moved."""
        self.since, self.seen = self.since + seconds, self.seen + seconds
        self.due_ts = None if self.due_ts is None else self.due_ts + seconds
        self.wake_ts = None if self.wake_ts is None else self.wake_ts + seconds

    def next_ts(self) -> float | None:
        """The earliest deadline in event time."""
        if self.due_ts is None or self.wake_ts is None:
            return self.wake_ts if self.due_ts is None else self.due_ts
        return min(self.due_ts, self.wake_ts)

    def step(self, truth: bool | None, ts: float, lag: float, delays: tuple[float, float]) -> str:  # noqa: FBT001 - a verdict
        """Take in a verdict at event time `ts`. Unknown disarms a delay and keeps an alarm: it neither raises nor clears."""
        phase = self.phase
        if phase is Phase.NORMAL:
            return self._start(Phase.ARMED, ts, lag, delays[0], "raise") if truth else ""
        if phase is Phase.ARMED:
            return "" if truth else self._rest(Phase.NORMAL)
        if phase is Phase.ACTIVE:
            return self._start(Phase.CLEARING, ts, lag, delays[1], "return") if truth is False else ""
        return "" if truth is False else self._rest(Phase.ACTIVE)

    def expire(self) -> str:
        """The running delay has passed."""
        done = self.phase
        if done is Phase.ARMED:
            self._rest(Phase.ACTIVE)
            return "raise"
        if done is Phase.CLEARING:
            self._rest(Phase.NORMAL)
            return "return"
        return ""

    def _start(self, phase: Phase, ts: float, lag: float, delay: float, change: str) -> str:
        self.phase = phase
        self.since = ts
        self.due_ts, self.due_at = ts + delay, ts + delay + lag
        if delay > 0:
            return ""
        self.expire()
        return change

    def _rest(self, phase: Phase) -> str:
        self.phase = phase
        self.due_ts = self.due_at = None
        return ""


def episode_id(site: str, device: str, rule: str, breach_ts: float) -> str:
    """The same in every run: a hash of who, what and the first breach (ms)."""
    text = f"{site}|{device}|{rule}|{round(breach_ts * 1000)}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
