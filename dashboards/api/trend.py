"""A point's stored values and a span → at most 5,000 points of a line: raw values, or [start, min, mean, max] per step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.ports import History

MOST = 5000
RAW_SPAN = 6 * 3600.0  # s; longer spans are drawn from minutes unless a step is named
_Bucket = tuple[float, float, float, float, int]  # start, min, mean, max, count


def draw(
    history: History, point: tuple[str, str, str], span: tuple[float, float], step: float | None
) -> tuple[str, list[list[object]]]:
    """("raw", [ts, value, quality]) or ("step", [start, min, mean, max])."""
    start, end = span
    if step is None and end - start <= RAW_SPAN:
        values = history.raw(*point, start, end)
        if len(values) <= MOST:
            return "raw", [list(value) for value in values]
    width = max(step or 60.0, (end - start) / MOST)
    minutes: Iterable[_Bucket] = history.minutes(*point, start, end) if width >= 60.0 else _singles(history, point, span)
    return "step", [[at, low, mean, high] for at, low, mean, high, _ in _gather(minutes, width)]


def _singles(history: History, point: tuple[str, str, str], span: tuple[float, float]) -> Iterable[_Bucket]:
    for ts, value, quality in history.raw(*point, *span):
        if quality == Quality.GOOD and not isinstance(value, str):
            yield ts, float(value), float(value), float(value), 1


def _gather(parts: Iterable[_Bucket], width: float) -> list[_Bucket]:
    """Fold into buckets of `width` seconds, in order of time."""
    out: list[_Bucket] = []
    for at, low, mean, high, count in parts:
        begin = at - at % width
        if out and out[-1][0] == begin:
            _, lowest, before, highest, seen = out[-1]
            both = (before * seen + mean * count) / (seen + count)
            out[-1] = (begin, min(lowest, low), both, max(highest, high), seen + count)
        else:
            out.append((begin, low, mean, high, count))
    return out
