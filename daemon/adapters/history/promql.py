"""Asks VictoriaMetrics for the values and aggregates of one point: what it stored through lines, by PromQL.

VictoriaMetrics keeps numbers with milliseconds. Values come by `/api/v1/export`, exactly as stored; aggregates by
`/api/v1/query_range`, one question each for min, avg, max and count, because a month of raw values would be too much.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.adapters.history import lines
from daemon.adapters.history.minutes import FAST, MINUTE, QUARTER, Minute, Row, merge
from daemon.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daemon.adapters.history.server import Server

FUNCTIONS = ("min", "avg", "max", "count")
MOST = 25_000  # steps of one question; the server refuses more than 30,000
LONGEST = 731 * 86_400.0  # s: a span of aggregates is cut to it
_TICK = 0.001  # a window is open at its start, and stamps have milliseconds
_Point = tuple[str, str, str]


class Promql:
    """The reader's side of a `History` on VictoriaMetrics."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def raw(self, point: _Point, start: float, end: float) -> list[Row]:
        """Both ends included, in order of time."""
        start, end = _within(start, end)
        query = [("match[]", _selector(point, lines.FIELDS)), ("start", f"{start:.3f}"), ("end", f"{end:.3f}")]
        found: dict[float, Row] = {}
        for line in self._server.ask("/api/v1/export", query).splitlines():
            found.update((row[0], row) for row in _rows(msgspec.json.decode(line)))
        return [found[ts] for ts in sorted(found)]

    def minutes(self, point: _Point, start: float, end: float) -> list[Minute]:
        """Aggregates that begin in the span."""
        start, end = _within(start, end)
        start, good = max(start, end - LONGEST), _selector(point, ("value", "whole"))
        width = self._width(good, start, end)
        parts: list[Minute] = []
        first, step = -(-start // width) * width, MOST * width
        while first <= end:
            parts += self._aggregates(good, width, first, min(end, first + step - width))
            first += step
        return merge(parts)

    def _width(self, good: str, start: float, end: float) -> float:
        """Of an aggregate: by the mean time between two values."""
        span = f"[{max(1, int(end - start) + 1)}s]"
        spacing = f"(tlast_over_time({good}{span}) - tfirst_over_time({good}{span})) / (count_over_time({good}{span}) - 1)"
        found = self._ask("/api/v1/query", [("query", spacing), ("time", f"{end:.3f}")])
        slow = any(float(series["value"][1]) > FAST for series in found)
        return QUARTER if slow else MINUTE

    def _aggregates(self, good: str, width: float, first: float, last: float) -> Iterator[Minute]:
        """A question is put to the end of each window, which then holds [begin, begin + width)."""
        columns: list[dict[tuple[str, float], float]] = []
        for function in FUNCTIONS:
            query = [
                ("query", f"{function}_over_time({good}[{width:.0f}s]) keep_metric_names"),
                ("start", f"{first + width - _TICK:.3f}"),
                ("end", f"{last + width - _TICK:.3f}"),
                ("step", f"{width:.0f}s"),
                ("nocache", "1"),
            ]
            found: dict[tuple[str, float], float] = {}
            for series in self._ask("/api/v1/query_range", query):
                name = series["metric"].get("__name__", "")
                found.update(((name, at), float(value)) for at, value in series["values"])
            columns.append(found)
        low, mean, high, count = columns
        for key in sorted(count):
            begin = round(key[1] + _TICK - width)
            yield float(begin), low[key], float(f"{mean[key]:.6g}"), high[key], int(count[key])

    def _ask(self, path: str, query: list[tuple[str, str]]) -> list[dict[str, Any]]:
        answer = msgspec.json.decode(self._server.ask(path, query))
        if answer.get("status") != "success":
            raise Undelivered(str(answer.get("error", "no answer"))[:200])
        return list(answer["data"]["result"])


def _selector(point: _Point, fields: Iterable[str]) -> str:
    site, device, name = (lines.tag_value(part).replace('"', '\\"') for part in point)
    return f'{{__name__=~"{lines.MEASUREMENT}_({"|".join(fields)})",site="{site}",device="{device}",point="{name}"}}'


def _within(start: float, end: float) -> tuple[float, float]:
    """The server knows no infinite times."""
    return max(start, 0.0), min(end, time.time() + 86_400.0)


def _rows(series: dict[str, Any]) -> Iterator[Row]:
    labels = series["metric"]
    kind, quality = lines.FIELDS[labels["__name__"].removeprefix(f"{lines.MEASUREMENT}_")]
    word = lines.untag(labels.get(kind, "")) if kind in lines.TEXTS else None
    for stamp, value in zip(series["timestamps"], series["values"], strict=True):
        yield stamp / 1000.0, lines.read(kind, value if word is None else word), quality
