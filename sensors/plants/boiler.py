"""Heating boiler room: the building loses heat to the weather, the secondary loop follows the heating curve, the burner fires
for it, the closed system holds its pressure with make-up water. The burner itself stands in burner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, NONE, Band, Equipment, Value, Wander, clamp, day_of_year, hour, lag, outdoor, ramp, wave
from sensors.plants.burner import BURNER, Burner

if TYPE_CHECKING:
    from collections.abc import Mapping

SEASON = (318.0, 74.0)  # days of the year: 15 November to 15 March
LOSS = 0.030  # 1/K: heat loss of the buildings per kelvin, as a share of rated power
HEAT_CAPACITY = 25e3  # kJ/K of the boiler and its primary loop
SECONDARY = 70e3  # kJ/K of the secondary loop and the radiators' first layer
KW_PER_M3H = 1.163  # kW per (m³/h · K)
EXCHANGER = 144.0  # kW/K between primary supply and secondary supply, of a 2.8 MW plant
GAS = 9.94 * 0.93  # kWh useful per m³
SLOW = frozenset({"BO-F3", "BO-F5", "BO-F8", "BO-F9", "BO-F10"})  # faults that take days: nothing hurries
FOULING = 0.15  # K a day of approach, of 13.6 K at 70 % load
EXPANSION = 0.0025  # MPa/K of the water that the expansion vessel takes up
STIFF = 6.0  # times as much again once its bladder has burst
PUMP_HEAD = 0.10  # MPa
FILLED = 0.10  # MPa per m³ of make-up in the closed system, expansion vessel included


class Boiler(Equipment):
    """State of the plant; temperatures in °C, heat in kW."""

    plays: tuple[str, ...] = ("BO-F1", "BO-F2", "BO-F3", "BO-F4", "BO-F5", "BO-F6", "BO-F7", "BO-F8", "BO-F9", "BO-F10")

    def _set_up(self) -> None:
        params, rng = self.params, self.rng
        self.pumps = self.instances.get("i", (1, 2))
        self.size = params["rated_power"] / 2800.0
        self.breeze, self.seep = Wander(rng, 0.3, 1800.0), Wander(rng, 0.15, 900.0)
        self.dirt = 0.0  # days of dirt on the exchanger's plates
        self.cold = self.stiff = 0.0  # °C at which the bladder burst, how far it has, 0 to 1
        self.relieving = self.refilling = False
        self.secondary = self.target if self.season else 18.0
        self.supply = self.secondary + (self.wanted / self.conductance if self.season else 0.0)
        self.back = self.supply - self.wanted / KW_PER_M3H / params["flow_nominal"] if self.season else 18.0
        self.burner = Burner(rng, self.wanted / params["rated_power"] if self.season else 0.0, self.back)
        self.flow = params["flow_nominal"] if self.season else 0.0
        self.static = (0.30 if self.season else 0.38) + rng.uniform(-0.01, 0.02)  # MPa at 60 °C mean; filled higher when cold
        self.makeup = Band(0.26, 0.275)
        self.makeup_flow, self.soft = 0.0, rng.uniform(1.1, 1.5)
        self.softener = Band(1.0, 1.6)
        self.gas_total, self.makeup_total = rng.uniform(2e5, 6e5), rng.uniform(50.0, 300.0)
        self.leak_lel = 0.0
        self.hot = self.locked = False
        self.heat = self.wanted if self.season else 0.0

    @property
    def season(self) -> bool:
        """Whether the heating season runs."""
        day = day_of_year(self.now, self.offset)
        return day >= SEASON[0] or day < SEASON[1]

    @property
    def weather(self) -> float:
        """Outdoor temperature at this sensor."""
        return outdoor(self.now, self.offset) + self.breeze.x

    @property
    def wanted(self) -> float:
        """What the buildings lose, kW."""
        return clamp(LOSS * self.params["rated_power"] * (20.0 - self.weather), 0.0, 0.95 * self.params["rated_power"])

    @property
    def target(self) -> float:
        """Secondary supply temperature of the heating curve."""
        curve = 20.0 + self.params["curve_k"] * (20.0 - self.weather) + self.params["curve_c"]
        return clamp(curve, 30.0, 66.0)

    @property
    def conductance(self) -> float:
        """kW/K of the heat exchanger at full flow."""
        return EXCHANGER * self.size * 13.6 / (13.6 + FOULING * self.dirt)

    @property
    def circulating(self) -> bool:
        """A circulation pump runs."""
        return self.season and self.trouble.label != "BO-F4"

    @property
    def drained(self) -> bool:
        """The low-water switch: the highest part of the boiler has lost its water."""
        return self.return_pressure < 0.10

    @property
    def return_pressure(self) -> float:
        """MPa: static pressure and the expansion of the water."""
        swelling = EXPANSION * (clamp(self.mean, 20.0, 80.0) - 60.0) + STIFF * self.stiff * EXPANSION * (self.mean - self.cold)
        return max(self.static + swelling, 0.0)

    @property
    def mean(self) -> float:
        """°C of the water, supply and return."""
        return (self.supply + self.back) / 2.0

    @property
    def supply_pressure(self) -> float:
        """MPa behind the circulation pump."""
        return self.return_pressure + PUMP_HEAD * self.flow / self.params["flow_nominal"]

    @property
    def gas_flow(self) -> float:
        """Gas through the meter in m³/h; in BO-F7 the shut valve lets 3 m³/h pass."""
        passing = 3.0 if self.trouble.label == "BO-F7" and self.burner.stage == "off" else 0.0
        return self.burner.load * self.params["rated_power"] * self.burner.effort / GAS + passing

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in (self.breeze, self.burner.air, self.burner.smoulder, self.seep):
            wander.step(dt)
        self._suffer(dt)
        self._protect(dt)
        self._burn(dt)
        self._heat(dt)
        self._hold(dt)

    def pace(self) -> float:
        """One second while a fault plays or the burner goes through its sequence."""
        hurry = self.trouble.label and self.trouble.label not in SLOW
        return 1.0 if hurry or self.burner.stage not in ("off", "run") or self.leak_lel > 0.0 else 5.0

    def hurried(self) -> frozenset[str]:
        """Burner values are read with every change of stage, so that flame and gas are never told apart."""
        return BURNER if self.burner.stage_age <= 2.0 else NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault."""
        self.trouble.begin(label)
        self.cold = self.mean

    def recover(self) -> None:
        """Repaired and reset by hand; the burner starts its sequence again. One that fired without water is kept off till it is
        filled."""
        self.refilling = self.trouble.label == "BO-F2" and self.drained
        if self.trouble.label == "BO-F9":  # a new bladder; what the make-up pump put in too much is let off
            self.static, self.stiff = clamp(self.return_pressure, 0.28, 0.36), 0.0
        self.trouble.end()
        self.locked = False

    def _suffer(self, dt: float) -> None:
        """Dirt on the plates, a bladder that bursts within an hour, and what the burner has."""
        label, age = self.trouble.label, self.trouble.age
        self.burner.suffer(label, age, dt)
        self.dirt = age / DAY if label == "BO-F8" else 0.0
        self.stiff = min(age / 3600.0, 1.0) if label == "BO-F9" else 0.0

    def _protect(self, dt: float) -> None:
        """Limit switches and interlocks put the burner into lockout; in BO-F2 the low-water interlock is bridged."""
        leaking = self.trouble.label == "BO-F6"
        self.leak_lel = ramp(self.leak_lel, 35.0 if leaking else 0.0, (35.0 / 240.0 if leaking else 0.5) * dt)
        self.hot = self.supply > 95.0 or (self.hot and self.supply > 85.0)
        self.refilling = self.refilling and self.drained
        dry = self.drained and self.trouble.label != "BO-F2" and not self.refilling
        if self.season and (dry or self.hot or self.leak_lel > 20.0):
            self.locked = True
        elif not self.trouble.label:
            self.locked = False

    def _burn(self, dt: float) -> None:
        """The burner fires for the secondary supply, as far as the primary loop can take it."""
        burner, error = self.burner, self.target - self.secondary
        burner.stage_age += dt
        allowed = self.season and not self.refilling and (self.supply < 90.0 or burner.on)
        burner.sequence(locked=self.locked, allowed=allowed, error=error)
        room_left = clamp((88.0 - self.supply) / 6.0, 0.25, 1.0) if self.circulating else 1.0
        burner.fire(self.wanted / self.params["rated_power"], error, room_left, dt)

    def _heat(self, dt: float) -> None:
        """Primary and secondary loop. Without circulation the boiler boils up by 4 K a minute."""
        rated, nominal = self.params["rated_power"], self.params["flow_nominal"]
        self.flow = ramp(self.flow, nominal if self.circulating else 0.0, nominal / 8.0 * dt)
        share = self.flow / nominal
        self.heat = max(self.conductance * share * (self.supply - self.secondary), 0.0)
        burning = self.burner.load * rated
        if share > 0.1:
            self.supply += (burning - self.heat) / (HEAT_CAPACITY * self.size) * dt
            self.back = lag(self.back, self.supply - self.heat / KW_PER_M3H / max(self.flow, 1.0), dt, 20.0)
        else:
            self.supply += 4.0 / 60.0 * dt if burning else (self.secondary - self.supply) * dt / 7200.0
            self.back = lag(self.back, self.secondary, dt, 3600.0)
        if not self.season:
            self.supply = lag(self.supply, 18.0, dt, 7200.0)
        given = self.wanted * (self.secondary - 20.0) / max(self.target - 20.0, 5.0) if self.season else 0.0
        self.secondary += (self.heat - max(given, 0.0)) / (SECONDARY * self.size) * dt
        if not self.season:
            self.secondary = lag(self.secondary, 18.0, dt, 7200.0)
        self.burner.smoke(self.back, dt)
        self.gas_total += self.gas_flow * dt / 3600.0

    def _hold(self, dt: float) -> None:
        """Static pressure: what seeps out, what the make-up pump puts back in."""
        losing = self.trouble.label in ("BO-F1", "BO-F2")
        pumping = self.makeup.step(self.return_pressure)
        after = self.static < 0.25 and not losing  # refilling after a repair, both hoses open
        self.makeup_flow = lag(self.makeup_flow, 0.5 * self.size if pumping else 0.0, dt, 5.0)
        self.makeup_flow = 0.0 if not pumping and self.makeup_flow < 0.01 else self.makeup_flow
        seeping = self.params["makeup_base"] / 24.0 * 0.8
        self.static += (self.makeup_flow - seeping) * FILLED * 2.4 * dt / 3600.0
        if losing:
            self.static = max(self.static - 0.01 / 60.0 * dt, 0.0)
        elif after:
            self.static += 0.05 / 60.0 * dt
        safety = self.params["safety_valve"]
        self.relieving = self.supply_pressure > (0.9 * safety if self.relieving else safety)
        self.static -= 0.004 * dt if self.relieving else 0.0
        self.makeup_total += self.makeup_flow * dt / 3600.0
        self.soft += ((2.0 if self.softener.step(self.soft) else 0.0) - self.makeup_flow) / 2.0 * dt / 3600.0

    def read(self) -> Mapping[str, Value]:
        """Every point of the plant."""
        load = self.burner.load
        values: dict[str, Value] = {
            "supply_temp": self.supply,
            "return_temp": self.back,
            "supply_pressure": self.supply_pressure,
            "return_pressure": self.return_pressure,
            "primary_flow": self.flow,
            "water_low": self.drained,
            "high_temp_switch": self.hot,
            "high_press_switch": False,
            **self.burner.read(),
            "gas_pressure": 11.5 - 1.5 * load if self.leak_lel <= 20.0 else 0.0,
            "gas_flow": self.gas_flow,
            "gas_total": self.gas_total,
            "gas_valve_open": self.leak_lel <= 20.0,
            "gas_leak": 0.5 + self.seep.x + self.leak_lel,
            "room_co": 2.0,
            "vent_fan_run": self.leak_lel > 20.0,
            "makeup_pump_run": self.makeup.on,
            "makeup_flow": self.makeup_flow,
            "makeup_total": self.makeup_total,
            "makeup_tank_level": self.soft,
            "hardness": 0.2,
            "boiler_ph": 10.5,
            "sec_supply_temp": self.secondary,
            "sec_return_temp": self.secondary - self.heat / (KW_PER_M3H * 150.0 * self.size),
            "sec_pressure": 0.42 + 0.01 * wave(self.now, DAY, 15 * 3600.0, self.offset),
            "outdoor_temp": self.weather,
            "heat_power": self.heat,
            "room_temp": 22.0 + 6.0 * load + 0.2 * hour(self.now, self.offset) / 24.0,
            "season_on": self.season,
        }
        for i in self.pumps:
            running = self.circulating and i == self.pumps[0]
            values[f"circ_pump{i}_run"] = running
            values[f"circ_pump{i}_current"] = 42.0 * self.size if running else 0.0
        return values
