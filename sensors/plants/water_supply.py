"""Drinking-water booster: residents' demand through a day, variable-speed pumps that hold the pressure, tanks with a float valve.
What is in the water stands in water_quality.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

from sensors.kit.plant import (
    DAY,
    YEAR,
    Band,
    Equipment,
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
from sensors.plants.water_quality import Water

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTORS = (
    0.25, 0.18, 0.14, 0.12, 0.14, 0.35, 0.95, 1.75, 1.70, 1.25, 1.10, 1.15,
    1.30, 1.10, 0.95, 0.95, 1.05, 1.35, 1.75, 2.00, 1.85, 1.55, 1.05, 0.55,
)  # fmt: skip
PER_PUMP = 23.0  # m³/h one pump gives at 49 Hz
VESSEL = 4300.0  # L/MPa of the pressure vessel: 0.75 → 0.71 MPa in 3 to 8 min of night use
OVERFLOW = 2.90  # m
DRAIN = 0.10  # m/min the tanks fall in WS-F4: supply cut and a wash-out valve left open
DRY = 0.30  # m below which the pumps draw air
SLOW = frozenset({"WS-F1", "WS-F5", "WS-F6", "WS-F9", "WS-F10"})  # faults that take days: the station goes on as ever
OUTAGE = 4 * 3600.0  # s without mains in WS-F7
RUSTY = 3600.0  # s after which empty mains bring rust
BLOCKING = 3 * DAY  # s until the strainer is blocked as far as it goes in WS-F5
BACKFLOW = 1.10  # of the frequency while water flows back through an idle pump


class WaterSupply(Equipment):
    """State of one pressure zone and its tanks."""

    plays: tuple[str, ...] = ("WS-F1", "WS-F2", "WS-F3", "WS-F4", "WS-F5", "WS-F6", "WS-F7", "WS-F8", "WS-F9", "WS-F10")

    def _set_up(self) -> None:
        rng = self.rng
        self.pumps, self.tanks = self.instances.get("i", (1, 2, 3)), self.instances.get("k", (1, 2))
        self.mean = 20.0 * self.params["peak_flow"] / 46.0  # m³/h over a day
        self.crowd, self.level_ripple = Wander(rng, 0.06, 570.0), Wander(rng, 0.002, 300.0)
        self.hunt, self.mains = Wander(rng, 0.002, 20.0), Wander(rng, 0.004, 1800.0)
        self.rough, self.surge = (
            Wander(rng, 0.0175, 2.0),
            Wander(rng, 0.06, 2.0),
        )  # MPa and share of In of a cavitating pump
        self.damp, self.shake = Wander(rng, 3.0, 7200.0), Wander(rng, 0.1, 300.0)
        self.wanders = [part for part in vars(self).values() if isinstance(part, Wander)]
        self.pressure = self.params["set_pressure"]
        self.level = rng.uniform(2.1, 2.55)
        self.inlet = Band(2.0, 2.6, on=rng.random() < 0.5)
        self.inflow, self.inlet_age, self.demand = 0.0, 1e9, self._wanted()
        self.staged, self.stage_age, self.dip = 1 if self.demand < PER_PUMP else 2, 0.0, 0.0
        self.asleep, self.awake_for = False, 1e9
        self.burst = self.leak = 0.0  # m³/h
        self.holiday = self.blocked = self.drift = 0.0  # how many are away, how far the strainer is blocked, 0 to 1; m
        self.cut_for = 0.0  # s without mains
        self.first = int((self.now + self.offset) // DAY)  # the duty pump changes every day
        self.water = Water(rng, self.now, self.offset)
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
        self._suffer(dt)
        self.demand = self._wanted() * (1.0 - 0.6 * self.holiday) + self.burst + self.leak
        self._stage(dt)
        self._sleep(dt)
        self._press(dt)
        self._fill(dt)
        self.water.step(now, dt, self.inflow, self.level * self.params["tank_area"] * len(self.tanks), self.trouble.label)
        self._count(dt)

    def pace(self) -> float:
        """Five seconds in quiet, one while a fault changes things."""
        return 1.0 if (self.trouble.label and self.trouble.label not in SLOW) or self.burst else 5.0

    def recover(self) -> None:
        """The valve closes again, the supply is back (both fill lines open until the tanks hold 1 m)."""
        self.trouble.end()

    def _suffer(self, dt: float) -> None:
        """What comes slowly: a holiday, a strainer that blocks, a level gauge that drifts; rust when the mains come back."""
        label, age = self.trouble.label, self.trouble.age
        self.holiday = ramp(self.holiday, 1.0 if label == "WS-F6" else 0.0, dt / 7200.0)
        self.blocked = min(age / BLOCKING, 1.0) if label == "WS-F5" else 0.0
        self.drift = 0.02 * age / DAY if label == "WS-F10" else 0.0
        self.first = self.first if label == "WS-F9" else int((self.now + self.offset) // DAY)
        if self.cut:
            self.cut_for += dt
        elif self.cut_for:
            if self.cut_for > RUSTY:
                self.water.stir()
            self.cut_for = 0.0

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

    @property
    def cut(self) -> bool:
        """No water comes from the street."""
        return self.trouble.label == "WS-F4" or (self.trouble.label == "WS-F7" and self.trouble.age < OUTAGE)

    @property
    def passing(self) -> bool:
        """Water flows back through the last idle pump, whose check valve does not close in WS-F9."""
        return self.trouble.label == "WS-F9" and self.staged < len(self.pumps)

    def _reach(self, pumps: int) -> float:
        """M³/h that so many pumps give; a single one is soon at its limit where another lets water back."""
        return pumps * PER_PUMP * (0.5 if pumps == 1 and self.trouble.label == "WS-F9" else 1.0)

    def _stage(self, dt: float) -> None:
        """One pump up to 23 m³/h, then two, then three; half a minute before one joins, one minute before one leaves."""
        up = self.demand > 1.04 * self._reach(self.staged) and self.staged < len(self.pumps)
        down = self.staged > 1 and self.demand < 0.85 * self._reach(self.staged - 1)
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
            quiet = self.demand < 0.16 * self.mean and (not self.trouble.label or self.trouble.label in SLOW)
            self.asleep = quiet and self.awake_for > 120.0 and self.pressure > self.params["set_pressure"] - 0.01

    @property
    def frequency(self) -> float:
        """Hz of each running pump: what the pump curve needs for the set pressure, at most 50, or 52 against a back-flow."""
        share = self.demand / self.staged
        if self.burst > 10.0:
            return 50.0
        needed = 50.0 * sqrt(self.params["set_pressure"] + 0.0004 * share * share)
        return min(BACKFLOW * needed, 52.0) if self.passing else min(needed, 50.0)

    def _press(self, dt: float) -> None:
        if self.asleep:
            self.pressure -= self.demand / 3.6 * dt / VESSEL
            return
        share = self.demand / self.staged
        reached = (self.frequency / (BACKFLOW if self.passing else 1.0) / 50.0) ** 2 - 0.0004 * share * share
        air = 0.27 * self.params["set_pressure"]
        target = air if self.dry else max(reached, air)
        if self.burst > 10.0:  # all pumps at full speed cannot make up for an open pipe
            target = min(target, self.params["set_pressure"]) - 0.15 * self.burst / 40.0
        self.pressure = lag(self.pressure, target, dt, 10.0 if self.dry else 5.0)

    @property
    def mains_pressure(self) -> float:
        """MPa in the street: lower when everybody draws, a little higher at night, nothing when it is cut."""
        if self.cut:
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
        elif self.cut:
            target = 0.0
        elif self.level < 1.0:
            target *= 2.3  # after an outage both fill lines are opened
        self.inflow = lag(self.inflow, target, dt, 15.0) if target else max(self.inflow - 4.0 * dt, 0.0)
        drawn = 0.0 if self.dry else self.demand
        self.level += (self.inflow - drawn) / area * dt / 3600.0
        if self.trouble.label == "WS-F4":
            self.level -= DRAIN / 60.0 * dt
        self.level = clamp(self.level, 0.2, OVERFLOW)

    @property
    def power(self) -> float:
        """KW of all pumps: hydraulic power at 55 % efficiency, plus drives and lights."""
        if self.asleep:
            return 0.3
        hydraulic = self.demand * self.pressure / 3.6 / 0.55 * (1.15 if self.passing else 1.0)
        return 0.3 + (0.8 * self.staged if self.dry else hydraulic + 0.25)

    def _count(self, dt: float) -> None:
        hours = dt / 3600.0
        self.totals["in"] += self.inflow * hours
        self.totals["out"] += 0.0 if self.dry else self.demand * hours
        self.totals["energy"] += self.power * hours

    def read(self) -> Mapping[str, Value]:
        """Every point of the zone."""
        stirred = (1.5 if self.inlet.on and self.inlet_age < 1200.0 else 1.0) * (1.0 + self.burst / 20.0)
        unsteady = 0.0 if self.asleep or self.dry else self.hunt.x + self.rough.x * self.cavitation
        values: dict[str, Value] = {
            "inlet_pressure": self.mains_pressure,
            "outlet_pressure": self.pressure + unsteady - self.dip,
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
            **self.water.read(stirred),
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
        values[f"tank{self.tanks[0]}_level"] = self.level + self.level_ripple.x + self.drift
        for place, i in enumerate(self.pumps):
            turn = (place - self.first) % len(self.pumps)
            values.update(self._pump(i, turn, running=not self.asleep and turn < self.staged))
        return values

    @property
    def cavitation(self) -> float:
        """How rough pressure and current are, 0 to 1: fully once the strainer is half blocked; the vibration goes on rising."""
        return min(2.0 * self.blocked, 1.0)

    def _pump(self, i: int, turn: int, *, running: bool) -> dict[str, Value]:
        rated, f = self.params["pump_in"], self.frequency / 50.0
        share = min(self.demand / self.staged / PER_PUMP, 1.08)
        amps = 0.40 * rated if self.dry else rated * (0.42 + 0.55 * share * f * f + self.surge.x * self.cavitation)
        shaking = (3.6 if self.dry else 1.5) * (1.0 + 1.2 * self.blocked) + self.shake.x
        idle = 1.0 + 0.5 * self.shake.x if self.passing and turn == len(self.pumps) - 1 else 0.1
        return {
            f"pump{i}_run": running,
            f"pump{i}_fault": False,
            f"pump{i}_freq": self.frequency if running else 0.0,
            f"pump{i}_current": amps if running else 0.0,
            f"pump{i}_vibration": shaking if running else idle,
        }
