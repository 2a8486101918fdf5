"""What one rule about the data remembers of one point: nothing while the point behaves, else a `Trace`; and the `Case` it is
shown, one reading beside what was known before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sensors.kit.words import NUMBERS, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.core.device import DeviceState, Memory
    from daemon.core.nouns import Value
    from daemon.core.rulebook import Sense
    from sensors.kit.words import Point, Severity, Text

STIRRED = "!"  # of a device's samples: when the equipment stirred, when a gauge jumped and which, when a switch moved and which
LONG_AGO = -1e18
AT_REST = (LONG_AGO, LONG_AGO, -1.0, LONG_AGO, -1.0)


class Trace(msgspec.Struct, array_like=True, gc=False):
    """A suspicion. `told`: 0 not yet, 1 told, 2 told as one that lasts; `keen`: no reading of the device may pass unseen."""

    told: int = 0
    keen: bool = True
    since: float = 0.0
    count: int = 0
    seen: list[float] = []


@dataclass(slots=True)
class Case:
    """One reading of one point, newer than what `memory` holds. `odd`: not good, or further from the last than noise explains."""

    device: DeviceState
    sense: Sense
    memory: Memory
    value: Value
    ts: float
    flaw: str
    odd: bool

    @property
    def number(self) -> float:
        """The value where it is one."""
        return float(self.value) if isinstance(self.value, int | float) else 0.0

    @property
    def before(self) -> float:
        """The last good number."""
        good = self.memory.good
        return float(good) if isinstance(good, int | float) else 0.0

    @property
    def fresh(self) -> bool:
        """Is the last good value that of the sample before?"""
        return self.memory.good_at is not None and self.ts - self.memory.good_ts <= 3.0 * self.sense.period

    @property
    def stirred(self) -> bool:
        """Did the equipment itself do something lately: a switch, or two gauges at once?"""
        return self.ts - self.device.samples.get(STIRRED, AT_REST)[0] <= 2.0 * self.sense.period

    @property
    def switched(self) -> bool:
        """Did a switch of the equipment move lately?"""
        return self.ts - self.device.samples.get(STIRRED, AT_REST)[3] <= 2.0 * self.sense.period

    def accompanied(self, within: float) -> bool:
        """Was the last switch that moved another one, so short a time ago?"""
        *_, moved, which = self.device.samples.get(STIRRED, AT_REST)
        return which not in (-1.0, self.sense.place) and self.ts - moved <= within


@dataclass(frozen=True, slots=True)
class Family:
    """One rule of the reference: which points it suits, how it feels a reading, what it says. `graver`: how bad it is once it
    lasts; `hides`: what it explains of the same point."""

    id: str
    suits: Callable[[Point], bool]
    feel: Callable[[Case, Trace | None], Trace | None]
    says: Callable[[Point, Trace], tuple[Text, Mapping[str, Value]]]
    graver: Severity | None = None
    hides: tuple[str, ...] = ()


def is_number(point: Point) -> bool:
    """A measured or counted quantity."""
    return point.type in NUMBERS


def is_gauge(point: Point) -> bool:
    """A measured quantity whose noise is known."""
    return point.type is Type.FLOAT and bool(point.noise) and not point.noise_relative and point.span is not None
