"""Turns messages into MQTT publishes, QoS 1, each when its time has come on the given clock; ends when all are acknowledged.

A lost connection is no loss: what was not acknowledged is sent again after the reconnect; at most `WINDOW` messages wait.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import MQTT_ERR_NO_CONN, MQTT_ERR_SUCCESS, Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from daemon.core.nouns import Message
    from daemon.ports import Clock

WINDOW = 200  # messages published and not yet acknowledged
CONNECT = 10.0  # s to wait for the first connection
DRAIN = 30.0  # s to wait at the end for the last acknowledgements
HURRY = 1.0  # s to wait for them when told to stop: the broker may be going down too
LOOK = 0.2  # s between two looks at the clock and at `stop`
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(slots=True)
class Counts:
    """What happened to the messages."""

    published: int = 0
    acknowledged: int = 0


class Publisher:
    """One MQTT connection that publishes and counts."""

    def __init__(self, url: str, *, client_id: str = "") -> None:
        """`url` is mqtt://[user:password@]host[:port], or mqtts. Raises Undelivered if nobody answers in time."""
        self.counts = Counts()
        self._free = threading.Condition()
        self._failure = ""
        self._client = self._connect(url, client_id)

    def _connect(self, url: str, client_id: str) -> Client:
        where = urlsplit(url)
        if where.scheme not in PORTS or not where.hostname:
            raise Undelivered(f"{where.scheme}://{where.hostname or ''} is no broker; write mqtt://host:port", for_good=True)
        client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        client.username_pw_set(unquote(where.username), unquote(where.password or "")) if where.username else None
        if where.scheme == "mqtts":
            client.tls_set()
        client.max_inflight_messages_set(WINDOW)
        client.reconnect_delay_set(1, 5)
        client.on_publish = self._acknowledged
        client.on_connect = self._connected
        host, port = where.hostname, where.port or PORTS[where.scheme]
        try:
            client.connect(host, port, keepalive=10)
        except OSError as error:
            raise Undelivered(f"no broker at {host}:{port}: {error}") from error
        client.loop_start()
        self._await_connection(client, f"{host}:{port}")
        return client

    def _await_connection(self, client: Client, name: str) -> None:
        with self._free:
            self._free.wait_for(lambda: client.is_connected() or self._failure, CONNECT)
        if self._failure or not client.is_connected():
            client.loop_stop()
            refused = bool(self._failure)
            raise Undelivered(f"the broker at {name} {self._failure or 'does not answer'}", for_good=refused)

    def _connected(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401 - paho's
        with self._free:
            self._failure = f"refuses: {reason}" if reason.is_failure else ""
            self._free.notify_all()

    def _acknowledged(self, _client: Client, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:  # noqa: ANN401 - paho's
        with self._free:
            self.counts.acknowledged += 1
            self._free.notify_all()

    def send(self, message: Message, stop: threading.Event | None = None) -> bool:
        """Publish one message as soon as there is room in the window; False if `stop` was set first."""
        with self._free:
            while self.counts.published - self.counts.acknowledged >= WINDOW:
                if stop is not None and stop.is_set():
                    return False
                self._free.wait(LOOK)
        answer = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        if answer.rc not in (MQTT_ERR_SUCCESS, MQTT_ERR_NO_CONN):  # without connection paho keeps it and sends it later
            raise Undelivered(f"{message.topic}: {answer.rc}")
        with self._free:
            self.counts.published += 1
        return True

    def drain(self, seconds: float = DRAIN) -> bool:
        """Wait until everything is acknowledged; False if that took too long."""
        with self._free:
            return self._free.wait_for(lambda: self.counts.acknowledged >= self.counts.published, seconds)

    def close(self) -> None:
        """Say goodbye to the broker."""
        self._client.disconnect()
        self._client.loop_stop()


def publish(
    messages: Iterable[Message],
    url: str,
    *,
    clock: Clock,
    rate: float | None = None,
    stop: threading.Event | None = None,
    client_id: str = "",
) -> Counts:
    """Publish all messages and wait for their acknowledgements. Raises Undelivered if the broker is not there or keeps silent.

    A message goes out when `clock` has reached its `at`, so history goes out at once and the clock's speed is the speed; with
    `rate` the times are ignored and that many messages go out a second. Setting `stop` ends it early.
    """
    publisher, stop = Publisher(url, client_id=client_id), stop or threading.Event()
    paced = _metered(messages, rate, stop) if rate else _timed(messages, clock, stop)
    try:
        for message in paced:
            if not publisher.send(message, stop):
                break
        if not publisher.drain(HURRY if stop.is_set() else DRAIN) and not stop.is_set():
            missing = publisher.counts.published - publisher.counts.acknowledged
            raise Undelivered(f"{missing} of {publisher.counts.published} messages were not acknowledged within {DRAIN:g} s")
    finally:
        publisher.close()
    return publisher.counts


def _timed(messages: Iterable[Message], clock: Clock, stop: threading.Event) -> Iterator[Message]:
    """Each message when the clock has reached its time; a clock that runs faster (`speed`) is waited for less long."""
    speed = getattr(clock, "speed", 1.0)
    for message in messages:
        while (left := (message.at - clock.now()) / speed) > 0.0:
            if stop.wait(min(left, LOOK)):
                return
        if stop.is_set():
            return
        yield message


def _metered(messages: Iterable[Message], rate: float, stop: threading.Event) -> Iterator[Message]:
    """`rate` messages a second, evenly; a late start of one is made up by the next ones."""
    begun = time.monotonic()
    for place, message in enumerate(messages):
        left = begun + place / rate - time.monotonic()
        if stop.wait(left) if left > 0.0 else stop.is_set():
            return
        yield message
