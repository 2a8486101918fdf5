"""Rows of one channel → aggregates of one minute each, or of fifteen where the channel speaks less than six times a minute."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daemon.core.nouns import Value

Row = tuple[float, "Value", int]  # ts, value, quality
Minute = tuple[float, float, float, float, int]  # start, min, mean, max, count

FAST = 10.0  # seconds between values, on average: six a minute


def width(rows: Sequence[Row]) -> float:
    """Seconds that one aggregate of such a channel spans."""
    slow = len(rows) > 1 and (rows[-1][0] - rows[0][0]) / (len(rows) - 1) > FAST
    return 900.0 if slow else 60.0


def gather(rows: Sequence[Row]) -> list[Minute]:
    """Good numbers only; words and booleans have no mean. `rows` in order of time."""
    span = width(rows)
    good = [(ts, number) for ts, value, quality in rows if quality == Quality.GOOD and (number := _number(value)) is not None]
    return [_aggregate(start * span, [value for _, value in group]) for start, group in groupby(good, lambda row: row[0] // span)]


def merge(parts: Iterable[Minute]) -> list[Minute]:
    """Aggregates that start together become one; in order of time."""
    whole: dict[float, Minute] = {}
    for part in parts:
        before = whole.get(part[0])
        whole[part[0]] = part if before is None else _both(before, part)
    return sorted(whole.values())


def _number(value: Value) -> float | None:
    fit = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if fit else None


def _aggregate(start: float, values: Sequence[float]) -> Minute:
    return start, min(values), short(sum(values) / len(values)), max(values), len(values)


def _both(a: Minute, b: Minute) -> Minute:
    count = a[4] + b[4]
    return a[0], min(a[1], b[1]), short((a[2] * a[4] + b[2] * b[4]) / count), max(a[3], b[3]), count


def short(mean: float) -> float:
    """Six significant digits: more than any sensor has, and a third of the bytes."""
    return float(f"{mean:.6g}")
