"""EV charging pile: cars come, charge at constant current, taper, wait and leave; plug and inside warm up with the current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, NONE, Equipment, Value, Wander, hour, hourly, lag, outdoor, wave

if TYPE_CHECKING:
    from collections.abc import Mapping

ARRIVALS = (  # per hour
    0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.04, 0.04, 0.04, 0.04, 0.05,
    0.05, 0.04, 0.04, 0.05, 0.07, 0.10, 0.12, 0.12, 0.12, 0.12, 0.08, 0.04,
)  # fmt: skip
TAPER = 900.0  # s from full current to 6 A
PREPARING, FINISHING = 20.0, 60.0  # s
METER = frozenset({"voltage", "current", "power"})
PLUG_K = 0.024  # K/A² the plug is above ambient
WORN_K, WEARS = 0.060, 20 * DAY  # the same of the bad contact of EV-F2, and how long it takes to become that bad
INSIDE_K = 18.0  # K at rated power
TRIPS, TRIPPED = (2400.0, 6000.0), 60.0  # s after which moisture trips the leakage protection, and for how long
HEARD = 120.0  # s of a session before the connection is lost
LOADED = ("EV-F4", "EV-F5", "EV-F6")  # faults that show only with a car, and bring one
SLOW = ("EV-F2", "EV-F4")  # faults that change no state


class EvCharger(Equipment):
    """State of one connector."""

    plays: tuple[str, ...] = ("EV-F1", "EV-F2", "EV-F3", "EV-F4", "EV-F5", "EV-F6")

    def _set_up(self) -> None:
        rng = self.rng
        self.status, self.since = "Available", 0.0
        self.offered = self.current = 0.0  # A
        self.need = self.energy = self.seconds = self.waits = 0.0  # kWh, kWh, s, s
        self.soc = 60.0
        self.number = rng.randrange(10_000, 90_000)
        self.total = rng.uniform(500.0, 9000.0)
        self.grid, self.leak, self.radio = (
            Wander(rng, 0.8, 300.0),
            Wander(rng, 0.15, 900.0),
            Wander(rng, 2.0, 3600.0),
        )
        self.mean_rssi = rng.uniform(-85.0, -68.0)
        self.plug_k = self.inside_k = 0.0
        if rng.random() < 4.0 * hourly(ARRIVALS, hour(self.now, self.offset)):  # a car that came before we looked
            self._begin()
            self.status, self.since = "Charging", 600.0
            self.energy = self.need * rng.uniform(0.05, 0.8)
            self.seconds = self.energy / (self.offered * 0.225) * 3600.0
            self.current = self.offered
            self.plug_k, self.inside_k = PLUG_K * self.offered**2, INSIDE_K * self.offered / 32.0

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        self.since += dt
        self.grid.step(dt)
        self.leak.step(dt)
        self.radio.step(dt)
        self._live(dt)
        self._deliver(dt)
        self._warm(dt)

    def pace(self) -> float:
        """One second where states follow each other, ten while it charges or waits."""
        quick = self.trouble.label and self.trouble.label not in SLOW
        return 1.0 if quick or self.status in ("Preparing", "Finishing") else 10.0

    def hurried(self) -> frozenset[str]:
        """The meter is read with every change of state, so that current and contactor are never told apart."""
        return METER if self.since <= 2.0 else NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault; those that show only under load bring a car with them."""
        self.trouble.begin(label)
        if label == "EV-F1":
            self.current = self.current or 16.0
            self._enter("Finishing")
        elif label in LOADED:
            if self.status != "Charging" or self.offered < self.params["rated_current"]:
                self._begin()
                self.offered = self.params["rated_current"]
                self._enter("Charging")
            self.need = max(self.need, self.energy + 60.0)

    def recover(self) -> None:
        """Repaired; a car that waited in vain leaves, and so does one whose order was lost with the connection."""
        label = self.trouble.label
        self.trouble.end()
        if label in ("EV-F1", "EV-F5", "EV-F6"):
            self._enter("Finishing")

    @property
    def active(self) -> bool:
        """An order is in progress."""
        return self.status in ("Charging", "SuspendedEV")

    @property
    def welded(self) -> bool:
        """The contactor does not open."""
        return self.trouble.label == "EV-F1"

    @property
    def offline(self) -> bool:
        """Nothing is heard of it, once the session has begun."""
        return self.trouble.label == "EV-F6" and self.trouble.age > HEARD

    def _begin(self) -> None:
        """A car arrives: one in five takes 16 A; it needs about 22 ± 10 kWh and stays a while when it is full."""
        full = self.params["rated_current"]
        self.offered = full / 2.0 if self.rng.random() < 0.2 else full
        self.need = min(self.rng.lognormvariate(3.0, 0.43), 60.0)
        self.waits = self.rng.uniform(300.0, 5400.0)
        self.energy = self.seconds = 0.0
        self.soc = max(95.0 - self.need * 1.5, 10.0)
        self.number += 1
        self._enter("Preparing")

    def _enter(self, status: str) -> None:
        self.status, self.since = status, 0.0

    def _live(self, dt: float) -> None:
        """The order of states in a car's visit."""
        if self.status == "Available":
            if self.rng.random() < hourly(ARRIVALS, hour(self.now, self.offset)) / 3600.0 * dt:
                self._begin()
        elif self.status == "Preparing" and self.since >= PREPARING:
            self._enter("Charging")
        elif self.status == "Charging" and self.energy >= self.need and self.trouble.label != "EV-F5":
            self._enter("SuspendedEV")
        elif self.status == "SuspendedEV" and self.since >= self.waits:
            self._enter("Finishing")
        elif self.status == "Finishing" and self.since >= FINISHING and not self.welded:
            self._enter("Available")

    def _deliver(self, dt: float) -> None:
        """Constant current, in the last 5 % of the energy down to 6 A."""
        if self.welded:
            return
        wanted = 0.0
        if self.status == "Charging" and self.trouble.label != "EV-F5":
            wanted = self.offered
            if self.energy > 0.95 * self.need:
                wanted = max(self.current - (self.offered - 6.0) / TAPER * dt, 6.0)
        self.current = wanted
        if self.active:
            self.seconds += dt
        moved = self.power * dt / 3600.0
        self.energy += 0.0 if self.offline else moved  # the meter goes on, the order does not
        self.total += moved
        self.soc = min(self.soc + moved * 1.5, 100.0)

    def _warm(self, dt: float) -> None:
        worn = min(self.trouble.age / WEARS, 1.0) if self.trouble.label == "EV-F2" else 0.0
        plug = PLUG_K + (WORN_K - PLUG_K) * worn
        inside = 45.0 if self.trouble.label == "EV-F4" else INSIDE_K
        self.plug_k = lag(self.plug_k, plug * self.current**2, dt, 720.0)
        self.inside_k = lag(self.inside_k, inside * self.power / self.params["rated_power"], dt, 1800.0)

    @property
    def volts(self) -> float:
        """Supply voltage: an evening dip of 4 V and the pile's own drop."""
        dip = 4.0 * max(wave(self.now, DAY, 20 * 3600.0, self.offset), 0.0)
        return 228.0 - dip - 0.06 * self.current + self.grid.x

    @property
    def power(self) -> float:
        """Active power, kW."""
        return self.volts * self.current / 1000.0

    def read(self) -> Mapping[str, Value]:
        """Every point of the connector; none while it is off line."""
        if self.offline:
            return {}
        ambient = outdoor(self.now, self.offset) + 2.0
        closed = self.status == "Charging" and self.trouble.label != "EV-F5"
        wet = 21.0 if self.trouble.label == "EV-F3" else 0.0
        tripped = wet > 0.0 and any(trip <= self.trouble.age < trip + TRIPPED for trip in TRIPS)
        return {
            "connector_status": self.status,
            "error_code": "GroundFailure" if tripped else "NoError",
            "vendor_error": "",
            "session_active": self.active,
            "session_id": f"S{self.number}" if self.active else "",
            "session_energy": self.energy,
            "session_seconds": self.seconds,
            "voltage": self.volts,
            "current": self.current,
            "power": self.power,
            "energy_total": self.total,
            "residual_current": 1.0 + 0.02 * self.current + self.leak.x + wet,
            "residual_dc": 0.5 + self.leak.x / 2.0,
            "gun_temp": ambient + self.plug_k,
            "internal_temp": ambient + 4.0 + self.inside_k,
            "ambient_temp": ambient,
            "contactor_cmd": self.status == "Charging",
            "contactor_closed": closed or self.welded,
            "pe_ok": True,
            "estop": False,
            "door_open": False,
            "tilt": False,
            "smoke": False,
            "rssi": self.mean_rssi + self.radio.x,
            "soc": self.soc,
            "insulation_kohm": 3000.0,
            "work_order_active": False,
        }
