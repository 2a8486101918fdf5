"""Readings → InfluxDB 1, 2, 3 or VictoriaMetrics, and back: the `History` port on a server.

The watch's readings become lines, compressed, in a spool on disk; a second thread sends them in order. So the journal position is
claimed when the lines are on disk here, and a store that is away costs nothing but disk. Retention is the server's.
"""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING, TypeVar

from daemon.adapters.history.behind import Behind
from daemon.adapters.history.influxql import Influxql
from daemon.adapters.history.lines import Lines
from daemon.adapters.history.promql import Promql
from daemon.adapters.history.sender import Sender
from daemon.adapters.history.server import Server
from daemon.adapters.history.spool import Spool, last_position, read_sent
from daemon.ports import HistoryAway, StoreBroken, Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from daemon.adapters.history.behind import Again
    from daemon.adapters.history.minutes import Minute, Row
    from daemon.core.nouns import Reading
    from daemon.core.site import HistoryServer

Found = TypeVar("Found")
_READERS: dict[str, type[Promql | Influxql]] = {"promql": Promql, "influxql": Influxql}
_GZIP = 31  # zlib's window bits for a gzip body
_LOOK = 0.02  # s between looks whether all is sent
_AT_ONCE = 2_000  # readings made into lines in one go; between two of them other threads may go on


def open_influx(data_dir: Path, place: HistoryServer, *, again: Again | None = None) -> InfluxHistory:
    """One process appends (the watch), any number read. Raises StoreBroken where the spool can't be used; a server that is away
    is no hindrance."""
    return InfluxHistory(data_dir / "spool", place, again)


class InfluxHistory:
    """The `History` port. `append`, `flush` and `prune` belong to one thread; reading is free."""

    def __init__(self, folder: Path, place: HistoryServer, again: Again | None = None) -> None:
        self._folder, self._server = folder, Server(place)
        self._reader = _READERS[place.read](self._server)
        self._failed: float | None = None  # since when reading fails here
        self._behind = Behind(_Writer(folder, self._server), last_position(folder), again)
        self.append = self._behind.append
        self.flush = self._behind.flush
        self.settle = self._behind.settle
        self.prune = self._behind.prune

    def position(self) -> int:
        return last_position(self._folder) if self._behind.idle() else self._behind.stored

    def away_since(self) -> float | None:
        return read_sent(self._folder).away_since

    def raw(self, site: str, device: str, point: str, start: float, end: float) -> list[Row]:
        """Both ends included. Raises HistoryAway."""
        return self._ask(lambda: self._reader.raw((site, device, point), start, end))

    def minutes(self, site: str, device: str, point: str, start: float, end: float) -> list[Minute]:
        """Aggregates that begin in the span: of a minute, of 15 where the channel speaks less often. Raises HistoryAway."""
        return self._ask(lambda: self._reader.minutes((site, device, point), start, end))

    def close(self) -> None:
        """Flushes to the spool first; what is not sent is sent after the next start."""
        self._behind.close()
        self._server.close()

    def _ask(self, question: Callable[[], list[Found]]) -> list[Found]:
        try:
            found = question()
        except Undelivered as failed:
            self._failed = self._failed or time.time()
            since = read_sent(self._folder).away_since or self._failed
            raise HistoryAway(failed.reason, since) from failed
        self._failed = None
        return found


class _Writer:
    """Lines into the spool. The sender begins with the first of them."""

    def __init__(self, folder: Path, server: Server) -> None:
        place = server.place
        self._folder, self._server = folder, server
        self._lines = Lines(words_as_tags=place.read == "promql", per_second=1_000 if place.read == "promql" else 1_000_000)
        self._parts: tuple[Spool, Sender] | None = None

    def write(self, batches: Sequence[Sequence[Reading]], position: int) -> None:
        spool, sender = self._opened()
        if not sender.alive():
            raise StoreBroken("the thread that sends to the history store has died; the log says of what.")
        body, count, at = zlib.compressobj(1, zlib.DEFLATED, _GZIP), 0, time.time()
        packed = []
        for batch in batches:
            count += len(batch)
            for place in range(0, len(batch), _AT_ONCE):
                packed += [body.compress(self._lines.write(batch[place : place + _AT_ONCE]).encode())]
        packed.append(body.flush())
        if count or position != spool.position:
            spool.append(b"".join(packed) if count else b"", position=position, lines=count, at=at)
        sender.look()

    def work(self) -> bool:
        """Nothing to do but to wait for what is being sent."""
        if self._parts is None or self._parts[1].away or self._parts[0].empty():
            return False
        time.sleep(_LOOK)
        return True

    def prune(self, now: float) -> None:  # noqa: ARG002 - files have the time of the machine
        self._opened()[0].bound(time.time())

    def shut(self) -> None:
        if self._parts is not None:
            self._parts[1].stop()
            self._parts = None

    def _opened(self) -> tuple[Spool, Sender]:
        if self._parts is None:
            spool = Spool(self._folder, most_bytes=self._server.place.spool_bytes, most_seconds=self._server.place.spool_seconds)
            self._parts = spool, Sender(spool, self._server)
        return self._parts
