"""Delivers what the outbox holds: at least once, with one idempotency key, by one lane per channel and urgency.

Beside them it looks after what no lane can do: rows for channels that are gone, and critical news that nobody could be told.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from daemon.bounded import Bounded
from daemon.core import notices
from daemon.lane import Lane, is_critical, pause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daemon.adapters.notify import Send
    from daemon.core.nouns import Notice
    from daemon.core.site import NoticeChannel, Site
    from daemon.ports import Clock, Store

LOG = structlog.get_logger("outbox")
TIMEOUT = 10.0  # s for one delivery, all in
LOOK = 1.0  # s between looks at what no lane can do


class Outbox:
    """All lanes. `run` returns when `stop` is set; an error of a lane ends it too, and so the process (`daemon.service`)."""

    def __init__(
        self, store: Store, sites: Mapping[str, Site], senders: Mapping[str, Send], clock: Clock, *, timeout: float = TIMEOUT
    ) -> None:
        self.store = store
        self.sites = sites
        self.clock = clock
        self.channels: dict[str, NoticeChannel] = {
            channel.id: channel for site in sites.values() for channel in site.channels.values()
        }
        self.lanes = [
            Lane(channel, critical, Bounded(senders[channel.kind], timeout), store, sites, clock)
            for channel in self.channels.values()
            for critical in (True, False)
        ]
        self.untold: frozenset[str] = frozenset()

    @property
    def timeouts(self) -> int:
        """Calls that did not come back in time, ever."""
        return sum(lane.send.timeouts for lane in self.lanes)

    @property
    def turned(self) -> float:
        """When the lane that is slowest to show one last showed a sign of life (monotonic)."""
        return min((lane.turned for lane in self.lanes), default=monotonic())

    def wake(self, told: Iterable[Notice]) -> None:
        """New rows were committed: their lanes look at once."""
        fresh = {(notice.channel, is_critical(notice)) for notice in told}
        for lane in self.lanes:
            if (lane.channel.id, lane.critical) in fresh:
                lane.wake.set()

    def run(self, stop: threading.Event) -> None:
        """Deliver until told to stop."""
        over = threading.Event()
        with ThreadPoolExecutor(max(1, len(self.lanes)), thread_name_prefix="outbox") as pool:
            lanes = [pool.submit(lane.run, over) for lane in self.lanes]
            try:
                while not stop.wait(LOOK) and not any(lane.done() for lane in lanes):
                    self.look()
            finally:
                over.set()
                for lane in self.lanes:
                    lane.wake.set()
            for one in lanes:
                one.result()

    def look(self) -> None:
        """Pass on what has no lane, and say of which tickets nobody could be told."""
        now = self.clock.now()
        for row in self.store.outbox_strange(self.channels.keys(), now):
            site = self.sites.get(row.notice.site)
            other = notices.instead(site, row.notice) if site else None
            retry_at = now + pause(row.attempts, critical=True) if is_critical(row.notice) else None
            error = f"no channel named {row.notice.channel} in notices.yaml"
            self.store.outbox_failed([row.id], retry_at=retry_at, error=error, instead=[other] if other else [])
        untold = frozenset(self.store.untold(now))
        if untold != self.untold:
            self.store.tell_again(untold ^ self.untold, now)
            for ticket in untold - self.untold:
                LOG.error("nobody could be told yet", ticket=ticket)
            self.untold = untold
