"""What the watch says of itself, and what the supervisor has written down → signs for the wall, and checks for whoever asks."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from daemon.core.vitals import KEPT_AS, STALE, Check, judge, signs, unpack
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.ports import Store

LOG = structlog.get_logger("web")
EVERY = 3.0  # s
Restarts = dict[str, Any]


class System:
    """The newest word, read in the background. `restarts` answers what the supervisor has written; `heard` takes each new word
    about the watch's time: what it was, and how long ago."""

    def __init__(
        self, store: Store, restarts: Callable[[], Mapping[str, Any]], heard: Callable[[float, float], object] | None = None
    ) -> None:
        self._store, self._restarts, self._heard = store, restarts, heard
        self._wall = 0.0  # when the newest word was said
        self.signs: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                self.signs = await asyncio.to_thread(self.look)
            except StoreBroken as error:
                LOG.warning("what the watch says of itself can't be read", reason=error.reason)
            await asyncio.sleep(EVERY)

    def look(self) -> list[dict[str, Any]]:
        """The signs as plain values, the worst first."""
        vitals, wall = unpack(self._store.recall(KEPT_AS)), time.time()
        if self._heard and vitals and "now" in vitals.facts and self._wall != vitals.wall and 0.0 <= wall - vitals.wall <= STALE:
            self._wall = vitals.wall
            self._heard(vitals.facts["now"], wall - vitals.wall)
        return [msgspec.to_builtins(sign) for sign in signs(vitals, wall, self._restarts())]

    def checks(self) -> list[Check]:
        """Is everything ready? Raises StoreBroken."""
        return judge(unpack(self._store.recall(KEPT_AS)), time.time())
