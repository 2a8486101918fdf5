"""What learned normal is told and what it answers: watched points, settings, findings. Loads no numpy, no numba."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from sensors.kit.words import MINOR, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from daemon.core.nouns import Reason
    from sensors.kit.words import Point, Severity

Key = tuple[str, str]  # (site, device)
Place = tuple[str, str, str]  # (site, device, point)
DAY = 86400.0
MONTH = 30 * DAY
FADES = 4.0 / MONTH  # nats a second by which the highest evidence that a channel has shown is forgotten
ANALOGUE = frozenset({Type.FLOAT, Type.INT})
CALENDAR = "d"  # days since or until a date: they count the calendar, and jump when somebody enters another date


class Tier(IntEnum):
    """How many shapes a channel remembers; measured bytes a channel beside it."""

    LEVEL = 0  # 1.5 kB
    SMALL = 250  # 11 kB
    MIDDLE = 500  # 20 kB
    LARGE = 1000  # 38 kB


class Detector(StrEnum):
    """Who found it."""

    CHANNEL = "channel"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Watched:
    """One point of one device: whether it is learned (`on`), or only tells the operating mode (states and switches)."""

    name: str
    point: Point
    instance: int | None = None
    on: bool = True

    @property
    def analogue(self) -> bool:
        return self.point.type in ANALOGUE and self.point.unit != CALENDAR

    @property
    def step(self) -> float:
        """The least difference that its instrument can tell, 0 where that is not known."""
        return self.point.resolution or (1.0 if self.point.type is Type.INT else 0.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a site learns. `per_month` is how many entries a device may put on the review list in a healthy month: it sets the
    threshold; `every` the seconds whose mean is one sample; `memory` bytes for all channels of the site."""

    per_month: float = 0.25
    every: float = 300.0
    margin: float | None = None  # nats above all that a channel has shown in the past month; None: `above`
    warm_readings: int = 150
    warm_seconds: float = 14 * DAY
    fit: int = 4032  # rows of a mode before its tracker speaks: 14 days of 5 min
    raise_at: float = 8.0  # spreads
    memory: int = 64_000_000
    systems: bool = False  # dynamic PCA for devices of ten and more analogue points
    tickets: bool = False  # a finding may open a (minor) ticket by itself

    def threshold(self, points: int) -> float:
        """Evidence in nats so rare that `points` channels stay within `per_month`, were all scores independent; at least 7.5."""
        samples = MONTH / max(self.every, 1.0) * max(points, 1)
        return max(7.5, math.log(samples / self.per_month))

    def above(self, points: int, *, shapes: bool) -> float:
        """How much more than it has shown before each of `points` channels must show, so that all of them together stay within
        `per_month` from the end of the warm-up on, whatever they are, if only their evidence has an exponential tail.

        A tail of scale b exceeds the highest of n months by m in e^(-m/b) / n of the months to come. Level and shape are nats, of
        scale 1; of one reading they may be as good as the same, and their sum is of scale 2 then, at worst: it exceeds s only
        where one of them exceeds s / 2. A past that fades counts for as many months as it weighs.
        """
        if self.margin is not None:
            return self.margin
        scale = 2.0 if shapes else 1.0
        fades, warm = FADES / scale, max(self.warm_seconds, self.warm_readings * max(self.every, 1.0))
        remembered = (1.0 - math.exp(-fades * warm)) / (fades * MONTH)
        return max(0.0, scale * math.log(max(points, 1) / (self.per_month * remembered)))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is not as usual: `points` the ones that show it, the clearest first; `evidence` in nats (channel), spreads
    (device) or times the limit (system). `id` is unique per finding: a repeated observation makes the same one."""

    id: str
    site: str
    device: str
    detector: Detector
    points: tuple[str, ...]
    at: float
    evidence: float
    reason: Reason
    severity: Severity = MINOR

    @property
    def rule(self) -> str:
        """The name under which it stands beside rules."""
        return f"learned:{self.points[0]}"


@dataclass(frozen=True, slots=True)
class Site:
    """What a site learns: its devices with their points, and the seconds its clocks are east of UTC."""

    id: str
    devices: Mapping[str, Sequence[Watched]]
    zone: float = 8 * 3600.0
    settings: Settings = field(default_factory=Settings)


def tiers(points: Sequence[Place], memory: int, cost: Mapping[Tier, int]) -> dict[Place, Tier]:
    """A tier for each point within `memory` bytes: all as good as all can be, then the first ones better while it lasts."""
    affordable = [tier for tier in Tier if cost[tier] * len(points) <= memory]
    common = max(affordable, default=Tier.LEVEL)
    left = memory - cost[common] * len(points)
    chosen = dict.fromkeys(points, common)
    better = next((tier for tier in Tier if tier > common), None)
    for point in points if better is not None else ():
        left -= cost[better] - cost[common]  # type: ignore[index]
        if left < 0:
            break
        chosen[point] = better  # type: ignore[assignment]
    return chosen


def watched_analogue(points: Iterable[Watched]) -> list[Watched]:
    """The points that are learned."""
    return [one for one in points if one.on and one.analogue]
