"""How long the noise of instruments may hold up what is told of a slow ramp, worked out before it is played, by one formula.

A ramp is told by ideal instruments at the moment when the judged quantity reaches its threshold. Noise may keep it from being
told until the quantity is further by K sigma of what is judged, and by half a step of its display:

    (K * spread * sigma / sqrt(samples) + step / 2) / rate

- `sigma` and `step` are those the kind declares of the point, times `parts` where the noise of several gauges goes in;
- `samples` are those of the window, by its length, the point's period and the coarseness of the trial; without a window one;
- `spread` is that of the statistic: 1 for a mean, and see below;
- `rate` is the growth of the judged quantity at the threshold, by what the plant plays, in the point's unit an hour.

Where the quantity comes into view only `again` and again (at the load of the evening, at the end of a day) this is rounded up to
whole times. Where it does so by `chance`, when a car comes, there is no such time: then the first telling of ideal instruments
that is this much after their first is what is declared. K is 3 for all: of some hundred samples that must agree (a delay during
which none may fall back), about none is further out. What a single sample tells gets nothing, for there noise can only be early
(WS-F5, PW-F6, PW-F9), nor what the equipment itself gives up at (BO-F3), nor what has grown within the hour. The formula was
written down after the first runs, but no figure in it was taken from one: all are of the kinds, the plants and the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from sensors.registry import kinds

HOUR, DAY = 3600.0, 86400.0
K = 3.0
MEDIAN = 1.25  # of a median, in those of a mean: sqrt(pi / 2)
SLOPE = sqrt(12.0)  # of a least-squares slope, times the length of its window
AHEAD = sqrt(28.0)  # of the line through a window, looked at one window ahead
BOTH = sqrt(2.0)  # two gauges, or one against its own past, which trembles as well


@dataclass(frozen=True, slots=True)
class Ramp:
    """What a rule judges of a slow ramp; `rate` an hour, times in s. `count` is the window in samples where it is not in time."""

    point: str
    rate: float
    over: float = 0.0
    count: float = 1.0
    spread: float = 1.0
    parts: float = 1.0
    again: float = 0.0
    chance: bool = False

    def time(self, kind: str, coarse: int) -> float:
        """The formula (s)."""
        point = next(point for point in kinds()[kind].points if point.name == self.point)
        samples = max(self.over / ((point.every or 1.0) * coarse), 1.0) if self.over else self.count
        tremble = K * self.spread * (point.noise or 0.0) / sqrt(samples) + (point.resolution or 0.0) / 2.0
        late = tremble * self.parts / self.rate * HOUR
        return ceil(late / self.again) * self.again if self.again else late


RAMPS = {
    "BO-F5": Ramp("flue_temp", 0.4 / 24, over=7 * DAY),  # 0.4 K a day at 70 % load
    "BO-F8": Ramp("supply_temp", 0.15 / 24, over=DAY, parts=BOTH, again=DAY),  # 0.15 K a day; the mean follows the day's load
    "BO-F10": Ramp("flue_co", 570.0 / 120),  # 570 ppm in 5 d; for 3 min
    "DQ-F3": Ramp("tank{k}_level", 0.02 / 24, over=DAY, parts=BOTH, again=DAY),  # judged by days
    "EL-F3": Ramp("level_error", 12.0 / 60 / 24, count=200, spread=MEDIAN),  # 12 mm in 60 d; 200 stops
    "EV-F2": Ramp("gun_temp", 0.0018 * 32**2 / 24, chance=True),  # 0.036 K/A² in 20 d at 32 A, while a car charges
    "FP-F8": Ramp("room_temp", 1.0),  # 1 K an hour
    "FP-F9": Ramp("tank_level", 0.02 / 6, over=6 * HOUR, spread=SLOPE, parts=1 / 6),  # the slope over 6 h comes to 0.02 m/h
    "PW-F1": Ramp("winding_temp_a", 26.0),  # 102 to 128 °C within an hour; for 2 min
    "PW-F2": Ramp("contact_temp_b", 1.5 * 0.7**2 / 24, parts=BOTH, again=DAY),  # 1.5 K a day at full current, here at 0.7 of it
    "PW-F8": Ramp("winding_temp_a", 0.4 / 24, parts=BOTH, again=DAY),  # 0.4 K a day against what the load gives, for 2 h
    "RW-F1": Ramp("tmp_kpa", 2.5 / 72, over=0.8 * 3 * DAY, spread=SLOPE, parts=1 / 3),  # the slope over 3 d comes to 2.5 kPa/d
    "RW-F4": Ramp("air_flow", 3.0 / 24, over=DAY, spread=MEDIAN, parts=BOTH),  # 1 % of 300 m³/h a day, against its baseline
    "RW-F5": Ramp("total_chlorine", 0.4 / 3),  # towards 0.1 mg/L in 3 h, at 0.5; for 30 min
    "RW-F8": Ramp("h2s", 25.0 / 6),  # 25 ppm in 6 h; for 30 s
    "WS-F2": Ramp("tank{k}_level", 0.4),  # 0.4 m/h at least; for 1 min
    "WS-F6": Ramp("free_chlorine", 0.056, over=6 * HOUR, spread=AHEAD),  # what is foreseen falls by 0.056 mg/L an hour
    "WS-F10": Ramp("tank{k}_level", 0.01 / 24, over=DAY, again=DAY),  # half of 0.02 m a day, against the mean of two; by days
}


def through_noise(kind: str, label: str, coarse: int) -> float:
    """What is added to the time declared for a fault (s); nothing unless it is a slow ramp."""
    ramp = RAMPS.get(label)
    return ramp.time(kind, coarse) if ramp is not None else 0.0


def by_chance(label: str) -> bool:
    """Can nobody say when this fault comes into view again?"""
    return label in RAMPS and RAMPS[label].chance
