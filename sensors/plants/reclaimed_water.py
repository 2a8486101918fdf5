"""Reclaimed-water plant: grey water in, eight minutes of suction through the membrane and two of rest, air for the biology,
chlorine for the clear water, and what the households flush.

Levels, fouling and doses are integrated; oxygen, chlorine and gases follow exact lags, so the plant may be stepped by a minute.
The tanks are 20 m² each. The air follows a programme over the day, as small plants do it, so the oxygen stays near 3 mg/L.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import (
    DAY,
    YEAR,
    Band,
    Equipment,
    Value,
    Wander,
    clamp,
    day_of_year,
    hour,
    hourly,
    lag,
    ramp,
    wave,
    weekday,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTORS = (  # domestic water by the hour, as the water supply's
    0.25, 0.18, 0.14, 0.12, 0.14, 0.35, 0.95, 1.75, 1.70, 1.25, 1.10, 1.15,
    1.30, 1.10, 0.95, 0.95, 1.05, 1.35, 1.75, 2.00, 1.85, 1.55, 1.05, 0.55,
)  # fmt: skip
FLUSHES = (  # toilets: peaks at 7 and 21 h
    0.45, 0.30, 0.25, 0.25, 0.30, 0.70, 1.45, 1.90, 1.30, 0.85, 0.75, 0.85,
    1.00, 0.90, 0.75, 0.75, 0.85, 1.05, 1.30, 1.50, 1.70, 1.85, 1.25, 0.75,
)  # fmt: skip
AREA = 20.0  # m² of the equalisation tank and of the clear-water tank
SUCTION, CYCLE = 480.0, 600.0  # s
RATE = 9.8  # m³/h while the pump sucks
WASH, WASHES = 45.0, 6  # s of backwash in the rest of every sixth cycle
WASH_RATE = 8.0  # m³/h of clear water
FOULS, STAYS = 0.12 / DAY, 0.03 / DAY  # kPa/s that a maintenance clean takes off, and that stays
CLEANS = 6, 2.0, 3.0  # Sunday, 2 to 3 h
RECOVERY = 120.0  # days between two soaks in acid
SATURATED = 9.1  # mg/L of oxygen
TRANSFER = 0.0245  # kLa in 1/h per m³/h of air
OXYGEN = 3.0  # mg/L the air programme aims at
AIRLESS = 0.2  # mg/L
GREENING = 5.0, 6.0  # h, in summer
BLOWN = 43.0  # kPa of air
MAKEUP = 0.6, 1.0, 8.0  # m at which tap water is made up through the air gap, and at which it is enough; m³/h


class ReclaimedWater(Equipment):
    """State of the plant; see the module for the physics."""

    plays: tuple[str, ...] = tuple(f"RW-F{n}" for n in range(1, 9))

    def _set_up(self) -> None:
        rng = self.rng
        self.blowers = self.instances.get("i", (1, 2))
        self.crowd, self.murk, self.acid = (
            Wander(rng, 0.05, 600.0),
            Wander(rng, 0.02, 3600.0),
            Wander(rng, 0.06, 7200.0),
        )
        self.mud, self.hunger, self.salt = (
            Wander(rng, 250.0, 2 * DAY),
            Wander(rng, 0.03, 1800.0),
            Wander(rng, 35.0, DAY / 2),
        )
        self.nitrogen, self.hunt, self.pipe = (
            Wander(rng, 0.2, 6 * 3600.0),
            Wander(rng, 0.004, 60.0),
            Wander(rng, 0.05, 300.0),
        )
        self.gust, self.mains = Wander(rng, 0.5, 600.0), Wander(rng, 0.006, 1800.0)
        self.wanders = [part for part in vars(self).values() if isinstance(part, Wander)]
        self.eq, self.clear = rng.uniform(1.5, 2.8), rng.uniform(2.0, 2.6)
        self.diverting, self.sucking = Band(-3.2, -3.0), True
        self.removable, self.residual = FOULS * DAY * rng.uniform(0.0, 6.0), STAYS * DAY * rng.uniform(0.0, 100.0)
        self.cleaned = False
        self.soaked = rng.uniform(0.0, 100.0) * DAY  # s since the last recovery clean
        self.flow = self.tmp = 0.0
        self.pumping = self.washing = False
        self.oxygen, self.air, self.ammonia, self.breach = OXYGEN, 300.0, 0.0, 0.0
        self.dosing, self.chlorine = Band(1.45, 1.6), rng.uniform(1.45, 1.6)
        self.chemical, self.cloud = rng.uniform(40.0, 95.0), 0.0
        self.foul_gas, self.conductive, self.rough = 0.2, 1.0, 0.0
        self.inlet = self.supply = 0.0
        self.makeup = Band(*MAKEUP[:2])

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in self.wanders:
            wander.step(dt)
        self._demand()
        self._suck(dt)
        self._foul(dt)
        self._levels(dt)
        self._breathe(dt)
        self._disinfect(dt)
        harm = self.trouble.label
        self.breach = ramp(self.breach, 1.0 if harm == "RW-F2" else 0.0, dt / 3600.0)
        self.foul_gas = (
            min(25.0 * self.trouble.age / 21600.0 + 0.2, 25.0) if harm == "RW-F8" else lag(self.foul_gas, 0.2, dt, 600.0)
        )
        self.conductive = lag(self.conductive, 0.75 if harm == "RW-F6" else 1.0, dt, 6 * 3600.0)

    def pace(self) -> float:
        """Ten seconds, the shortest period."""
        return 1.0 if self.trouble.label and self.trouble.age < 120.0 else 10.0

    def recover(self) -> None:
        """The membrane is clean and whole, air and chlorine are back, the make-up valve is shut, the room is aired."""
        if self.trouble.label == "RW-F1":
            self.removable = 0.0
        self.trouble.end()

    def _demand(self) -> None:
        """Grey water an hour behind the households' use, a fifth less; flushes, and the greens at dawn in summer."""
        h, size = hour(self.now, self.offset), self.params["design_flow"]
        crowd = 1.0 + self.crowd.x
        self.inlet = 0.0 if self.diverting.step(-self.eq) else 0.8 * size * hourly(FACTORS, (h - 1.0) % 24.0) * crowd
        green = GREENING[0] <= h < GREENING[1] and 150.0 <= day_of_year(self.now, self.offset) < 260.0
        self.supply = 0.66 * size * hourly(FLUSHES, h) * crowd + (1.2 * size if green else 0.0)

    def _suck(self, dt: float) -> None:
        """The pump's cycle, and what comes through: not without water before the membrane or room behind it."""
        day, begin, end = CLEANS
        cleaning = weekday(self.now, self.offset) == day and begin <= hour(self.now, self.offset) < end
        turn, since = divmod(self.now, CYCLE)
        if self.sucking:
            self.sucking = self.eq > 0.9 and self.clear < 2.7
        else:
            self.sucking = self.eq > 1.2 and self.clear < 2.6
        self.pumping = self.sucking and since < SUCTION and not cleaning
        self.washing = self.sucking and not cleaning and int(turn) % WASHES == 0 and 500.0 <= since < 500.0 + WASH
        airy = self.trouble.label == "RW-F7"
        wanted = ((2.0 if airy else RATE) + self.pipe.x) if self.pumping else 0.0
        self.flow = lag(self.flow, wanted, dt, 3.0) if self.pumping else 0.0
        self.rough = self.rng.gauss(0.0, 0.4) if airy and self.pumping else 0.0

    def _foul(self, dt: float) -> None:
        """The film on the membrane, and the pressure it takes; in RW-F1 it grows by 2.5 kPa a day and cleans take 30 %."""
        day, begin, _ = CLEANS
        fouling = self.trouble.label == "RW-F1"
        self.soaked += dt
        if self.soaked > RECOVERY * DAY:
            self.soaked = self.removable = self.residual = 0.0
        self.removable += (2.5 / DAY - STAYS if fouling else FOULS) * dt
        self.residual += STAYS * dt
        due = weekday(self.now, self.offset) == day and hour(self.now, self.offset) >= begin
        if due and not self.cleaned:
            self.removable *= 0.7 if fouling else 0.3
        self.cleaned = due
        if not self.pumping:
            self.tmp = 0.0
            return
        pressure = self.params["tmp_base"] + self.removable + self.residual + 0.6 * (RATE - 9.0)
        pressure *= (1.0 - 0.25 * min(4.0 * self.breach, 1.0)) * (0.4 if self.trouble.label == "RW-F7" else 1.0)
        self.tmp = lag(self.tmp, pressure, dt, 5.0)

    def _levels(self, dt: float) -> None:
        made = self.flow + self.rough
        used = self.supply + (WASH_RATE if self.washing else 0.0) - (3.0 if self.trouble.label == "RW-F6" else 0.0)
        self.eq = clamp(self.eq + (self.inlet - made) / AREA * dt / 3600.0, 0.0, 5.0)
        used -= MAKEUP[2] if self.makeup.step(self.clear) else 0.0
        self.clear = clamp(self.clear + (made - used) / AREA * dt / 3600.0, 0.0, 3.0)
        self.cloud = 0.4 if self.washing else lag(self.cloud, 0.0, dt, 60.0)

    def _breathe(self, dt: float) -> None:
        """Air by programme, oxygen by what the biology takes; without air it is gone in half an hour, ammonia rises in hours."""
        tripped, clogged = self.trouble.label == "RW-F3", self.trouble.label == "RW-F4"
        days = self.trouble.age / DAY if clogged else 0.0
        usual = 43.0 + 14.0 * wave(self.now, DAY, 20 * 3600.0, self.offset)  # mg/L/h the biology takes
        self.air = 0.0 if tripped else max(usual / (SATURATED - OXYGEN) / TRANSFER * (1.0 - 0.01 * days), 0.0)
        passed = TRANSFER * self.air * max(1.0 - 0.002 * days, 0.5)  # coarse bubbles give less
        taken = usual * (1.0 + self.hunger.x)
        self.oxygen = lag(self.oxygen, max(SATURATED - taken / passed, AIRLESS) if passed else AIRLESS, dt, 450.0)
        self.ammonia = lag(self.ammonia, 3.2 if tripped else 0.0, dt, 5 * 3600.0)

    def _disinfect(self, dt: float) -> None:
        """Dosing by two points; the solution is refilled when a quarter is left."""
        lost = self.trouble.label == "RW-F5"
        dosing = self.dosing.step(self.chlorine)
        self.chlorine = lag(self.chlorine, 2.0 if dosing and not lost else 0.1, dt, 3 * 3600.0)
        self.chemical -= 5.0 / DAY * dt if dosing else 0.0
        if self.chemical < 25.0:
            self.chemical = 95.0

    def _blowers(self) -> dict[str, Value]:
        """The duty blower changes every day; its current follows its air."""
        turn = int((self.now + self.offset) // DAY) % len(self.blowers)
        pressure, found = self._pressure(), dict[str, Value]()
        for n, i in enumerate(self.blowers):
            on = n == turn and self.air > 0.0
            found[f"blower{i}_run"] = on
            found[f"blower{i}_current"] = (11.0 + 4.0 * self.air / 300.0) * (0.5 + 0.5 * pressure / BLOWN) if on else 0.0
        return found

    def _pressure(self) -> float:
        """Pressure of the air in kPa: a little more with more air, 0.5 a day more while the diffusers clog."""
        if not self.air:
            return 0.0
        days = self.trouble.age / DAY if self.trouble.label == "RW-F4" else 0.0
        return BLOWN + 4.0 * (self.air / 300.0 - 1.0) + 0.5 * days + self.gust.x

    def read(self) -> Mapping[str, Value]:
        """Every point of the plant."""
        label, now = self.trouble.label, self.now
        crossed = label == "RW-F6"
        turbidity = 0.2 + self.murk.x + self.cloud + 2.3 * self.breach
        values: dict[str, Value] = {
            "inlet_flow": self.inlet,
            "eq_level": self.eq,
            "do_conc": self.oxygen,
            "mlss": 8000.0 + self.mud.x,
            "ph": 7.3 + self.acid.x,
            "water_temp": 20.0 - 7.0 * wave(now, YEAR, 30 * DAY, self.offset),
            "tmp_kpa": self.tmp,
            "permeate_flow": max(self.flow + self.rough, 0.0),
            "permeate_turbidity": max(turbidity, 0.05),
            "suction_pump_run": self.pumping,
            "backwash_run": self.washing,
            "blower_pressure": self._pressure(),
            "air_flow": self.air,
            "clear_level": self.clear,
            "dosing_run": self.dosing.on,
            "chem_level": self.chemical,
            "total_chlorine": self.chlorine,
            "conductivity": (850.0 + self.salt.x) * self.conductive,
            "ammonia": 1.0 + self.nitrogen.x + self.ammonia,
            "supply_pressure": (0.42 if crossed else 0.40) + self.hunt.x,
            "supply_flow": self.supply,
            "tap_makeup_open": crossed or self.makeup.on,
            "tap_pressure": 0.30 if crossed else 0.33 + 0.02 * wave(now, DAY, 3 * 3600.0, self.offset) + self.mains.x,
            "h2s": self.foul_gas,
            "o2_room": 20.8 - 0.8 * self.foul_gas / 25.0,
            "ch4_lel": 0.6,
            "room_fan_run": label != "RW-F8",
            "flood": False,
        }
        values.update(self._blowers())
        return values
