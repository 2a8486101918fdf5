"""Frames of live values from the watch → the present as pages read it: newest values per site, and who wants to hear of changes.

Belongs to the event loop of a web process; reading is free for its worker threads, since what was handed out is never changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.core.nouns import Value

    Sample = tuple[float, Value, int]

LOG = structlog.get_logger("web")
SILENT = 4.0  # s without a frame (one comes each second, even an empty one) after which the watch counts as silent
AHEAD = 120.0  # s a sample's clock may run ahead before it says nothing about freshness


@dataclass(frozen=True, slots=True)
class Line:
    """How the present reaches us. `broker`: connected, closed or silent; `watch`: alive or silent."""

    broker: str = "closed"
    watch: str = "silent"


class Ear:
    """One browser. Values wait coalesced: as many as there are points, however slow it is."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.changed = asyncio.Event()
        self._waiting: dict[str, dict[str, Sample]] = {}

    def hear(self, values: Mapping[str, Mapping[str, Sample]]) -> None:
        """Newer values."""
        for device, points in values.items():
            self._waiting.setdefault(device, {}).update(points)
        self.changed.set()

    def take(self) -> dict[str, dict[str, Sample]]:
        """What changed since the last take."""
        waiting, self._waiting = self._waiting, {}
        return waiting


class Board:
    """The present of every site, and the ears that follow it. `patience`: seconds without a frame until the watch is silent."""

    def __init__(self, patience: float = SILENT) -> None:
        self._patience = patience
        self._values: dict[str, dict[str, dict[str, Sample]]] = {}
        self._newest: dict[str, float] = {}
        self._ears: set[Ear] = set()
        self._line = Line()
        self._heard = float("-inf")

    def values(self, site: str) -> dict[str, dict[str, Sample]]:
        """Device → point → (event time, value, quality)."""
        return self._values.get(site, {})

    def newest(self, site: str) -> float | None:
        """Event time of the newest good value."""
        return self._newest.get(site)

    def line(self) -> Line:
        """Connected or not, alive or not."""
        return self._line

    def subscribe(self, site: str) -> Ear:
        """Told of what changes from now on."""
        ear = Ear(site)
        self._ears.add(ear)
        return ear

    def unsubscribe(self, ear: Any) -> None:  # noqa: ANN401 - an Ear, behind the port's own protocol
        """Told no more."""
        self._ears.discard(ear)

    def take_frame(self, site: str, frame: Mapping[str, Any]) -> None:
        """`{"at", "full", "values": {device: {point: [ts, value, quality]}}}`; a full frame replaces what was known."""
        at = float(frame["at"])
        news = {device: {point: _sample(one) for point, one in points.items()} for device, points in frame["values"].items()}
        known = {} if frame.get("full") else self._values.get(site, {})
        self._values[site] = known | {device: known.get(device, {}) | points for device, points in news.items()}
        good = [ts for points in news.values() for ts, _, quality in points.values() if quality == 0 and ts <= at + AHEAD]
        if good:
            self._newest[site] = max(self._newest.get(site, 0.0), *good)
        self._heard = monotonic()
        self.set_line(self._line.broker, "alive")
        for ear in self._ears if news else ():
            if ear.site == site:
                ear.hear(news)

    def take_payload(self, site: str, payload: bytes) -> None:
        """A frame as bytes. Only our own watch publishes them, and the broker's rules keep others out; nonsense is dropped."""
        try:
            self.take_frame(site, msgspec.json.decode(payload))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            LOG.warning("a live frame can't be read", site=site, reason=str(error))

    def set_line(self, broker: str, watch: str) -> None:
        """Everybody is told at once of a change."""
        line = Line(broker, watch)
        if line != self._line:
            self._line = line
            for ear in self._ears:
                ear.changed.set()

    def check(self) -> None:
        """Called about once a second: a watch that sends no frames is silent."""
        if monotonic() - self._heard > self._patience:
            self.set_line(self._line.broker, "silent")


def _sample(given: Any) -> Sample:  # noqa: ANN401 - decoded JSON
    ts, value, quality = given
    return float(ts), value, int(quality)


def forwarder(loop: asyncio.AbstractEventLoop) -> Callable[..., None]:
    """From another thread into the loop; once the loop has ended nobody is interested any more."""

    def forward(call: Callable[..., None], *arguments: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, *arguments)

    return forward
