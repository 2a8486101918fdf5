"""How the state of many channels lies in memory: arrays with one row per channel, and the names of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOURS, WEEK = 24, 168  # bins of the two baselines: hour of day, hour of week
MEANS = 8  # a shape is so many means
RING = 96  # readings kept: the longest span and its lag

# columns of `latch`; the last four are the past: its highest evidence, that of the two spans since, and when the newer began
OPEN, PEAK, LAST, PACE, BEFORE, FIRST, HIGH, OLDER, NEWER, TURNED = range(10)
# columns of `rarity`
UNIT, CUT, WIDTH, EXCESS, ASKED, RARE = range(6)
# scores, in the order of `rarity`
HOUR, WEEKDAY, SHORT, LONG = range(4)
# columns of a verdict
SAID, EVIDENCE, BY_HOUR, BY_WEEK, BY_SHORT, BY_LONG, VALUE, AT, USUAL, SPREAD, NEAREST = range(11)
VERDICT = 11
# what governs a channel: threshold in nats, readings and seconds of silence at first, nats above the past (below 0: off), the
# smallest difference that its instrument can tell (0: any)
THRESHOLD, WARM, WARM_SECONDS, MARGIN, STEP = range(5)


class Channels(NamedTuple):
    """State of channels, one row each; `store` holds the shapes of both spans, as many as the tier allows."""

    origin: NDArray[np.float64]  # the first value: all others are kept relative to it, in 4 bytes
    seen: NDArray[np.int64]
    clean: NDArray[np.int64]  # readings since the last one that must not be learned
    ring: NDArray[np.float32]
    usual: NDArray[np.float32]
    visits: NDArray[np.uint16]
    scale: NDArray[np.float64]
    errors: NDArray[np.int64]
    rarity: NDArray[np.float64]
    latch: NDArray[np.float64]
    store: NDArray[np.float32]
    when: NDArray[np.int32]  # minute in which a shape was seen
    filled: NDArray[np.int32]
    dice: NDArray[np.uint64]
    slot: NDArray[np.float64]  # number, sum, count of the slot being gathered, and whether it may be learned
    every: NDArray[np.float64]  # seconds of a slot; 0: each reading counts by itself
    zone: NDArray[np.float64]  # seconds east of UTC


def channels(count: int, shapes: int, seed: int = 1) -> Channels:
    """Empty state for `count` channels that remember `shapes` shapes each (0: level only)."""
    half = shapes // 2
    return Channels(
        origin=np.zeros(count),
        seen=np.zeros(count, np.int64),
        clean=np.zeros(count, np.int64),
        ring=np.zeros((count, RING if shapes else 1), np.float32),
        usual=np.zeros((count, HOURS + WEEK), np.float32),
        visits=np.zeros((count, HOURS + WEEK), np.uint16),
        scale=np.zeros((count, 2)),
        errors=np.zeros((count, 2), np.int64),
        rarity=np.tile(np.array([0.0, 0.0, 0.1, 0.3, 0.0, 0.0]), (count, 4, 1)),
        latch=np.zeros((count, 10)),
        store=np.zeros((count, 2, MEANS, half), np.float32),
        when=np.zeros((count, 2, half), np.int32),
        filled=np.zeros((count, 2), np.int32),
        dice=np.arange(seed, seed + count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        slot=np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (count, 1)),
        every=np.zeros(count),
        zone=np.zeros(count),
    )
