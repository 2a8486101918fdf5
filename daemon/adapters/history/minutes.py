"""Values of one channel → aggregates of one minute each, or of fifteen where the channel speaks less than six times a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daemon.adapters.history.slab import FLAG, Slab
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from daemon.core.nouns import Value

Row = tuple[float, "Value", int]  # ts, value, quality
Minute = tuple[float, float, float, float, int]  # start, min, mean, max, count

FAST = 10.0  # seconds between values, on average: six a minute
MINUTE, QUARTER, DAY = 60.0, 900.0, 86_400.0
_DIGITS = 6  # significant ones of a mean: more than any sensor has, and a third of the bytes


def width(ts: NDArray[np.float64]) -> float:
    """Seconds that one aggregate of such a channel spans."""
    slow = len(ts) > 1 and (ts[-1] - ts[0]) / (len(ts) - 1) > FAST
    return QUARTER if slow else MINUTE


def gather(values: Slab) -> list[Minute]:
    """Good numbers only; words and booleans have no mean. One channel, in order of time."""
    fit = (values.mark & 15 == Quality.GOOD) & (values.mark < FLAG) & np.isfinite(values.value)
    good = values.cut(fit)
    if not len(good):
        return []
    span = width(values.ts)
    starts = np.floor(good.ts / span)
    places = np.flatnonzero(np.concatenate(([True], starts[1:] != starts[:-1])))
    count = np.diff(np.append(places, len(good)))
    low, high = np.minimum.reduceat(good.value, places), np.maximum.reduceat(good.value, places)
    mean = short(np.add.reduceat(good.value, places) / count)
    starts = starts[places] * span
    return list(zip(starts.tolist(), low.tolist(), mean.tolist(), high.tolist(), count.tolist(), strict=True))


def merge(parts: Iterable[Minute]) -> list[Minute]:
    """Aggregates that start together become one; in order of time."""
    whole: dict[float, Minute] = {}
    for part in parts:
        before = whole.get(part[0])
        whole[part[0]] = part if before is None else _both(before, part)
    return sorted(whole.values())


def days(parts: Iterable[Minute]) -> list[Minute]:
    """The same, summed up by the day (UTC)."""
    return merge((start // DAY * DAY, low, mean, high, count) for start, low, mean, high, count in parts)


def short(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded to six significant digits."""
    size = np.abs(means)
    places = _DIGITS - 1 - np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0 ** np.clip(places, -300, 300)
    rounded: NDArray[np.float64] = np.rint(means * scale) / scale
    return rounded


def _both(a: Minute, b: Minute) -> Minute:
    count = a[4] + b[4]
    mean = (a[2] * a[4] + b[2] * b[4]) / count
    return a[0], min(a[1], b[1]), float(f"{mean:.{_DIGITS}g}"), max(a[3], b[3]), count
