"""The broker of our own: mosquitto where it is installed, else the wheel; on the loopback only, or one plain sentence why not."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from dataclasses import replace

import pytest
from fixtures.broker import free_port
from fixtures.machine import packaged

from daemon.adapters import broker
from daemon.adapters.mqtt import Intake, Link
from daemon.clock import SystemClock
from daemon.core.nouns import RESUME
from daemon.core.site import Broker

pytestmark = pytest.mark.broker
TOPIC = "atrium/hongshan/fire-pump/telemetry"


@pytest.fixture(params=["mosquitto", "iotcore"])
def kind(request, monkeypatch):
    """Which of the two runs; the other one counts as not installed."""
    if request.param == "iotcore":
        pytest.importorskip("iotcore")
        monkeypatch.setattr(broker, "mosquitto", lambda: None)
    else:
        packaged(broker.mosquitto(), "mosquitto")
    return request.param


@pytest.fixture
def own(kind, tmp_path):
    """A running broker of our own, and how to reach it."""
    port = free_port()
    process = subprocess.Popen(broker.command(tmp_path, port), stderr=subprocess.DEVNULL)
    assert broker.ready(port, 15)
    yield process, Broker("main", f"mqtt://127.0.0.1:{port}")
    process.kill()
    process.wait()


def payloads(intake, count):
    got = []
    for _ in range(100):
        batch = intake.take(0.1)
        intake.acknowledge(batch)
        got += [message.payload for message in batch.messages if message.topic == TOPIC]
        if len(got) >= count:
            return got
    return got


def test_a_lasting_session_and_a_device_work_over_it(own):
    _, where = own
    watch, device = (
        Intake(where, Link("watch"), SystemClock()),
        Intake(replace(where, filters=()), Link("dev", lasting=False), SystemClock()),
    )
    watch.start()
    device.start()
    assert watch.ready(15)
    assert device.ready(15)
    for n in range(50):
        device.publish(TOPIC, str(n).encode(), qos=1)
    assert payloads(watch, 50) == [str(n).encode() for n in range(50)]
    watch.stop()
    device.publish(TOPIC, b"while away", qos=1)
    device.stop()
    again = Intake(where, Link("watch"), SystemClock())
    again.start()
    assert payloads(again, 1) == [b"while away"]
    again.stop()


def test_the_stream_resumes_over_it(own):
    watch = Intake(own[1], Link("watch"), SystemClock())
    watch.start()
    got = []
    while not got or got[-1].topic != RESUME:
        batch = watch.take(15)
        assert batch.messages
        got += batch.messages
    watch.stop()


def test_it_ends_when_it_is_asked_to(own):
    process, _ = own
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) is not None


def test_it_listens_on_the_loopback_only(own):
    _, where = own
    port = int(where.url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # would be taken, were it on every address
        other.listen()


def test_sessions_survive_an_orderly_restart_of_mosquitto(tmp_path):
    packaged(broker.mosquitto(), "mosquitto")
    port = free_port()
    where = Broker("main", f"mqtt://127.0.0.1:{port}")
    for present in (False, True):
        process = subprocess.Popen(broker.command(tmp_path, port), stderr=subprocess.DEVNULL)
        assert broker.ready(port, 15)
        watch = Intake(where, Link("watch"), SystemClock())
        watch.start()
        assert watch.ready(15)
        assert watch.session_present is present
        watch.stop()
        process.terminate()
        process.wait(10)


def test_a_taken_port_is_one_plain_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(broker.NoBroker, match=r"^Port \d+ is taken by another program; .*\.$"):
            broker.command(tmp_path, other.getsockname()[1])


def test_no_broker_at_all_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(broker, "mosquitto", lambda: None)
    monkeypatch.setattr(broker.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(broker.NoBroker, match="install mosquitto"):
        broker.command(tmp_path, free_port())


def test_mosquitto_is_found_outside_the_path_of_a_user(monkeypatch):
    packaged(broker.mosquitto(), "mosquitto")
    monkeypatch.setenv("PATH", "")
    assert shutil.which("mosquitto") is None
    assert broker.mosquitto()
