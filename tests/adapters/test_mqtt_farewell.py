"""What was acknowledged before a polite end does not come again, however much is on its way to us at that moment."""

from __future__ import annotations

import time
from itertools import count, takewhile
from threading import Event, Thread

import pytest
from fixtures.broker import mosquitto
from fixtures.intake import CLOCK, KEEPALIVE, TOPIC, attach, collect, payloads
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.mqtt import Intake, Link
from daemon.core.nouns import RESUME

__all__ = ["attach", "mosquitto"]
pytestmark = pytest.mark.broker
TIMES, WHILE = 4, 0.4  # s


@pytest.fixture
def talkative(mosquitto):
    """A device that never stops talking; how much it has said tells its messages apart."""
    client, enough = Client(CallbackAPIVersion.VERSION2), Event()
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()

    def talk():
        for number in takewhile(lambda _: not enough.is_set(), count()):
            client.publish(TOPIC, str(number), qos=1)

    talking = Thread(target=talk)
    talking.start()
    yield
    enough.set()
    talking.join()
    client.disconnect()
    client.loop_stop()


@pytest.mark.usefixtures("talkative")
def test_what_was_acknowledged_before_a_polite_end_does_not_come_again(mosquitto, attach):
    done, twice = set(), set()
    for _ in range(TIMES):
        watch, end = Intake(mosquitto.broker, Link("watch", KEEPALIVE), CLOCK), time.monotonic() + WHILE
        watch.start()
        assert watch.ready(10)
        while time.monotonic() < end:
            batch = watch.take(0.1)
            twice |= done.intersection(payloads([batch]))
            watch.acknowledge(batch)
            done.update(payloads([batch]))
        watch.stop()
    twice |= done.intersection(payloads(collect(attach(mosquitto.broker), RESUME)))
    assert len(done) > 100
    assert not twice
