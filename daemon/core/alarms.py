"""A finding's life: on-delay, raise, off-delay, return. `Track` is that life for one rule of one device.

Delays run in event time; `due_at` is when the same deadline falls on the watch's clock if no further reading comes
(event time + delay + lag of the reading that armed it).
"""

from __future__ import annotations

import hashlib
from enum import IntEnum


class Phase(IntEnum):
    """Where a finding stands."""

    NORMAL = 0
    ARMED = 1  # true, within its on-delay
    ACTIVE = 2
    CLEARING = 3  # false again, within its off-delay


class Track:
    """The life of one rule's finding. `step` and `expire` answer "raise", "return" or "" and never look at a clock."""

    __slots__ = ("due_at", "due_ts", "phase", "since")

    def __init__(self) -> None:
        self.phase = Phase.NORMAL
        self.since = 0.0  # event time at which the present phase's condition began; of ACTIVE: the first breach
        self.due_ts: float | None = None
        self.due_at: float | None = None

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
