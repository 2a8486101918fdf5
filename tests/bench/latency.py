"""From the publication of a bad value to the word that its ticket is saved, through a real broker and a real watch; beside the
way of a message through the same broker and back.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.bench.measure import Figure, figure
from tests.bench.rig import broker
from tests.bench.traffic import CONFIG, frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PILES = [f"ev-{n:02d}" for n in range(1, 11)]  # residual_current.HH of a pile has no on-delay
LOAD = 200.0  # messages a second beside it
STARTS_WITHIN = 60.0  # s
PATIENCE = 15.0  # s


class Ear:
    """A client that notes when what came. `said` gets (topic, time)."""

    def __init__(self, port: int, *topics: str) -> None:
        self.said: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self._ready = threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _, __, message: self.said.put((message.topic, time.perf_counter()))
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_socket_open = lambda _, __, line: line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.client.subscribe([(topic, 1) for topic in topics])
        assert self._ready.wait(PATIENCE)

    def wait(self, part: str, within: float = PATIENCE) -> float:
        """When the next message came whose topic has `part` in it."""
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            try:
                topic, at = self.said.get(timeout=left)
            except queue.Empty:
                break
            if part in topic:
                return at
        raise LookupError(f"nothing about {part} came")

    def close(self) -> None:
        """Hang up."""
        self.client.disconnect()
        self.client.loop_stop()


def bench(folder: Path) -> list[Figure]:
    """Idle, then with other traffic."""
    with broker(folder) as port, _watch(folder, port):
        ear = Ear(port, "atrium-out/+/ticket/+", "atrium-out/heartbeat/+", "echo")
        ear.wait("heartbeat", STARTS_WITHIN)
        time.sleep(2.0)  # until the canary of the watch is home
        echo = figure("message through the broker and back", "ms", [_echo(ear) for _ in PILES])
        idle = figure("publication to saved ticket, idle", "ms", [_ticket(ear, pile) for pile in PILES[:5]], echo)
        with _load(port):
            busy = figure(f"the same beside {LOAD:g} messages/s", "ms", [_ticket(ear, pile) for pile in PILES[5:]], echo)
        ear.close()
    return [echo, idle, busy]


def _echo(ear: Ear) -> float:
    began = time.perf_counter()
    ear.client.publish("echo", b"", qos=1)
    return (ear.wait("echo") - began) * 1000.0


def _ticket(ear: Ear, pile: str) -> float:
    frame = {"ts": round(time.time() * 1000), "values": {"residual_current": 40.0}}
    began = time.perf_counter()
    ear.client.publish(f"atrium/hongshan/{pile}/telemetry", json.dumps(frame), qos=1)
    return (ear.wait("/ticket/") - began) * 1000.0


@contextmanager
def _watch(folder: Path, port: int) -> Iterator[None]:
    options = ["--config", str(CONFIG), "--data", str(folder / "data"), "--mqtt", f"mqtt://127.0.0.1:{port}"]
    command = [sys.executable, "-m", "daemon", "run", "--role", "watch", *options]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with (folder / "watch.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def _load(port: int) -> Iterator[None]:
    """Healthy frames of the other devices, with the time of now."""
    over = threading.Event()
    others = [message for message in frames() if "/ev-" not in message.topic]

    def run() -> None:
        client: Any = Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", port)
        client.loop_start()
        for message in others:
            if over.wait(1.0 / LOAD):
                break
            values = json.loads(message.payload)["values"]
            client.publish(message.topic, json.dumps({"ts": round(time.time() * 1000), "values": values}), qos=1)
        client.disconnect()
        client.loop_stop()

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(1.0)
    yield
    over.set()
    thread.join()
