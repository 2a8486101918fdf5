"""Times as windows need them: shifted with a clock, of the newest reading, in the site's own days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sensors.kit.nodes import Values

DAY = 86400.0


def later(time: float | None, seconds: float) -> float | None:
    """A remembered time on a clock that was moved."""
    return None if time is None else time + seconds


def all_later(times: list[float], seconds: float) -> list[float]:
    """Remembered times on a clock that was moved."""
    return [time + seconds for time in times]


def heard(state: list[Any], name: str, values: Values) -> float | None:
    """Event time of the newest reading ever seen of a channel."""
    memory = values.memories.get(name)
    if memory is not None and memory.good is not None:
        state[0] = memory.good_ts
    seen: float | None = state[0]
    return seen


def newest(reads: tuple[str, ...], values: Values) -> float:
    """Event time of the newest reading among these channels, those that are unknown left out."""
    found, memories = -math.inf, values.memories
    for name in reads:
        memory = memories.get(name)
        if memory is not None and memory.good_at is not None and memory.good_ts > found:
            found = memory.good_ts
    return found


def local(values: Values, now: float) -> float | None:
    """The site's wall clock as seconds since 1970 in its own zone; None where nobody says which zone that is."""
    offset = getattr(values, "offset", None)
    return None if offset is None else now + float(offset(now))
