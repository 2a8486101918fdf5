"""Turns how often connecting has failed into how long to wait: at once for a while, then longer, never in step with others."""

from __future__ import annotations

import random

QUICK = 5  # attempts before the pauses grow
LONGEST = 15.0  # s: how long after its broker's return a watch may still be away
_jitter = random.Random()  # noqa: S311 - spreads reconnects, keeps no secret


def pause(failures: int) -> float:
    """Seconds before the next attempt, drawn evenly: a broker that comes back is not met by everybody in one moment."""
    if failures <= QUICK:
        return _jitter.uniform(0.2, 1.0)
    return _jitter.uniform(0.5, min(LONGEST, 8.0 * 2.0 ** (failures - QUICK - 1)))
