"""E-bike charging post: riders plug in after work, each charge runs at constant power, falls off and is cut when full."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, Equipment, Value, Wander, clamp, hour, hourly, outdoor, ramp, wave

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

OCCUPIED = (  # share of outlets in use: 70 % at 23 h, 15 % at 14 h
    0.66, 0.60, 0.52, 0.45, 0.38, 0.32, 0.26, 0.22, 0.19, 0.17, 0.16, 0.16,
    0.15, 0.15, 0.15, 0.16, 0.18, 0.22, 0.30, 0.40, 0.52, 0.62, 0.68, 0.70,
)  # fmt: skip
CHARGERS = ((110.0, 130.0, 8.0), (160.0, 190.0, 8.0), (250.0, 300.0, 10.0), (265.0, 275.0, 0.0))  # W from, to, float
FULL = 13.0  # W under which the post calls the battery full
STRIP = (120.0, 250.0, 480.0, 900.0)  # W as more chargers join one power strip, a minute apart
REST = 2400.0  # s an outlet stays free between two bikes
OWN_BIKE = ("EB-F1", "EB-F2", "EB-F3")  # faults that come with a bike; one that is there makes way for it within
MAKING_WAY = 30.0  # s


class Outlet:
    """One outlet and the battery on it."""

    __slots__ = ("age", "energy", "floats", "free_for", "minutes", "peak", "plateau", "power", "state", "stays", "tau")

    def __init__(self) -> None:
        self.state, self.power, self.energy, self.minutes = "idle", 0.0, 0.0, 0.0
        self.age = self.peak = self.floats = self.plateau = self.stays = 0.0
        self.tau = 1.0
        self.free_for = REST

    def begin(self, rng: Random) -> None:
        """A rider plugs in: charger type, 60 to 80 % of the charge at constant power, then a fall of 35 to 50 min."""
        low, high, floats = rng.choice(CHARGERS)
        length = rng.uniform(3.0, 8.0) * 3600.0
        self.peak, self.floats = rng.uniform(low, high), floats and rng.uniform(3.0, floats)
        self.plateau, self.tau = length * rng.uniform(0.6, 0.8), rng.uniform(2100.0, 3000.0)
        self.stays = length + rng.uniform(1.0, 5.0) * 3600.0
        self.state, self.age, self.energy, self.minutes, self.free_for = "charging", 0.0, 0.0, 0.0, 0.0

    def step(self, dt: float) -> None:
        """Move the charge on."""
        if self.state == "idle":
            self.free_for += dt
            return
        self.age += dt
        falling = max(self.age - self.plateau, 0.0)
        self.power = self.floats + (self.peak - self.floats) * exp(-falling / self.tau)
        if self.state == "charging":
            self.minutes += dt / 60.0
            self.energy += self.power * dt / 3.6e6
            self.state = "full" if self.power < FULL else "charging"
        if self.age > self.stays and self.state == "full":
            self.state, self.power, self.energy, self.minutes = "idle", 0.0, 0.0, 0.0


class EbikeCharger(Equipment):
    """State of one post, its outlets and its shed."""

    plays: tuple[str, ...] = ("EB-F1", "EB-F2", "EB-F3", "EB-F4", "EB-F5", "EB-F6")

    def _set_up(self) -> None:
        rng = self.rng
        self.outlets = {n: Outlet() for n in self.instances.get("n", tuple(range(1, 11)))}
        self.ill = next(iter(self.outlets))  # the outlet that faults happen on
        self.grid, self.damp = Wander(rng, 0.8, 300.0), Wander(rng, 0.15, 900.0)
        self.tap = self.leak = self.fire = 0.0  # W, mA, K
        self.closed = True
        self.vacated = 0.0  # s after the beginning of a fault at which its bike is plugged in
        for outlet in self.outlets.values():
            if rng.random() < hourly(OCCUPIED, hour(self.now, self.offset)):
                self._catch_up(outlet)

    def _catch_up(self, outlet: Outlet) -> None:
        """A bike that had been plugged in before we looked: run its charge in coarse steps."""
        outlet.begin(self.rng)
        left = self.rng.uniform(0.0, 0.9) * outlet.plateau / 0.7
        while left > 0.0:
            outlet.step(min(left, 60.0))
            left -= 60.0

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        self.grid.step(dt)
        self.damp.step(dt)
        self._arrive(dt)
        if self.closed:
            for outlet in self.outlets.values():
                outlet.step(dt)
        self._suffer(dt)

    def pace(self) -> float:
        """One second while a fault plays."""
        return 1.0 if self.trouble.label or self.fire else 10.0

    def inject(self, label: str) -> None:
        """Begin a labelled fault on the first outlet (or the whole box)."""
        self.trouble.begin(label)
        if label in OWN_BIKE:
            taken = self.outlets[self.ill].state != "idle"
            self.outlets[self.ill] = Outlet()
            self.vacated = MAKING_WAY if taken else 0.0
            self._plug_in()

    def _plug_in(self) -> None:
        """The bike of the fault, once the outlet is free."""
        ill = self.outlets[self.ill]
        if self.trouble.label in OWN_BIKE and ill.state == "idle" and self.trouble.age >= self.vacated and not self.fire:
            ill.begin(self.rng)
            if self.trouble.label == "EB-F2":
                ill.plateau = ill.stays = 11 * 3600.0

    def recover(self) -> None:
        """Dealt with: the bike is gone from the outlet, the relay or cable changed, the breaker closed."""
        if self.trouble.label in ("EB-F1", "EB-F2", "EB-F3", "EB-F4"):
            self.outlets[self.ill] = Outlet()
        self.trouble.end()
        self.closed = True

    def _arrive(self, dt: float) -> None:
        """Riders fill free outlets towards the share of the hour; batteries leave when they are full for long."""
        used = sum(outlet.state != "idle" for outlet in self.outlets.values())
        missing = hourly(OCCUPIED, hour(self.now, self.offset)) * len(self.outlets) - used
        if missing <= 0.0 or not self.closed or self.rng.random() > missing / 1800.0 * dt:
            return
        free = [outlet for n, outlet in self.outlets.items() if outlet.free_for >= REST and n != self.busy]
        if free:
            self.rng.choice(free).begin(self.rng)

    @property
    def busy(self) -> int | None:
        """The outlet a fault occupies."""
        return self.ill if self.trouble.label in ("EB-F1", "EB-F2", "EB-F3", "EB-F4") else None

    def _suffer(self, dt: float) -> None:
        self._plug_in()
        label, age, ill = self.trouble.label, self.trouble.age, self.outlets[self.ill]
        self.tap = 300.0 if label == "EB-F6" else 0.0
        self.leak = ramp(self.leak, 34.0 if label == "EB-F5" and self.closed else 0.0, 0.4 * dt)
        self.fire = ramp(self.fire, 75.0 if label == "EB-F1" and age > 1500.0 else 0.0, dt / 6.0)
        if label == "EB-F5" and age > 150.0:
            self.closed = False  # the leakage breaker acts after a minute over 30 mA
        if label == "EB-F4":
            ill.state, ill.power = "full", 90.0
        elif ill.state == "idle":
            return  # not yet there, or gone
        elif label == "EB-F3":
            ill.state, ill.power = "charging", STRIP[min(int(age // 60.0), 3)]
        elif label == "EB-F1":
            ill.power = 250.0 * (1.0 if age < 120.0 else 0.2 if age < 900.0 else 0.5)
            ill.state = "charging" if self.fire < 20.0 else "fault"
            ill.power = ill.power if self.fire < 20.0 else 0.0

    def read(self) -> Mapping[str, Value]:
        """Every point of the post."""
        shed = clamp(outdoor(self.now, self.offset) + 2.0 + self.fire, -40.0, 120.0)
        drawn = sum(outlet.power for outlet in self.outlets.values()) if self.closed else 0.0
        active = sum(outlet.power > 0.0 for outlet in self.outlets.values()) if self.closed else 0
        total = drawn + 12.0 + self.tap if self.closed else 0.0
        values: dict[str, Value] = {
            "voltage": 228.0 - 3.0 * max(wave(self.now, DAY, 20 * 3600.0, self.offset), 0.0) + self.grid.x,
            "total_power": total,
            "residual_current": (1.0 + 0.3 * active + self.damp.x if self.closed else 0.0) + self.leak,
            "cabinet_temp": shed + 3.0 + 8.0 * total / 2500.0,
            "breaker_closed": self.closed,
            "shed_temp": shed,
            "shed_smoke": self.fire > 1.0 and self.trouble.label == "EB-F1",
            "sprinkler_flow": self.fire > 66.0 and self.trouble.label == "EB-F1",
        }
        for n, outlet in self.outlets.items():
            values.update(self._outlet(f"port{n:02d}", outlet))
        return values

    def _outlet(self, name: str, outlet: Outlet) -> dict[str, Value]:
        return {
            f"{name}_state": outlet.state if self.closed else "disabled",
            f"{name}_power": outlet.power if self.closed else 0.0,
            f"{name}_energy": outlet.energy,
            f"{name}_minutes": outlet.minutes,
            f"{name}_plugged": outlet.state != "idle",
        }
