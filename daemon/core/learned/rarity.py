"""Turns a score of any size into how rare it is for its channel: the tail above a running quantile of the score's logarithm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from daemon.core.learned.compiled import compiled
from daemon.core.learned.layout import ASKED, CUT, EXCESS, RARE, UNIT, WIDTH

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TAIL = 0.99  # the quantile where "rare" begins
FLOOR = 0.05  # added to a score before its logarithm, so that a perfect match is not infinitely usual
STEP, STEP_POWER = 0.01, 0.9  # of the running quantile: k^-0.9 at first, 0.01 at last
WIDTH_RATE = 0.01  # of the usual distance from the quantile
EXCESS_RATE, EXCESS_CLIP, EXCESS_FLOOR = 0.05, 6.0, 0.02  # of the mean excess above it: some 20 rare readings
ROUNDED = 12.0**-0.5  # of a step: the standard uncertainty of a rounded value (GUM, F.2.2.1)
MOST = 25.0  # nats: beyond e^25 readings rarity is a word


@compiled
def rare(rarity: NDArray[np.float64], score: float, learn: bool, step: float = 0.0) -> float:  # noqa: FBT001 - compiled, no keywords
    """How rare this score is, in nats (0 below the running quantile), against the scores of the same channel before it. `step` is
    the least difference of two scores that the instrument can tell: no tail is taken for narrower than the rounding."""
    if rarity[UNIT] == 0.0:
        if score <= 0.0 or not learn:
            return 0.0
        rarity[UNIT] = score
    y = math.log(score / rarity[UNIT] + FLOOR)
    if rarity[ASKED] == 0.0:
        rarity[CUT] = y
    excess = y - rarity[CUT]
    surprise = 0.0
    if excess > 0.0:
        width = max(rarity[EXCESS], math.log1p(ROUNDED * step / (rarity[UNIT] * math.exp(rarity[CUT]))))
        surprise = min(MOST, -math.log(1.0 - TAIL) + excess / width)
    if learn:
        rarity[ASKED] += 1.0
        if excess > 0.0:
            rarity[RARE] += 1.0
            gain = max(EXCESS_RATE, 1.0 / (rarity[RARE] + 1.0))
            more = min(excess, EXCESS_CLIP * rarity[EXCESS])
            rarity[EXCESS] = max(EXCESS_FLOOR, rarity[EXCESS] + gain * (more - rarity[EXCESS]))
        rarity[WIDTH] += WIDTH_RATE * (abs(excess) - rarity[WIDTH])
        step = max(STEP, rarity[ASKED] ** -STEP_POWER) * rarity[WIDTH]
        rarity[CUT] += step * (TAIL if excess > 0.0 else TAIL - 1.0)
    return surprise
