"""Asks InfluxDB 1, 2 or 3 for the values and aggregates of one point by InfluxQL, which all of them answer at `/query`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.adapters.history import lines
from daemon.adapters.history.minutes import FAST, MINUTE, QUARTER, Minute, Row, merge
from daemon.ports import Undelivered

if TYPE_CHECKING:
    from daemon.adapters.history.server import Server

_MICRO = 1_000_000
_Point = tuple[str, str, str]
_GOOD = ("value", "whole")


class Influxql:
    """The reader's side of a `History` on InfluxDB."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._database = server.place.database or server.place.bucket

    def raw(self, point: _Point, start: float, end: float) -> list[Row]:
        """Both ends included, in order of time."""
        (series,) = self._ask(_select("*::field", _where(point, start, end)))
        fields = [lines.FIELDS.get(name) for name in series.get("columns", ())]
        found = []
        for stamp, *values in series.get("values", ()):
            told = [(*field, value) for field, value in zip(fields[1:], values, strict=True) if field and value is not None]
            if told:
                kind, quality, value = min(told, key=_quality)  # of two fields at one time the better one counts
                found.append((stamp / _MICRO, lines.read(kind, value), quality))
        return found

    def minutes(self, point: _Point, start: float, end: float) -> list[Minute]:
        """Aggregates that begin in the span."""
        width = self._width(_where(point, start, end))
        where = _where(point, math.ceil(start / width) * width, end // width * width + width - 1 / _MICRO)
        asked = [
            _select(f"min({field}), mean({field}), max({field}), count({field})", where)
            + f" GROUP BY time({width:.0f}s) fill(none)"
            for field in _GOOD
        ]
        parts = []
        for series in self._ask(*asked):
            for stamp, low, mean, high, count in series.get("values", ()):
                parts.append((stamp / _MICRO, float(low), float(f"{mean:.6g}"), float(high), int(count)))
        return merge(parts)

    def _width(self, where: str) -> float:
        """Of an aggregate: by the mean time between two values."""
        wishes = [_select(f"{one}({field})", where) for field in _GOOD for one in ("first", "last", "count")]
        rows = [series["values"][0] if "values" in series else None for series in self._ask(*wishes)]
        for first, last, count in (rows[:3], rows[3:]):
            if first and last and count and (last[0] - first[0]) / _MICRO > FAST * (count[1] - 1):
                return QUARTER
        return MINUTE

    def _ask(self, *questions: str) -> list[dict[str, Any]]:
        """The series of each question's answer, {} where there is none."""
        query = [("db", self._database), ("epoch", "u"), ("q", ";".join(questions))]
        results = msgspec.json.decode(self._server.ask("/query", query))["results"]
        for result in results:
            if "error" in result:
                raise Undelivered(str(result["error"])[:200])
        return [result["series"][0] if result.get("series") else {} for result in results]


def _select(what: str, where: str) -> str:
    return f"SELECT {what} FROM {lines.MEASUREMENT} WHERE {where}"  # noqa: S608 - names are quoted in _where


def _where(point: _Point, start: float, end: float) -> str:
    site, device, name = (lines.tag_value(part).replace("'", "\\'") for part in point)
    low, high = (round(max(0.0, min(at, 4e9)) * _MICRO) for at in (start, end))
    return f"site = '{site}' AND device = '{device}' AND point = '{name}' AND time >= {low}u AND time <= {high}u"


def _quality(told: tuple[str, int, object]) -> int:
    return told[1]
