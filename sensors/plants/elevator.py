"""Lift: people call it, it travels with constant acceleration, opens its door for eight seconds, and is serviced every two weeks.

Every ride is two runs at most: empty to the caller, loaded to where the caller goes. Levelling and vibration are of each run.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, NONE, Equipment, Value, clamp, hour, hourly, lag, outdoor, travelled

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLS = (  # per hour; with the empty runs to the callers about 380 runs a day
    1, 1, 1, 1, 1, 2, 8, 30, 30, 10, 8, 10, 10, 5, 4, 4, 7, 26, 26, 16, 12, 9, 5, 2,
)  # fmt: skip
HOMEWARD = (  # share of callers who go up from the ground; one in ten rides between floors, the others come down
    0.45, 0.45, 0.45, 0.45, 0.45, 0.30, 0.15, 0.15, 0.15, 0.30, 0.45, 0.45,
    0.45, 0.45, 0.45, 0.45, 0.60, 0.75, 0.75, 0.60, 0.60, 0.45, 0.45, 0.45,
)  # fmt: skip
BETWEEN = 0.10
GROUND, STOREY = 1, 2.9  # the entrance's floor; m
PULL = 0.8  # m/s²
OPENING, OPEN, CLOSING = 2.0, 4.0, 2.0  # s: together the door's eight
ZONE = 0.3  # m within which a car is level enough to open
VISIT_HOUR, VISITS = 14.0, (13, 14)  # the maintainer comes after lunch, every so many days
MISSED = 23  # d between two visits, one of them missed
PATIENCE = 5  # callers who wait; the others take the stairs
RIDES = ("EL-F1", "EL-F2", "EL-F7")  # faults that show in a ride: no maintainer is at work
METERS = frozenset({"speed", "motor_current"})
CREEP, CREEPS = 0.3, 6.0  # m/s and s a car moves on with its door open


class Elevator(Equipment):
    """State of one lift."""

    plays: tuple[str, ...] = ("EL-F1", "EL-F2", "EL-F3", "EL-F4", "EL-F5", "EL-F6", "EL-F7")

    def _set_up(self) -> None:
        rng = self.rng
        self.top = int(self.params["floors"])
        self.rough = min(9, self.top // 2)  # the floor with the rail joint of EL-F6
        self.calls: list[tuple[int, int]] = []  # from, to: those who wait
        self.going: tuple[int, int] | None = None  # from, to of the run under way
        self.rider: tuple[int, int] | None = None  # the call being served
        self.gone = self.doors = self.still = 0.0  # s of the run, of the door's cycle, since the last run
        self.reopens, self.exchanged = 0, False
        self.door = "closed"
        self.height = float(rng.randrange(GROUND, self.top + 1))  # in floors
        self.load = self.speed = 0.0  # %, m/s
        self.error, self.shake = rng.gauss(0.0, 2.0), rng.gauss(12.0, 2.0)  # mm, mg
        self.alarm_in: float | None = None  # s until the trapped passenger presses the button
        self.mode, self.busy_until = "normal", 0.0
        today = int((self.now + self.offset) // DAY)
        seen = today - rng.randrange(1, 12)
        self.visited = seen * DAY + 15.2 * 3600.0 - self.offset
        self.visit_on = seen + rng.choice(VISITS)
        self.expires = self.now + rng.uniform(60.0, 330.0) * DAY
        self.roped = self.now - rng.uniform(100.0, 1200.0) * DAY
        self.trips = rng.randrange(100_000, 900_000)
        self.cycles, self.hours = int(self.trips * 1.02), self.trips * 11.0 / 3600.0
        self.brake = self.ambient + 12.0

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        self.still += dt
        drag = 50.0 if self.trouble.label == "EL-F4" else 0.0
        self.brake = lag(self.brake, self.ambient + 12.0 + drag, dt, 1800.0)
        if self.expires - now < 40.0 * DAY:
            self.expires = now + 365.0 * DAY  # inspected in good time
        if self.rng.random() < hourly(CALLS, hour(now, self.offset)) / 3600.0 * dt and len(self.calls) < PATIENCE:
            self.calls.append(self._call())
        if self.trouble.label == "EL-F7":
            self._creep(dt)
        elif self.alarm_in is not None:
            self.alarm_in = max(self.alarm_in - dt, 0.0)
        elif self.going:
            self._run(dt)
        elif self.door != "closed":
            self._door(dt)
        elif not self._serviced():
            self._next()

    def pace(self) -> float:
        """One second while anything moves or somebody is trapped."""
        quiet = self.going is None and self.door == "closed" and self.still > 2.0 and not self.calls
        return 30.0 if quiet and self.trouble.label not in ("EL-F1", "EL-F7") else 1.0

    def hurried(self) -> frozenset[str]:
        """The reference: speed every second while moving; once more at rest, to show that it rests."""
        return METERS if self.speed or self.still <= 2.0 else NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault; those that show in a ride bring a passenger with them."""
        self.trouble.begin(label)
        if label in RIDES:
            self.mode = "normal"
        if label == "EL-F1":
            self.calls.insert(0, (round(self.height), GROUND if self.height > self.top / 2 else self.top))
        elif label == "EL-F2":
            self.calls.insert(0, (self.top, GROUND))
        elif label == "EL-F5":  # the visit that was due did not take place
            self.visited = self.now - (self.params["maint_days"] + 0.9) * DAY
            self.visit_on = int((self.visited + self.offset) // DAY) + MISSED

    def recover(self) -> None:
        """Released, cleared, adjusted: the car goes to the next floor and opens; a missed visit is made up for."""
        label = self.trouble.label
        self.trouble.end()
        if label in ("EL-F1", "EL-F7"):
            self.height = float(round(self.height))
            self.going, self.rider, self.load, self.speed, self.alarm_in = None, None, 0.0, 0.0, None
            self.door, self.doors, self.still = "opening", 0.0, 0.0
        elif label == "EL-F5":
            self.visit_on = int((self.now + self.offset) // DAY)
            self.mode, self.busy_until = "maintenance", self.now + self.rng.uniform(3600.0, 5400.0)

    def _call(self) -> tuple[int, int]:
        """Where somebody waits, and where to."""
        homes = range(GROUND + 1, self.top + 1)
        home = self.rng.choice(homes)
        if self.rng.random() < BETWEEN:
            return home, self.rng.choice([floor for floor in homes if floor != home])
        if self.rng.random() < hourly(HOMEWARD, hour(self.now, self.offset)):
            return GROUND, home
        return home, GROUND

    def _serviced(self) -> bool:
        """Is the maintainer at work? He comes on his day after lunch and leaves after 60 to 90 min."""
        if self.mode == "maintenance":
            if self.now >= self.busy_until:
                today = int((self.now + self.offset) // DAY)
                self.mode, self.visited, self.visit_on = "normal", self.now, today + self.rng.choice(VISITS)
            self.calls.clear()
        elif self.trouble.label not in RIDES and self._due() and VISIT_HOUR <= hour(self.now, self.offset) < 18.0:
            self.mode, self.busy_until = "maintenance", self.now + self.rng.uniform(3600.0, 5400.0)
        return self.mode == "maintenance"

    def _due(self) -> bool:
        return int((self.now + self.offset) // DAY) >= self.visit_on

    def _next(self) -> None:
        """Take up the next call: an empty run to the caller, or open at once if the car is there."""
        if not self.calls:
            return
        self.rider = self.calls.pop(0)
        if self.rider[0] == round(self.height):
            self._open()
        else:
            self._depart(self.rider[0])

    def _depart(self, to: int) -> None:
        self.going, self.gone = (round(self.height), to), 0.0

    def _run(self, dt: float) -> None:
        """Up to speed, along, and down to rest at the floor; or to a stop half-way, when the safety chain opens."""
        if self.going is None:
            return
        start, to = self.going
        way, top = abs(to - start) * STOREY, min(self.params["rated_speed"], sqrt(PULL * abs(to - start) * STOREY))
        lasts, up = way / top + top / PULL, 1.0 if to > start else -1.0
        self.gone += dt
        self.hours += dt / 3600.0
        if self.gone >= lasts:
            self._arrive(start, to)
            return
        left = lasts - self.gone
        self.speed = up * min(PULL * self.gone, top, PULL * left)
        covered = travelled(self.gone, top, PULL) if self.gone < lasts / 2 else way - travelled(left, top, PULL)
        self.height = start + up * covered / STOREY
        if self.trouble.label == "EL-F1" and self.load and self.gone > lasts / 2 and abs(self.height % 1.0 - 0.5) < 0.35:
            self.speed, self.still, self.alarm_in = 0.0, 0.0, self.rng.uniform(30.0, 90.0)

    def _arrive(self, start: int, to: int) -> None:
        """Level with the floor, more or less; the door opens."""
        drift = 12.0 * min(self.trouble.age / (60.0 * DAY), 1.0) if self.trouble.label == "EL-F3" else 0.0
        self.error = clamp(self.rng.gauss(0.0, 2.5), -6.5, 6.5) + drift
        jolts = self.trouble.label == "EL-F6" and min(start, to) <= self.rough <= max(start, to)
        self.shake = clamp(self.rng.gauss(45.0 if jolts else 12.0, 2.0), 6.0, 50.0)
        self.height, self.speed, self.going, self.still = float(to), 0.0, None, 0.0
        self.trips += 1
        self._open()

    def _open(self) -> None:
        """The door begins its cycle. Now and then somebody holds it; with dirt in the sill it reverses five to eight times."""
        self.door, self.doors, self.exchanged = "opening", 0.0, False
        stuck = self.trouble.label == "EL-F2" and round(self.height) == GROUND
        self.reopens = self.rng.randrange(5, 9) if stuck else int(self.rng.random() < 0.01)

    def _door(self, dt: float) -> None:
        """Opening, open, closing; the passenger steps in or out while it is open."""
        self.doors += dt
        if self.doors < OPENING:
            self.door = "opening"
        elif self.doors < OPENING + OPEN:
            self.door = "open"
        elif self.doors < OPENING + OPEN + CLOSING:
            self.door = "closing"
        else:
            self._shut()
        if self.door == "open" and not self.exchanged:
            boards = self.rider is not None and self.rider[0] == round(self.height) and not self.load
            self.load, self.exchanged = self.rng.uniform(6.0, 45.0) if boards else 0.0, True
        elif self.door == "closing" and self.reopens and self.doors >= OPENING + OPEN + 1.0:
            self.reopens -= 1
            self.door, self.doors = "opening", OPENING - 1.0
            self.cycles += 1

    def _shut(self) -> None:
        self.door = "closed"
        self.cycles += 1
        if self.load and self.rider:
            self._depart(self.rider[1])
        else:
            self.rider = None

    def _creep(self, dt: float) -> None:
        """The car moves with its door open, for a few seconds, and stays where it is."""
        if self.going:
            self._run(dt)
            return
        self.door = "open"
        creeps = self.trouble.age <= CREEPS
        self.speed = CREEP * (-1.0 if self.height > self.top / 2 else 1.0) if creeps else 0.0
        self.height += self.speed * dt / STOREY
        self.still = 0.0 if creeps else self.still

    @property
    def trapped(self) -> bool:
        """The car stands between floors with somebody in it."""
        return self.alarm_in is not None

    @property
    def ambient(self) -> float:
        """Machine room on the roof, °C."""
        return clamp(20.0 + 0.5 * (outdoor(self.now, self.offset) - 12.0), 10.0, 36.0)

    @property
    def level(self) -> bool:
        """Within the zone in which the door may open; floors on the way do not count."""
        ends = self.going or (round(self.height),)
        return any(abs(self.height - end) * STOREY <= ZONE for end in ends)

    def _amps(self) -> float:
        """Balanced at 45 % load; a dragging brake takes 30 % more."""
        if not self.speed:
            return 0.0
        amps = 8.0 + 14.0 * min(abs(self.load - 45.0) / 45.0, 1.0)
        return amps * 1.3 if self.trouble.label == "EL-F4" else amps

    def read(self) -> Mapping[str, Value]:
        """Every point of the lift."""
        moving = self.going is not None and not self.trapped
        away = "up" if self.going and self.going[1] > self.going[0] else "down"
        return {
            "floor": round(self.height),
            "direction": away if moving else "none",
            "speed": self.speed,
            "running": moving,
            "door_state": self.door,
            "door_zone": self.level,
            "service_mode": self.mode,
            "person_detected": self.load > 0.0,
            "alarm_button": self.alarm_in == 0.0,
            "fault_code": "safety chain" if self.trapped else "",
            "load_pct": self.load,
            "level_error": self.error,
            "car_vibration": self.shake,
            "motor_current": self._amps(),
            "brake_temp": self.brake,
            "machine_room_temp": self.ambient,
            "door_cycles": self.cycles,
            "trips_total": self.trips,
            "run_hours": self.hours,
            "power_ok": True,
            "pit_flood": False,
            "intercom_ok": True,
            "days_since_maint": int((self.now - self.visited) // DAY),
            "inspection_days_left": int((self.expires - self.now) // DAY),
            "rope_wear_days": int((self.now - self.roped) // DAY),
        }
