"""Turns rows of many coupled points into "they do not belong together as they used to": dynamic PCA with the Q statistic.

Better than single trackers where ten or more points move together, worse on small devices: both are offered. The model is fitted
on alarm-free rows only, once a night (milliseconds); judging a row is one small matrix product.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LAGS = 2  # each row is seen with the two before it
KEPT = 0.95  # of the variance is the model's; what remains is Q's
SMOOTH = 6  # rows in the mean of Q that is judged
TRAINED = 0.7  # of the rows fit the model, the rest its threshold
QUANTILE = 0.995  # of Q on the rows held back
FEWEST = 10  # coupled points from which it is worth it
LEAST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Model:
    """What was fitted: scaling, directions of the normal subspace, and the threshold of smoothed Q."""

    mean: Floats
    scale: Floats
    directions: Floats  # (points · (LAGS + 1), kept)
    limit: float

    def residual(self, lagged: Floats) -> Floats:
        """What the model can't explain of lagged, scaled rows."""
        rest: Floats = lagged - (lagged @ self.directions) @ self.directions.T
        return rest


@dataclass(slots=True)
class Trace:
    """The last rows and the last Q of one system."""

    rows: deque[Floats] = field(default_factory=lambda: deque(maxlen=LAGS + 1))
    q: deque[float] = field(default_factory=lambda: deque(maxlen=SMOOTH))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Smoothed Q over its limit (above 1: not as usual), and the points by their share in it, the largest first."""

    ratio: float
    shares: tuple[tuple[int, float], ...]


def lagged(rows: Floats) -> Floats:
    """Each row beside the LAGS before it; as many rows fewer."""
    last = len(rows)
    return np.hstack([rows[LAGS - lag : last - lag] for lag in range(LAGS + 1)])


def fit(rows: Floats) -> Model | None:
    """The model of alarm-free rows, None if they are too few or say nothing."""
    rows = rows[~np.isnan(rows).any(axis=1)]
    if len(rows) < LEAST_ROWS:
        return None
    cut = int(len(rows) * TRAINED)
    mean, scale = rows[:cut].mean(axis=0), rows[:cut].std(axis=0)
    scale = np.where(scale > 1e-9 * np.maximum(1.0, np.abs(mean)), scale, np.maximum(1.0, np.abs(mean)))
    wide = lagged((rows[:cut] - mean) / scale)
    values, vectors = np.linalg.eigh(np.cov(wide, rowvar=False))
    order = np.argsort(values)[::-1]
    share = np.cumsum(values[order]) / max(values.sum(), 1e-12)
    kept = int(np.searchsorted(share, KEPT)) + 1
    directions = np.ascontiguousarray(vectors[:, order[:kept]])
    model = Model(mean, scale, directions, 1.0)
    held = model.residual(lagged((rows[cut - LAGS :] - mean) / scale))
    smooth = np.convolve((held**2).sum(axis=1), np.ones(SMOOTH) / SMOOTH, "valid")
    return Model(mean, scale, directions, max(float(np.quantile(smooth, QUANTILE)), 1e-12))


def judge(model: Model, trace: Trace, row: Floats) -> Judgement | None:
    """One more row. None while there are too few, or a point is missing in this one."""
    if np.isnan(row).any():
        trace.rows.clear()
        trace.q.clear()
        return None
    trace.rows.append((row - model.mean) / model.scale)
    if len(trace.rows) <= LAGS:
        return None
    rest = model.residual(np.concatenate(list(trace.rows)[::-1]))
    trace.q.append(float(rest @ rest))
    if len(trace.q) < SMOOTH:
        return None
    by_point = (rest.reshape(LAGS + 1, -1) ** 2).sum(axis=0)
    shares = by_point / max(by_point.sum(), 1e-12)
    order = np.argsort(-shares)[:3]
    return Judgement(sum(trace.q) / SMOOTH / model.limit, tuple((int(p), float(shares[p])) for p in order))
