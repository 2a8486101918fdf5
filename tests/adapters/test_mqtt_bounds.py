"""What the intake holds at most, several brokers behind one wait, and words that wait for their broker."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from fixtures.broker import PLAIN, mosquitto, running, until
from fixtures.intake import CLOCK, KEEPALIVE, TOPIC, acknowledge, attach, collect, payloads, topics
from fixtures.wire import Script, flood

from daemon.adapters import outgoing
from daemon.adapters.mqtt import Intake, Link
from daemon.adapters.outgoing import Outgoing, Word
from daemon.core.nouns import HOLD, RESUME

pytestmark = pytest.mark.broker
__all__ = ["attach", "mosquitto"]

SLOW = """
import json, sys, time
from daemon.adapters.mqtt import Intake, Link
from daemon.clock import SystemClock
from daemon.core.site import Broker
def peak():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))) / 1024
intake = Intake(Broker("main", sys.argv[1]), Link("watch"), SystemClock())
intake.start()
assert intake.ready(10)
while not intake.take(0.1).messages: pass
before, seen = peak(), 0
print("ready", flush=True)
end = time.monotonic() + 4
while time.monotonic() < end:
    batch = intake.take(0.1)
    seen += len(batch.messages)
    time.sleep(0.25)  # a slow disk
    intake.acknowledge(batch)
print(json.dumps({"grown": peak() - before, "seen": seen}), flush=True)
import os; os._exit(0)
"""


@pytest.mark.parametrize("qos", [0, 1])
def test_a_flood_that_nobody_can_follow_costs_a_bounded_amount_of_memory(mosquitto, root, qos):
    if not sys.platform.startswith("linux"):
        pytest.skip("the peak is read from /proc")
    with subprocess.Popen([sys.executable, "-c", SLOW, mosquitto.broker.url], cwd=root, stdout=subprocess.PIPE) as taker:
        assert taker.stdout.readline() == b"ready\n"
        sent = flood(mosquitto.port, TOPIC.encode(), bytes(8192), qos=qos, count=15_000)
        told = json.loads(taker.stdout.readline())
    assert sent == 15_000  # 120 MB
    assert told["seen"] > 1000
    assert told["grown"] < 64


def test_who_is_too_busy_to_read_is_not_cut_off_and_gets_nothing_twice(tmp_path, attach):
    with running(tmp_path / "wide", settings=f"{PLAIN}max_inflight_messages 2500\n") as broker:
        watch = attach(broker.broker)
        acknowledge(watch, collect(watch, RESUME))
        flood(broker.port, TOPIC.encode(), b"x", qos=1, count=2500)
        assert until(lambda: watch.waiting >= 2000)  # full: nothing more is read
        time.sleep(2.2 * KEEPALIVE)  # a broker cuts off after 1.5
        came = []
        while len(payloads(came)) < 2500 and (batch := watch.take(10.0)).messages:
            watch.acknowledge(batch)
            came.append(batch)
        assert watch.take(1.0).messages == []
        assert (len(payloads(came)), topics(came).count(HOLD), watch.generation) == (2500, 0, 1)


def test_one_wait_is_enough_for_several_brokers(tmp_path):
    news = threading.Event()
    with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        watches = [Intake(broker.broker, Link("watch", KEEPALIVE), CLOCK, news=news.set) for broker in (one, two)]
        for watch in watches:
            watch.start()
            collect(watch, RESUME)
        for number, broker in enumerate((one, two, one, two)):
            news.clear()
            flood(broker.port, TOPIC.encode(), b"%d" % number, qos=1, count=1)
            assert news.wait(5)
            assert [payloads([watch.take(0)]) for watch in watches][number % 2] == [b"%d" % number]
        for watch in watches:
            watch.stop()


def test_a_word_the_broker_did_not_confirm_before_it_went_is_said_again(attach):
    broker = Script(b"", b"")
    try:
        watch = attach(broker.broker)
        watch.publish("atrium-out/hongshan/ticket/HS-1", b"opened", qos=1)
        assert until(lambda: broker.connections == 2 and broker.heard.count(b"opened") == 1)
        assert watch.unsent
    finally:
        broker.close()


def test_words_survive_a_broker_that_is_killed_while_they_wait(mosquitto, attach):
    hear = attach(replace(mosquitto.broker, filters=("atrium-out/hongshan/#",)), "hear")
    collect(hear, RESUME)
    watch = attach(mosquitto.broker, "speak")
    collect(watch, RESUME)
    mosquitto.stop()
    for number in range(3000):
        watch.publish("atrium-out/hongshan/alarm/1", b"%d" % number, qos=1)
    mosquitto.start()
    came, got = set(), []
    assert until(lambda: not watch.unsent, 20)
    while len(came) < 3000:
        got = collect(hear, count=1)
        came |= set(payloads(got))
        hear.acknowledge(got[-1])
    assert came == {b"%d" % number for number in range(3000)}


def test_when_too_much_waits_the_newest_words_stay_and_the_loss_is_counted(monkeypatch):
    monkeypatch.setattr(outgoing, "MOST_UNSENT", 100)
    words = Outgoing()
    for number in range(130):
        words.add(Word("t", b"%d" % number))
    assert (len(words), words.dropped) == (100, 30)
    assert words.due
