"""What a real mosquitto can send: every QoS, what is too large, and the same through paho's own receive path."""

from __future__ import annotations

import pytest
from fixtures.broker import mosquitto, running, until
from fixtures.intake import CLOCK, KEEPALIVE, TOPIC, acknowledge, attach, collect, device, payloads, topics
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters import bulk
from daemon.adapters.connection import V5, V311
from daemon.adapters.mqtt import Intake, Link, Refused
from daemon.adapters.witness import lives
from daemon.core.nouns import HOLD, RESUME

pytestmark = pytest.mark.broker
__all__ = ["attach", "device", "mosquitto"]


@pytest.fixture
def stranger(mosquitto):
    """A client of another make, which publishes at any QoS."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


@pytest.fixture(params=["bulk", "stock"])
def path(request, monkeypatch):
    """Our own receive path, or paho's because ours does not fit the paho that is installed."""
    if request.param == "stock":
        monkeypatch.setattr(bulk, "NEEDED", (*bulk.NEEDED, "_a_name_of_the_next_version"))
    return request.param


@pytest.mark.parametrize("version", [V5, V311])
def test_each_quality_of_service_arrives_once_and_in_order(mosquitto, stranger, version, path, attach):
    watch = Intake(mosquitto.broker, Link("watch", KEEPALIVE), CLOCK)
    watch.version = version
    watch.start()
    assert watch.ready(10)
    for number in range(150):
        stranger.publish(TOPIC, f"{number % 3} {number}", qos=number % 3)
    got = []
    while len(payloads(got)) < 150:
        got += collect(watch, count=1)
        watch.acknowledge(got[-1])
    for qos in range(3):
        assert [one for one in payloads(got) if one.startswith(b"%d " % qos)] == [b"%d %d" % (qos, n) for n in range(qos, 150, 3)]
    watch.stop()
    assert payloads(collect(attach(mosquitto.broker), RESUME)) == []


def test_what_is_larger_than_we_take_is_left_out_and_its_neighbours_come(mosquitto, stranger, attach):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    for payload in (b"before", b"x" * 200_000, b"after"):
        stranger.publish(TOPIC, payload, qos=1)
    got = collect(watch, count=2)
    assert payloads(got) == [b"before", b"after"]
    assert watch.generation == 1


def test_an_unknown_paho_is_said_in_the_log_and_nothing_is_lost(mosquitto, attach, device, monkeypatch, capsys):
    monkeypatch.setattr(bulk, "NEEDED", (*bulk.NEEDED, "_a_name_of_the_next_version"))
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    assert "_a_name_of_the_next_version" in capsys.readouterr().out
    device(*[str(n).encode() for n in range(300)])
    saved = collect(watch, count=300)
    watch.stop()
    again = attach(mosquitto.broker)
    got = collect(again, RESUME)
    assert (topics(got)[0], topics(got)[-1]) == (HOLD, RESUME)
    assert payloads(got) == payloads(saved)
    acknowledge(again, got)
    again.stop()
    assert payloads(collect(attach(mosquitto.broker), RESUME)) == []


def test_a_second_watch_of_the_same_name_ends_the_first_in_one_sentence(mosquitto, attach):
    first = attach(mosquitto.broker)
    collect(first, RESUME)
    second = attach(mosquitto.broker)
    with pytest.raises(Refused, match=r"is a second Atrium running\?$") as told:
        collect(first, count=1, timeout=30)
    second.stop()
    assert told.value.taken_over


def test_a_broker_that_crashes_time_after_time_is_no_thief(tmp_path, attach):
    with running(tmp_path / "frail") as broker:
        watch = attach(broker.broker)
        for life in range(1, 8):
            assert until(lambda life=life: watch.state == "connected" and watch.generation >= life, 30)
            broker.kill()
            assert until(lambda: watch.state != "connected")
            broker.start()
        assert until(lambda: watch.state == "connected", 30)
        assert watch.refused == ""


def test_a_stranger_is_let_in_by_a_broker_that_lives_and_by_no_other(tmp_path):
    with running(tmp_path / "alone") as broker:
        assert lives(broker.broker, Link("watch"), V5)
        assert lives(broker.broker, Link("watch"), V311)
        broker.freeze()  # the port is open
        assert not lives(broker.broker, Link("watch"), V5)
        broker.kill()
        assert not lives(broker.broker, Link("watch"), V5)
