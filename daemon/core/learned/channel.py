"""Turns the readings of many analogue channels into evidence that one of them is unlike itself: level, shape, calibration, latch.

Everything is arrays with one row per channel, so that one call takes a batch of (channel, time, value). Times are epoch seconds,
values in the point's unit, evidence in nats: e^evidence is about how many readings lie between two such.

Parameters: DETECTION.md's where it names one. What it leaves open, or what was found better, was chosen on the 29 series of the
Numenta benchmark that come with it, as the middle of a plateau (eight neighbouring settings score within ±1 point), never as a
single peak: AGAIN, the rates in `rarity`, the two spans of the shape, and that the slow baseline is left out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from daemon.core.learned.compiled import compiled
from daemon.core.learned.finding import FADES
from daemon.core.learned.layout import (
    AT,
    BEFORE,
    BY_HOUR,
    BY_LONG,
    BY_SHORT,
    BY_WEEK,
    EVIDENCE,
    FIRST,
    HIGH,
    HOURS,
    LAST,
    MARGIN,
    MEANS,
    NEAREST,
    NEWER,
    OLDER,
    OPEN,
    PACE,
    PEAK,
    RING,
    SAID,
    SHORT,
    SPREAD,
    STEP,
    THRESHOLD,
    TURNED,
    USUAL,
    VALUE,
    WARM,
    WARM_SECONDS,
    WEEK,
    Channels,
)
from daemon.core.learned.rarity import rare

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATES = (0.05, 0.02)  # of their baselines: some 20 and 50 readings of the same hour are remembered
SCALE_RATE = 0.001  # of the usual error: some 1,000 readings
CLIP = 4.0  # usual errors: no single reading teaches more
VISITS = 4  # a bin is silent until it has been seen as often
SPANS = (16, 32)  # readings in a shape, short and long; two see both a dropped beat and a lost half-day
LAGS = (24, 48)  # readings a shape waits before it is stored, so that it can't match itself
EVERY = 4  # one shape in so many is stored
AGAIN = 4.0  # nats above its peak at which an open episode speaks again
CLOSES = 80.0  # periods after the last rare reading at which an episode ends
PACE_RATE = 0.01  # of the usual time between readings


@compiled
def off(state: Channels, c: int, which: int, bin_: np.int64, value: float, learn: bool) -> float:  # noqa: FBT001 - compiled
    """Distance of the value from what is usual in this bin, in usual errors of that baseline; 0 while the bin is new."""
    visits = state.visits[c, bin_]
    if visits == 0:
        if learn:
            state.usual[c, bin_], state.visits[c, bin_] = value, 1
        return 0.0
    scale = state.scale[c, which]
    error = value - state.usual[c, bin_]
    size = abs(error)
    score = size / scale if scale > 0.0 and visits >= VISITS else 0.0
    if learn:
        if scale > 0.0 and size > CLIP * scale:
            size = CLIP * scale
            error = math.copysign(size, error)
        state.usual[c, bin_] += max(RATES[which], 1.0 / (visits + 1.0)) * error
        if visits < 60000:
            state.visits[c, bin_] = visits + 1
        state.errors[c, which] += 1
        state.scale[c, which] += max(SCALE_RATE, 1.0 / state.errors[c, which]) * (size - scale)
    return score


@compiled
def level(state: Channels, c: int, which: int, sample: tuple[np.int64, float, bool], step: float) -> float:
    """How rare it is that a value (bin, value, may be learned) is so far off."""
    bin_, value, learn = sample
    scale = state.scale[c, which]
    score = off(state, c, which, bin_, value, learn)
    return rare(state.rarity[c, which], score, learn, step / scale if scale > 0.0 else 0.0)


@compiled
def shape(ring: NDArray[np.float32], end: int, span: int, into: NDArray[np.float32]) -> None:
    """The `span` readings up to number `end` as means."""
    width = span // MEANS
    first = end - span + 1
    for d in range(MEANS):
        total = np.float32(0.0)
        for k in range(width):
            total += ring[(first + d * width + k) % RING]
        into[d] = total / np.float32(width)


@compiled
def nearest(store: NDArray[np.float32], count: int, probe: NDArray[np.float32], far: NDArray[np.float32]) -> tuple[float, int]:
    """Distance to the second nearest stored shape (one may be a twin by chance), and which is the nearest."""
    for m in range(count):
        far[m] = np.float32(0.0)
    for d in range(MEANS):
        row, want = store[d], probe[d]
        for m in range(count):
            gap = row[m] - want
            far[m] += gap * gap
    one, two, which = np.float32(np.inf), np.float32(np.inf), -1
    for m in range(count):
        if far[m] < two:
            if far[m] < one:
                two, one, which = one, far[m], m
            else:
                two = far[m]
    return math.sqrt(two), which


@compiled
def keep(state: Channels, c: int, which: int, at: float, probe: NDArray[np.float32]) -> None:
    """Store the shape of some time ago, if no alarm was on in it; when full, it replaces one drawn by the channel's own dice."""
    end = state.seen[c] - 1 - LAGS[which]
    if end < SPANS[which] - 1 or end % EVERY or state.clean[c] < SPANS[which] + LAGS[which]:
        return
    shape(state.ring[c], end, SPANS[which], probe)
    size = state.store.shape[3]
    place = state.filled[c, which]
    if place < size:
        state.filled[c, which] = place + 1
    else:
        state.dice[c] = state.dice[c] * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        place = np.int32((state.dice[c] >> np.uint64(33)) % np.uint64(size))
    state.store[c, which, :, place] = probe
    state.when[c, which, place] = np.int32((at - LAGS[which] * state.latch[c, PACE]) / 60.0)


@compiled
def speak(latch: NDArray[np.float64], evidence: float, at: float, bar: float) -> float:
    """The evidence if it is news: an episode's first, or well above its peak; else 0."""
    if latch[OPEN] > 0.0 and at - latch[LAST] > CLOSES * latch[PACE]:
        latch[OPEN] = 0.0
    if evidence < bar:
        return 0.0
    latch[LAST] = at
    if latch[OPEN] == 0.0 or evidence > latch[PEAK] + AGAIN:
        latch[OPEN], latch[PEAK] = 1.0, evidence
        return evidence
    return 0.0


@compiled
def height(latch: NDArray[np.float64], evidence: float, at: float, since: float, knobs: NDArray[np.float64]) -> float:
    """What evidence must reach: the threshold, and so much more than this channel has shown before, warm-up included. What it
    has shown is forgotten by FADES nats a second. What goes on now is no past yet, or evidence that grows from reading to reading
    would raise its own bar: the past ends one to two times as long ago as an episode takes to end."""
    bar = float(knobs[THRESHOLD])
    if knobs[MARGIN] >= 0.0:
        latch[HIGH] -= FADES * since
        if at - latch[TURNED] >= CLOSES * latch[PACE]:
            latch[HIGH] = max(latch[HIGH], latch[OLDER])
            latch[OLDER], latch[NEWER], latch[TURNED] = latch[NEWER], 0.0, at
        latch[NEWER] = max(latch[NEWER], evidence)
        bar = max(bar, float(latch[HIGH] + knobs[MARGIN]))
    return bar


@compiled
def breathe(latch: NDArray[np.float64], at: float, seen: int) -> None:
    """Learn how much time usually lies between two readings; a long silence counts as four."""
    if seen == 0:
        latch[FIRST] = at
    elif seen == 1:
        latch[PACE] = at - latch[BEFORE]
    else:
        latch[PACE] += PACE_RATE * (min(at - latch[BEFORE], 4.0 * latch[PACE] + 1.0) - latch[PACE])
    latch[BEFORE] = at


@compiled
def judge(
    state: Channels, c: int, sample: tuple[float, float, bool], knobs: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """One sample (time, value, may be learned) of channel `c`: its verdict goes to `out`, its lesson to the state."""
    at, value, learn = sample
    if state.seen[c] == 0:
        state.origin[c] = value
    x = value - state.origin[c]
    hour = np.int64(math.floor((at + state.zone[c]) / 3600.0))
    day_bin, week_bin = hour % HOURS, HOURS + hour % WEEK
    out[VALUE], out[AT], out[NEAREST] = value, at, -1.0
    known = state.visits[c, week_bin] >= VISITS
    out[USUAL] = state.origin[c] + state.usual[c, week_bin if known else day_bin]
    out[SPREAD] = state.scale[c, 1 if known else 0]
    out[BY_HOUR] = level(state, c, 0, (day_bin, x, learn), knobs[c, STEP])
    out[BY_WEEK] = level(state, c, 1, (week_bin, x, learn), knobs[c, STEP])
    since = at - state.latch[c, BEFORE] if state.seen[c] > 0 else 0.0
    breathe(state.latch[c], at, state.seen[c])
    state.clean[c] = state.clean[c] + 1 if learn else 0
    if state.store.shape[3] > 0:
        state.ring[c, state.seen[c] % RING] = x
    state.seen[c] += 1
    out[BY_SHORT], out[BY_LONG] = 0.0, 0.0
    if state.store.shape[3] > 0:
        look(state, c, (at, learn), knobs[c, STEP], out)
    out[EVIDENCE] = max(out[BY_HOUR], out[BY_WEEK]) + max(out[BY_SHORT], out[BY_LONG])
    warm = state.seen[c] > knobs[c, WARM] and at - state.latch[c, FIRST] >= knobs[c, WARM_SECONDS]
    bar = height(state.latch[c], out[EVIDENCE], at, since, knobs[c])
    out[SAID] = speak(state.latch[c], out[EVIDENCE], at, bar) if warm else 0.0


@compiled
def look(state: Channels, c: int, now: tuple[float, bool], step: float, out: NDArray[np.float64]) -> None:
    """Compare the last readings with the shapes stored, in both spans. A step of one reading moves one mean, and so the distance,
    by its share in that mean at most."""
    at, learn = now
    probe = np.empty(MEANS, np.float32)
    far = np.empty(state.store.shape[3], np.float32)
    best = -1.0
    for which in range(2):
        if state.seen[c] < SPANS[which]:
            continue
        if state.filled[c, which] >= 2:
            shape(state.ring[c], state.seen[c] - 1, SPANS[which], probe)
            distance, twin = nearest(state.store[c, which], state.filled[c, which], probe, far)
            surprise = rare(state.rarity[c, SHORT + which], distance, learn, step * MEANS / SPANS[which])
            out[BY_SHORT + which] = surprise
            if surprise > best:
                best, out[NEAREST] = surprise, float(state.when[c, which, twin])
        keep(state, c, which, at, probe)


@compiled
def gather(state: Channels, c: int, sample: tuple[float, float, bool]) -> tuple[float, float, bool]:
    """Readings into one mean per slot: answers the slot that this reading ends (time of its end), or one at time -1 if none."""
    at, value, learn = sample
    slot = state.slot[c]
    number = math.floor(at / state.every[c]) + 1.0
    ended = (-1.0, 0.0, False)
    if slot[2] > 0.0 and number > slot[0]:
        ended = (slot[0] * state.every[c], slot[1] / slot[2], slot[3] > 0.0)
        slot[1], slot[2], slot[3] = 0.0, 0.0, 1.0
    slot[0] = max(slot[0], number)
    slot[1] += value
    slot[2] += 1.0
    if not learn:
        slot[3] = 0.0
    return ended


@compiled
def observe(
    state: Channels,
    which: NDArray[np.int64],
    readings: NDArray[np.float64],
    learn: NDArray[np.bool_],
    knobs: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """A batch, in order: reading i is (time, value) of channel which[i]. `out`: a verdict each; AT is -1 where none was due."""
    for i in range(which.shape[0]):
        c = which[i]
        sample = (readings[i, 0], readings[i, 1], learn[i])
        if state.every[c] > 0.0:
            sample = gather(state, c, sample)
        if sample[0] < 0.0:
            out[i, SAID], out[i, AT] = 0.0, -1.0
        else:
            judge(state, c, sample, knobs, out[i])
