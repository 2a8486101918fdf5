"""Tools of the benchmarks that need a broker: a mosquitto of our own, and a publisher that costs nearly nothing."""

from __future__ import annotations

import socket
import struct
import subprocess
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from daemon.adapters.broker import command, ready
from tests.bench.stream import packet, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from daemon.core.nouns import Message

WINDOW = 2000  # packets sent between two looks at the acknowledgements


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """A broker of our own; gives its port."""
    port = free_port()
    with subprocess.Popen(command(folder, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert ready(port, 10.0), "the broker did not start"
            yield port
        finally:
            process.terminate()


def publish(port: int, messages: Sequence[Message]) -> None:
    """All messages at QoS 1, as fast as the broker takes them; returns when it has acknowledged every one."""
    packets = [_publish(message, 1 + number % 65535) for number, message in enumerate(messages)]
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_connect("bench-publisher"))
        _read(line, 4)
        for start in range(0, len(packets), WINDOW):
            some = packets[start : start + WINDOW]
            line.sendall(b"".join(some))
            _read(line, 4 * len(some))
        line.sendall(b"\xe0\x00")


def pace(port: int, rate: int, seconds: float) -> None:
    """Small messages at QoS 1 of 430 devices, evenly at `rate` a second, however slow the broker's acknowledgements are."""
    packets = [
        packet(0x32, text(f"atrium/hongshan/d{n % 430}/telemetry") + struct.pack("!H", n) + b"x" * 50) for n in range(1, 65536)
    ]
    total, sent, heard = int(rate * seconds), 0, 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_connect("bench-pace"))
        _read(line, 4)
        began = monotonic()
        while sent < total:
            due = min(total, int((monotonic() - began) * rate))
            line.sendall(b"".join([packets[n % 65535] for n in range(sent, due)]))
            sent = due
            if sent - heard > WINDOW:
                _read(line, 4 * (sent - heard - WINDOW))
                heard = sent - WINDOW
            sleep(0.0005)
        _read(line, 4 * (sent - heard))
        line.sendall(b"\xe0\x00")


def _read(line: socket.socket, count: int) -> None:
    while count:
        got = line.recv(min(count, 65536))
        assert got, "the broker hung up"
        count -= len(got)


def _connect(client: str) -> bytes:
    return packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x3c" + text(client))


def _publish(message: Message, mid: int) -> bytes:
    return packet(0x32, text(message.topic) + struct.pack("!H", mid) + message.payload)
