"""Field gateway: signal, uptime, polling errors, battery. Its silence is played where messages are made (`atrium simulate`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import BEIJING, DAY, NONE, Trouble, Value, Wander, wave

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random


class Gateway:
    """State of one gateway."""

    plays: tuple[str, ...] = ()

    def __init__(
        self,
        params: Mapping[str, float],  # noqa: ARG002 - every plant is made alike
        instances: Mapping[str, tuple[int, ...]],  # noqa: ARG002 - same
        rng: Random,
        start: float,
        offset: float = BEIJING,
    ) -> None:
        self.now, self.offset = start, offset
        self.trouble = Trouble(self.plays)
        self.booted = start - rng.uniform(1.0, 60.0) * DAY
        self.signal, self.errors = Wander(rng, 2.0, 3600.0), Wander(rng, 0.15, 1800.0)
        self.mean = rng.uniform(-82.0, -68.0)

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.signal.step(dt)
        self.errors.step(dt)

    def pace(self) -> float:
        """Nothing moves fast."""
        return 10.0

    def hurried(self) -> frozenset[str]:
        """Nothing is ever sampled faster."""
        return NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault: none of its own."""
        self.trouble.begin(label)

    def recover(self) -> None:
        """End the fault."""
        self.trouble.end()

    def read(self) -> Mapping[str, Value]:
        """Every point of the gateway."""
        return {
            "gateway_online": True,
            "gateway_rssi": self.mean + self.signal.x,
            "gateway_uptime": self.now - self.booted,
            "poll_error_pct": 0.5 + self.errors.x,
            "battery_pct": 92.0 + 3.0 * wave(self.now, 7 * DAY, 0.0, self.offset),
        }
