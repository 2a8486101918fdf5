"""How often what is learned speaks of points that are nothing but noise: what `per_month` promises must hold there first.

Many points, each noise of its own, are learned for two weeks and listened to for a month, with the settings of a device of
`POINTS` such points: each by its channel detector, `POINTS` together by the tracker of a device. Nothing else is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from daemon.core.learned import channel, layout, tracker
from daemon.core.learned.finding import DAY, Settings, Tier
from tests.bench.detection.catalogue import WINTER
from tests.bench.detection.kept import Kept
from tests.bench.detection_learned.score import code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.bench.detection_learned.score import Memory

POINTS = 25  # of the device whose settings are taken: as many as a boiler has
CHANNELS, MONTH, SEEDS = 300, 30, (99, 100, 101)
PER_DAY = int(DAY / Settings().every)
NO_KIND = "gateway"  # it is not learned: this result changes with what all kinds share


@dataclass(frozen=True, slots=True)
class Noise:
    """What the points are, in standard deviations: how much of a sample is that of five minutes ago, a daily wave, the step of
    the instrument; `tail` is the index of a heavy one (Student's), 0 for none."""

    name: str
    memory: float = 0.0
    wave: float = 0.0
    step: float = 0.0
    tail: float = 0.0


HOURLY, BY_SHIFT = (float(np.exp(-300.0 / seconds)) for seconds in (3600.0, 6 * 3600.0))
NOISES = (
    Noise("white noise"),
    Noise("white noise on a daily wave of 3 standard deviations", wave=3.0),
    Noise("white noise, read in steps of 1 standard deviation", step=1.0),
    Noise("white noise, read in steps of 4 standard deviations: one value, but for 1 sample in 22", step=4.0),
    Noise("noise that wanders by the hour", HOURLY),
    Noise("noise that wanders by the hour, on such a wave, read in steps of 1", HOURLY, 3.0, 1.0),
    Noise("noise that wanders by the hour, read in steps of 4", HOURLY, step=4.0),
    Noise("noise that wanders by six hours", BY_SHIFT),
    Noise("white noise with heavy tails (Student's t, 4 degrees)", tail=4.0),
)


def listen(keep: Memory) -> None:
    """What is not yet known."""
    for noise in NOISES:
        if heard(noise, keep) is None:
            began, told = process_time(), [spoken(noise, seed=seed) for seed in SEEDS]
            took = round(process_time() - began, 1)
            by_channel, by_device = (sum(rates) / len(SEEDS) for rates in zip(*told, strict=True))
            found = {"channel": by_channel, "device": by_device}
            keep.add(Kept(_key(noise), code(NO_KIND), datetime.now(UTC).date().isoformat(), took, found))


def heard(noise: Noise, keep: Memory) -> tuple[float, float] | None:
    """Findings of a device and month, by its channels and by its tracker, if they are known."""
    kept = keep.find(_key(noise), NO_KIND)
    return None if kept is None else (float(kept.found["channel"]), float(kept.found["device"]))


def _key(noise: Noise) -> str:
    return f"{noise} of {CHANNELS} channels, seeds {SEEDS}, {Settings()} for {POINTS} points"


def spoken(noise: Noise, *, channels: int = CHANNELS, seed: int = SEEDS[0], tier: Tier = Tier.LARGE) -> tuple[float, float]:
    """Findings of a device of `POINTS` such points in a healthy month, by its channels and by its tracker."""
    chosen, rng = Settings(), np.random.default_rng(seed)
    state, devices = layout.channels(channels, tier, seed), tracker.tracks(max(1, channels // POINTS), POINTS)
    devices.least[:] = noise.step
    knobs = np.tile(_knobs(chosen, noise, tier), (channels, 1))
    last, by_channel, by_device = rng.normal(size=channels), 0, 0
    for day in range(round(chosen.warm_seconds / DAY) + MONTH):
        at = WINTER + day * DAY + chosen.every * np.arange(1, PER_DAY + 1, dtype=np.float64)
        rows = _wander(rng, last, noise)
        last = rows[-1].copy()
        rows = _read(rows + noise.wave * np.sin(2.0 * np.pi * at / DAY)[:, None], noise.step)
        by_channel += _heard(state, knobs, at, rows)
        by_device += _left(devices, at, rows, chosen)
    return POINTS * by_channel / channels, by_device / len(devices.rows)


def _knobs(chosen: Settings, noise: Noise, tier: Tier) -> NDArray[np.float64]:
    above = chosen.above(POINTS, shapes=tier > Tier.LEVEL)
    return np.array([chosen.threshold(POINTS), chosen.warm_readings, chosen.warm_seconds, above, noise.step])


def _wander(rng: np.random.Generator, last: NDArray[np.float64], noise: Noise) -> NDArray[np.float64]:
    many = (PER_DAY, len(last))
    fresh: NDArray[np.float64] = rng.standard_t(noise.tail, many) if noise.tail else rng.normal(size=many)
    fresh *= np.sqrt(1.0 - noise.memory**2)
    for n in range(len(fresh) if noise.memory else 0):
        fresh[n] += noise.memory * (fresh[n - 1] if n else last)
    return fresh


def _read(rows: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.round(rows / step) * step if step else rows
    return rounded


def _heard(state: layout.Channels, knobs: NDArray[np.float64], at: NDArray[np.float64], rows: NDArray[np.float64]) -> int:
    """How often the channels speak on one day."""
    count = rows.shape[1]
    readings = np.column_stack([np.repeat(at, count), rows.reshape(-1)])
    which, out = np.tile(np.arange(count), len(at)), np.zeros((rows.size, layout.VERDICT))
    channel.observe(state, which, readings, np.ones(rows.size, np.bool_), knobs, out)
    return int((out[:, layout.SAID] > 0.0).sum())


def _left(devices: tracker.Tracks, at: NDArray[np.float64], rows: NDArray[np.float64], chosen: Settings) -> int:
    """How often a tracker says on one day that a point has left its normal."""
    found = 0
    for i in range(len(devices.rows) if rows.shape[1] >= POINTS else 0):
        for time, row in zip(at, rows[:, i * POINTS : (i + 1) * POINTS], strict=True):
            if tracker.follow(devices, i, (time, True), row, chosen.fit) > 0:
                enough = devices.about[i, tracker.WORST] > chosen.raise_at
                found += int(enough)
                devices.about[i, tracker.ALARM] = float(enough)
    return found
