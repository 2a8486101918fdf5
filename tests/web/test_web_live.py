"""The line to the watch, over a real broker that closes, freezes and comes back."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from fixtures.broker import mosquitto
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.live_board import Line
from daemon.adapters.live_mqtt import LiveMqtt

pytestmark = pytest.mark.broker
__all__ = ["mosquitto"]


class Watch:
    """Publishes frames as the watch does, and hears who is interested."""

    def __init__(self, port) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _, __, message: self.heard.append((message.topic, message.payload))
        self.client.on_connect = lambda client, *_: client.subscribe("atrium-out/watching/+", 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def frame(self, payload=None, **points) -> None:
        """A frame of the fire pump's points, or what is given."""
        now = time.time()
        values = {"fire-pump": {name: [now, value, 0] for name, value in points.items()}} if points else {}
        body = json.dumps({"at": now, "full": False, "values": values}).encode()
        self.client.publish("atrium-out/hongshan/live", body if payload is None else payload)


async def until(what, seconds=12.0) -> float:
    """How long it took until it was true."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


def played(mosquitto, story, **settings):
    """A line and a watch over this broker, for the length of a story."""

    async def whole():
        watch = Watch(mosquitto.port)
        live = LiveMqtt(mosquitto.broker, ["hongshan"], web_id="w1", **settings)
        live.start()
        try:
            await until(lambda: watch.heard and live.line().broker == "connected")
            await story(live, watch)
        finally:
            live.stop()
            watch.client.loop_stop()

    asyncio.run(whole())


def test_interest_is_told_at_once_and_taken_back_at_the_end(mosquitto):
    heard = []

    async def story(live, watch):
        heard.append(watch.heard)
        live.stop()
        await until(lambda: len(watch.heard) > 1)

    played(mosquitto, story)
    assert heard[0][:2] == [("atrium-out/watching/w1", b'["hongshan"]'), ("atrium-out/watching/w1", b"")]


def test_frames_become_values_and_nonsense_is_dropped(mosquitto):
    async def story(live, watch):
        ear = live.subscribe("hongshan")
        for nonsense in (b"", b"{", b"[]", b'{"at": 1, "values": {"x": 3}}', b'{"at": 1, "values": {"x": {"y": [1]}}}'):
            watch.frame(nonsense)
        watch.frame(main_pressure=0.91)
        await until(lambda: live.values("hongshan"))
        assert live.values("hongshan")["fire-pump"]["main_pressure"][1] == 0.91
        assert time.time() - live.newest("hongshan") < 5
        assert live.line() == Line("connected", "alive")
        assert ear.take().keys() == {"fire-pump"}

    played(mosquitto, story)


def test_a_closed_connection_is_noticed_at_once_and_comes_back_by_itself(mosquitto):
    async def story(live, watch):
        ear = live.subscribe("hongshan")
        ear.changed.clear()
        mosquitto.kill()
        assert await until(lambda: live.line().broker == "closed") < 2
        assert ear.changed.is_set()
        mosquitto.start()
        await until(lambda: live.line().broker == "connected")
        await until(watch.client.is_connected)
        watch.frame(main_pressure=0.5)
        await until(lambda: live.line().watch == "alive")

    played(mosquitto, story)


def test_a_broker_that_hangs_is_noticed_after_one_and_a_half_keep_alives(mosquitto):
    async def story(live, _):
        mosquitto.freeze()
        took = await until(lambda: live.line().broker != "connected")
        assert 2.0 < took < 6.5
        mosquitto.thaw()
        await until(lambda: live.line().broker == "connected")

    played(mosquitto, story, keepalive=3)


def test_a_watch_that_stops_speaking_is_silent(mosquitto):
    async def story(live, watch):
        watch.frame(main_pressure=0.5)
        await until(lambda: live.line().watch == "alive")
        assert 3.5 < await until(lambda: live.line().watch == "silent") < 6.5
        assert live.line().broker == "connected"

    played(mosquitto, story)
