"""Turns "accept this as the new normal" into a channel's state."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from daemon.core.learned.channel import SPANS, VISITS, shape
from daemon.core.learned.compiled import compiled
from daemon.core.learned.layout import BEFORE, HOURS, MEANS, OPEN, WEEK

if TYPE_CHECKING:
    from daemon.core.learned.layout import Channels


@compiled
def accept(state: Channels, c: int) -> None:
    """What the channel shows now is its new normal: baselines move to it and may follow quickly, its present shapes are stored
    twice (the second nearest counts), the episode ends. How rare is rare stays."""
    state.latch[c, OPEN] = 0.0
    if state.seen[c] < SPANS[0] or state.store.shape[3] == 0:
        state.visits[c] = 0
        return
    probe = np.empty(MEANS, np.float32)
    shape(state.ring[c], state.seen[c] - 1, SPANS[0], probe)
    now, hour = probe.mean(), np.int64(math.floor((state.latch[c, BEFORE] + state.zone[c]) / 3600.0))
    shift_day, shift_week = now - state.usual[c, hour % HOURS], now - state.usual[c, HOURS + hour % WEEK]
    for bin_ in range(HOURS + WEEK):
        state.usual[c, bin_] += shift_day if bin_ < HOURS else shift_week
        state.visits[c, bin_] = min(state.visits[c, bin_], VISITS)
    for which in range(2):
        for twin in range(2):
            if state.seen[c] >= SPANS[which] and state.store.shape[3] > twin:
                shape(state.ring[c], state.seen[c] - 1, SPANS[which], probe)
                state.store[c, which, :, twin] = probe
                state.when[c, which, twin] = np.int32(state.latch[c, BEFORE] / 60.0)
                state.filled[c, which] = max(state.filled[c, which], twin + 1)
