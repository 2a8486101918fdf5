"""Turns the devices of a company into ready MQTT packets: healthy values, one packet a message, made before the clock runs.

So the load costs nearly nothing while it is measured. `Sender.publish` sends them in step with their time stamps.
"""

from __future__ import annotations

import math
import random
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sensors.kit.expand import expand_points, instances_of
from sensors.kit.words import Type
from sensors.registry import kinds
from tests.bench.company import absent_of, devices_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sensors.kit.words import Point
    from tests.bench.company import Class

TICK = 0.0005  # s between two writes of a paced stream: devices do not send in bursts
WINDOW = 20_000  # unacknowledged packets at most: far below the 65,535 ids there are
PATIENCE = 120.0  # s
COUNTED = (Type.FLOAT, Type.INT)
TREMBLE = 3.0  # times its noise, to either side


@dataclass(frozen=True, slots=True)
class Template:
    """What one device says: its topic and the text of its payload with a gap for the time and one for each value."""

    topic: str
    text: str
    spans: tuple[tuple[float, float], ...]


def templates(sites: int, values: int) -> list[Template]:
    """Every device of the company that has so many healthy figures, spread over the sites."""
    able = [(device, points) for device, one in devices_of() if len(points := _figures(one)) >= values]
    return [_template(name_of(site), device, points[:values]) for device, points in able for site in range(sites)]


def healthy(sites: int, values: int) -> list[Template]:
    """The same but for the charging piles: these say the bad values."""
    return [one for one in templates(sites, values) if "/pile-" not in one.topic]


def community(site: str) -> list[tuple[Template, Class]]:
    """What every device of one community says, with as many values as its class sends."""
    return [(_said(site, device, one), one) for device, one in devices_of()]


def _said(site: str, device: str, one: Class) -> Template:
    points = _figures(one, slowest=3600.0)[: one.values]
    if points:
        return _template(site, device, points)
    contacts = ",".join(f'"{name}":false' for name in one.keep)
    return Template(f"atrium/{site}/{device}/telemetry", '{"ts":%d,"values":{' + contacts + "}}", ())


def _figures(one: Class, slowest: float = 300.0) -> list[tuple[str, Point]]:
    kind = kinds()[one.kind]
    points = expand_points(kind, instances_of(kind, {}))
    return [
        (name, point)
        for name, (point, _) in points.items()
        if point.type in COUNTED
        and point.normal is not None
        and name not in absent_of(one)
        and (point.every or slowest + 1.0) <= slowest
    ]


def _template(site: str, device: str, points: Sequence[tuple[str, Point]]) -> Template:
    spans = tuple(_calm(point) for _, point in points)
    values = ",".join(f'"{name}":%.{_digits(high - low)}f' for (name, _), (low, high) in zip(points, spans, strict=True))
    return Template(f"atrium/{site}/{device}/telemetry", '{"ts":%d,"values":{' + values + "}}", spans)


def _calm(point: Point) -> tuple[float, float]:
    """Around the middle of what is normal, a tenth of it wide at most, and no wider than a gauge trembles: it moves and means
    nothing. A figure that jumped further with every message would be a broken gauge's."""
    low, high = point.normal or (0.0, 0.0)
    middle, reach = (low + high) / 2.0, (high - low) / 20.0
    if point.noise and not point.noise_relative:
        reach = min(reach, TREMBLE * point.noise)
    return middle - reach, middle + reach


def _digits(width: float) -> int:
    """So many that the figure is seen to move."""
    return max(1, 2 - math.floor(math.log10(width))) if width > 0.0 else 1


def payloads(some: Sequence[Template], count: int, *, start: float, rate: float, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(topic, payload) of `count` messages, one device after the other, the n-th stamped `start + n / rate`."""
    draw = random.Random(seed)  # noqa: S311 - a benchmark, and it must repeat
    for number in range(count):
        one = some[number % len(some)]
        figures = [low + (high - low) * draw.random() for low, high in one.spans]
        yield one.topic, (one.text % (int((start + number / rate) * 1000.0), *figures)).encode()


def packets(messages: Iterator[tuple[str, bytes]], *, qos: int = 1, first: int = 1, five: bool = False) -> list[bytes]:
    """PUBLISH packets with the ids 1 … 65,535 in turn; `five`: as MQTT 5 writes them, without properties."""
    found = []
    for number, (topic, payload) in enumerate(messages, first):
        mid = struct.pack("!H", 1 + number % 65535) if qos else b""
        found.append(packet(0x30 | qos << 1, text(topic) + mid + (b"\x00" if five else b"") + payload))
    return found


def text(words: str) -> bytes:
    """A string as MQTT writes it."""
    raw = words.encode()
    return struct.pack("!H", len(raw)) + raw


def packet(head: int, body: bytes) -> bytes:
    """A packet with its length."""
    length, left = b"", len(body)
    while True:
        left, digit = divmod(left, 128)
        length += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([head]) + length + body


class Sender:
    """A connection that publishes ready packets. `acknowledged` counts what the broker confirmed."""

    def __init__(self, port: int, name: str = "bench-sender") -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.sendall(packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + text(name)))
        assert self.line.recv(4) == b"\x20\x02\x00\x00", "the broker refused the connection"
        self.sent = self.acknowledged = self._half = 0

    def publish(self, ready: Sequence[bytes], *, rate: float, start: float, qos: int = 1) -> None:
        """Packets in step with `start + n / rate` (wall clock), or as fast as they are confirmed where rate is 0."""
        done = 0
        while done < len(ready):
            due = len(ready) if not rate else min(len(ready), int((time.time() - start) * rate) + 1)
            due = min(due, done + max(0, WINDOW - (self.sent - self.acknowledged)))
            if due > done:
                self.line.settimeout(PATIENCE)
                self.line.sendall(b"".join(ready[done:due]))
                self.sent += (due - done) if qos else 0
                done = due
            self.collect(TICK if rate else 0.001)

    def collect(self, wait: float) -> None:
        """Count the acknowledgements that come within `wait` seconds."""
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0:
            self.line.settimeout(left)
            try:
                got = self.line.recv(1 << 20)
            except TimeoutError:
                return
            assert got, "the broker hung up"
            self.acknowledged, self._half = divmod(self.acknowledged * 4 + self._half + len(got), 4)

    def settle(self) -> None:
        """Wait until everything sent at QoS 1 is confirmed."""
        end = time.monotonic() + PATIENCE
        while self.acknowledged < self.sent:
            assert time.monotonic() < end, f"{self.acknowledged} of {self.sent} packets were confirmed"
            self.collect(0.02)

    def close(self) -> None:
        """Hang up."""
        self.line.sendall(b"\xe0\x00")
        self.line.close()
