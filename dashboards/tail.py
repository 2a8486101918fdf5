"""The store's event log → the alarms and tickets that changed, read once per process and kept a while for every browser."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.nouns import Ticket, TicketEvent
    from daemon.ports import EpisodeRow, LiveEvent, Store

LOG = structlog.get_logger("web")
EVERY = 0.4  # s between looks: how late an alarm may be on the screen
KEPT = 500  # events a browser may have missed before it has to start anew


@dataclass(frozen=True, slots=True)
class Told:
    """One change, with its alarm or ticket as it is now."""

    seq: int
    site: str
    row: EpisodeRow | None = None
    ticket: Ticket | None = None
    events: Sequence[TicketEvent] = ()
    untold: float | None = None  # since when nobody could be told


class Tail:
    """The newest events, and the ears to wake when there are more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: deque[Told] = deque()
        self._floor = 0  # everything after it is kept
        self._ears: set[asyncio.Event] = set()
        self.seq = -1  # of the newest; -1: not read yet

    def listen(self, ear: asyncio.Event) -> None:
        """Set it at each change."""
        self._ears.add(ear)

    def forget(self, ear: asyncio.Event) -> None:
        """No more."""
        self._ears.discard(ear)

    def after(self, seq: int) -> list[Told] | None:
        """What came behind `seq`; None: too much of it, or an id from another log."""
        if seq > self.seq or seq < self._floor:
            return None
        return [told for told in self._kept if told.seq > seq]

    async def run(self) -> None:
        """Follow the log until cancelled. A store that does not answer is asked again; `/readyz` tells."""
        while True:
            try:
                await self.look()
            except StoreBroken as error:
                LOG.warning("the event log can't be read", reason=error.reason)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Read what is new and wake the ears."""
        first = self.seq < 0
        found = await asyncio.to_thread(self._begin if first else self._follow)
        for told in found:
            self._keep(told)
        if first:
            self._floor, self.seq = (found[0].seq - 1, found[-1].seq) if found else (self.seq, self.seq)
        for ear in self._ears if found else ():
            ear.set()

    def _keep(self, told: Told) -> None:
        self._kept.append(told)
        self.seq = told.seq
        if len(self._kept) > KEPT:
            self._floor = self._kept.popleft().seq

    def _begin(self) -> list[Told]:
        """What browsers of a former process may ask for."""
        newest = self._store.last_event_seq()
        found = [self._tell(event) for event in self._store.events_after(max(0, newest - KEPT), KEPT)]
        if not found:
            self.seq = newest
        return found

    def _follow(self) -> list[Told]:
        return [self._tell(event) for event in self._store.events_after(self.seq, KEPT)]

    def _tell(self, event: LiveEvent) -> Told:
        name = str(event.body["id"])
        if event.type == "alarm":
            return Told(event.seq, event.site, row=self._store.episode(name))
        events, untold = self._store.ticket_events(name), self._store.untold(event.at).get(name)
        return Told(event.seq, event.site, ticket=self._store.ticket(name), events=events, untold=untold)
