"""What was lost before it reached us: a session that a broker forgot, messages that it dropped; each is told once and kept, for
a restart shall neither hide nor repeat it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import structlog

from daemon.core.vitals import GAP_SHOWN

if TYPE_CHECKING:
    from daemon.metrics import Metrics
    from daemon.ports import Store

LOG = structlog.get_logger("watch")
DROPPED = "$SYS/broker/publish/messages/dropped"  # mosquitto's and its kin's; others don't say it
KEPT_AS = "losses"


class Kept(msgspec.Struct):
    """By source: `gaps` when the last gap ended (0.0: met, never a gap), `counted` the broker's count when it was last heard,
    `dropped` (how many, when last) of the last hour with losses. Times are the wall's."""

    gaps: dict[str, float] = {}
    counted: dict[str, int] = {}
    dropped: dict[str, tuple[int, float]] = {}


class Losses:
    """One watch's, for its thread only."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self._kept = _unpack(store.recall(KEPT_AS))

    @property
    def gaps(self) -> dict[str, float]:
        """Source → when its last gap ended."""
        return {source: at for source, at in self._kept.gaps.items() if at}

    @property
    def dropped(self) -> dict[str, tuple[int, float]]:
        """Source → how many messages its broker dropped, and when we last heard of more."""
        return dict(self._kept.dropped)

    def welcome(self, source: str, *, gap: bool) -> None:
        """A connection has begun. The first meeting with a broker is no gap."""
        known = source in self._kept.gaps
        if known and not gap:
            return
        self._kept.gaps[source] = time.time() if known else 0.0
        self._keep()
        if known:
            self._metrics.count("atrium_gaps_total", 1, source)
            LOG.error("the broker had forgotten our session: what was sent meanwhile is lost", source=source)

    def hear(self, source: str, payload: bytes) -> None:
        """How many messages a broker says it has dropped since it was started, for whomever. Its first word is where we begin."""
        before, now = self._kept.counted.get(source), time.time()
        if not payload.isdigit() or before == int(payload):
            return
        self._kept.counted[source] = count = int(payload)
        many = 0 if before is None else count - before if count > before else count  # fewer: it was started anew
        if many:
            earlier, at = self._kept.dropped.get(source, (0, 0.0))
            self._kept.dropped[source] = (many + (earlier if now - at < GAP_SHOWN else 0), now)
        self._keep()
        if many:
            self._metrics.count("atrium_dropped_total", many, source)
            LOG.error("the broker dropped messages: raise its max_queued_messages", source=source, messages=many)

    def _keep(self) -> None:
        with self._store.begin() as transaction:
            transaction.remember(KEPT_AS, msgspec.json.encode(self._kept).decode())


def _unpack(told: str | None) -> Kept:
    try:
        return msgspec.json.decode(told, type=Kept) if told else Kept()
    except msgspec.DecodeError:  # of another version
        return Kept()
