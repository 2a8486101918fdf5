"""How often the channel detector speaks of points that are nothing but noise: where its warnings on healthy equipment come from.

Many channels, each noise of its own, are learned for two weeks and listened to for a month, with the settings of a device of
`POINTS` such points. Nothing else is simulated: no plant, no rule, no device detector.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from daemon.core.learned import channel, layout
from daemon.core.learned.finding import DAY, Settings, Tier
from tests.bench.detection.catalogue import WINTER
from tests.bench.detection.kept import Kept
from tests.bench.detection_learned.score import code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.bench.detection_learned.score import Memory

POINTS = 25  # of the device whose settings are taken: as many as a boiler or a fire pump has
CHANNELS, MONTH, SEED = 300, 30, 99
NO_KIND = "gateway"  # it is not learned: this result changes with what all kinds share


@dataclass(frozen=True, slots=True)
class Noise:
    """What the channels are: how much of a sample is that of five minutes ago, and a daily wave in standard deviations."""

    name: str
    memory: float
    wave: float = 0.0


HOURLY = float(np.exp(-300.0 / 3600.0))
NOISES = (
    Noise("white noise", 0.0),
    Noise("white noise on a daily wave of 3 standard deviations", 0.0, 3.0),
    Noise("noise that wanders by the hour", HOURLY),
    Noise("noise that wanders by the hour, on such a wave", HOURLY, 3.0),
)


def listen(keep: Memory) -> None:
    """What is not yet known."""
    for noise in NOISES:
        if heard(noise, keep) is None:
            began, found = process_time(), {"rate": spoken(noise)}
            took = round(process_time() - began, 1)
            keep.add(Kept(_key(noise), code(NO_KIND), datetime.now(UTC).date().isoformat(), took, found))


def heard(noise: Noise, keep: Memory) -> float | None:
    """Findings of a device and month, if they are known."""
    kept = keep.find(_key(noise), NO_KIND)
    return None if kept is None else float(kept.found["rate"])


def _key(noise: Noise) -> str:
    return f"{noise} of {CHANNELS} channels, seed {SEED}, {Settings()} for {POINTS} points"


def spoken(noise: Noise, *, channels: int = CHANNELS) -> float:
    """Findings of a device of `POINTS` such points in a healthy month."""
    chosen = Settings()
    rng, per_day = np.random.default_rng(SEED), int(DAY / chosen.every)
    state = layout.channels(channels, Tier.LARGE, SEED)
    knobs = np.tile(np.array([chosen.threshold(POINTS), chosen.warm_readings, chosen.warm_seconds, chosen.margin]), (channels, 1))
    last, found = rng.normal(size=channels), 0
    for day in range(round(chosen.warm_seconds / DAY) + MONTH):
        at = WINTER + day * DAY + chosen.every * np.arange(1, per_day + 1, dtype=np.float64)
        rows = _wander(rng, last, per_day, noise.memory)
        last = rows[-1]
        found += _heard(state, knobs, at, rows + noise.wave * np.sin(2.0 * np.pi * at / DAY)[:, None])
    return POINTS * found / channels


def _wander(rng: np.random.Generator, last: NDArray[np.float64], rows: int, memory: float) -> NDArray[np.float64]:
    fresh: NDArray[np.float64] = rng.normal(size=(rows, len(last))) * np.sqrt(1.0 - memory**2)
    for n in range(rows if memory else 0):
        fresh[n] += memory * (fresh[n - 1] if n else last)
    return fresh


def _heard(state: layout.Channels, knobs: NDArray[np.float64], at: NDArray[np.float64], rows: NDArray[np.float64]) -> int:
    """How often the channels speak on one day."""
    count = rows.shape[1]
    readings = np.column_stack([np.repeat(at, count), rows.reshape(-1)])
    which, out = np.tile(np.arange(count), len(at)), np.zeros((rows.size, layout.VERDICT))
    channel.observe(state, which, readings, np.ones(rows.size, np.bool_), knobs, out)
    return int((out[:, layout.SAID] > 0.0).sum())
