"""Figures of a benchmark: repeated runs, their median, and a ratio to something measured in the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity: the median of `runs`; `ratio` of it to `beside`, another figure of the same section."""

    name: str
    unit: str
    runs: tuple[float, ...]
    beside: str = ""
    ratio: float | None = None

    @property
    def median(self) -> float:
        return median(self.runs)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "median": self.median, "min": min(self.runs), "max": max(self.runs)}


def figure(name: str, unit: str, runs: list[float], beside: Figure | None = None) -> Figure:
    """A figure; with `beside`, the ratio of the medians."""
    if beside is None:
        return Figure(name, unit, tuple(runs))
    return Figure(name, unit, tuple(runs), beside.name, median(runs) / beside.median if beside.median else None)


def rates(run: Callable[[], int], times: int = RUNS) -> list[float]:
    """Things done per second, for each of some runs."""
    found = []
    for _ in range(times):
        began = perf_counter()
        count = run()
        found.append(count / (perf_counter() - began))
    return found
