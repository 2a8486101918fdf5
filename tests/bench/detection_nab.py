"""Turns a detector's scores on the series of the Numenta Anomaly Benchmark into its standard score (own code, NAB v1.1 rules).

In a window only the earliest detection counts, worth more the earlier; a detection outside costs 0.11, less just after a window;
a missed window costs 1. One threshold for all series; 0 is the detector that never speaks, 100 the one that is always right.
"""

from __future__ import annotations

import csv
import json
import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.parts import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FALSE, MISSED = 0.11, 1.0  # what a false detection and a missed window cost in the standard profile
PROBATION, FULL = 0.15, 5000  # share of the rows not scored, of at most so many
OUTSIDE = -1
FIXED = 7.5  # the threshold given beforehand


@dataclass(frozen=True, slots=True)
class Series:
    """One labelled series: `window` is the number of each row's window or OUTSIDE, `worth` what a detection there is worth."""

    name: str
    at: NDArray[np.float64]
    value: NDArray[np.float64]
    first: float
    window: NDArray[np.int64]
    worth: NDArray[np.float64]
    windows: int


@dataclass(frozen=True, slots=True)
class Score:
    """The standard score at a threshold, windows hit, detections outside."""

    score: float
    threshold: float
    hit: int
    false: int


def sigmoid(position: float) -> float:
    """Worth by place relative to a window's end: -1 its start, 0 its end, 3 and beyond nothing but a false alarm."""
    return -1.0 if position > 3.0 else 2.0 / (1.0 + math.exp(5.0 * position)) - 1.0


def folder(data: str = "") -> Path:
    """Where the series lie: given, or ATRIUM_NAB_DIR, or beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "detection" / "data"
    place = Path(data) / "nab" if data else Path(os.environ.get("ATRIUM_NAB_DIR") or beside / "nab")
    if not (place / "labels" / "combined_windows.json").exists():
        raise Missing(f"the Numenta series are not at {place} (--data FOLDER or ATRIUM_NAB_DIR names the folder)")
    return place


def load(place: Path) -> list[Series]:
    """Every labelled series."""
    labels = json.loads((place / "labels" / "combined_windows.json").read_text(encoding="utf-8"))
    return [_series(place, name, [(_seconds(a), _seconds(b)) for a, b in windows]) for name, windows in sorted(labels.items())]


def _seconds(text: str) -> float:
    return float(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def _series(place: Path, name: str, windows: Sequence[tuple[float, float]]) -> Series:
    with (place / "data" / name).open(newline="", encoding="utf-8") as file:
        rows = [(_seconds(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]
    at, value = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    window, worth = label(at, windows)
    first = min(math.floor(PROBATION * len(rows)), PROBATION * FULL)
    return Series(name, at, value, first, window, worth, len(windows))


def label(at: NDArray[np.float64], windows: Sequence[tuple[float, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each row its window, and the worth of a detection there, a true one at the window's start being 1."""
    window, worth = np.full(len(at), OUTSIDE), np.full(len(at), -1.0)
    rows = [(int(np.argmax(at == a)), int(np.argmax(at == b))) for a, b in windows]
    ends = [int(np.flatnonzero(at == b)[-1]) for _, b in windows]
    for number, ((start, end), last) in enumerate(zip(rows, ends, strict=True)):
        width = end - start + 1
        until = rows[number + 1][0] if number + 1 < len(rows) else len(at)
        for row in range(start, end + 1):
            window[row], worth[row] = number, sigmoid(-(end - row + 1) / width) / sigmoid(-1.0)
        for row in range(end + 1, until):
            worth[row] = sigmoid((row - end) / (width - 1))
        window[end + 1 : last + 1] = OUTSIDE
    return window, worth


def at_threshold(corpus: Sequence[Series], scores: Mapping[str, NDArray[np.float64]], threshold: float) -> Score:
    """What the detector earns when every row that scores `threshold` or more is a detection."""
    raw, windows, hit, false = 0.0, 0, 0, 0
    for one in corpus:
        spoken = (scores[one.name] >= threshold) & (np.arange(len(one.at)) >= one.first)
        for number in range(one.windows):
            inside = spoken & (one.window == number)
            raw += float(one.worth[inside].max()) if inside.any() else -MISSED
            hit += bool(inside.any())
        outside = spoken & (one.window == OUTSIDE)
        raw += FALSE * float(one.worth[outside].sum())
        false += int(outside.sum())
        windows += one.windows
    return Score(100.0 * (raw + windows) / (2.0 * windows), threshold, hit, false)


def optimum(corpus: Sequence[Series], scores: Mapping[str, NDArray[np.float64]]) -> Score:
    """The best score over all thresholds. For detectors that speak rarely: every value above 0 is tried."""
    tried = np.unique(np.concatenate([scores[one.name] for one in corpus]))
    found = (at_threshold(corpus, scores, float(threshold)) for threshold in tried[tried > 0.0])
    return max(found, key=lambda one: one.score, default=at_threshold(corpus, scores, math.inf))
