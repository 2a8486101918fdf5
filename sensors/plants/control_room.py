"""Control room: racks that heat and air conditioners that cool, a UPS on its batteries, gateways that drop out now and then, a
clock that wanders, and people who answer alarms.

Recipe: 240 kJ/K of air and racks, 0.15 kW/K to the building around, 4 kW of equipment; cooled by two-point control around the
set-point. The air conditioners hang on the emergency supply: lost mains touch the UPS alone.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from sensors.kit.plant import (
    DAY,
    Band,
    Equipment,
    Value,
    Wander,
    clamp,
    hour,
    lag,
    outdoor,
    ramp,
    wave,
    weekday,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

CAPACITY, LOSS, HEAT = 240.0, 0.15, 4.0  # kJ/K, kW/K, kW
SWING = 0.75  # K above and below the set-point: a cycle takes 12 minutes
SPARE = 0.6  # kW of cooling beyond the heat while the compressor runs
STRONG = 8.0  # kW when the room is hot
COIL = 180.0  # s a stopped unit still cools
COLD_AIR = 14.0  # °C of the supply air
FLOAT, END = 435.0, 336.0  # V of 192 cells: float, and 1.75 V a cell
RUNTIME = 40.0  # min at the usual load
WEAK_RUNTIME = 8.0  # min of the worn string of CR-F3
MAINS_LOST = ("CR-F2", "CR-F3")
GATEWAYS = 10
DROP = 0.02 / 3600.0  # 1/s: how often a gateway drops out, for one to three minutes
DEAF = 6  # gateways that are silent in CR-F4
EIGHT_HOURS = 28_800_000.0  # ms
SHIELDING = 2, 9.0, 11.0  # Wednesday morning: a detector is cleaned under a shield
ALARMS = 3.0 / DAY  # 1/s: critical alarms that somebody answers


class ControlRoom(Equipment):
    """State of the room; see the module for the physics."""

    plays: tuple[str, ...] = ("CR-F1", "CR-F2", "CR-F3", "CR-F4", "CR-F5", "CR-F6")

    def _set_up(self) -> None:
        rng = self.rng
        self.units = self.instances.get("i", (1, 2))
        centre = self.params["rack_temp_set"]
        self.temp = centre + rng.uniform(-0.5, 0.5)
        self.thermostat = Band(-centre - SWING, -centre + SWING, on=rng.random() < 0.8)  # of minus the temperature: it cools
        self.supply = COLD_AIR
        self.humid, self.busy, self.line = (
            Wander(rng, 2.0, 3 * 3600.0),
            Wander(rng, 1.0, 1800.0),
            Wander(rng, 1.0, 600.0),
        )
        self.cell, self.delay, self.clock = (
            Wander(rng, 0.3, 3600.0),
            Wander(rng, 5.0, 600.0),
            Wander(rng, 7.0, 3600.0),
        )
        self.talk, self.lenses = Wander(rng, 0.2, 120.0), Wander(rng, 0.2, 3600.0)
        self.wanders = [part for part in vars(self).values() if isinstance(part, Wander)]
        self.volts, self.left, self.drained = FLOAT, 1.0, 0.0  # V, share of the charge, s on battery
        self.battery_temp, self.moist = centre, 0.0
        self.away: list[float] = []  # s until each gateway that dropped out is back
        self.disk = rng.uniform(35.0, 50.0)
        self.ring = self.answer = 0.0  # s the alarm has been answered, s it took

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in self.wanders:
            wander.step(dt)
        self._cool(dt)
        self._feed(dt)
        self._listen(dt)
        self.moist = lag(self.moist, 15.0 if self.trouble.label == "CR-F6" else 0.0, dt, 1200.0)
        self.disk = 35.0 if self.disk > 68.0 else self.disk + 0.2 * dt / DAY  # old history is thinned out

    def pace(self) -> float:
        """A second in the first minutes of a fault, else 15 s: nothing is sampled more often than every 30."""
        return 1.0 if self.trouble.label and self.trouble.age < 300.0 else 15.0

    def recover(self) -> None:
        """The units cool again, the mains are back, the gateways answer, the clock is set, the drain is clear."""
        self.trouble.end()

    @property
    def running(self) -> bool:
        """The air conditioners are on."""
        return self.trouble.label != "CR-F1"

    def _cool(self, dt: float) -> None:
        """The rack's air, the supply air and the batteries. A stopped unit cools on for three minutes: its coil is cold."""
        around = 22.0 + 0.2 * (outdoor(self.now, self.offset) - 12.0)
        centre = self.params["rack_temp_set"]
        gain = HEAT + LOSS * (around - self.temp)
        cooling = self.thermostat.step(-self.temp) if self.running else self.trouble.age <= COIL
        taken = (STRONG if self.temp > centre + 1.5 else gain + SPARE) if cooling else 0.0
        if not self.running:
            taken = min(taken, gain)
        if taken:
            self.temp += (gain - taken) / CAPACITY * dt
        else:
            self.temp = lag(self.temp, around + HEAT / LOSS, dt, CAPACITY / LOSS)
        if cooling:
            self.temp = max(self.temp, centre - SWING - 0.1)
        self.supply = lag(self.supply, COLD_AIR if cooling else self.temp, dt, 120.0)
        self.battery_temp = lag(self.battery_temp, self.temp, dt, 2 * 3600.0)

    def _feed(self, dt: float) -> None:
        """The UPS: 35 V gone within ten seconds on battery, then 0.35 V a minute, and a knee when the charge is nearly gone."""
        label = self.trouble.label
        if label not in MAINS_LOST:
            self.drained = 0.0
            self.left = min(self.left + dt / (4 * 3600.0), 1.0)
            self.volts = lag(self.volts, FLOAT, dt, 1800.0)
            return
        self.drained += dt
        weak = label == "CR-F3"
        minutes = (WEAK_RUNTIME if weak else RUNTIME) * 40.0 / self.load
        if weak:
            self.left = min(self.left, 1.0)
        self.left = max(self.left - dt / 60.0 / minutes, 0.0)
        first, slope = (45.0 * min(self.drained / 60.0, 1.0), 2.0) if weak else (35.0 * min(self.drained / 10.0, 1.0), 0.35)
        held = FLOAT - first - slope * self.drained / 60.0
        knee = clamp(self.left / 0.12, 0.0, 1.0)
        self.volts = END + (held - END) * knee

    @property
    def load(self) -> float:
        """Percent of the UPS."""
        return 38.0 + self.busy.x

    def _listen(self, dt: float) -> None:
        """Gateways that drop out and come back, alarms that ring and are answered."""
        self.away = [rest - dt for rest in self.away if rest > dt]
        if self.rng.random() < 1.0 - exp(-GATEWAYS * DROP * dt):
            self.away.append(self.rng.uniform(60.0, 180.0))
        self.ring = ramp(self.ring, 0.0, dt)
        if self.ring == 0.0:
            self.answer = 0.0
            if self.rng.random() < 1.0 - exp(-ALARMS * dt):
                self.ring, self.answer = 60.0, self.rng.uniform(10.0, 110.0)

    @property
    def online(self) -> int:
        """Gateways that answer."""
        deaf = DEAF if self.trouble.label == "CR-F4" else 0
        return max(GATEWAYS - deaf - len(self.away), 0)

    def _runtime(self) -> float:
        full = WEAK_RUNTIME if self.trouble.label == "CR-F3" else RUNTIME
        return full * 40.0 / self.load * self.left

    def read(self) -> Mapping[str, Value]:
        """Every point of the room and of the system in it."""
        label, now = self.trouble.label, self.now
        lost = label in MAINS_LOST
        day, begin, end = SHIELDING
        shielded = weekday(now, self.offset) == day and begin <= hour(now, self.offset) < end
        usual = 8.0 + 0.6 * wave(now, DAY, 20 * 3600.0, self.offset) + self.talk.x
        values: dict[str, Value] = {
            "rack_inlet_temp": self.temp,
            "room_temp": self.temp + 1.0,
            "room_humidity": 46.0 + self.humid.x + self.moist,
            "leak_rope": label == "CR-F6" and self.trouble.age >= 10.0,
            "smoke": False,
            "door_open": hour(now, self.offset) % 12.0 - 8.0 < 1.0 / 60.0 and hour(now, self.offset) % 12.0 >= 8.0,
            "ups_mode": "battery" if lost else "online",
            "ups_input_v": 0.0 if lost else 226.0 + 2.0 * wave(now, DAY, 3 * 3600.0, self.offset) + self.line.x,
            "ups_output_v": 220.0,
            "ups_load_pct": self.load,
            "ups_battery_v": self.volts + self.cell.x,
            "ups_battery_temp": self.battery_temp,
            "ups_runtime_min": self._runtime(),
            "fire_panel_state": "shielded" if shielded else "normal",
            "fire_panel_shield_count": int(shielded),
            "gateways_online": self.online,
            "gateways_total": GATEWAYS,
            "wan_ok": True,
            "wan_latency_ms": 25.0 + self.delay.x,
            "broker_connected": True,
            "msg_rate": usual * (1.0 - 0.9 * (1.0 - self.online / GATEWAYS)),
            "ntp_offset_ms": EIGHT_HOURS if label == "CR-F5" else self.clock.x,
            "disk_used_pct": self.disk,
            "cameras_online_pct": 99.3 + self.lenses.x,
            "operator_ack_s": self.answer,
        }
        for i in self.units:
            values[f"ac{i}_run"] = self.running
            values[f"ac{i}_supply_temp"] = self.supply
        return values
