"""Charging-area feeder: arriving cars and e-bikes add up to a load on one cable and one transformer.

It carries its own crowd of sessions (27 piles of 7 kW, e-bike sheds, lighting) rather than the site's simulated piles, so that
simulating a feeder alone gives the same values as simulating it with its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, Equipment, Value, Wander, hour, hourly, lag, outdoor, ramp, wave

if TYPE_CHECKING:
    from collections.abc import Mapping

PILES = 27
ARRIVALS = (  # cars per pile and hour
    0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.04, 0.04, 0.04, 0.04, 0.05,
    0.05, 0.04, 0.04, 0.05, 0.07, 0.10, 0.12, 0.12, 0.12, 0.12, 0.08, 0.04,
)  # fmt: skip
SHEDS = (  # kW of all e-bike posts on this feeder
    16, 14, 11, 8, 6, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 9, 13, 17, 20, 20, 18,
)  # fmt: skip
HOUSES = (  # kW of the homes on the same transformer
    200, 185, 180, 180, 180, 185, 205, 230, 230, 215, 210, 215, 225, 215, 210, 210, 220, 250, 290, 320, 320, 300, 260, 225,
)  # fmt: skip
LIGHTS = 6.0  # kW that is always there
CROWD = 280.0  # kW of forty cars at once
BUSY, JOINT = 0.9, 0.6  # share of the feeder's limit at which a hot joint is found out, and at which it takes its 12 V


class ChargingGroup(Equipment):
    """State of one feeder."""

    plays: tuple[str, ...] = ("CG-F1", "CG-F2", "CG-F3", "CG-F4")

    def _set_up(self) -> None:
        self.homes = Wander(self.rng, 6.0, 1800.0)
        self.tilts = [Wander(self.rng, 0.02, 3600.0) for _ in range(3)]
        self.sessions: list[tuple[float, float]] = []  # (ends at, kW)
        for back in range(16):  # the cars that came in the last four hours
            self._arrive(self.now - 900.0 * back, 900.0, self.now)
        self.extra = self.cooling = 0.0  # kW of a crowd, and of the homes on the hot day that goes with it in CG-F1
        self.heat = 0.0  # K the cable is above its surroundings

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        if self.sessions and min(self.sessions)[0] <= now and self.trouble.label != "CG-F4":
            self.sessions = [session for session in self.sessions if session[0] > now]
        self._arrive(now, dt, now)
        for wander in (self.homes, *self.tilts):
            wander.step(dt)
        self.extra = ramp(self.extra, self._crowd(), 2.0 * dt)
        share = self.amps / (self.params["feeder_limit_kw"] / 0.66)
        hot = 2.0 if self.trouble.label == "CG-F3" else 1.0
        self.heat = lag(self.heat, 35.0 * hot * share * share, dt, 2400.0)

    def _crowd(self) -> float:
        """What the cars draw that a fault brings with it, kW: a hot joint shows only on an evening that fills the feeder."""
        if self.trouble.label == "CG-F1":
            return CROWD
        busy = BUSY * self.params["feeder_limit_kw"] - (self.power - 1.02 * self.extra)
        return max(busy / 1.02, 0.0) if self.trouble.label == "CG-F3" else 0.0

    def _arrive(self, now: float, dt: float, alive: float) -> None:
        """Poisson arrivals; a car needs 22 ± 10 kWh at 7 kW, one in five at 3.5 kW."""
        rate = PILES * hourly(ARRIVALS, hour(now, self.offset)) / 3600.0
        if len(self.sessions) < PILES and self.rng.random() < rate * dt:
            kw = 3.5 if self.rng.random() < 0.2 else 6.9
            ends = now + self.rng.lognormvariate(3.0, 0.43) / kw * 3600.0
            if ends > alive:
                self.sessions.append((ends, kw))

    def pace(self) -> float:
        """One second while a fault plays."""
        return 1.0 if self.trouble.label else 10.0

    def inject(self, label: str) -> None:
        """Begin a labelled fault. A main trip needs somebody who charges."""
        self.trouble.begin(label)
        self.cooling = 150.0 if label == "CG-F1" else 0.0
        while label in ("CG-F2", "CG-F4") and len(self.sessions) < 3:
            self.sessions.append((self.now + 3 * 3600.0, 6.9))
        if label == "CG-F2":
            self.sessions += [(self.now + 3 * 3600.0, 6.9)] * max(12 - len(self.sessions), 0)

    def recover(self) -> None:
        """Reclosed, joints made, crowd gone."""
        self.trouble.end()

    @property
    def power(self) -> float:
        """What goes through the feeder, kW, 2 % losses included."""
        if self.trouble.label == "CG-F4":
            return 0.0
        sheds = hourly(SHEDS, hour(self.now, self.offset))
        return 1.02 * (sum(kw for _, kw in self.sessions) + sheds + LIGHTS + self.extra)

    @property
    def amps(self) -> float:
        """Mean phase current."""
        return self.power / 0.66

    def _phases(self) -> tuple[float, float, float]:
        """Phase currents: piles are spread over the phases one by one; 80 % on the first in CG-F2."""
        shares = [1.0 + tilt.x for tilt in self.tilts]
        if self.trouble.label == "CG-F2":
            shares = [2.4, 0.3, 0.3]
        mean = self.amps * 3.0 / sum(shares)
        return mean * shares[0], mean * shares[1], mean * shares[2]

    def read(self) -> Mapping[str, Value]:
        """Every point of the feeder."""
        a, b, c = self._phases()
        warm = outdoor(self.now, self.offset)
        homes = hourly(HOUSES, hour(self.now, self.offset)) + self.homes.x + 150.0 * min(max((warm - 26.0) / 8.0, 0.0), 1.0)
        homes += self.cooling * self.extra / CROWD
        sag = 12.0 * self.power / (JOINT * self.params["feeder_limit_kw"]) if self.trouble.label == "CG-F3" else 0.0
        return {
            "group_power": self.power,
            "transformer_load_pct": (homes + self.power) / self.params["transformer_kva"] * 100.0,
            "current_a": a,
            "current_b": b,
            "current_c": c,
            "neutral_current": (a * a + b * b + c * c - a * b - b * c - c * a + 1e-9) ** 0.5,
            "voltage_min": 230.0 + 2.0 * wave(self.now, DAY, 3 * 3600.0, self.offset) - 0.03 * max(a, b, c) - sag,
            "cable_temp": max(warm, -10.0) + 6.0 + self.heat,
            "active_sessions": len(self.sessions) + round(self.extra / 7.0),
            "residual_current": 40.0 + 1.2 * len(self.sessions) if self.power else 0.0,
        }
