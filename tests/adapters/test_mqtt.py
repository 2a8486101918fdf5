"""The intake against a real mosquitto: order, acknowledgement, marks in the stream, what it says itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from fixtures.broker import mosquitto, running, until
from fixtures.intake import CLOCK, KEEPALIVE, TOPIC, acknowledge, attach, collect, device, messages, payloads, topics
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.bulk import NEEDED, BulkClient
from daemon.adapters.connection import V311
from daemon.adapters.inbox import Batch, Inbox, Receipt
from daemon.adapters.mqtt import Intake, Link, Will
from daemon.core.nouns import HOLD, RESUME, Message

pytestmark = pytest.mark.broker
__all__ = ["attach", "device", "mosquitto"]


def test_the_installed_paho_has_the_names_the_bulk_reading_needs():
    client = BulkClient(CallbackAPIVersion.VERSION2)
    assert [name for name in NEEDED if not hasattr(client, name)] == []
    assert issubclass(BulkClient, Client)


def test_the_stream_begins_with_hold_and_resumes_behind_the_backlog(mosquitto, attach, device):
    first = attach(mosquitto.broker)
    assert topics(collect(first, RESUME)) == [HOLD, RESUME]
    first.stop()
    device(b"1", b"2", b"3")
    again = collect(attach(mosquitto.broker), RESUME)
    assert topics(again) == [HOLD, TOPIC, TOPIC, TOPIC, RESUME]
    assert payloads(again) == [b"1", b"2", b"3"]


def test_messages_come_in_order_with_topic_receive_time_and_source(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    before = CLOCK.now()
    device(b"one", b"two")
    got = [message for message in messages(collect(watch, count=2)) if message.topic == TOPIC]
    assert [(message.topic, message.payload, message.source) for message in got] == [
        (TOPIC, b"one", "main"),
        (TOPIC, b"two", "main"),
    ]
    assert all(before <= message.at <= CLOCK.now() for message in got)


def test_what_was_taken_but_not_acknowledged_comes_again_and_the_rest_does_not(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    device(*[str(n).encode() for n in range(4)])
    saved = collect(watch, count=4)
    device(*[str(n).encode() for n in range(4, 10)])
    collect(watch, count=6)
    acknowledge(watch, saved)
    watch.stop()
    again = attach(mosquitto.broker)
    assert payloads(collect(again, RESUME)) == [str(n).encode() for n in range(4, 10)]
    assert again.session_present


def test_a_broker_that_knows_only_3_1_1_is_spoken_to_in_its_own_words(tmp_path, attach):
    with running(tmp_path / "old", settings="allow_anonymous true\nmax_qos 1\n") as old:
        watch = Intake(old.broker, Link("watch", KEEPALIVE), CLOCK)
        watch.version = V311
        watch.start()
        assert RESUME in topics(collect(watch, RESUME))
        watch.stop()


def test_retained_messages_come_once_and_marked(mosquitto, attach, device):
    device(b"online", topic="atrium/hongshan/gw-1/status", retain=True)
    watch = attach(mosquitto.broker)
    got = collect(watch, RESUME)
    assert [(message.payload, message.retain) for message in messages(got) if message.payload == b"online"] == [(b"online", True)]
    acknowledge(watch, got)
    watch.stop()
    assert payloads(collect(attach(mosquitto.broker), RESUME)) == []


BEAT = "atrium-out/heartbeat/watch"
DOOMED = """
import sys, time
from daemon.adapters.mqtt import Intake, Link, Will
from daemon.clock import SystemClock
from daemon.core.site import Broker
intake = Intake(Broker("main", sys.argv[1]), Link("watch", will=Will(sys.argv[2], b"offline")), SystemClock())
intake.start()
intake.publish(sys.argv[2], b"online", qos=1, retain=True)
time.sleep(60)
"""


def test_the_will_is_spoken_when_the_process_is_killed(mosquitto, attach, root):
    other = attach(replace(mosquitto.broker, filters=(BEAT,)), "other", lasting=False)
    assert other.ready(10)
    process = subprocess.Popen([sys.executable, "-c", DOOMED, mosquitto.broker.url, BEAT], cwd=root)
    assert payloads(collect(other, count=1)) == [b"online"]
    process.kill()
    process.wait()
    assert payloads(collect(other, count=1)) == [b"offline"]


def test_the_word_on_the_wills_topic_is_said_again_after_a_reconnect(mosquitto, attach):
    watch = attach(mosquitto.broker, will=Will(BEAT, b"offline"))
    watch.publish(BEAT, b"online", qos=1, retain=True)
    assert until(lambda: watch.state == "connected" and not watch.unsent)
    mosquitto.kill()
    mosquitto.start()
    assert until(lambda: watch.generation > 1 and watch.state == "connected" and not watch.unsent)
    other = attach(replace(mosquitto.broker, filters=(BEAT,)), "other", lasting=False)
    assert payloads(collect(other, count=1)) == [b"online"]


def test_a_clean_stop_says_offline_too(mosquitto, attach):
    other = attach(replace(mosquitto.broker, filters=(BEAT,)), "other", lasting=False)
    watch = attach(mosquitto.broker, will=Will(BEAT, b"offline"))
    assert other.ready(10)
    watch.publish(BEAT, b"online", qos=1, retain=True)
    collect(other, count=1)
    watch.stop()
    assert payloads(collect(other, count=1)) == [b"offline"]


def test_the_canary_comes_home_and_never_reaches_the_owner(mosquitto, attach):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    sent = CLOCK.now()
    watch.publish(watch.canary_topic, b"beat", qos=1)
    assert until(lambda: watch.canary_home >= sent)
    assert watch.take(0.1).messages == []


def test_large_payloads_and_thousands_of_small_ones_arrive_whole(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    sent = [b"x" * 60_000, *[str(n).encode() for n in range(3000)], b"y" * 60_000]
    threading.Thread(target=device, args=sent).start()
    got = []
    while len(got) < len(sent):
        batches = collect(watch, count=1)
        acknowledge(watch, batches)
        got += payloads(batches)
    assert got == sent


def test_an_inbox_gives_back_in_order_and_knows_when_it_is_full():
    some = [Message("t", str(n).encode(), 0.0) for n in range(1500)]
    inbox = Inbox(items=1500, size=1_000_000)
    inbox.put(some[:1499], Receipt(1, b"a"))
    assert not inbox.full
    inbox.put(some[1499:], Receipt(1, b"b"))
    assert inbox.full
    assert [inbox.take(0), inbox.take(0)] == [Batch(some[:1000], Receipt(1)), Batch(some[1000:], Receipt(1, b"ab"))]
    assert not inbox.full
    inbox.put(some[:1], Receipt(1), 1_000_000)
    assert inbox.full


def test_a_batch_across_a_reconnect_carries_the_newest_connections_acknowledgements_only():
    inbox = Inbox()
    inbox.put([Message("t", b"1", 0.0)], Receipt(1, b"old"))
    inbox.put([Message("t", b"2", 0.0)], Receipt(2, b"new"))
    assert inbox.take(0).receipt == Receipt(2, b"new")
