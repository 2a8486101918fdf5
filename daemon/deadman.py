"""Turns canaries that came home into requests to an outside dead man's switch: who hears nothing for minutes calls somebody.

Any service that waits for GET requests will do (healthchecks, Uptime Kuma, Dead Man's Snitch). One that hangs holds up nobody.
"""

from __future__ import annotations

import threading
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = structlog.get_logger("deadman")
WITHIN = 10.0  # s for an answer


class DeadMan:
    """One receiver. `counted(True)` after each beat it took, `counted(False)` after each it did not."""

    def __init__(self, url: str, counted: Callable[[bool], None], within: float = WITHIN) -> None:
        self.url, self.counted, self.within = url, counted, within
        self._due = threading.Event()
        self._failing = False

    def beat(self) -> None:
        """Tell it soon, from another thread. Beats that come faster than they can be told are one."""
        self._due.set()

    def run(self, stop: threading.Event, alive: Callable[[], None]) -> None:
        """Tell it of every beat until told to stop."""
        while not stop.is_set():
            alive()
            if self._due.wait(1.0):
                self._due.clear()
                self._tell()

    def _tell(self) -> None:
        why = _reach(self.url, self.within)
        self.counted(not why)
        if bool(why) != self._failing:  # the address is a secret, like every webhook's
            self._failing = bool(why)
            LOG.warning("the dead man's switch does not answer", reason=why) if why else LOG.info("it answers again")


def _reach(url: str, within: float) -> str:
    """Ask; answers why it failed, "" where it did not."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "Atrium"}), timeout=within):  # noqa: S310 - http(s), checked at start
            return ""
    except (OSError, HTTPException) as error:  # URLError and HTTPError are OSErrors
        return str(getattr(error, "reason", error)) or type(error).__name__
