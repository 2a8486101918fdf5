"""How the samples of a window are kept: as summaries in a queue of two stacks. Nothing is computed anew over all of them.

Up to EXACT samples each has a cell of its own, and the window is exact. A window that holds more, by the declared periods of what
it reads or because a source is faster than declared, has CELLS cells of equal length; sums, means, extremes and slopes over the
cells are exact, only the old end of the window is known to one cell (a 128th of its length).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sensors.kit.windows.summaries import Part, Summary

EXACT = 256  # samples kept one by one
CELLS = 128

FRONT, FRONT_PARTS, BACK, BACK_PARTS, WHOLE, OPENED, BEFORE = range(7)  # of a state


@dataclass(frozen=True, slots=True)
class Summed:
    """A queue of summaries. `front` holds, oldest last, each the summary of its cell and all younger of the front, so that the
    oldest can be dropped; `back` the cells since; `whole` the summary of the back. State: [times of the front, parts of the
    front, times of the back, parts of the back, whole, when the youngest cell was opened, last sample (where steps count)]."""

    summary: Summary
    length: float
    width: float  # of a cell; 0: one for each sample

    @staticmethod
    def fresh() -> list[Any]:
        return [[], [], [], [], None, None, None]

    def move(self, state: list[Any], seconds: float) -> None:
        for times in (FRONT, BACK):
            state[times] = [time + seconds for time in state[times]]
        for part in (*state[FRONT_PARTS], *state[BACK_PARTS], *([state[WHOLE]] if state[WHOLE] else [])):
            self.summary.move(part, seconds)
        state[OPENED] = None if state[OPENED] is None else state[OPENED] + seconds
        if state[BEFORE] is not None:
            state[BEFORE][0] += seconds

    def pause(self, state: list[Any]) -> None:
        """What comes next does not follow on what came before."""
        state[BEFORE] = None

    def take(self, state: list[Any], stamp: float, sample: tuple[float, ...]) -> None:
        """A sample more."""
        if self.summary.steps:
            before, state[BEFORE] = state[BEFORE], [stamp, sample[0]]
            if before is None:
                return
            sample = (before[0], before[1], sample[0])
        part = self.summary.begin(stamp, sample)
        back = state[BACK]
        width = self.width
        if not width and len(back) + len(state[FRONT]) >= EXACT:
            width = self.length / CELLS
        if width and back and stamp - state[OPENED] < width:
            back[-1] = stamp
            self.summary.merge(state[BACK_PARTS][-1], part)
        else:
            back.append(stamp)
            state[BACK_PARTS].append(list(part))
            state[OPENED] = stamp
        if state[WHOLE] is None:
            state[WHOLE] = part
        else:
            self.summary.merge(state[WHOLE], part)

    def drop(self, state: list[Any], start: float) -> bool:
        """Forget what is older than `start`; where steps count, what ended there too. Was there anything?"""
        if self.summary.steps:
            start = math.nextafter(start, math.inf)
        front, dropped = state[FRONT], False
        while True:
            if not front and state[BACK] and state[BACK][0] < start:
                self._turn(state)
            if not front or front[-1] >= start:
                return dropped
            front.pop()
            state[FRONT_PARTS].pop()
            dropped = True

    def _turn(self, state: list[Any]) -> None:
        """The back becomes the front."""
        behind: Part | None = None
        for part in reversed(state[BACK_PARTS]):
            if behind is not None:
                self.summary.merge(part, behind)
            behind = part
            state[FRONT_PARTS].append(part)
        state[FRONT].extend(reversed(state[BACK]))
        state[BACK].clear()
        state[BACK_PARTS].clear()
        state[WHOLE] = state[OPENED] = None

    def part(self, state: list[Any]) -> Part | None:
        """The summary of all that is kept; None if nothing is."""
        whole: Part | None = state[WHOLE]
        if not state[FRONT]:
            return whole
        found: Part = state[FRONT_PARTS][-1]
        if whole is None:
            return found
        found = found.copy()
        self.summary.merge(found, whole)
        return found

    def result(self, state: list[Any]) -> float | None:
        part = self.part(state)
        return None if part is None else self.summary.result(part, self.length)
