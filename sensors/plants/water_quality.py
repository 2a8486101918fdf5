"""What is in the drinking water of a zone's tanks: chlorine that decays, rust and sewage that come in, what instruments see."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, YEAR, Wander, lag, ramp, wave

if TYPE_CHECKING:
    from random import Random

DECAY = 0.03  # 1/h of free chlorine at 20 °C, times 1.08 per kelvin
ARRIVING, STALE = 0.35, 0.08  # mg/L of chlorine in the mains; in a holiday's, which has stood in them
HEAT_WAVE = 28.0  # °C of the water after days of it
WARMING = 14 * 3600.0  # s the tanks take to follow
SETTLING = 1500.0  # s of rust
BUBBLES = 2.0 / (7 * DAY)  # a second: twice a week


class Water:
    """The water in the tanks; a stirred tank with first-order decay."""

    def __init__(self, rng: Random, now: float, offset: float) -> None:
        self.rng, self.offset, self.now = rng, offset, now
        self.murk, self.acid, self.salt = Wander(rng, 0.15, 3600.0), Wander(rng, 0.03, 7200.0), Wander(rng, 5.0, 14400.0)
        self.chlorine = 0.31 + rng.uniform(-0.03, 0.03)
        self.bubble = self.rust = 0.0  # NTU
        self.sewage = 0.0  # how far foreign water has come in through a cross-connection, 0 to 1
        self.heat = 0.0  # K above the season

    def step(self, now: float, dt: float, inflow: float, volume: float, label: str) -> None:
        """`inflow` m³/h into a volume of so many m³ while the fault `label` plays."""
        self.now = now
        for wander in (self.murk, self.acid, self.salt):
            wander.step(dt)
        self.sewage = ramp(self.sewage, 1.0 if label == "WS-F8" else 0.0, dt / 900.0)
        self.rust = lag(self.rust, 0.0, dt, SETTLING)
        hot = label == "WS-F6"
        self.heat = lag(self.heat, HEAT_WAVE - self.season if hot else 0.0, dt, WARMING)
        arriving = STALE if hot else ARRIVING + 0.04 * wave(now, DAY, 4 * 3600.0, self.offset)
        decay = DECAY * 1.08 ** (self.temperature - 20.0) * self.chlorine
        self.chlorine += ((arriving - self.chlorine) * inflow / max(volume, 1.0) - decay) * dt / 3600.0
        self._bubble(dt)

    def _bubble(self, dt: float) -> None:
        if self.bubble > 0.0 and self.rng.random() < dt / 60.0:
            self.bubble = 0.0
        if self.rng.random() < BUBBLES * dt:
            self.bubble = self.rng.uniform(0.5, 3.0)

    def stir(self) -> None:
        """Mains that stood empty bring rust when they are filled again."""
        self.rust = self.rng.uniform(3.0, 8.0)

    @property
    def season(self) -> float:
        """Water temperature of the season: 6 °C in February, 23.5 °C in August."""
        return 14.7 - 8.7 * wave(self.now, YEAR, 40 * DAY, self.offset)

    @property
    def temperature(self) -> float:
        """°C in the tanks."""
        return self.season + self.heat

    def read(self, stirred: float) -> dict[str, float]:
        """What the instruments see of water that is `stirred` so many times as much as at rest."""
        return {
            "free_chlorine": self.chlorine * (1.0 - 0.8 * self.sewage),
            "turbidity": 0.2 * exp(self.murk.x) * stirred * (1.0 + 3.0 * self.sewage) + self.bubble + self.rust,
            "ph": 7.6 + self.acid.x - 0.4 * self.sewage,
            "conductivity": (380.0 + self.salt.x) * (1.0 + 0.35 * self.sewage),
            "water_temp": self.temperature,
        }
