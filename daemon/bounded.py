"""A call that may hang → a call that answers in time. What hangs is left behind in its own thread, and counted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from daemon.ports import Undelivered

if TYPE_CHECKING:
    from daemon.adapters.notify import Send
    from daemon.core.nouns import Notice

LEFT = 8  # calls left behind at most: a receiver that never answers must not eat the machine's threads


class Bounded:
    """`send` of one lane with a hard end after `seconds`. `timeouts` counts calls that were left behind."""

    def __init__(self, send: Send, seconds: float) -> None:
        self.timeouts = 0
        self._send = send
        self._seconds = seconds
        self._left: list[threading.Thread] = []

    def __call__(self, notice: Notice, url: str) -> None:
        """As `send`; Undelivered where it does not come back in time."""
        self._left = [thread for thread in self._left if thread.is_alive()]
        if len(self._left) >= LEFT:
            raise Undelivered(f"{LEFT} calls before this one have not come back")
        results: list[Undelivered | None] = []
        thread = threading.Thread(target=self._call, args=(notice, url, results), name=f"send-{notice.channel}", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if thread.is_alive():
            self._left.append(thread)
            self.timeouts += 1
            raise Undelivered(f"no answer within {self._seconds:g} s")
        if not results:
            raise RuntimeError(f"the notifier of channel {notice.channel} is broken")  # its own words are on stderr
        if results[0] is not None:
            raise results[0]

    def _call(self, notice: Notice, url: str, results: list[Undelivered | None]) -> None:
        try:
            self._send(notice, url)
        except Undelivered as failure:
            results.append(failure)
        else:
            results.append(None)
