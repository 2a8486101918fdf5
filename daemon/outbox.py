"""Delivers what the outbox holds: most urgent first, at least once, with one idempotency key; the only place that retries.

Back-off 1 s × 2ⁿ with jitter, capped at 60 s for critical notices and 15 min for others; a notice is given up only when the
channel says it never will take it, or (not critical) after a day.
"""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from daemon.ports import Undelivered
from sensors.kit.words import CRITICAL

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from daemon.adapters.notify import Send
    from daemon.core.nouns import Notice
    from daemon.core.site import NoticeChannel, Site
    from daemon.ports import Clock, OutboxRow, Store

LOG = structlog.get_logger("outbox")
POLL = 0.5  # s between looks at the table
CAP, CAP_CRITICAL = 900.0, 60.0  # s: longest wait between tries
PATIENCE = 86400.0  # s after which a notice that is not critical is given up


class Outbox:
    """One thread that delivers. `run` returns when `stop` is set; an error of our own ends the process (`daemon.service`)."""

    def __init__(self, store: Store, sites: Mapping[str, Site], senders: Mapping[str, Send], clock: Clock) -> None:
        self.store = store
        self.channels: dict[str, tuple[NoticeChannel, Site]] = {
            channel.id: (channel, site) for site in sites.values() for channel in site.channels.values()
        }
        self.senders = senders
        self.clock = clock

    def run(self, stop: threading.Event) -> None:
        """Deliver until told to stop."""
        while not stop.is_set():
            if not self.deliver_due():
                stop.wait(POLL)

    def deliver_due(self) -> int:
        """One round; answers how many rows were tried."""
        rows = self.store.outbox_due(self.clock.now(), limit=20)
        for row in rows:
            self._deliver(row)
        return len(rows)

    def _deliver(self, row: OutboxRow) -> None:
        notice, now = row.notice, self.clock.now()
        known = self.channels.get(notice.channel)
        if known is None:
            self.store.outbox_failed(row.id, retry_at=None, error=f"no channel named {notice.channel} in notices.yaml")
            return
        channel, site = known
        quiet_until = _quiet_until(channel, site, notice, now)
        if quiet_until is not None:
            self.store.outbox_failed(row.id, retry_at=quiet_until, error="quiet hours")
            return
        try:
            self.senders[channel.kind](notice, channel.url)
        except Undelivered as failure:
            retry_at = None if failure.for_good or _too_old(notice, now) else now + pause(row.attempts, notice)
            LOG.warning("not delivered", channel=channel.id, ticket=notice.ticket, why=failure.reason, retry=retry_at is not None)
            self.store.outbox_failed(row.id, retry_at=retry_at, error=failure.reason)
        else:
            self.store.outbox_sent(row.id, self.clock.now())


def pause(attempts: int, notice: Notice, jitter: Callable[[], float] = random.random) -> float:
    """Seconds until the next try, ± 50 %."""
    cap = CAP_CRITICAL if notice.severity is CRITICAL else CAP
    return min(cap, 2.0 ** min(attempts, 20)) * (0.5 + jitter())


def _too_old(notice: Notice, now: float) -> bool:
    return notice.severity is not CRITICAL and now - notice.at > PATIENCE


def _quiet_until(channel: NoticeChannel, site: Site, notice: Notice, now: float) -> float | None:
    """When the channel's quiet hours end, if they hold now. Critical ignores them."""
    if channel.quiet is None or notice.severity is CRITICAL:
        return None
    local = datetime.fromtimestamp(now, ZoneInfo(site.timezone))
    minute, (start, end) = local.hour * 60 + local.minute, channel.quiet
    inside = start <= minute < end if start < end else minute >= start or minute < end
    return now + ((end - minute) % 1440) * 60.0 - local.second if inside else None
