"""Turns the rows of one device (its analogue points, in one operating mode) into "this point has left its normal, since then".

Fast quantities keep a baseline that creeps after them and freezes as soon as they leave it, so that a fault can't be learned
while it lasts; slow ones (temperatures, levels, totals) always follow: they are judged by how fast they move.

Parameters are DETECTION.md's; on the 17 runs of the SKAB pump loop they lie on a plateau (half and double rates: F1 ± 0.02), so
none was moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daemon.core.learned.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIT = 400  # normal rows per operating mode before anything is said
MEAN = 10  # rows in the mean that is judged
NARROWEST = 0.2  # of the spread of single rows: the spread of means is never taken for less
FAST, SLOW = 200.0, 20.0  # rows: how slowly the baseline follows
FREEZES = 2.0  # spreads: beyond, a fast baseline stands still
RAISE, CLEAR = 6.0, 3.0  # spreads: left its normal, and back
LONGEST = 7 * 86400.0  # s of alarm after which the mode is learned anew

# Units of quantities that have mass or memory; all others follow what the equipment does at once.
SLOW_UNITS = frozenset(
    {"Cel", "K", "°C", "m", "mm", "%RH", "m3", "L", "kWh", "kvarh", "h", "d", "min", "mg/L", "ppm", "NTU", "pH"}
)

# columns of `about`
ALARM, SINCE, POINT, WORST = range(4)


class Tracks(NamedTuple):
    """State of one device in one operating mode per row; points along the second axis."""

    ring: NDArray[np.float64]
    seen: NDArray[np.int64]  # rows of each point since the mode was entered, for the mean
    rows: NDArray[np.int64]  # rows learned
    taught: NDArray[np.int64]  # means learned, per point
    single: NDArray[np.float64]  # running mean and sum of squares of single rows
    means: NDArray[np.float64]  # the same of means
    normal: NDArray[np.float64]
    spread: NDArray[np.float64]
    about: NDArray[np.float64]
    slow: NDArray[np.bool_]
    least: NDArray[np.float64]  # the spread is never taken for less: what the instrument can tell apart


def tracks(count: int, points: int) -> Tracks:
    """Empty state."""
    wide = (count, points)
    return Tracks(
        ring=np.zeros((count, points, MEAN)),
        seen=np.zeros(wide, np.int64),
        rows=np.zeros(count, np.int64),
        taught=np.zeros(wide, np.int64),
        single=np.zeros((*wide, 3)),
        means=np.zeros((*wide, 3)),
        normal=np.zeros(wide),
        spread=np.zeros(wide),
        about=np.zeros((count, 4)),
        slow=np.zeros(wide, np.bool_),
        least=np.zeros(wide),
    )


@compiled
def weigh(moments: NDArray[np.float64], value: float) -> None:
    """One more value into (count, mean, sum of squared distances)."""
    moments[0] += 1.0
    gap = value - moments[1]
    moments[1] += gap / moments[0]
    moments[2] += gap * (value - moments[1])


@compiled
def forget(state: Tracks, i: int) -> None:
    """Learn this mode from its beginning."""
    state.rows[i] = 0
    state.taught[i] = 0
    state.single[i] = 0.0
    state.means[i] = 0.0
    state.about[i] = 0.0


@compiled
def fit(state: Tracks, i: int) -> None:
    """What was taught becomes what is normal."""
    for p in range(state.normal.shape[1]):
        count = max(1.0, state.means[i, p, 0])
        of_means = np.sqrt(state.means[i, p, 2] / count)
        of_rows = np.sqrt(state.single[i, p, 2] / max(1.0, state.single[i, p, 0]))
        state.normal[i, p] = state.means[i, p, 1]
        least = max(state.least[i, p], 1e-9 * max(1.0, abs(state.normal[i, p])))
        state.spread[i, p] = max(of_means, NARROWEST * of_rows, least)


@compiled
def recent(state: Tracks, i: int, p: int, value: float) -> float:
    """Mean of the last rows of point `p`, this one included (of fewer right after a change of mode)."""
    state.ring[i, p, state.seen[i, p] % MEAN] = value
    state.seen[i, p] += 1
    count = min(state.seen[i, p], MEAN)
    total = 0.0
    for k in range(count):
        total += state.ring[i, p, k]
    return total / float(count)


@compiled
def teach(state: Tracks, i: int, row: NDArray[np.float64], needed: int) -> None:
    """One normal row of a mode that is still being learned."""
    for p in range(row.shape[0]):
        if np.isnan(row[p]):
            continue
        mean = recent(state, i, p, row[p])
        weigh(state.single[i, p], row[p])
        if state.seen[i, p] >= MEAN:
            weigh(state.means[i, p], mean)
    state.rows[i] += 1
    if state.rows[i] == needed:
        fit(state, i)


@compiled
def distances(state: Tracks, i: int, row: NDArray[np.float64], learn: bool) -> None:  # noqa: FBT001 - compiled
    """How far the farthest point is from its normal, in spreads; baselines follow."""
    state.about[i, WORST] = 0.0
    for p in range(row.shape[0]):
        if np.isnan(row[p]):
            continue
        mean = recent(state, i, p, row[p])
        if state.seen[i, p] < MEAN or state.means[i, p, 0] < MEAN:
            continue
        gap = mean - state.normal[i, p]
        z = abs(gap) / state.spread[i, p]
        if z > state.about[i, WORST]:
            state.about[i, WORST] = z
            if state.about[i, ALARM] == 0.0:
                state.about[i, POINT] = p
        if state.slow[i, p]:
            state.normal[i, p] += gap / SLOW
        elif learn and z < FREEZES:
            state.normal[i, p] += gap / FAST


@compiled
def follow(state: Tracks, i: int, sample: tuple[float, bool], row: NDArray[np.float64], needed: int) -> int:
    """One row (NaN: missing) at (time, may be learned). Answers 1 if an alarm was raised, -1 if cleared, else 0."""
    at, learn = sample
    if state.rows[i] < needed:
        if learn:
            teach(state, i, row, needed)
        return 0
    distances(state, i, row, learn)
    about = state.about[i]
    if about[ALARM] == 0.0:
        if about[WORST] <= RAISE:
            return 0
        about[ALARM], about[SINCE] = 1.0, at
        return 1
    if at - about[SINCE] > LONGEST:
        forget(state, i)
        return -1
    if about[WORST] >= CLEAR:
        return 0
    about[ALARM] = 0.0
    return -1


def enter(state: Tracks, i: int) -> None:
    """The device has entered this mode: means start anew."""
    state.seen[i] = 0


def accept(state: Tracks, i: int) -> None:
    """What is seen now is the new normal: baselines jump there, spreads stay."""
    for p in range(state.normal.shape[1]):
        count = min(int(state.seen[i, p]), MEAN)
        if count:
            state.normal[i, p] = state.ring[i, p, :count].mean()
    state.about[i] = 0.0


@compiled
def follow_all(
    state: Tracks, i: int, at: NDArray[np.float64], rows: NDArray[np.float64], needed: int, out: NDArray[np.bool_]
) -> None:
    """Many rows of one device and mode: was it in alarm at each?"""
    for r in range(rows.shape[0]):
        follow(state, i, (at[r], True), rows[r], needed)
        out[r] = state.about[i, ALARM] > 0.0
