"""Fire pump station: a network held by jockey pumps and a gas vessel, and two main pumps that must start below a setting.

Recipe: pressure P with compliance C = vessel volume / (jockey stop − jockey start); each second dP = (pumps − demand − leak) / C.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, NONE, Band, Equipment, Value, Wander, clamp, hour, lag, ramp, room, wave, weekday

if TYPE_CHECKING:
    from collections.abc import Mapping

CHURN = 1.30  # shut-off head as a share of rated pressure
ROOF_STATIC = 0.71  # MPa at the pump room with the roof tank alone: 0.11 at the most remote point
REMOTE = 0.60  # MPa lost by height to the most remote point
ROOF_AREA = 10.0  # m²
TEST_DAY, TEST_HOUR, TEST_RUN, TEST_REST = 1, 10.0, 720.0, 60.0  # Tuesday 10:00, each pump 12 min without flow
WORN = 0.87  # of the head of a new pump: 70 weeks at 0.998; from there FP-F7 goes on
WEAR = 0.998  # a week
TESTED = ("FP-F4", "FP-F5", "FP-F7")  # faults that show in a test: they begin one
LEAD = 5.0  # s from the test flag to the start of the pump
BY_HAND = 45.0  # s after which somebody stops a main pump that is no longer needed


class FirePump(Equipment):
    """State of the station; see the module for the physics."""

    plays: tuple[str, ...] = ("FP-F1", "FP-F2", "FP-F3", "FP-F4", "FP-F5", "FP-F6", "FP-F7", "FP-F8", "FP-F9", "FP-F10")

    def _set_up(self) -> None:
        params, rng = self.params, self.rng
        self.pumps = self.instances.get("i", (1, 2))
        low, high = params["jockey_start"], params["jockey_stop"]
        self.compliance = params["vessel_volume"] / (high - low)  # L/MPa
        self.leak = rng.uniform(0.005, 0.02)  # L/s: one jockey cycle in 2 to 8 hours
        self.network = rng.uniform(low + 0.01, high - 0.01)  # MPa without the thermal part
        self.pressure = self.network
        self.jockey = Band(low, high)
        self.next_jockey = 0
        self.duty: int | None = None  # the main pump that runs
        self.run_age = self.low_age = 0.0
        self.wait = 0.0  # s until the repaired controller starts a pump
        self.chill = 0.0  # K the room is colder than it should be
        self.iced: float | None = None  # what the pressure transmitter says for ever while it is frozen
        self.after = 0.0  # s the test flag stays after a test
        self.bleeding = False  # somebody lets the pressure of a run off through the return line
        self.demand = self.drawn = self.main_flow = self.roof_flow = 0.0  # L/s
        self.start_command = self.switch = self.testing = False
        self.tank = params["tank_normal"] - rng.uniform(0.0, 0.03)
        self.refill = Band(params["tank_normal"] - 0.05, params["tank_normal"])
        self.roof = params["roof_min"] + 0.4 - rng.uniform(0.0, 0.04)
        self.roof_refill = Band(params["roof_min"] + 0.35, params["roof_min"] + 0.4)
        self.bearing = {i: room(self.now, self.offset) for i in self.pumps}
        self.ripple, self.shake = Wander(rng, 0.001, 600.0), Wander(rng, 0.12, 300.0)
        self.phases = tuple(1.0 + rng.uniform(-0.01, 0.01) for _ in range(3))
        self.bonus = rng.uniform(-0.5, 0.5)  # what makes two stations differ a little

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        self._suffer(dt)
        self._test()
        self._control(dt)
        self._flow(dt)
        self._levels(dt)
        self._warm(dt)

    def pace(self) -> float:
        """1 s while anything runs or soon will, else 5 s."""
        busy = self.trouble.label or self.duty or self.jockey.on or self.wait or self.testing or self.bleeding
        return 1.0 if busy or self.pressure < self.params["jockey_start"] + 0.002 or self.pressure > 1.0 else 5.0

    def hurried(self) -> frozenset[str]:
        """The reference: main pressure every second while any pump runs."""
        return frozenset({"main_pressure"}) if self.duty else NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault."""
        self.trouble.begin(label)
        if label == "FP-F10":
            self._start()
        self.testing = self.testing or label in TESTED

    def recover(self) -> None:
        """The demand is closed, the contactor repaired, the selector back on automatic, a running test is over."""
        if self.trouble.label in TESTED:
            self.duty, self.after, self.bleeding = None, 60.0, True
        if self.trouble.label == "FP-F1":
            self.wait = 25.0  # the hydrant is closed first, then the starter acts
        self.trouble.end()

    def _suffer(self, dt: float) -> None:
        """What the fault does to the water. A hydrant takes a minute to open, ten seconds to close; the test line ten and ten."""
        refusing = self.trouble.label == "FP-F1"
        tested = 0.8 * self.params["rated_flow"] if self.trouble.label == "FP-F7" and self.duty else 0.0
        valve = 5.0 / 60.0 if refusing else 4.0 if tested or self.after else 0.5  # L/s each second
        self.demand = ramp(self.demand, 5.0 if refusing else tested, dt * valve)
        self.wait, self.after = max(self.wait - dt, 0.0), max(self.after - dt, 0.0)

    def _test(self) -> None:
        """The weekly automatic run without flow: the flag a minute before, the flag off a minute after."""
        since = (hour(self.now, self.offset) - TEST_HOUR) * 3600.0
        lasts = len(self.pumps) * (TEST_RUN + TEST_REST)
        weekly = weekday(self.now, self.offset) == TEST_DAY and -60.0 <= since < lasts
        was, self.testing = self.testing, weekly or self.after > 0.0 or self.trouble.label in TESTED
        if self.trouble.label in TESTED and self.duty is None and self.trouble.age >= LEAD:
            self._start()
        if not weekly or self.trouble.label:
            return
        turn, into = divmod(since, TEST_RUN + TEST_REST)
        if since >= 0.0 and into < TEST_RUN and self.duty is None and was:
            self._start(int(turn))
        elif into >= TEST_RUN and self.duty is not None:
            self.duty, self.bleeding = None, True

    def _start(self, turn: int | None = None) -> None:
        """A test runs each pump in turn; else the duty changes with the week."""
        week = int((self.now + self.offset) // (7 * DAY))
        self.duty, self.run_age = self.pumps[(week if turn is None else turn) % len(self.pumps)], 0.0

    def _control(self, dt: float) -> None:
        """Jockey hysteresis, the pressure switch, the controller's start, the hand that stops: fire pumps never stop alone."""
        on = self.jockey.on
        if self.jockey.step(self.pressure) and not on:
            self.next_jockey += 1
        self.switch = self.pressure < self.params["main_start"] + (0.02 if self.switch else 0.0)
        self.low_age = self.low_age + dt if self.switch else 0.0
        able = self.trouble.label != "FP-F6"
        self.start_command = able and (self.low_age >= 2.0 or (self.start_command and self.run_age < 10.0))
        if self.duty is not None:
            self.run_age += dt
            if self.run_age > BY_HAND and self.demand == 0.0 and not self.testing and self.trouble.label != "FP-F10":
                self.duty, self.bleeding = None, True
        elif self.start_command and self.wait == 0.0 and self.trouble.label != "FP-F1":
            self._start()

    def _flow(self, dt: float) -> None:
        """Pumps, roof tank, demand, leak and the bleed line after a run move the network pressure."""
        rated, suction = self.params["rated_pressure"], self.suction
        compliance = self.compliance / (40.0 if self.trouble.label == "FP-F3" else 1.0)
        self.drawn = self.demand * sqrt(max(self.pressure, 0.0) / self.params["main_start"]) if self.demand else 0.0
        self.roof_flow = clamp(400.0 * (ROOF_STATIC - self.pressure), 0.0, 20.0)
        self.bleeding = self.bleeding and self.duty is None and self.pressure > self.params["jockey_stop"]
        bleed = clamp(200.0 * (self.pressure - self.params["jockey_stop"] + 0.01), 0.0, 30.0) if self.bleeding else 0.0
        given = self.roof_flow + (self.params["jockey_flow"] if self.jockey.on else 0.0)
        ceiling, pumped = 1e9, 0.0
        if self.duty is not None and not self.dry:
            head = rated * self._health()
            ceiling = suction + CHURN * head
            share = clamp((ceiling - self.pressure) / (0.30 * head), 0.0, 1.21)
            pumped = self.params["rated_flow"] * sqrt(share)
        before = self.network
        self.network += (given + pumped - self.drawn - bleed - self._leakage()) / compliance * dt
        thermal = 0.01 * wave(self.now, DAY, 15 * 3600.0, self.offset)
        self.network = min(self.network, max(ceiling - thermal, 0.0))
        self.main_flow = min(pumped, max((self.network - before) * compliance / dt + self.drawn, 0.0)) if pumped else 0.0
        self.pressure = self.network + thermal

    def _health(self) -> float:
        """Head as a share of a new pump's."""
        if self.trouble.label == "FP-F5":
            return 0.9
        return WORN * WEAR ** (self.trouble.age / (7 * DAY)) if self.trouble.label == "FP-F7" else 1.0

    def _leakage(self) -> float:
        if self.trouble.label == "FP-F2":
            return self.leak + min(self.trouble.age / (5 * DAY), 1.0) * 0.39
        return max(self.leak, 0.03) if self.trouble.label == "FP-F3" else self.leak

    def _levels(self, dt: float) -> None:
        """Evaporation 6 mm a day and float valves; the roof tank gives what the network takes."""
        falling = 0.02 / 3600.0 if self.trouble.label == "FP-F9" else 0.006 / DAY
        filling = self.refill.step(self.tank) and self.trouble.label != "FP-F9"
        self.tank += (5e-5 if filling else 0.0) * dt - falling * dt
        refill = 3.0 if self.roof_refill.step(self.roof) else 0.0
        self.roof = max(self.roof + (refill - self.roof_flow) * dt / 1000.0 / ROOF_AREA - 0.004 / DAY * dt, 0.0)
        self.ripple.step(dt)

    def _warm(self, dt: float) -> None:
        cold = self.trouble.label == "FP-F8"
        self.chill = self.chill + dt / 3600.0 if cold else ramp(self.chill, 0.0, dt / 120.0)
        ambient = self.ambient
        self.iced = (self.pressure if self.iced is None else self.iced) if ambient < 0.0 else None
        for i in self.pumps:
            running = i == self.duty
            self.bearing[i] = lag(self.bearing[i], ambient + (28.0 if running else 0.0), dt, 1200.0)
            if running and self.dry:
                self.bearing[i] += dt / 60.0
        self.shake.step(dt)

    @property
    def dry(self) -> bool:
        """The running pump gets no water: its suction valve is shut."""
        return self.trouble.label == "FP-F4"

    @property
    def suction(self) -> float:
        """MPa at the suction gauge: the head of the tank, a little vacuum behind a shut valve."""
        return -0.02 if self.dry else 0.0098 * self.tank

    @property
    def ambient(self) -> float:
        """Room temperature; without heating in a cold snap it falls by 1 K an hour to -2 °C."""
        return max(room(self.now, self.offset) + self.bonus - self.chill, -2.0)

    def _amps(self) -> tuple[float, float, float]:
        """Three phase currents of the running pump."""
        rated = self.params["motor_in"]
        load = min(0.62 + 0.38 * self.main_flow / self.params["rated_flow"], 1.05)
        if self.run_age <= 2.0:
            load = 5.5
        elif self.dry:
            load = 0.47
        a, b, c = (rated * phase for phase in self.phases)
        if self.trouble.label == "FP-F5" and self.run_age > 2.0:  # two phases carry the load of three
            return a * 1.7, b * 1.7, 0.0
        return a * load, b * load, c * load

    def read(self) -> Mapping[str, Value]:
        """Every point of the station."""
        volts = 395.0 + 4.0 * wave(self.now, DAY, 3 * 3600.0, self.offset) + self.bonus
        if self.duty is not None and self.run_age <= 3.0:
            volts *= 0.97
        values: dict[str, Value] = {
            "main_pressure": self.pressure if self.iced is None else self.iced,
            "suction_pressure": self.suction,
            "flow": self.drawn,
            "end_pressure": max(self.pressure - REMOTE, 0.0),
            "pressure_switch": self.switch or (self.trouble.label == "FP-F10" and self.trouble.age <= 2.0),
            "flow_switch": self.roof_flow > 0.5,
            "alarm_valve_switch": False,
            "controller_mode": "manual" if self.trouble.label == "FP-F6" else "auto",
            "test_mode": self.testing,
            "start_command": self.start_command,
            "voltage_ab": volts,
            "voltage_bc": volts - 1.1,
            "voltage_ca": volts + 0.7,
            "power_main_ok": True,
            "power_backup_ok": True,
            "power_source": "main",
            "phase_sequence_ok": True,
            "tank_level": self.tank + self.ripple.x,
            "rooftank_level": self.roof,
            "outlet_valve_open": True,
            "suction_valve_open": not self.dry,
            "room_temp": self.ambient,
            "flood": False,
            "diesel_battery_v": 26.6 + 0.2 * self.bonus,
            "diesel_fuel_level": 90.0 + 4.0 * self.bonus,
        }
        for i in self.pumps:
            values.update(self._pump(i))
        return values

    def _pump(self, i: int) -> dict[str, Value]:
        running = i == self.duty
        discharge = self.suction
        if running:
            discharge = self.suction + 0.12 if self.dry else self.pressure + 0.005
        a, b, c = self._amps() if running else (0.0, 0.0, 0.0)
        shaking = (6.0 if self.dry else 2.0) + self.shake.x
        return {
            f"pump{i}_discharge_pressure": discharge,
            f"pump{i}_run": running,
            f"pump{i}_fault": False,
            f"pump{i}_current_a": a,
            f"pump{i}_current_b": b,
            f"pump{i}_current_c": c,
            f"jockey{i}_run": self.jockey.on and i == self.pumps[self.next_jockey % len(self.pumps)],
            f"jockey{i}_fault": False,
            f"pump{i}_bearing_temp": self.bearing[i],
            f"pump{i}_vibration": shaking if running else 0.08,
        }
