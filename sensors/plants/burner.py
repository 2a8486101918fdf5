"""The gas burner of a heating boiler: its sequence, its firing rate, its flame, and what leaves through the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, Wander, clamp, lag, ramp

if TYPE_CHECKING:
    from random import Random

    from sensors.kit.plant import Value

STAGES = (("prepurge", 30.0), ("ignition", 5.0))
POSTPURGE = 20.0
BURNER = frozenset({"gas_flow", "burner_load", "flame_signal", "gas_pressure"})
DIRTY = 3 * DAY  # s in which the scanner's signal falls from 8 to 1 µA in BO-F3
WEAK = 2.05  # µA below which the flame is lost now and then
LOSSES = 2.5  # an hour of firing, at 1 µA
ATTENDANT = 600.0  # s until somebody resets a lockout
FOULING = 0.4  # K/day at 70 % load


class Burner:
    """State of the burner; loads as shares of rated power."""

    def __init__(self, rng: Random, load: float, back: float) -> None:
        self.rng = rng
        self.air, self.smoulder = Wander(rng, 0.05, 900.0), Wander(rng, 4.0, 600.0)
        self.load = clamp(load, 0.25, 1.0) if load else 0.0
        self.stage, self.stage_age = ("run", 0.0) if load else ("off", 0.0)
        self.flue = back + 25.0 + 70.0 * self.load if load else 20.0
        self.integral = self.starved = self.dirt = self.scale = 0.0  # the last three: 0 to 1, 0 to 1, days
        self.lost = 0.0  # s until a lost flame is reset

    def suffer(self, label: str, age: float, dt: float) -> None:
        """What the fault `label` of so many seconds does to it."""
        self.starved = min(age / (5 * DAY), 1.0) if label == "BO-F10" else 0.0
        self.dirt = min(age / DIRTY, 1.0) if label == "BO-F3" else 0.0
        self.scale = age / DAY if label == "BO-F5" else 0.0
        self.lost = max(self.lost - dt, 0.0) if self.dirt else 0.0
        hourly = LOSSES * max(WEAK - self.signal, 0.0) / (WEAK - 1.0)
        if self.stage == "run" and hourly and self.rng.random() < hourly * dt / 3600.0:
            self.lost = ATTENDANT

    def sequence(self, *, locked: bool, allowed: bool, error: float) -> None:
        """The next stage, if it is time: `error` K too cold, `allowed` to start, `locked` by a protection or a lost flame."""
        if locked or self.lost:
            self._enter("lockout")
        elif self.stage == "lockout":
            self._enter("off")
        elif self.stage == "run" and (not allowed or error < -3.0):
            self._enter("postpurge")
        elif self.stage == "postpurge" and self.stage_age >= POSTPURGE:
            self._enter("off")
        elif self.stage == "off" and allowed and error > 3.0:
            self._enter("prepurge")
        for place, (stage, lasts) in enumerate(STAGES):
            if self.stage == stage and self.stage_age >= lasts:
                self._enter(STAGES[place + 1][0] if place + 1 < len(STAGES) else "run")
                return

    def _enter(self, stage: str) -> None:
        if self.stage != stage:
            self.stage, self.stage_age = stage, 0.0

    def fire(self, needed: float, error: float, most: float, dt: float) -> None:
        """Firing rate: what the buildings need, corrected by a PI controller; slow to spare the boiler."""
        self.integral = clamp(self.integral + error * dt * 2e-5, -0.25, 0.25)
        wanted = clamp(needed + 0.06 * error + self.integral, 0.25, most)
        self.load = ramp(max(self.load, 0.25), wanted, 0.001 * dt) if self.on else 0.0

    def smoke(self, back: float, dt: float) -> None:
        """The stack follows return temperature, load and fouling."""
        fouling = FOULING * self.scale * self.load / 0.7
        self.flue = lag(self.flue, back + 25.0 + 70.0 * self.load + fouling if self.on else back, dt, 60.0)

    @property
    def on(self) -> bool:
        """The flame burns."""
        return self.stage == "run"

    @property
    def signal(self) -> float:
        """ΜA of the flame scanner."""
        return 8.0 - 7.0 * self.dirt

    @property
    def effort(self) -> float:
        """How much more gas a scaled boiler takes: 0.02 % a day."""
        return 1.0 + 0.0002 * self.scale

    def read(self) -> dict[str, Value]:
        """Its own points."""
        on, oxygen = self.on, (4.5 - 1.0 * self.load) * (1.0 - self.starved) + 1.6 * self.starved + self.air.x
        return {
            "burner_stage": self.stage,
            "burner_load": self.load * 100.0,
            "flame_on": on,
            "flame_signal": self.signal if on else 0.0,
            "flue_temp": self.flue,
            "flue_o2": oxygen if on else 20.9,
            "flue_co": 26.0 + self.smoulder.x + 570.0 * self.starved if on else 0.0,
        }
