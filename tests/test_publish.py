"""Publishing: paced by the clock or by a rate, acknowledged to the last message, whatever happens to the broker."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.clock import ScaledClock
from daemon.core.nouns import Message
from daemon.ports import Undelivered
from daemon.publish import publish
from daemon.simulate import START, simulate

PUMP = "atrium/hongshan/fire-pump/telemetry"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _broker(folder, port):
    """Mosquitto on loopback; returns the process once it answers."""
    (folder / "broker.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = subprocess.Popen([program, "-c", str(folder / "broker.conf")], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process
    process.kill()
    pytest.fail("the broker did not start")


@pytest.fixture
def port(tmp_path):
    port = _free_port()
    process = _broker(tmp_path, port)
    yield port
    process.terminate()
    process.wait(5)


@pytest.fixture
def heard(port):
    """Topics and payloads a subscriber hears."""
    found, ready = [], threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _c, _d, message: found.append((message.topic, message.payload))
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.subscribe("atrium/#", qos=1)
    client.loop_start()
    assert ready.wait(5)
    yield found
    client.disconnect()
    client.loop_stop()


@pytest.mark.broker
def test_history_is_published_at_once_and_every_message_is_acknowledged(demo, port, heard):
    messages = list(simulate(demo, for_seconds=1, preroll=120))
    counts = publish(messages, f"mqtt://127.0.0.1:{port}", clock=ScaledClock(START, 10.0))
    assert counts.published == counts.acknowledged == len(messages)
    deadline = time.monotonic() + 5
    while len(heard) < len(messages) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert heard == [(message.topic, message.payload) for message in messages]


@pytest.mark.broker
def test_messages_wait_for_the_clock_or_for_the_rate(port):
    messages = [Message(PUMP, b"{}", START + second) for second in range(6)]
    url, began = f"mqtt://127.0.0.1:{port}", time.monotonic()
    publish(messages, url, clock=ScaledClock(START, 10.0))
    timed, began = time.monotonic() - began, time.monotonic()
    publish(messages, url, clock=ScaledClock(START), rate=20.0)
    assert 0.45 <= timed < 2.0
    assert 0.2 <= time.monotonic() - began < 2.0


@pytest.mark.broker
def test_publishing_survives_a_broker_that_goes_away(tmp_path):
    port, counts = _free_port(), []
    first = _broker(tmp_path, port)
    messages = [Message(PUMP, b"{}", START + place) for place in range(120)]
    worker = threading.Thread(
        target=lambda: counts.append(publish(messages, f"mqtt://127.0.0.1:{port}", clock=ScaledClock(START), rate=60.0))
    )
    worker.start()
    time.sleep(0.7)
    first.kill()
    first.wait(5)
    second = _broker(tmp_path, port)
    worker.join(20)
    second.terminate()
    second.wait(5)
    assert [(count.published, count.acknowledged) for count in counts] == [(120, 120)]


@pytest.mark.broker
def test_being_told_to_stop_ends_it_within_a_second_or_two(port):
    stop, began = threading.Event(), time.monotonic()
    threading.Timer(0.3, stop.set).start()
    counts = publish([Message(PUMP, b"{}", START + 3600)], f"mqtt://127.0.0.1:{port}", clock=ScaledClock(START), stop=stop)
    assert counts.published == 0
    assert time.monotonic() - began < 3.0


def test_a_missing_broker_is_said_plainly():
    with pytest.raises(Undelivered, match=r"no broker at 127\.0\.0\.1"):
        publish([], f"mqtt://127.0.0.1:{_free_port()}", clock=ScaledClock(START))
    with pytest.raises(Undelivered, match="write mqtt://host:port"):
        publish([], "http://127.0.0.1", clock=ScaledClock(START))
