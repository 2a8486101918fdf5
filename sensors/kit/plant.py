"""What a simulated plant is, and the small parts plants are built from: lags, hysteresis, wandering, daily cycles, weather.

A plant holds true values; `measure` turns a true value into what the point's sensor would report. Everything is pure: time is an
argument, randomness a seeded `random.Random` handed in, so that the same arguments give the same values, bit for bit.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from math import cos, exp, pi, sin, sqrt
from typing import TYPE_CHECKING, Protocol

from sensors.kit.words import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from sensors.kit.words import Point

Value = float | int | str | bool

BEIJING = 8 * 3600.0  # seconds east of UTC; communities in China have no daylight saving
DAY = 86400.0
YEAR = 365.2425 * DAY
_EPOCH_DAY = date(1970, 1, 1).toordinal()
NONE: frozenset[str] = frozenset()


class Plant(Protocol):
    """Equipment that moves on by `step` and shows itself by `read`.

    Made by `KIND.plant(params, instances, rng, start, offset)`, `offset` being the site's seconds east of UTC.
    """

    plays: tuple[str, ...]
    """Labels of the faults it can play."""

    def step(self, now: float, dt: float) -> None:
        """Move the physics on by `dt` seconds; `now` (epoch s) is the end of the step. Stable for `dt` up to 10 s."""

    def read(self) -> Mapping[str, Value]:
        """True value of every point, by expanded name; nothing at all while the device is off line."""

    def pace(self) -> float:
        """The longest step that still shows every edge in time: 1 s while things move, more while it is quiet."""

    def hurried(self) -> frozenset[str]:
        """Points that are sampled every second right now, whatever their period."""

    def inject(self, label: str) -> None:
        """Begin a labelled fault. ValueError if it is not in `plays`."""

    def recover(self) -> None:
        """End the fault: somebody has repaired it, the physics brings the values back."""


class Trouble:
    """The fault being played, if any, and for how many seconds it has been."""

    __slots__ = ("age", "label", "plays")

    def __init__(self, plays: tuple[str, ...]) -> None:
        self.plays = plays
        self.label = ""
        self.age = 0.0

    def begin(self, label: str) -> None:
        """Start `label` from age zero."""
        if label not in self.plays:
            raise ValueError(f"cannot play {label}; can play {', '.join(self.plays)}")
        self.label, self.age = label, 0.0

    def end(self) -> None:
        """No fault any more."""
        self.label, self.age = "", 0.0


class Equipment:
    """What plants have in common: their place in time and the fault they play. A plant sets its own state up in `_set_up`."""

    plays: tuple[str, ...] = ()

    def __init__(
        self,
        params: Mapping[str, float],
        instances: Mapping[str, tuple[int, ...]],
        rng: Random,
        start: float,
        offset: float = BEIJING,
    ) -> None:
        self.params, self.instances, self.rng, self.offset, self.now = params, instances, rng, offset, start
        self.trouble = Trouble(self.plays)
        self._set_up()

    def _set_up(self) -> None:
        """The state at `now`."""

    def hurried(self) -> frozenset[str]:
        """Nothing is ever sampled faster."""
        return NONE

    def inject(self, label: str) -> None:
        """Begin a labelled fault."""
        self.trouble.begin(label)

    def recover(self) -> None:
        """End it."""
        self.trouble.end()


class Wander:
    """A value that wanders around zero: first-order autoregressive, standard deviation `sigma`, memory `tau` seconds."""

    __slots__ = ("rng", "sigma", "tau", "x")

    def __init__(self, rng: Random, sigma: float, tau: float) -> None:
        self.rng, self.sigma, self.tau = rng, sigma, tau
        self.x = rng.gauss(0.0, sigma)

    def step(self, dt: float) -> float:
        """Move on by `dt` seconds; never further than three sigma, for healthy values stay in their band."""
        keep = exp(-dt / self.tau)
        moved = self.x * keep + self.sigma * sqrt(1.0 - keep * keep) * self.rng.gauss(0.0, 1.0)
        self.x = clamp(moved, -3.0 * self.sigma, 3.0 * self.sigma)
        return self.x


class Band:
    """Two-point control: goes on below `low`, off above `high`, stays as it is in between."""

    __slots__ = ("high", "low", "on")

    def __init__(self, low: float, high: float, *, on: bool = False) -> None:
        self.low, self.high, self.on = low, high, on

    def step(self, value: float) -> bool:
        """Whether it is on, now that the value is `value`."""
        self.on = value < self.low or (self.on and value <= self.high)
        return self.on


def clamp(value: float, low: float, high: float) -> float:
    """`value`, not outside low..high."""
    return min(max(value, low), high)


def lag(value: float, target: float, dt: float, tau: float) -> float:
    """First-order lag: `value` after `dt` seconds on its way to `target` with time constant `tau`."""
    return target + (value - target) * exp(-dt / tau)


def ramp(value: float, target: float, step: float) -> float:
    """`value` moved towards `target` by at most `step`."""
    return clamp(target, value - step, value + step)


def travelled(seconds: float, top: float, pull: float) -> float:
    """Metres from rest in so many seconds, gaining speed at `pull` m/s² up to `top` m/s."""
    gaining = min(seconds, top / pull)
    return pull * gaining * gaining / 2.0 + top * (seconds - gaining)


def hour(now: float, offset: float = BEIJING) -> float:
    """Local hour of the day, 0 ≤ h < 24."""
    return (now + offset) % DAY / 3600.0


def weekday(now: float, offset: float = BEIJING) -> int:
    """Local day of the week, 0 = Monday (1970-01-01 was a Thursday)."""
    return int((now + offset) // DAY + 3) % 7


def day_of_year(now: float, offset: float = BEIJING) -> float:
    """Local day of the year, 0 = New Year's midnight."""
    days, rest = divmod(now + offset, DAY)
    return _days_before(int(days)) + rest / DAY


@lru_cache(maxsize=4)
def _days_before(day: int) -> int:
    """Days of that day's year that were over when it began; asked for several times a step, of the same day."""
    return date.fromordinal(day + _EPOCH_DAY).timetuple().tm_yday - 1


def hourly(table: Sequence[float], h: float) -> float:
    """Linear interpolation in a table of 24 factors, one per full hour."""
    low = int(h)
    share = h - low
    return table[low % 24] * (1.0 - share) + table[(low + 1) % 24] * share


def wave(now: float, period: float, peak: float, offset: float = BEIJING) -> float:
    """A sine of amplitude one and the given period in seconds, highest `peak` seconds after the local start of a period."""
    return cos(2.0 * pi * ((now + offset - peak) % period) / period)


def outdoor(now: float, offset: float = BEIJING) -> float:
    """Outdoor temperature in °C, the same for every device: the year of north China (−3 °C late January, 27 °C late July),
    5 K over the day with its minimum at 06:00, and fronts of a few days as two sines that never line up twice."""
    fronts = 1.8 * sin(now / (3.1 * DAY)) + 1.0 * sin(now / (1.37 * DAY) + 2.0)
    return 12.0 - 15.0 * wave(now, YEAR, 20 * DAY, offset) - 5.0 * wave(now, DAY, 6 * 3600.0, offset) + fronts


def room(now: float, offset: float = BEIJING) -> float:
    """Temperature of an underground equipment room in °C: 9 to 24 over the year, never near freezing."""
    return 15.0 + 0.25 * (outdoor(now, offset) - 12.0) + 2.0


def measure(point: Point, value: Value, rng: Random) -> Value:
    """What the sensor of `point` reports for a true value: its noise, its range, its resolution.

    A quantity at rest at the zero of its range reads zero (low-flow cut-off); states, texts and counters have no noise.
    """
    if isinstance(value, bool | str) or point.type in (Type.BOOL, Type.ENUM, Type.TEXT):
        return value
    low = point.span[0] if point.span else None
    if point.noise and not (value == 0 == low):
        value += rng.gauss(0.0, point.noise * (abs(value) if point.noise_relative else 1.0))
    if point.span:
        value = clamp(value, *point.span)
    return quantise(value, point)


def quantise(value: float, point: Point) -> float | int:
    """`value` in whole steps of the point's resolution; an integer where the point counts things."""
    step = point.resolution
    if point.type is Type.INT or (point.type is Type.COUNTER and step == 1):
        return round(value)
    return round(round(value / step) * step, 6) if step else round(value, 6)
