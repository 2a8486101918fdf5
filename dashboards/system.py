"""What the watch says of itself, and what the supervisor has written down → signs for the wall, and checks for whoever asks."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from daemon.core.vitals import KEPT_AS, Check, judge, signs, unpack
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.ports import Store

LOG = structlog.get_logger("web")
EVERY = 3.0  # s
Restarts = dict[str, Any]


class System:
    """The newest word, read in the background. `restarts` answers what the supervisor has written."""

    def __init__(self, store: Store, restarts: Callable[[], Mapping[str, Any]]) -> None:
        self._store, self._restarts = store, restarts
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
        vitals = unpack(self._store.recall(KEPT_AS))
        return [msgspec.to_builtins(sign) for sign in signs(vitals, time.time(), self._restarts())]

    def checks(self) -> list[Check]:
        """Is everything ready? Raises StoreBroken."""
        return judge(unpack(self._store.recall(KEPT_AS)), time.time())
