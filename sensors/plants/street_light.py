"""Street lighting: a contactor that follows the sun, forty lamps dimmed after half past eleven, and the cable they hang on."""

from __future__ import annotations

from datetime import date
from math import acos, asin, cos, exp, pi, radians, sin
from typing import TYPE_CHECKING

from sensors.kit.plant import DAY, Equipment, Value, Wander, clamp, hour, outdoor, ramp, wave

if TYPE_CHECKING:
    from collections.abc import Mapping

LATITUDE = radians(39.9)
WEST = 3.6  # degrees west of the meridian of the local time: Beijing, 116.4 E
HORIZON = radians(-0.833)  # of the upper limb, refraction included
OFF_BEFORE = 600.0  # s before sunrise
DIMMED = (23.5, 5.0)  # from … to, hours
FAILING = 0.006 / (30.0 * DAY)  # of a lamp, per second
CUT = 0.55  # share of the lamps before the place where the cable is stolen
PHASES = 3
EPOCH = date(1970, 1, 1).toordinal()


class StreetLight(Equipment):
    """State of one feeder."""

    plays: tuple[str, ...] = ("SL-F1", "SL-F2", "SL-F3", "SL-F4", "SL-F5", "SL-F6")

    def _set_up(self) -> None:
        rng = self.rng
        self.told = self.instances.get("n", ())  # the lamps with a controller of their own
        spread = [rng.uniform(0.96, 1.04) for _ in range(int(self.params["lamps"]))]
        mean = sum(spread) / len(spread)
        self.watts = [self.params["lamp_watt"] * each / mean for each in spread]  # each lamp alight
        self.failed: set[int] = set()  # indices of lamps that are dead
        self.grid, self.weather = Wander(rng, 0.8, 300.0), Wander(rng, 1.0, 6 * 3600.0)
        self.cloud = Wander(rng, 0.2, 3600.0)
        self.wet = 0.0  # mA through a damp joint
        self.lit = [0.0] * len(self.watts)  # W of each lamp right now
        self._switch()

    def step(self, now: float, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.now = now
        self.trouble.age += dt
        for wander in (self.grid, self.weather, self.cloud):
            wander.step(dt)
        if self.rng.random() < FAILING * len(self.watts) * dt:
            self.failed.add(self.rng.randrange(len(self.watts)))
        self.wet = ramp(self.wet, 172.0 if self.trouble.label == "SL-F4" else 0.0, 0.3 * dt)
        self._switch()

    def pace(self) -> float:
        """Nothing moves fast."""
        return 10.0 if self.trouble.label or self.wet else 30.0

    def inject(self, label: str) -> None:
        """Begin a labelled fault."""
        self.trouble.begin(label)
        self._switch()

    def recover(self) -> None:
        """Cable drawn in, contactor changed, selector back on automatic."""
        self.trouble.end()
        self._switch()

    @property
    def wanted(self) -> bool:
        """Night by the astronomical clock: from a while after sunset until ten minutes before sunrise."""
        rise, fall = sun_times(self.now, self.offset)
        return self.now < rise - OFF_BEFORE or self.now >= fall + 60.0 * self.params["sunset_offset_min"]

    @property
    def command(self) -> bool:
        """What the cabinet asks of its contactor."""
        return self.trouble.label == "SL-F1" or self.wanted

    def _switch(self) -> None:
        """Contactor, dimming, and what reaches each lamp."""
        label = self.trouble.label
        self.closed = label == "SL-F5" or (self.command and label != "SL-F6")
        late = hour(self.now, self.offset)
        share = 0.5 if late >= DIMMED[0] or late < DIMMED[1] else 1.0
        self.lit = [watts * share if self.closed and self._fed(i) else 0.0 for i, watts in enumerate(self.watts)]
        self.phases = [sum(self.lit[i::PHASES]) for i in range(PHASES)]

    def _fed(self, lamp: int) -> bool:
        if self.trouble.label == "SL-F2" and lamp % PHASES == 1:
            return False
        if self.trouble.label == "SL-F3" and lamp >= CUT * len(self.watts):
            return False
        return lamp not in self.failed

    def read(self) -> Mapping[str, Value]:
        """Every point of the feeder."""
        height = altitude(self.now, self.offset)
        volts = 226.0 + 3.0 * wave(self.now, DAY, 3 * 3600.0, self.offset) + self.grid.x
        power, stolen = sum(self.phases), self.trouble.label == "SL-F3"
        rain = clamp(self.weather.x - 1.3, 0.0, 1.0)
        values: dict[str, Value] = {
            "ctrl_mode": "manual" if self.trouble.label == "SL-F1" else "auto",
            "contactor_cmd": self.command,
            "contactor_closed": self.closed,
            "voltage_a": volts,
            "power": power,
            "residual_current": 8.0 + 15.0 * rain + self.wet,
            "illuminance": daylight(height, 0.6 + self.cloud.x),
            "end_voltage": 0.0 if stolen else volts - 0.6 * power / 100.0,
            "cabinet_door": False,
            "cabinet_temp": outdoor(self.now, self.offset) + 3.0 + 8.0 * max(sin(height), 0.0),
            "sun_up": height > HORIZON,
        }
        for name, watts in zip(("current_a", "current_b", "current_c"), self.phases, strict=True):
            values[name] = watts / (0.97 * volts)
        for n in self.told:
            values[f"lamp{n:02d}_power"] = self.lit[(n - 1) % len(self.lit)]
            values[f"lamp{n:02d}_fault"] = (n - 1) % len(self.lit) in self.failed
        return values


def _sun(now: float, offset: float) -> tuple[float, float, float]:
    """Declination in radians, local midnight (epoch s) and solar noon in hours after it, of the local day."""
    day = int((now + offset) // DAY)
    turn = 2.0 * pi * (date.fromordinal(day + EPOCH).timetuple().tm_yday - 81) / 365.0
    late = (9.87 * sin(2.0 * turn) - 7.53 * cos(turn) - 1.5 * sin(turn)) / 60.0  # h, the equation of time
    return radians(23.44) * sin(turn), day * DAY - offset, 12.0 + WEST / 15.0 - late


def sun_times(now: float, offset: float) -> tuple[float, float]:
    """Sunrise and sunset of the local day, epoch s."""
    tilt, midnight, noon = _sun(now, offset)
    half = acos((sin(HORIZON) - sin(LATITUDE) * sin(tilt)) / (cos(LATITUDE) * cos(tilt))) * 12.0 / pi
    return midnight + (noon - half) * 3600.0, midnight + (noon + half) * 3600.0


def altitude(now: float, offset: float) -> float:
    """Height of the sun above the horizon, radians."""
    tilt, midnight, noon = _sun(now, offset)
    angle = ((now - midnight) / 3600.0 - noon) * pi / 12.0
    return asin(sin(LATITUDE) * sin(tilt) + cos(LATITUDE) * cos(tilt) * cos(angle))


def daylight(height: float, clear: float) -> float:
    """Lux at the ground: 400 at sunset, 3 at the end of civil twilight, some 100,000 at a clear noon in June."""
    if height <= 0.0:
        return 400.0 * exp(46.0 * height)
    return 400.0 + 100_000.0 * clamp(clear, 0.1, 1.0) * float(sin(height) ** 1.2)
