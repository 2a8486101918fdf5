"""The whole watch fed without a broker: a process that always has data takes the broker's place. Single values, QoS 1.

Beside it a bare paho client with an empty callback on the same packets; and what signatures cost: the watch as it is beside one
that judges by limits alone, on single values and on messages of eight.

`python -m tests.bench.pipe PORT COUNT SITES VERSION VALUES` is that process: it says when the data began and when the last was
acknowledged.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench import company, stage
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.rig import free_port
from tests.bench.stream import packet, packets, payloads, templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITES = 10
COUNT = 200_000  # messages of one run
MANY = 8  # values of a message, for the signatures
AHEAD = 2000  # unacknowledged at most: what the watch asks for
BLOCK = 100  # packets of one write
BARE = """
import sys
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
client = Client(CallbackAPIVersion.VERSION2)
client.on_message = lambda *_: None
client.on_connect = lambda c, *_: c.subscribe("atrium/+/+/telemetry", qos=1)
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_forever()
"""


def bench(folder: Path) -> list[Figure]:
    """Messages for each second of processor time, in turn."""
    config = company.write(folder / "config", SITES)
    runs: dict[str, list[float]] = {"bare paho, empty callback": []}
    for turn in range(RUNS):
        runs["bare paho, empty callback"].append(_bare(folder / f"bare {turn}"))
        for values in (1, MANY):
            for how, module in (("the whole watch", "daemon"), ("limits only", "tests.bench.limits_only")):
                cost = _whole(folder / f"{how} {values} {turn}", config, module, values)
                runs.setdefault(f"{how}, messages of {values}", []).append(cost)
    bare, one, one_plain, many, many_plain = (figure(name, "messages/CPU s", found) for name, found in runs.items())
    first = figure(one.name, one.unit, one.runs, bare, least=4.0)
    return [bare, first, one_plain, _beside(one, one_plain), many_plain, _beside(many, many_plain)]


def _beside(ours: Figure, plain: Figure) -> Figure:
    """The watch beside one without signatures."""
    return figure(ours.name, ours.unit, ours.runs, plain, least=0.6)


def _bare(folder: Path) -> float:
    folder.mkdir()
    count = COUNT // 2
    with _source(folder, count, 4, 1) as (port, source):
        command = [sys.executable, "-c", BARE, str(port)]
        with stage.started(command, folder / "log") as running:
            return _cost(source, running, count)


def _whole(folder: Path, config: Path, module: str, values: int) -> float:
    folder.mkdir()
    count = COUNT // 2 if values > 1 else COUNT
    with _source(folder, count, 5, values) as (port, source):
        options = ["--config", str(config), "--data", str(folder / "data"), "--mqtt", f"mqtt://127.0.0.1:{port}"]
        command = [sys.executable, "-m", module, "run", "--role", "watch", *options]
        with stage.started(command, folder / "log") as running:
            return _cost(source, running, count)


def _cost(source: subprocess.Popen[str], running: stage.Running, count: int) -> float:
    """Messages for each second of processor time, from the first to the acknowledgement of the last."""
    assert source.stdout is not None
    assert source.stdout.readline() == "begun\n", running.log.read_text(encoding="utf-8")
    before = running.cpu()
    assert source.stdout.readline() == "done\n", running.log.read_text(encoding="utf-8")
    return count / (running.cpu() - before)


@contextmanager
def _source(folder: Path, count: int, version: int, values: int) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.pipe", str(port), str(count), str(SITES), str(version), str(values)]
    with (
        (folder / "source.log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as one,
    ):
        try:
            stage.answers(port, 60.0)
            yield port, one
        finally:
            one.kill()
            one.communicate()


@dataclass(slots=True)
class Line:
    """One client of the source."""

    socket: socket.socket
    five: bool = False
    fed: bool = False  # it subscribed to telemetry
    rest: bytes = b""
    acknowledged: int = 0


class Source:
    """A broker as far as the watch can tell: answers what must be answered, has data for whom subscribes to telemetry."""

    def __init__(self, port: int, ready: list[bytes]) -> None:
        self.ready = ready
        self.sent = 0
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", port))
        self.selector.register(self.listener, selectors.EVENT_READ)

    def run(self) -> None:
        """Until everything was acknowledged."""
        line = self._wait_for_reader()
        time.sleep(2.0)  # until whoever it is has settled
        print("begun", flush=True)
        while line.acknowledged < len(self.ready):
            due = min(len(self.ready), self.sent + BLOCK, line.acknowledged + AHEAD)
            if due > self.sent:
                line.socket.sendall(b"".join(self.ready[self.sent : due]))
                self.sent = due
            self._turn(0.0 if self.sent < min(len(self.ready), line.acknowledged + AHEAD) else 0.05)
        print("done", flush=True)
        while True:
            self._turn(1.0)

    def _wait_for_reader(self) -> Line:
        while True:
            self._turn(1.0)
            for key in self.selector.get_map().values():
                if isinstance(key.data, Line) and key.data.fed:
                    return key.data

    def _turn(self, wait: float) -> None:
        for key, _ in self.selector.select(wait):
            if key.data is None:
                accepted = self.listener.accept()[0]
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(accepted, selectors.EVENT_READ, Line(accepted))
            else:
                self._hear(key.data)

    def _hear(self, line: Line) -> None:
        got = line.socket.recv(1 << 20)
        if not got:
            self.selector.unregister(line.socket)
            return
        data = line.rest + got
        place = 0
        while (end := _end(data, place)) is not None:
            self._answer(line, data[place], data[_body(data, place) : end])
            place = end
        line.rest = data[place:]

    def _answer(self, line: Line, head: int, body: bytes) -> None:
        kind = head >> 4
        if kind == 4:
            line.acknowledged += 1
        elif kind == 1:
            line.five = body[6] == 5
            line.socket.sendall(b"\x20\x03\x00\x00\x00" if line.five else b"\x20\x02\x00\x00")
        elif kind == 8:
            line.fed = line.fed or b"/telemetry" in body
            line.socket.sendall(_suback(body[:2], _filters(body, five=line.five), five=line.five))
        elif kind == 12:
            line.socket.sendall(b"\xd0\x00")
        elif kind == 3 and head & 0x06:
            self._published(line, body)

    def _published(self, line: Line, body: bytes) -> None:
        """Acknowledge; what the watch says to itself comes back to it."""
        length = int.from_bytes(body[:2])
        line.socket.sendall(b"\x40\x02" + body[2 + length : 4 + length])
        if b"/canary/" in body[2 : 2 + length]:
            line.socket.sendall(packet(0x30, body[: 2 + length] + body[4 + length :]))


def _suback(mid: bytes, count: int, *, five: bool) -> bytes:
    body = mid + (b"\x00" if five else b"") + b"\x01" * count
    return b"\x90" + bytes([len(body)]) + body


def _filters(body: bytes, *, five: bool) -> int:
    place, count = 2, 0
    if five:
        place += 1 + body[2]
    while place < len(body):
        place += 3 + int.from_bytes(body[place : place + 2])
        count += 1
    return count


def _body(data: bytes, place: int) -> int:
    at = place + 1
    while data[at] & 0x80:
        at += 1
    return at + 1


def _end(data: bytes, place: int) -> int | None:
    """Where the packet at `place` ends; None while a part of it is missing."""
    size, shift, at = 0, 0, place + 1
    while at < len(data):
        size |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return at + size if at + size <= len(data) else None
    return None


def main(arguments: list[str]) -> None:
    """Make the packets, then be the source."""
    port, count, sites, version, values = (int(word) for word in arguments)
    some = templates(sites, values)
    start = time.time() - 60.0
    Source(port, packets(payloads(some, count, start=start, rate=count / 50.0), five=version == 5)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
