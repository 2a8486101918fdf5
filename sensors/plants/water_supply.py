"""Drinking-water booster: residents' demand through a day, variable-speed pumps that hold the pressure, tanks with a float valve,
and the chlorine, turbidity and temperature of the water in them.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

from sensors.kit.plant import (
    BEIJING,
    DAY,
    NONE,
    YEAR,
    Band,
    Trouble,
    Value,
    Wander,
    clamp,
    hour,
    hourly,
    lag,
    outdoor,
    ramp,
    room,
    wave,
    weekday,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

FACTORS = (
    0.25, 0.18, 0.14, 0.12, 0.14, 0.35, 0.95, 1.75, 1.70, 1.25, 1.10, 1.15,
    1.30, 1.10, 0.95, 0.95, 1.05, 1.35, 1.75, 2.00, 1.85, 1.55, 1.05, 0.55,
)  # fmt: skip
PER_PUMP = 23.0  # m³/h one pump gives at 49 Hz
VESSEL = 4300.0  # L/MPa of the pressure vessel: 0.75 → 0.71 MPa in 3 to 8 min of night use
OVERFLOW = 2.90  # m
DRAIN = 0.10  # m/min the tanks fall in WS-F4: supply cut and a wash-out valve left open
DRY = 0.30  # m below which the pumps draw air


class WaterSupply:
    """State of one pressure zone and its tanks."""

    plays: tuple[str, ...] = ("WS-F1", "WS-F2", "WS-F3", "WS-F4", "WS-F8")

    def __init__(
        self,
        params: Mapping[str, float],
        instances: Mapping[str, tuple[int, ...]],
        rng: Random,
        start: float,
        offset: float = BEIJING,
    ) -> None:
        self.params, self.rng, self.offset, self.now = params, rng, offset, start
        self.pumps, self.tanks = instances.get("i", (1, 2, 3)), instances.get("k", (1, 2))
        self.trouble = Trouble(self.plays)
        self.mean = 20.0 * params["peak_flow"] / 46.0  # m³/h over a day
        self.crowd, self.level_ripple = Wander(rng, 0.06, 570.0), Wander(rng, 0.002, 300.0)
        self.hunt, self.mains = Wander(rng, 0.002, 20.0), Wander(rng, 0.004, 1800.0)
        self.murk, self.acid, self.salt = Wander(rng, 0.15, 3600.0), Wander(rng, 0.03, 7200.0), Wander(rng, 5.0, 14400.0)
        self.damp, self.shake = Wander(rng, 3.0, 7200.0), Wander(rng, 0.1, 300.0)
        self.wanders = [part for part in vars(self).values() if isinstance(part, Wander)]
        self.pressure = params["set_pressure"]
        self.level = rng.uniform(2.1, 2.55)
        self.inlet = Band(2.0, 2.6, on=rng.random() < 0.5)
        self.inflow, self.inlet_age, self.demand = 0.0, 1e9, self._wanted()
        self.staged, self.stage_age, self.dip = 1 if self.demand < PER_PUMP else 2, 0.0, 0.0
        self.asleep, self.awake_for = False, 1e9
        self.burst, self.leak, self.bubble = 0.0, 0.0, 0.0  # m³/h, m³/h, NTU
        self.sewage = 0.0  # how far foreign water has come in through a cross-connection, 0 to 1
        self.chlorine = 0.31 + rng.uniform(-0.03, 0.03)
        self.totals = {"in": rng.uniform(2e5, 4e5), "energy": rng.uniform(8e4, 2e5)}
        self.totals["out"] = self.totals["in"] * 0.985

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in self.wanders:
            wander.step(dt)
        self.burst = ramp(self.burst, 40.0 if self.trouble.label == "WS-F3" else 0.0, 2.0 * dt)
        self.leak = ramp(self.leak, 4.0 if self.trouble.label == "WS-F1" else 0.0, 0.1 * dt)
        self.sewage = ramp(self.sewage, 1.0 if self.trouble.label == "WS-F8" else 0.0, dt / 900.0)
        self.demand = self._wanted() + self.burst + self.leak
        self._stage(dt)
        self._sleep(dt)
        self._press(dt)
        self._fill(dt)
        self._treat(dt)
        self._count(dt)

    def pace(self) -> float:
        """Ten seconds in quiet, one while a fault changes things."""
        return 1.0 if self.trouble.label or self.burst else 5.0

    def hurried(self) -> frozenset[str]:
        """Nothing is ever sampled faster."""
        return NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault."""
        self.trouble.begin(label)

    def recover(self) -> None:
        """The valve closes again, the supply is back (both fill lines open until the tanks hold 1 m)."""
        self.trouble.end()

    def _wanted(self) -> float:
        """Residents' use in m³/h: hour, weekday, season, and people being people."""
        weekend = weekday(self.now, self.offset) >= 5
        h = hour(self.now, self.offset)
        factor = hourly(FACTORS, (h - 1.5) % 24.0 if weekend and 5.0 < h < 12.0 else h)
        season = 1.03 - 0.09 * wave(self.now, YEAR, 20 * DAY, self.offset)
        return self.mean * factor * season * (1.06 if weekend else 1.0) * exp(self.crowd.x)

    @property
    def dry(self) -> bool:
        """The pumps draw air: the low-level protection is bridged in WS-F4, elsewhere the level never falls so far."""
        return self.level < DRY

    def _stage(self, dt: float) -> None:
        """One pump up to 23 m³/h, then two, then three; half a minute before one joins, one minute before one leaves."""
        most = len(self.pumps)
        needed = self.demand / PER_PUMP
        up = needed > self.staged * 1.04 and self.staged < most
        down = self.staged > 1 and needed < (self.staged - 1) * 0.85
        self.stage_age = self.stage_age + dt if up or down else 0.0
        if up and self.stage_age >= 30.0:
            self.staged, self.stage_age, self.dip = self.staged + 1, 0.0, 0.03
        elif down and self.stage_age >= 60.0:
            self.staged, self.stage_age = self.staged - 1, 0.0
        self.dip = lag(self.dip, 0.0, dt, 4.0)

    def _sleep(self, dt: float) -> None:
        """At night a full vessel carries small use: the pump rests until the pressure has fallen by 0.035 MPa."""
        self.awake_for = 0.0 if self.asleep else self.awake_for + dt
        if self.asleep:
            self.asleep = self.pressure > self.params["set_pressure"] - 0.035
        else:
            quiet = self.demand < 0.16 * self.mean and not self.trouble.label
            self.asleep = quiet and self.awake_for > 120.0 and self.pressure > self.params["set_pressure"] - 0.01

    @property
    def frequency(self) -> float:
        """Hz of each running pump: what the pump curve needs for the set pressure, at most 50."""
        share = self.demand / self.staged
        if self.burst > 10.0:
            return 50.0
        return min(50.0 * sqrt(self.params["set_pressure"] + 0.0004 * share * share), 50.0)

    def _press(self, dt: float) -> None:
        if self.asleep:
            self.pressure -= self.demand / 3.6 * dt / VESSEL
            return
        share = self.demand / self.staged
        reached = (self.frequency / 50.0) ** 2 - 0.0004 * share * share
        air = 0.27 * self.params["set_pressure"]
        target = air if self.dry else max(reached, air)
        if self.burst > 10.0:  # all pumps at full speed cannot make up for an open pipe
            target = min(target, self.params["set_pressure"]) - 0.15 * self.burst / 40.0
        self.pressure = lag(self.pressure, target, dt, 10.0 if self.dry else 5.0)

    @property
    def mains_pressure(self) -> float:
        """MPa in the street: lower when everybody draws, a little higher at night, nothing when it is cut."""
        if self.trouble.label == "WS-F4":
            return 0.01
        factor = hourly(FACTORS, hour(self.now, self.offset))
        night = 0.03 if factor < 0.4 else 0.0
        return 0.30 - 0.03 * factor + night + self.mains.x

    def _fill(self, dt: float) -> None:
        """Tank level from what comes in and goes out; the float valve opens at 2.0 m and closes at 2.6 m."""
        was = self.inlet.on
        area = self.params["tank_area"] * len(self.tanks)
        wide = 0.5 if self.inlet.step(self.level) else 0.0
        self.inlet_age = 0.0 if self.inlet.on and not was else self.inlet_age + dt
        target = 76.0 * wide * sqrt(self.mains_pressure / 0.30)
        if self.trouble.label == "WS-F2":
            target = self.demand + 0.6 * area
        elif self.trouble.label == "WS-F4":
            target = 0.0
        elif self.level < 1.0:
            target *= 2.3  # after an outage both fill lines are opened
        self.inflow = lag(self.inflow, target, dt, 15.0) if target else max(self.inflow - 4.0 * dt, 0.0)
        drawn = 0.0 if self.dry else self.demand
        self.level += (self.inflow - drawn) / area * dt / 3600.0
        if self.trouble.label == "WS-F4":
            self.level -= DRAIN / 60.0 * dt
        self.level = clamp(self.level, 0.2, OVERFLOW)

    def _treat(self, dt: float) -> None:
        """Chlorine: a stirred tank with first-order decay, 0.03 /h at 20 °C, times 1.08 per kelvin. Bubbles twice a week."""
        decay = 0.03 * 1.08 ** (self.water - 20.0)
        arriving = 0.35 + 0.04 * wave(self.now, DAY, 4 * 3600.0, self.offset)
        volume = max(self.level * self.params["tank_area"] * len(self.tanks), 1.0)
        self.chlorine += ((arriving - self.chlorine) * self.inflow / volume - decay * self.chlorine) * dt / 3600.0
        if self.bubble > 0.0 and self.rng.random() < dt / 60.0:
            self.bubble = 0.0
        if self.rng.random() < 2.0 * dt / (7 * DAY):
            self.bubble = self.rng.uniform(0.5, 3.0)

    @property
    def water(self) -> float:
        """Water temperature: 6 °C in February, 23.5 °C in August."""
        return 14.7 - 8.7 * wave(self.now, YEAR, 40 * DAY, self.offset)

    @property
    def power(self) -> float:
        """KW of all pumps: hydraulic power at 55 % efficiency, plus drives and lights."""
        if self.asleep:
            return 0.3
        return 0.3 + (0.8 * self.staged if self.dry else self.demand * self.pressure / 3.6 / 0.55 + 0.25)

    def _count(self, dt: float) -> None:
        hours = dt / 3600.0
        self.totals["in"] += self.inflow * hours
        self.totals["out"] += 0.0 if self.dry else self.demand * hours
        self.totals["energy"] += self.power * hours

    def read(self) -> Mapping[str, Value]:
        """Every point of the zone."""
        stirred = 1.5 if self.inlet.on and self.inlet_age < 1200.0 else 1.0
        values: dict[str, Value] = {
            "inlet_pressure": self.mains_pressure,
            "outlet_pressure": self.pressure + (0.0 if self.asleep or self.dry else self.hunt.x) - self.dip,
            "pressure_setpoint": self.params["set_pressure"],
            "inlet_flow": self.inflow,
            "outlet_flow": 0.0 if self.dry else self.demand,
            "inlet_total": self.totals["in"],
            "outlet_total": self.totals["out"],
            "overflow": self.level >= OVERFLOW - 0.001,
            "inlet_valve_pos": 100.0 if self.inlet.on or self.trouble.label == "WS-F2" else 0.0,
            "control_mode": "auto",
            "voltage_ab": 394.0 + 4.0 * wave(self.now, DAY, 3 * 3600.0, self.offset),
            "active_power": self.power,
            "energy_total": self.totals["energy"],
            "free_chlorine": self.chlorine * (1.0 - 0.8 * self.sewage),
            "turbidity": 0.2 * exp(self.murk.x) * stirred * (1.0 + self.burst / 20.0 + 3.0 * self.sewage) + self.bubble,
            "ph": 7.6 + self.acid.x - 0.4 * self.sewage,
            "conductivity": (380.0 + self.salt.x) * (1.0 + 0.35 * self.sewage),
            "water_temp": self.water,
            "uv_intensity": 90.0 + self.damp.x / 3.0,
            "room_temp": room(self.now, self.offset),
            "room_humidity": 58.0 + 0.3 * (outdoor(self.now, self.offset) - 12.0) + self.damp.x,
            "flood": False,
            "hatch_open": False,
            "door_open": False,
            "work_order_active": False,
        }
        for k in self.tanks:
            values[f"tank{k}_level"] = self.level + self.level_ripple.x * (1 if k % 2 else -1)
        first = int((self.now + self.offset) // DAY)  # the duty pump changes every day
        for place, i in enumerate(self.pumps):
            values.update(self._pump(i, running=not self.asleep and (place - first) % len(self.pumps) < self.staged))
        return values

    def _pump(self, i: int, *, running: bool) -> dict[str, Value]:
        rated, f = self.params["pump_in"], self.frequency / 50.0
        share = min(self.demand / self.staged / PER_PUMP, 1.08)
        amps = 0.40 * rated if self.dry else 0.42 * rated + 0.55 * rated * share * f * f
        return {
            f"pump{i}_run": running,
            f"pump{i}_fault": False,
            f"pump{i}_freq": self.frequency if running else 0.0,
            f"pump{i}_current": amps if running else 0.0,
            f"pump{i}_vibration": (3.6 if self.dry else 1.5) + self.shake.x if running else 0.1,
        }
