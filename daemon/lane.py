"""One channel's deliveries, of what is critical or of the rest: due rows → messages → sent, tried again, or passed on.

Each lane has a thread of its own: a channel that hangs delays no other, and what waits on a channel delays nothing critical.
Back-off 1 s × 2ⁿ ± 50 %, at most 60 s for what is critical and 15 min for the rest. Critical news is never given up.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from daemon.core import fold, notices
from daemon.ports import Undelivered
from sensors.kit.words import CRITICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from daemon.bounded import Bounded
    from daemon.core.deliveries import OutboxRow
    from daemon.core.nouns import Notice
    from daemon.core.site import NoticeChannel, Site
    from daemon.ports import Clock, Store

LOG = structlog.get_logger("outbox")
POLL = 0.5  # s between looks at the table; what the watch itself has written wakes the lane at once
CAP, CAP_CRITICAL = 900.0, 60.0  # s: longest wait between tries
PATIENCE = 86_400.0  # s after which a notice that is not critical is given up
TRIES = 3  # failures after which the person's next channel is tried
SOME = 50  # rows of one look at the table; a look costs more than a delivery
FRESH = 1.0  # s that what was read there is believed
ALL = 10_000  # rows of one person taken in hand at once
REST = 30.0  # s a person is left in peace after a summary


@dataclass(slots=True)
class Lane:
    """The worker of one channel. `failures`: in a row, of the channel as a whole."""

    channel: NoticeChannel
    critical: bool
    send: Bounded
    store: Store
    sites: Mapping[str, Site]
    clock: Clock
    wake: threading.Event = field(default_factory=threading.Event)
    failures: int = 0
    turned: float = field(default_factory=monotonic)  # when it last showed a sign of life
    _resting: dict[str, float] = field(default_factory=dict)  # person → until

    def run(self, stop: threading.Event) -> None:
        """Deliver until told to stop."""
        while not stop.is_set():
            self.turned = monotonic()
            self.wake.clear()
            if not self.turn():
                self.wake.wait(POLL)

    def turn(self) -> bool:
        """Deliver what one look at the table finds, a message a person, until one fails; False where nothing is due."""
        now, began = self.clock.now(), monotonic()
        self._resting = {person: until for person, until in self._resting.items() if until > now}
        due = self.store.outbox_lane(self.channel.id, now, critical=self.critical, but=self._resting, limit=SOME)
        for who in dict.fromkeys(map(_whose, due)):
            his: Sequence[OutboxRow] = [row for row in due if _whose(row) == who]
            if len(due) == SOME:  # there may be more of his
                his = self.store.outbox_lane(self.channel.id, now, critical=self.critical, who=who, limit=ALL)
            rows = _together(his)
            if not self._hold_back(rows, now) and not self._deliver(rows, now):
                break
            if monotonic() - began > FRESH:
                break
        return bool(due)

    def _hold_back(self, rows: Sequence[OutboxRow], now: float) -> bool:
        """Quiet hours: what can wait, waits."""
        site = self.sites.get(rows[0].notice.site) or next(iter(self.sites.values()))
        until = None if self.critical else quiet_until(self.channel, site, now)
        if until is not None:
            self.store.outbox_later([row.id for row in rows], until, "quiet hours")
        return until is not None

    def _deliver(self, rows: Sequence[OutboxRow], now: float) -> bool:
        ids = [row.id for row in rows]
        message = fold.fold([row.notice for row in rows], self._key(rows, ids))
        try:
            self.send(message, self.channel.url)
        except Undelivered as failure:
            self.failures += 1
            self._put_off(rows, failure, now)
            return False
        self.failures = 0
        self.store.outbox_sent(ids, self.clock.now())
        if not self.critical and len({row.notice.ticket for row in rows}) > fold.STORM:
            self._resting[message.person] = now + REST
        return True

    def _key(self, rows: Sequence[OutboxRow], ids: list[int]) -> str:
        """Kept before the first try: whatever happens then, these rows leave as this message."""
        if len(rows) == 1 or rows[0].message:
            return rows[0].message or rows[0].notice.key
        key = fold.key([row.notice for row in rows])
        self.store.outbox_fold(ids, key)
        return key

    def _put_off(self, rows: Sequence[OutboxRow], failure: Undelivered, now: float) -> None:
        retry_at = now + pause(rows[0].attempts, critical=self.critical)
        spent = failure.for_good or now - max(row.notice.at for row in rows) > PATIENCE
        others = self._instead(rows) if failure.for_good or rows[0].attempts + 1 >= TRIES else []
        LOG.warning("not delivered", channel=self.channel.id, many=len(rows), why=failure.reason, passed_on=len(others))
        given_up = spent and not self.critical
        self.store.outbox_failed(
            [row.id for row in rows], retry_at=None if given_up else retry_at, error=failure.reason, instead=others
        )
        if self.failures >= TRIES and not self.critical:
            self._spare(retry_at, failure.reason)

    def _spare(self, retry_at: float, why: str) -> None:
        """A channel that is down is asked once for all that wait, not once for each; the others' next channels hear at once."""
        waiting = self.store.outbox_lane(self.channel.id, self.clock.now(), critical=False, limit=ALL)
        if waiting:
            self.store.outbox_later([row.id for row in waiting], retry_at, why, instead=self._instead(waiting))

    def _instead(self, rows: Sequence[OutboxRow]) -> list[Notice]:
        known = [(self.sites.get(row.notice.site), row.notice) for row in rows]
        others = [notices.instead(site, notice) for site, notice in known if site is not None]
        return [other for other in others if other is not None]


def _whose(row: OutboxRow) -> tuple[str, str]:
    return row.notice.person, row.notice.site


def _together(due: Sequence[OutboxRow]) -> list[OutboxRow]:
    """What leaves with the first of one person's rows: the message it belongs to already, or what fits into one."""
    first = due[0]
    if first.message:
        return [row for row in due if row.message == first.message]
    free = [row for row in due if not row.message]
    return [free[place] for place in fold.pick([row.notice for row in free])]


def pause(attempts: int, *, critical: bool, jitter: Callable[[], float] = random.random) -> float:
    """Seconds until the next try, ± 50 %."""
    return min(CAP_CRITICAL if critical else CAP, 2.0 ** min(attempts, 20)) * (0.5 + jitter())


def quiet_until(channel: NoticeChannel, site: Site, now: float) -> float | None:
    """When the channel's quiet hours end, if they hold now."""
    if channel.quiet is None:
        return None
    local = datetime.fromtimestamp(now, ZoneInfo(site.timezone))
    minute, (start, end) = local.hour * 60 + local.minute, channel.quiet
    inside = start <= minute < end if start < end else minute >= start or minute < end
    return now + ((end - minute) % 1440) * 60.0 - local.second if inside else None


def is_critical(notice: Notice) -> bool:
    """Critical news has lanes of its own."""
    return notice.severity is CRITICAL
