"""Turns what brokers say into losses: a session that one forgot, messages that it dropped. Each is told once and kept, for a
restart shall neither hide nor repeat it: what is to become an alarm yet is given up with the very commit that holds its mark."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import structlog

from daemon.core.nouns import LOST, Message
from daemon.core.vitals import GAP_SHOWN

if TYPE_CHECKING:
    from daemon.metrics import Metrics
    from daemon.ports import Store, Transaction

LOG = structlog.get_logger("watch")
DROPPED = "$SYS/broker/publish/messages/dropped"  # mosquitto's and its kin's; others don't say it
KEPT_AS = "losses"
QUIET = 30.0  # s without further drops after which a spill is over: brokers count every 10 s
LONGEST = 600.0  # s: a longer spill is told in parts


class Kept(msgspec.Struct):
    """By source: `gaps` when the last gap ended (0.0: met, never a gap), `counted` the broker's count when it was last heard,
    `dropped` (how many, when last) of the last hour with losses; `owed` sources whose gap is no alarm yet, `spills` drops that
    are none (how many, heard of first, and last). Times are the wall's."""

    gaps: dict[str, float] = {}
    counted: dict[str, int] = {}
    dropped: dict[str, tuple[int, float]] = {}
    owed: set[str] = set()
    spills: dict[str, tuple[int, float, float]] = {}


class Losses:
    """One watch's, for its thread only."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self._kept = _unpack(store.recall(KEPT_AS))
        self._changed = False  # to be saved with the next commit

    @property
    def gaps(self) -> dict[str, float]:
        """Source → when its last gap ended."""
        return {source: at for source, at in self._kept.gaps.items() if at}

    @property
    def dropped(self) -> dict[str, tuple[int, float]]:
        """Source → how many messages its broker dropped, and when we last heard of more."""
        return dict(self._kept.dropped)

    def meet(self, source: str, *, gap: bool) -> None:
        """A broker has let us in; `gap`: it knew no session of ours. Kept at once, for from now on it knows one."""
        if gap and source in self._kept.gaps and source not in self._kept.owed:
            self._kept.owed.add(source)
            self._keep()

    def welcome(self, source: str, *, gap: bool) -> bool:
        """The backlog is in. True: there was a gap, and this is where to tell it. The first meeting with a broker is none."""
        known = source in self._kept.gaps
        if known and not gap and source not in self._kept.owed:
            return False
        self._kept.gaps[source] = time.time() if known else 0.0
        self._kept.owed.discard(source)
        self._changed = True
        if known:
            self._metrics.count("atrium_gaps_total", 1, source)
            LOG.error("the broker had forgotten our session: what was sent meanwhile is lost", source=source)
        return known

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
            so_far, first, _ = self._kept.spills.get(source, (0, now, now))
            self._kept.spills[source] = (so_far + many, first, now)
        self._keep()
        if many:
            self._metrics.count("atrium_dropped_total", many, source)
            LOG.error("the broker dropped messages: raise its max_queued_messages", source=source, messages=many)

    def spilled(self, at: float) -> list[Message]:
        """Marks for the stream: drops that have come to an end, or go on for long. To be committed at once."""
        now = time.time()
        over = {name: one for name, one in self._kept.spills.items() if now - one[2] > QUIET or now - one[1] > LONGEST}
        for source in over:
            del self._kept.spills[source]
            self._changed = True
        return [Message(LOST, f"{many} {now - first:.0f}".encode(), at, source) for source, (many, first, _) in over.items()]

    def note(self, transaction: Transaction) -> None:
        """Before a commit: what has changed is saved with it."""
        if self._changed:
            transaction.remember(KEPT_AS, msgspec.json.encode(self._kept).decode())
            self._changed = False

    def _keep(self) -> None:
        self._changed = True
        with self._store.begin() as transaction:
            self.note(transaction)


def _unpack(told: str | None) -> Kept:
    try:
        return msgspec.json.decode(told, type=Kept) if told else Kept()
    except msgspec.DecodeError:  # of another version
        return Kept()
