"""The way samples go before they enter a window that ended some time ago: `min(main_pressure, 60s before 10s)`.

Up to EXACT samples wait one by one. More (by declared periods, or because a source is faster than declared) wait as one per cell,
a 128th of the delay: the least of them before a minimum, the greatest before a maximum, else their mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.windows.stores import CELLS, EXACT
from sensors.kit.windows.times import all_later

if TYPE_CHECKING:
    from collections.abc import Callable


def mean(count: int, before: float, sample: float) -> float:
    """Of one sample more."""
    return before + (sample - before) / (count + 1)


def least(_count: int, before: float, sample: float) -> float:
    """Of one sample more."""
    return min(before, sample)


def greatest(_count: int, before: float, sample: float) -> float:
    """Of one sample more."""
    return max(before, sample)


@dataclass(frozen=True, slots=True)
class Delay:
    """A queue. State: [times, samples, how many samples the newest stands for]."""

    seconds: float
    width: float
    join: Callable[[int, float, float], float] = mean

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], 0]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        state[0] = all_later(state[0], seconds)

    def put(self, state: list[Any], stamp: float, sample: float) -> None:
        """A sample begins to wait."""
        times, samples, count = state
        width = self.width or (self.seconds / CELLS if len(times) >= EXACT else 0.0)
        if width and times and stamp - times[-1] < width:
            samples[-1] = self.join(count, samples[-1], sample)
            state[2] += 1
            return
        times.append(stamp)
        samples.append(sample)
        state[2] = 1

    def due(self, state: list[Any], now: float) -> tuple[float, float] | None:
        """The next sample that has waited long enough."""
        if not state[0] or state[0][0] > now - self.seconds:
            return None
        return state[0].pop(0), state[1].pop(0)
