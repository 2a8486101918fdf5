"""Transformer bay: the households' load through a day and a year, what it does to voltages, currents and temperatures, and the
room around it.

The load is a third above the recipe's: its 270 kW would never load the transformer to the reference's usual 20 to 70 %. All lags
are exact exponentials and slow faults depend on their age alone: the plant may be stepped by minutes, or begin with an old fault.
"""

from __future__ import annotations

from math import acos, ceil, sqrt, tan
from typing import TYPE_CHECKING

from sensors.kit.plant import (
    DAY,
    Equipment,
    Value,
    Wander,
    clamp,
    hour,
    hourly,
    lag,
    outdoor,
    ramp,
    wave,
    weekday,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPE = (
    0.40, 0.28, 0.20, 0.16, 0.15, 0.18, 0.30, 0.45, 0.48, 0.45, 0.48, 0.55,
    0.60, 0.52, 0.46, 0.45, 0.50, 0.62, 0.85, 1.00, 1.00, 1.00, 0.80, 0.58,
)  # fmt: skip
HOUSEHOLDS = 1.3 / 800.0  # times the recipe's kW, per kVA
NATURAL = tan(acos(0.84))  # kvar per kW without compensation
CAPACITOR = 30.0  # kvar a step
STEPS = 12
RISE = 80.0  # K of the windings at rated load
HOT_LOAD, HOT_ROOM, HOT_RISE = 0.98, 38.5, 85.0  # the hot evening of PW-F1: chargers add load and harmonics
JOINT = 25.0  # K of a contact at rated current
FLOAT = 234.0  # V of the DC system
ROUND = 9.0  # h of the daily round, with its work order and an open door at both ends
OUT = frozenset({"PW-F5", "PW-F6"})  # faults in which the charger of the batteries stands still


class PowerRoom(Equipment):
    """State of the bay; see the module for the physics."""

    plays: tuple[str, ...] = tuple(f"PW-F{n}" for n in range(1, 11))

    def _set_up(self) -> None:
        rng = self.rng
        self.incomers = self.instances.get("i", (1, 2))
        self.crowd, self.humid, self.leak = (
            Wander(rng, 0.03, 600.0),
            Wander(rng, 5.0, 6 * 3600.0),
            Wander(rng, 15.0, 7200.0),
        )
        self.tev, self.sonic = Wander(rng, 0.7, DAY / 2), Wander(rng, 1.0, 7200.0)
        self.grid, self.pulse = Wander(rng, 0.03, 900.0), Wander(rng, 0.008, 60.0)
        self.bend, self.cell, self.gas = (
            Wander(rng, 0.2, 1800.0),
            Wander(rng, 0.15, 3600.0),
            Wander(rng, 2.0, 3600.0),
        )
        self.split = tuple(Wander(rng, 0.008, 1800.0) for _ in range(3))
        self.wanders = [part for part in vars(self).values() if isinstance(part, Wander)] + list(self.split)
        self.phases = tuple(1.0 + rng.uniform(-0.02, 0.02) for _ in range(3))
        self.damped = (outdoor(self.now - 6 * 3600.0, self.offset) + outdoor(self.now + 6 * 3600.0, self.offset)) / 2
        self.hot = self.surplus = 0.0  # how far the hot evening has come, 0 to 1; discharge of PW-F9 above the usual, dB
        self.moist = 0.0  # % humidity above the usual
        self.dc = FLOAT
        self.steps, self.energy = 2, rng.uniform(2e6, 6e6)
        self.fan = self.room_fan = False
        self._load()
        self.room = self._room()
        self.winding = [self._warm(n) for n in range(3)]
        self.contact = [self.room + JOINT * self.load * self.load] * 3
        self.oil = self.room + 12.0 + 30.0 * self.load

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in self.wanders:
            wander.step(dt)
        self.hot = ramp(self.hot, 1.0 if self.trouble.label == "PW-F1" else 0.0, dt / 1800.0)
        self._load()
        self._heat(dt)
        self._dampen(dt)
        self._charge(dt)
        self.energy += self.active * dt / 3600.0

    def pace(self) -> float:
        """Ten seconds, the shortest period; a second in the daily round and in the first minute of a fault."""
        since = (hour(self.now, self.offset) - ROUND) * 3600.0
        return 1.0 if -15.0 <= since < 1300.0 or (self.trouble.label and self.trouble.age < 60.0) else 10.0

    def recover(self) -> None:
        """The supply is back, the fan turns, the joint is tightened, the windings are clean, the trench is dry."""
        self.trouble.end()

    def _load(self) -> None:
        """Active and reactive power, and the load as a share of the transformer."""
        out = outdoor(self.now, self.offset)
        season = 1.0 + 0.5 * clamp((out - 24.0) / 6.0, 0.0, 1.0) + 0.2 * clamp((10.0 - out) / 5.0, 0.0, 1.0)
        h = hour(self.now, self.offset)
        leisure = 1.2 if weekday(self.now, self.offset) >= 5 and 10.0 <= h < 16.0 else 1.0
        size = self.params["tr_kva"]
        wanted = HOUSEHOLDS * size * (70.0 + 200.0 * hourly(SHAPE, h)) * season * leisure * (1.0 + self.crowd.x)
        self.active = (1.0 - self.hot) * wanted + self.hot * HOT_LOAD * 0.97 * size
        self._compensate()
        self.voltages, shares = self._volts()
        self.active *= sum(shares) / 3.0
        self.reactive *= sum(shares) / 3.0
        self.load = sqrt(self.active**2 + self.reactive**2) / size
        whole = self.params["lv_in"] * self.load * 3.0 / max(sum(shares), 1e-9)
        self.amps = [
            whole * share * usual * (1.0 + drift.x) for share, usual, drift in zip(shares, self.phases, self.split, strict=True)
        ]

    def _compensate(self) -> None:
        """Capacitors in steps, so that the power factor is 0.96 - 0.03 (1 - load) or better; two thirds of a step of patience."""
        rough = self.active / 0.95 / self.params["tr_kva"]
        wanted = self.active * (NATURAL - tan(acos(0.96 - 0.03 * clamp(1.0 - rough, 0.0, 1.0)))) / CAPACITOR
        if not wanted - 0.4 <= self.steps <= wanted + 1.3:
            self.steps = int(clamp(ceil(wanted), 0, STEPS))
        if self.trouble.label == "PW-F7":
            self.steps = 0
        self.reactive = self.active * NATURAL - self.steps * CAPACITOR * (self.params["tr_kva"] / 800.0)

    def _volts(self) -> tuple[list[float], list[float]]:
        """Phase voltages, and the share of its usual current each phase carries at them."""
        usual = 231.0 - 6.0 * self.active / self.params["tr_kva"] + 2.0 * wave(self.now, DAY, 3 * 3600.0, self.offset)
        label = self.trouble.label
        if label == "PW-F3":
            return [170.0, 240.0, 268.0], [170.0 / 230.0, 240.0 / 230.0, 268.0 / 230.0]
        if label == "PW-F4":
            return [usual / 2, usual, usual / 2], [0.5, 1.0, 0.5]
        if label == "PW-F5":
            return [0.0] * 3, [0.0] * 3
        return [usual - 0.4, usual, usual + 0.3], [1.0] * 3

    def _room(self) -> float:
        usual = 0.6 * self.damped + 11.0 + 6.0 * self.load - (3.0 if self.room_fan else 0.0)
        return (1.0 - self.hot) * usual + self.hot * max(usual, HOT_ROOM)

    def _warm(self, phase: int) -> float:
        """Where a winding's temperature goes: the middle limb is 5 K hotter, a fan takes a quarter of the rise, dust adds."""
        rise: float = (RISE + (HOT_RISE - RISE) * self.hot) * self.load**1.6 * (0.75 if self.fan else 1.0)
        dust = 0.4 * self.trouble.age / DAY if self.trouble.label == "PW-F8" else 0.0
        return self.room + rise + dust + (5.0 if phase == 1 else 0.0)

    def _heat(self, dt: float) -> None:
        """Room, windings, contacts and oil follow the load; the fans follow the temperatures."""
        self.damped = lag(self.damped, outdoor(self.now, self.offset), dt, DAY / 2)
        self.room = lag(self.room, self._room(), dt, 1800.0)
        self.room_fan = self.room > (30.0 if self.room_fan else 35.0)
        self.winding = [lag(warm, self._warm(n), dt, 2700.0) for n, warm in enumerate(self.winding)]
        hottest, begin = max(self.winding), self.params["fan_on"]
        self.fan = self.trouble.label != "PW-F1" and hottest >= (begin - 20.0 if self.fan else begin)
        for n, amps in enumerate(self.amps):
            share = amps / self.params["lv_in"]
            self.contact[n] = lag(self.contact[n], self.room + self._joint(n) * share * share, dt, 1200.0)
        self.oil = lag(self.oil, self.room + 12.0 + 30.0 * self.load, dt, 3 * 3600.0)

    def _joint(self, phase: int) -> float:
        """K at rated current; a loose joint grows by 1.5 a day and does not stop at 70 by itself."""
        loose = phase == 1 and self.trouble.label == "PW-F2"
        return min(JOINT + 1.5 * self.trouble.age / DAY, 120.0) if loose else JOINT

    def _dampen(self, dt: float) -> None:
        """Humidity of a storm or a damp room, and the partial discharges it feeds: 8 to 28 dB in ten days."""
        label = self.trouble.label
        wanted = {"PW-F9": max(85.0 - self._dry(), 0.0), "PW-F10": 15.0}.get(label, 0.0)
        self.moist = lag(self.moist, wanted, dt, 1800.0)
        if label == "PW-F9":
            self.surplus = min(2.0 + 2.0 * self.trouble.age / DAY, 22.0)
        else:
            self.surplus = lag(self.surplus, 0.0, dt, 6 * 3600.0)

    def _dry(self) -> float:
        return 52.0 - 6.0 * wave(self.now, 365.2425 * DAY, 20 * DAY, self.offset) + self.humid.x

    def _charge(self, dt: float) -> None:
        """Batteries: 8 V in the first hour without a charger, then 3 V an hour; a charger that is back brings 20 V an hour."""
        if self.trouble.label in OUT:
            self.dc -= (8.0 if self.dc > FLOAT - 8.0 else 3.0) * dt / 3600.0 if self.dc > 176.0 else 0.0
        else:
            self.dc = ramp(self.dc, FLOAT, 20.0 * dt / 3600.0)

    def _lines(self) -> tuple[float, float, float]:
        """Line voltages of the high-voltage side, kV."""
        usual = 10.25 + 0.08 * wave(self.now, DAY, 3 * 3600.0, self.offset) + self.grid.x
        label = self.trouble.label
        if label == "PW-F5":
            return 0.0, 0.0, 0.0
        return (usual / 2, usual, usual / 2) if label == "PW-F4" else (usual, usual - 0.02, usual + 0.01)

    def _neutral(self) -> float:
        """Vector sum of the phase currents, and the third harmonic that adds up in it."""
        if self.trouble.label == "PW-F3":
            return 0.0
        a, b, c = self.amps
        return sqrt(max(a * a + b * b + c * c - a * b - b * c - c * a, 0.0)) + 0.08 * (a + b + c) / 3.0

    def read(self) -> Mapping[str, Value]:
        """Every point of the bay and its room."""
        closed = {f"incomer{i}_closed": i == self.incomers[0] for i in self.incomers}
        return self._intake() | self._low_side() | self._temperatures() | self._condition() | self._surroundings() | closed

    def _intake(self) -> dict[str, Value]:
        """The high-voltage side."""
        ab, bc, ca = self._lines()
        return {
            "hv_voltage_ab": ab,
            "hv_voltage_bc": bc,
            "hv_voltage_ca": ca,
            "hv_current": self.apparent / 17.8,
            "bus_tie_closed": False,
            "auto_transfer_ready": not (self.trouble.label == "PW-F5" and self.trouble.age >= 5.0),
            "relay_trip": False,
        }

    def _low_side(self) -> dict[str, Value]:
        """Voltages, currents and power behind the transformer."""
        dead = self.trouble.label == "PW-F5"
        va, vb, vc = self.voltages
        ia, ib, ic = self.amps
        return {
            "lv_voltage_a": va,
            "lv_voltage_b": vb,
            "lv_voltage_c": vc,
            "lv_current_a": ia,
            "lv_current_b": ib,
            "lv_current_c": ic,
            "neutral_current": self._neutral(),
            "active_power": self.active,
            "reactive_power": self.reactive,
            "power_factor": self.active / self.apparent if self.apparent else 1.0,
            "cap_steps": 0 if dead else self.steps,
            "frequency": 0.0 if dead else 50.0 + self.pulse.x,
            "thd_u": 0.0 if dead else 1.8 + 1.0 * self.load + self.bend.x,
            "energy_total": self.energy,
            "load_pct": 100.0 * self.load,
        }

    def _temperatures(self) -> dict[str, Value]:
        """Windings, core, oil, fan and joints."""
        wa, wb, wc = self.winding
        ca, cb, cc = self.contact
        return {
            "winding_temp_a": wa,
            "winding_temp_b": wb,
            "winding_temp_c": wc,
            "core_temp": self.room + 12.0 + 0.9 * (wb - self.room),
            "oil_temp": self.oil,
            "fan_on": self.fan and self.trouble.label != "PW-F5",
            "contact_temp_a": ca,
            "contact_temp_b": cb,
            "contact_temp_c": cc,
        }

    def _condition(self) -> dict[str, Value]:
        """Insulation, leakage, the battery, the gas."""
        label = self.trouble.label
        damp = self._dry() + self.moist > 75.0 and label != "PW-F9"
        return {
            "pd_tev": 6.0 + self.tev.x + self.surplus + (3.0 if damp else 0.0),
            "pd_ultrasonic": -3.0 + self.sonic.x + 0.5 * self.surplus,
            "residual_current": 120.0 + self.leak.x + 60.0 * self.load,
            "dc_voltage": self.dc + self.cell.x,
            "dc_charger_ok": label not in OUT,
            "sf6_ppm": 8.0 + self.gas.x,
        }

    def _surroundings(self) -> dict[str, Value]:
        """The room, and the daily round through it."""
        since = (hour(self.now, self.offset) - ROUND) * 3600.0
        return {
            "o2_room": 20.8,
            "room_temp": self.room,
            "room_humidity": self._dry() + self.moist,
            "smoke": False,
            "flood": self.trouble.label == "PW-F10" and self.trouble.age >= 30.0,
            "door_open": 0.0 <= since < 40.0 or 1160.0 <= since < 1200.0,
            "room_fan_run": self.room_fan,
            "work_order_active": -10.0 <= since < 1290.0,
        }

    @property
    def apparent(self) -> float:
        """Apparent power, kVA."""
        return sqrt(self.active**2 + self.reactive**2)
