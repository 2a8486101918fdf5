"""What the doctor overhears at a real broker, and finds on the machine: each defect shown, and its absence."""

from __future__ import annotations

import json
import threading
import time

import paho.mqtt.publish as once
import pytest
from fixtures.broker import PLAIN, free_port, mosquitto, running

from daemon import overhear as ear
from daemon import premises
from daemon.adapters.mqtt import Intake, Link
from daemon.adapters.store import open_store
from daemon.clock import SystemClock
from daemon.core.nouns import Message
from daemon.core.site import Broker
from daemon.core.vitals import KEPT_AS, Vitals
from daemon.dialects import open_all
from daemon.doctor import last_words
from daemon.finding import Level
from daemon.publish import Publisher

__all__ = ["mosquitto"]
PUMP = "atrium/hongshan/fire-pump/telemetry"


def telemetry(offset=0.0):
    return json.dumps({"ts": time.time() + offset, "values": {"main_pressure": 0.9}})


@pytest.fixture
def examine(demo, mosquitto):
    """What is found while the given (topic, payload, qos) are published."""

    def listen(*said, broker=mosquitto):
        def speak():
            time.sleep(0.5)
            for topic, payload, qos in said:
                once.single(topic, payload, qos=qos, port=broker.port)

        speaker = threading.Thread(target=speak)
        speaker.start()
        heard = ear.overhear(broker.broker, 1.5)
        speaker.join()
        (dialect,) = open_all([broker.broker]).values()
        return {finding.name: finding for finding in ear.assess(heard, demo, dialect)}

    return listen


@pytest.mark.broker
def test_equipment_that_speaks_as_it_should_is_all_fine(examine):
    found = examine((PUMP, telemetry(), 1))
    assert {name: finding.level for name, finding in found.items()} == dict.fromkeys(
        ["dropped", "retained", "qos", "clocks"], Level.OK
    )


@pytest.mark.broker
def test_a_publisher_that_risks_its_messages_is_named(examine):
    found = examine((PUMP, telemetry(), 0))["qos"]
    assert (found.level, PUMP in found.says.en) == (Level.WARN, True)


@pytest.mark.broker
@pytest.mark.parametrize(("offset", "level"), [(-30.0, Level.OK), (90.0, Level.WARN), (-3600.0, Level.WARN)])
def test_a_device_with_a_wrong_clock_is_named(examine, offset, level):
    assert examine((PUMP, telemetry(offset), 1))["clocks"].level is level


@pytest.mark.broker
def test_where_most_equipment_disagrees_our_own_clock_is_suspect(examine):
    devices = ("fire-pump", "supply-low", "supply-high")
    found = examine(*((f"atrium/hongshan/{name}/telemetry", telemetry(3600.0), 1) for name in devices))["clocks"]
    assert (found.level, "our own clock" in found.says.en) == (Level.FAIL, True)


@pytest.mark.broker
@pytest.mark.parametrize(
    ("topic", "offset", "level"),
    [
        (PUMP, -60.0, Level.OK),
        (PUMP, -3 * 86_400.0, Level.WARN),
        ("atrium/hongshan/removed-last-year/telemetry", -60.0, Level.WARN),
    ],
)
def test_retained_messages_of_another_time_are_named(examine, mosquitto, topic, offset, level):
    once.single(topic, telemetry(offset), qos=1, retain=True, port=mosquitto.port)
    found = examine()["retained"]
    assert (found.level, topic in found.says.en) == (level, level is Level.WARN)


@pytest.mark.broker
def test_what_the_broker_has_dropped_is_counted(tmp_path, examine):
    with running(tmp_path / "small", queued=10, settings=f"{PLAIN}sys_interval 1\nmax_inflight_messages 1\n") as small:
        _sleep(small)
        publisher = Publisher(f"mqtt://127.0.0.1:{small.port}")
        for number in range(100):
            publisher.send(_message(f"{PUMP}/p{number}"))
        assert publisher.drain()
        publisher.close()
        time.sleep(1.2)
        found = examine(broker=small)["dropped"]
    assert found.level is Level.WARN
    assert "dropped" in found.says.en


def _sleep(broker):
    """A client that subscribes with a lasting session and goes away."""
    one = Intake(broker.broker, Link("sleeper"), SystemClock())
    one.start()
    assert one.ready(10)
    one.stop()


def _message(topic):
    return Message(topic, b"1", 0.0)


def test_nobody_there_is_nothing_heard():
    assert ear.overhear(Broker("main", f"mqtt://127.0.0.1:{free_port()}"), 0.1) == []


@pytest.mark.broker
@pytest.mark.parametrize(("words", "level"), [("", Level.OK), ("persistence false\n", Level.WARN)])
def test_a_broker_here_that_forgets_on_restart_is_told(tmp_path, words, level):
    with running(tmp_path / "one", settings=PLAIN + words) as one:
        assert [finding.level for finding in premises.keeps(one.broker)] == [level]


def test_a_broker_elsewhere_cannot_be_asked():
    assert list(premises.keeps(Broker("main", "mqtt://broker.example:1883"))) == []


@pytest.mark.parametrize(("mode", "level"), [(0o700, Level.OK), (0o750, Level.OK), (0o755, Level.WARN)])
def test_data_that_others_may_read_are_told(tmp_path, mode, level):
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(mode)
    assert premises.permissions(tmp_path / "data").level is level


def test_data_that_we_may_not_write_are_told(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.setattr(premises.os, "access", lambda path, _: path.name != "photos")
    finding = premises.permissions(tmp_path)
    assert (finding.level, "photos" in finding.says.en) == (Level.FAIL, True)


@pytest.mark.parametrize(("times", "level"), [(1.0, Level.OK), (12.0, Level.WARN)])
def test_a_watch_that_is_thrown_out_again_and_again_is_told(tmp_path, times, level):
    with open_store("", tmp_path).begin() as transaction:
        transaction.remember(KEPT_AS, Vitals(time.time(), (), {"connections": times}).pack())
    assert premises.connections(last_words("", tmp_path)).level is level


def test_no_word_of_the_watch_is_no_finding(tmp_path):
    assert premises.connections(last_words("", tmp_path)).level is Level.OK
