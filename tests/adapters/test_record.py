"""`atrium record`: what devices say becomes lines of a file, until it is told to stop."""

from __future__ import annotations

import threading

import pytest
import typer
from fixtures.broker import free_port, mosquitto, until

from daemon import recording
from daemon.adapters.connection import Refused, broker_at
from daemon.adapters.mqtt import Intake, Link
from daemon.clock import SystemClock

pytestmark = pytest.mark.broker
__all__ = ["mosquitto"]


def test_what_devices_say_is_written_until_told_to_stop(mosquitto, tmp_path):
    device = Intake(broker_at(mosquitto.broker.url), Link("device", lasting=False), SystemClock())
    device.start()
    assert device.ready(10)
    stop, out = threading.Event(), tmp_path / "day.jsonl"
    recorder = threading.Thread(target=recording.record, args=(mosquitto.broker.url, out, stop))
    recorder.start()
    assert until(out.exists)
    for n in range(20):
        device.publish("atrium/hongshan/fire-pump/telemetry", str(n).encode(), qos=1)
    device.publish("atrium-out/hongshan/live", b"our own words", qos=1)
    assert until(lambda: not device.unsent)
    threading.Event().wait(0.5)
    stop.set()
    recorder.join(10)
    device.stop()
    assert [message.payload for message in recording.read_recording(out)] == [str(n).encode() for n in range(20)]


def test_a_broker_that_is_not_there_is_one_sentence_and_exit_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(recording, "ANSWER_WITHIN", 0.5)
    with pytest.raises(typer.Exit) as ended:
        recording.record(f"mqtt://127.0.0.1:{free_port()}", tmp_path / "x.jsonl", threading.Event())
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "No broker answers at 127.0.0.1.\n"


def test_a_url_names_broker_user_and_password():
    broker = broker_at("mqtts://watch:p%40ss@broker.example:8884")
    assert (broker.url, broker.username, broker.password) == ("mqtts://broker.example:8884", "watch", "p@ss")


@pytest.mark.parametrize("url", ["", "broker", "http://broker", "mqtt://"])
def test_anything_else_is_refused_with_the_way_to_write_it(url):
    with pytest.raises(Refused, match="is written mqtt://"):
        broker_at(url)
