"""The `Live` port over MQTT: tells the watch which sites are looked at, takes its frames, notices when either is silent.

A closed connection is noticed at once; one that is only silent after 1.5 keep-alives: the broker's own pings are counted.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.live_board import Board, forwarder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from paho.mqtt.client import MQTTMessage

    from daemon.adapters.live_board import Ear, Line, Sample
    from daemon.core.site import Broker

LOG = structlog.get_logger("web")
KEEPALIVE = 10
CONNECT_WITHIN = 5.0  # s


class LiveMqtt:
    """One connection of one web process. `start` and `stop` are called in its event loop."""

    def __init__(self, broker: Broker, sites: Iterable[str], *, web_id: str = "", keepalive: int = KEEPALIVE) -> None:
        self._broker, self._sites, self._keepalive = broker, sorted(sites), keepalive
        self._topic = f"atrium-out/watching/{web_id or 'web-' + secrets.token_hex(6)}"
        self._board = Board()
        self._client: Client | None = None
        self._checking: asyncio.Task[None] | None = None
        self._heard = monotonic()

    def values(self, site: str) -> dict[str, dict[str, Sample]]:
        return self._board.values(site)

    def newest(self, site: str) -> float | None:
        return self._board.newest(site)

    def line(self) -> Line:
        return self._board.line()

    def subscribe(self, site: str) -> Ear:
        return self._board.subscribe(site)

    def unsubscribe(self, ear: Any) -> None:  # noqa: ANN401 - an Ear, behind the port's own protocol
        self._board.unsubscribe(ear)

    def start(self) -> None:
        """Connect in the background and keep at it."""
        loop = asyncio.get_running_loop()
        self._call = forwarder(loop)
        self._client = self._connect()
        self._checking = loop.create_task(self._check())

    def stop(self) -> None:
        """Take the interest back and say goodbye."""
        if self._checking:
            self._checking.cancel()
        if self._client:
            if self._client.is_connected():
                with suppress(ValueError, RuntimeError):
                    self._client.publish(self._topic, b"", qos=1, retain=True).wait_for_publish(1.0)
            self._client.disconnect()
            self._client.loop_stop()

    def _connect(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._topic.rpartition("/")[2])
        client.connect_timeout = CONNECT_WITHIN
        client.reconnect_delay_set(1, 15)
        if self._broker.username:
            client.username_pw_set(self._broker.username, self._broker.password)
        url = urlsplit(self._broker.url)
        secure = url.scheme in ("mqtts", "ssl")
        if secure:
            client.tls_set(ca_certs=self._broker.ca or None)
        client.will_set(self._topic, b"", qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_log = self._on_log
        client.connect_async(url.hostname or "127.0.0.1", url.port or (8883 if secure else 1883), self._keepalive)
        client.loop_start()
        return client

    # the next four run on paho's thread and only note or pass on

    def _on_connect(self, client: Client, _: object, __: object, reason: Any, ___: object) -> None:  # noqa: ANN401 - paho's
        if reason.is_failure:
            LOG.warning("the broker refuses the web process", reason=str(reason))
            return
        self._heard = monotonic()
        client.subscribe([(f"atrium-out/{site}/live", 0) for site in self._sites])
        client.publish(self._topic, json.dumps(self._sites).encode(), qos=1, retain=True)
        self._call(self._set_broker, "connected")

    def _on_disconnect(self, *_: object) -> None:
        self._call(self._set_broker, "closed")

    def _on_message(self, _: object, __: object, message: MQTTMessage) -> None:
        self._heard = monotonic()
        self._call(self._board.take_payload, message.topic.split("/")[1], bytes(message.payload))

    def _on_log(self, _: object, __: object, ___: object, line: str) -> None:
        if line.startswith("Received"):  # a ping's answer counts as a sign of life too
            self._heard = monotonic()

    # and these in the loop

    def _set_broker(self, state: str) -> None:
        self._board.set_line(state, self._board.line().watch if state == "connected" else "silent")

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            silent = monotonic() - self._heard > 1.5 * self._keepalive
            if silent and self._board.line().broker == "connected":
                self._set_broker("silent")
            elif not silent and self._board.line().broker == "silent":
                self._set_broker("connected")
            self._board.check()
