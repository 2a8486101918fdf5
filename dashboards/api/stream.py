"""The present as server-sent events: `values`, `alarm`, `ticket`, `heartbeat`; `reset` where too much was missed.

Alarm and ticket events carry the store's sequence as id and resume by `Last-Event-ID`; values carry none.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from daemon.core.site import Site
from dashboards import auth, views
from dashboards.api import find
from dashboards.auth import AnyStaff, Who
from dashboards.live import Ear, Line
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.tail import Told

router = APIRouter(tags=["live"])
BEAT = 5.0  # s
RECHECK = 15.0  # s: how long a stream outlives its session
VALUES = 1.0  # s between two frames of values
PER_SESSION, IN_ALL = 6, 200


@router.get("/live", response_class=StreamingResponse)
async def live(
    needs: Needs, who: AnyStaff, request: Request, site: str | None = None, last_event_id: int | None = None
) -> StreamingResponse:
    """`last_event_id` in the address does what the header does: a new EventSource can't send one. Without either: from now on."""
    where = find.site(needs, who, site)
    if sum(needs.streams.values()) >= IN_ALL or needs.streams.get(who.token_hash, 0) >= PER_SESSION:
        raise Problem(429, "streams", headers={"Retry-After": "10"})
    given = request.headers.get("last-event-id", "")
    seq = int(given) if given.isdigit() else last_event_id
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    stream = Stream(needs, who, where, seq, request)
    return StreamingResponse(stream.run(), media_type="text/event-stream", headers=headers)


class Stream:
    """One browser's stream. Holds nothing back for a slow browser: values coalesce, events stay in the shared tail."""

    def __init__(self, needs: Shared, who: Who, site: Site, seq: int | None, request: Request) -> None:
        self.needs, self.who, self.site, self.request = needs, who, site, request
        self.seq = seq
        self.line: Line | None = None
        self.held = False  # values may wait for the next second
        self.beat = self.values = 0.0  # monotonic: when the next is due
        self.recheck = monotonic() + RECHECK

    async def run(self) -> AsyncIterator[str]:
        """Until the browser goes or the session ends."""
        ear = self.needs.live.subscribe(self.site.id)
        self.needs.tail.listen(ear.changed)
        count = self.needs.streams
        count[self.who.token_hash] = count.get(self.who.token_hash, 0) + 1
        try:
            yield "retry: 2000\n\n"
            while await self._welcome():
                ear.changed.clear()  # before looking: what comes while a slow browser is written to is not missed
                for text in self._news(ear):
                    yield text
                await self._rest(ear)
        finally:
            self.needs.live.unsubscribe(ear)
            self.needs.tail.forget(ear.changed)
            count[self.who.token_hash] -= 1
            if not count[self.who.token_hash]:
                del count[self.who.token_hash]

    async def _welcome(self) -> bool:
        if monotonic() < self.recheck:
            return True
        self.recheck = monotonic() + RECHECK
        found = await asyncio.to_thread(auth.find, self.request)
        return found is not None and found.user.roles == self.who.user.roles

    async def _rest(self, ear: Ear) -> None:
        """Wait for news, or until something is due."""
        ahead = min(self.beat, self.recheck, self.values if self.held else self.beat) - monotonic()
        try:
            await asyncio.wait_for(ear.changed.wait(), max(0.05, ahead))
        except TimeoutError:
            return

    def _news(self, ear: Ear) -> list[str]:
        now = monotonic()
        out = self._events()
        self.held = now < self.values
        if not self.held and (changed := ear.take()):
            self.values = now + VALUES * 0.9
            out.append(_frame("values", changed))
        if now >= self.beat or self.line != self.needs.live.line():
            self.beat = now + BEAT
            out.append(self._heartbeat())
        return out

    def _heartbeat(self) -> str:
        self.line = self.needs.live.line()
        newest = self.needs.live.newest(self.site.id)
        body = {"at": self.needs.clock.now(), "broker": self.line.broker, "watch": self.line.watch, "newest": newest}
        body["system"] = self.needs.system.signs
        return _frame("heartbeat", body)

    def _events(self) -> list[str]:
        tail = self.needs.tail
        if tail.seq < 0:
            return []
        if self.seq is None:
            self.seq = tail.seq
        told = tail.after(self.seq)
        self.seq = tail.seq
        if told is None:
            return [_frame("reset", {"seq": tail.seq}, tail.seq)]
        return [self._tell(one) for one in told if one.site == self.site.id and (one.row or one.ticket)]

    def _tell(self, told: Told) -> str:
        now = self.needs.clock.now()
        if told.row:
            return _frame("alarm", views.alarm(self.site, told.row, now), told.seq)
        if told.ticket is None:
            raise AssertionError("an event tells of an alarm or of a ticket")
        seen = views.ticket(self.site, told.ticket, told.events, now, self.who) | views.told(told.untold)
        return _frame("ticket", seen, told.seq)


def _frame(event: str, body: object, seq: int | None = None) -> str:
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {seq}\n" if seq is not None else ""
    return f"{head}event: {event}\ndata: {data}\n\n"
