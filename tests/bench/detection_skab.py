"""Turns a detector's verdicts on the runs of the Skoltech pump loop (SKAB v0.9) into F1, false-alarm rate and missed-alarm rate.

The first 400 rows of a run are training, the rest is scored row by row, all runs together. Always alarming has F1 0.698: F1 says
nothing without the false-alarm rate.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.parts import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

TRAINING = 400
POINTS = {  # the eight channels and their units
    "Accelerometer1RMS": "mm/s",
    "Accelerometer2RMS": "mm/s",
    "Current": "A",
    "Pressure": "MPa",
    "Temperature": "Cel",
    "Thermocouple": "Cel",
    "Voltage": "V",
    "Volume Flow RateRMS": "L/min",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One labelled run: rows of the channels at epoch seconds, and whether each row is anomalous."""

    name: str
    at: NDArray[np.float64]
    rows: NDArray[np.float64]
    anomaly: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Score:
    """F1; false and missed alarms in percent of the rows that were normal and anomalous."""

    f1: float
    false: float
    missed: float


def folder(data: str = "") -> Path:
    """Where the runs lie: given, or ATRIUM_SKAB_DIR, or beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "detection" / "data"
    place = Path(data) / "skab" if data else Path(os.environ.get("ATRIUM_SKAB_DIR") or beside / "skab")
    if not (place / "data" / "valve1").is_dir():
        raise Missing(f"the pump loop's runs are not at {place} (--data FOLDER or ATRIUM_SKAB_DIR names the folder)")
    return place


def load(place: Path) -> list[Run]:
    """Every labelled run."""
    groups = [
        sorted((place / "data" / group).glob("*.csv"), key=lambda path: int(path.stem)) for group in ("valve1", "valve2", "other")
    ]
    return [_run(path) for paths in groups for path in paths]


def _run(path: Path) -> Run:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    at = [datetime.fromisoformat(row["datetime"]).replace(tzinfo=UTC).timestamp() for row in rows]
    values = [[float(row[name]) for name in POINTS] for row in rows]
    anomaly = [float(row["anomaly"]) == 1.0 for row in rows]
    return Run(f"{path.parent.name}/{path.stem}", np.array(at), np.array(values), np.array(anomaly))


def score(pairs: Iterable[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> Score:
    """(is anomalous, was alarmed) of every run's scored rows."""
    true, alarmed = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    hit, false = int((true & alarmed).sum()), int((~true & alarmed).sum())
    missed, quiet = int((true & ~alarmed).sum()), int((~true & ~alarmed).sum())
    f1 = hit / max(1.0, hit + (missed + false) / 2.0)
    return Score(f1, 100.0 * false / max(1, false + quiet), 100.0 * missed / max(1, missed + hit))
