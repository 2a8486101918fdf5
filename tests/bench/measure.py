"""Figures of a benchmark: repeated runs, their median, and a ratio to something measured in the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity: the median of `runs`; `ratio` of it to `beside`, another figure of the same section.

    `most` and `least` are what it shall reach: the ratio where there is one, else the median.
    """

    name: str
    unit: str
    runs: tuple[float, ...]
    beside: str = ""
    ratio: float | None = None
    most: float | None = None
    least: float | None = None

    @property
    def median(self) -> float:
        return median(self.runs)

    @property
    def reached(self) -> bool | None:
        """Is it as good as it shall be? None: nothing was promised."""
        value = self.median if self.ratio is None else self.ratio
        if self.most is None and self.least is None:
            return None
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "median": self.median, "min": min(self.runs), "max": max(self.runs), "reached": self.reached}

    def line(self) -> str:
        """For people."""
        spread = f"{min(self.runs):,.1f} … {max(self.runs):,.1f}" if len(self.runs) > 1 else ""
        beside = f"{self.ratio:.2f} × {self.beside}" if self.ratio is not None else ""
        return f"  {self.name:45} {self.median:12,.1f} {self.unit:16} {spread:28} {beside}{self._verdict()}"

    def _verdict(self) -> str:
        if self.reached is None:
            return ""
        bound = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"
        return f"   [{bound}: {'reached' if self.reached else 'MISSED'}]"


def figure(
    name: str,
    unit: str,
    runs: Sequence[float],
    beside: Figure | None = None,
    *,
    most: float | None = None,
    least: float | None = None,
) -> Figure:
    """A figure; with `beside`, the ratio of the medians."""
    if beside is None:
        return Figure(name, unit, tuple(runs), most=most, least=least)
    ratio = median(runs) / beside.median if beside.median else None
    return Figure(name, unit, tuple(runs), beside.name, ratio, most, least)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def rates(run: Callable[[], int], times: int = RUNS) -> list[float]:
    """Things done per second, for each of some runs."""
    found = []
    for _ in range(times):
        began = perf_counter()
        count = run()
        found.append(count / (perf_counter() - began))
    return found
