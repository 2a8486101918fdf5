"""Field gateway: signal, uptime, polling errors, battery. Its silence is played where messages are made (`atrium simulate`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, Equipment, Value, Wander, wave

if TYPE_CHECKING:
    from collections.abc import Mapping


class Gateway(Equipment):
    """State of one gateway."""

    def _set_up(self) -> None:
        rng = self.rng
        self.booted = self.now - rng.uniform(1.0, 60.0) * DAY
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

    def read(self) -> Mapping[str, Value]:
        """Every point of the gateway."""
        return {
            "gateway_online": True,
            "gateway_rssi": self.mean + self.signal.x,
            "gateway_uptime": self.now - self.booted,
            "poll_error_pct": 0.5 + self.errors.x,
            "battery_pct": 92.0 + 3.0 * wave(self.now, 7 * DAY, 0.0, self.offset),
        }
