"""A client of a broker that notes when what came."""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from typing import TYPE_CHECKING

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage

PATIENCE = 15.0  # s


class Ear:
    """A client that notes when what came. `said` gets (topic, and of an alarm its device and rule; time)."""

    def __init__(self, port: int, *topics: str) -> None:
        self.said: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self._ready = threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _, __, message: self.said.put((_named(message), time.perf_counter()))
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_socket_open = lambda _, __, line: line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.on_connect = lambda client, *_: client.subscribe([(topic, 1) for topic in topics])
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
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


def _named(message: MQTTMessage) -> str:
    if "/alarm/" not in message.topic:
        return str(message.topic)
    said = json.loads(message.payload)
    return f"{message.topic} {said['site']}/{said['device']}/{said['rule']}"
