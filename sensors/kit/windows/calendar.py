"""Hours and days on the site's own clock: `between(02:00, 05:00)`, `days(C, n)`. Exact; unknown where nobody says which zone the
site is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit.nodes import WAKE, Step
from sensors.kit.windows.times import DAY, local

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Values


@dataclass(frozen=True, slots=True)
class Between:
    """From one time of day (included) to another (not included), across midnight where the first is later."""

    begin: float
    end: float
    slot: int = 0
    children: tuple[Node, ...] = ()

    def value(self, memory: Memory, now: float, values: Values) -> bool | None:
        wall = local(values, now)
        if wall is None:
            return None
        time = wall % DAY
        inside = self.begin <= time < self.end if self.begin < self.end else not self.end <= time < self.begin
        ahead = ((self.end if inside else self.begin) - time) % DAY or DAY
        memory[WAKE] = min(memory[WAKE], now + ahead)
        return inside


@dataclass(frozen=True, slots=True)
class Days(Step):
    """`days(C, n)`: on how many of the last n local days, today among them, C was true at some moment. A day not watched
    counts as one without. Slot: [days on which it was, counted since 1970]."""

    child: Node
    days: int
    slot: int
    unit: str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.child,)

    @staticmethod
    def fresh() -> list[Any]:
        return [[]]

    @staticmethod
    def move(state: list[Any], seconds: float) -> None:
        """Days passed are days passed."""

    def step(self, memory: Memory, now: float, values: Values, truth: bool | None) -> int | None:  # noqa: FBT001 - a truth
        wall = local(values, now)
        if wall is None:
            return None
        found, today = memory[self.slot][0], int(wall // DAY)
        if truth and (not found or found[-1] < today):
            found.append(today)
        while found and found[0] <= today - self.days:
            del found[0]
        if found:
            memory[WAKE] = min(memory[WAKE], now + DAY - wall % DAY)
        return None if truth is None and not found else len(found)
