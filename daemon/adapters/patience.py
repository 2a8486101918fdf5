"""Turns what became of the last connections into how long to wait for the next: at once for a while, then longer, never in step
with others.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = 5  # attempts before the pauses grow
LONGEST = 15.0  # s: how long after its broker's return a watch may still be away
STEADY = 10.0  # s; a connection that breaks sooner counts as another failure
CUTS = 5  # connections in a row, each let in and soon cut off without a word, before somebody else is suspected
_jitter = random.Random()  # noqa: S311 - spreads reconnects, keeps no secret


class Patience:
    """One watch's, with its broker. `lives`: is that there, just after it has cut us off? One that is not has crashed."""

    def __init__(self, lives: Callable[[], bool] = lambda: True) -> None:
        self._lives = lives
        self._failures = self._cuts = 0

    def rest(self, *, subscribed: bool, cut: bool, lasted: float) -> float:
        """Seconds to wait after a connection of `lasted` seconds; `cut`: the broker ended it and did not say why."""
        steady = subscribed and lasted > STEADY
        suspect = subscribed and cut and not steady
        self._cuts = self._cuts + 1 if suspect and (not self._cuts or self._lives()) else 0  # one cut asks nobody
        self._failures = 0 if steady else self._failures + 1
        return pause(self._failures)

    @property
    def robbed(self) -> bool:
        """Two clients of one name take the session from each other, and the broker (mosquitto 2.0) tells neither."""
        return self._cuts >= CUTS


def pause(failures: int) -> float:
    """Seconds before the next attempt, drawn evenly: a broker that comes back is not met by everybody in one moment."""
    if failures <= QUICK:
        return _jitter.uniform(0.2, 1.0)
    return _jitter.uniform(0.5, min(LONGEST, 8.0 * 2.0 ** (failures - QUICK - 1)))
