"""The intake when things break: broker away, frozen, strict or full, taker slow or killed. Nothing is lost, all resumes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from fixtures.broker import Mosquitto, mosquitto, running, until
from fixtures.intake import CLOCK, KEEPALIVE, acknowledge, attach, collect, device, messages, payloads, topics
from fixtures.wire import Proxy

from daemon.adapters.connection import V5, Connection
from daemon.adapters.inbox import Inbox
from daemon.adapters.mqtt import Ended, Intake, Link, Refused
from daemon.adapters.patience import Patience, pause
from daemon.core.nouns import DEAF, HOLD, RESUME

pytestmark = pytest.mark.broker
__all__ = ["attach", "device", "mosquitto"]


def test_an_acknowledgement_of_an_older_connection_is_dropped(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    device(b"old")
    stale = collect(watch, count=1)
    mosquitto.kill()  # without a save: the broker forgets the session, packet ids begin at 1 again
    (mosquitto.folder / "mosquitto.db").unlink(missing_ok=True)
    mosquitto.start()
    collect(watch, RESUME)
    device(b"new")
    fresh = collect(watch, count=1)
    assert stale[-1].receipt.acks == fresh[-1].receipt.acks
    acknowledge(watch, stale)
    watch.stop()
    assert payloads(collect(attach(mosquitto.broker), RESUME)) == [b"new"]


def test_everything_resumes_after_the_broker_was_away(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    mosquitto.stop()
    assert until(lambda: watch.state == "closed", 5)
    mosquitto.start()
    device(b"after")
    got = collect(watch, count=1)
    assert topics(got)[:2] == [DEAF, HOLD]
    assert payloads(got) == [b"after"]
    assert until(lambda: watch.state == "connected", 5)


def test_a_lost_session_is_told_when_the_stream_resumes(mosquitto, attach):
    watch = attach(mosquitto.broker)
    assert messages(collect(watch, RESUME))[-1].payload == b"gap"  # there was no session before
    mosquitto.stop()
    mosquitto.start()
    assert messages(collect(watch, RESUME))[-1].payload == b""


def test_a_silent_broker_is_noticed_within_one_and_a_half_keepalives(mosquitto, attach):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    mosquitto.freeze()
    frozen = time.monotonic()
    assert until(lambda: watch.state == "silent", 2 * KEEPALIVE)
    assert time.monotonic() - frozen <= 1.5 * KEEPALIVE + 0.5
    mosquitto.thaw()
    assert until(lambda: watch.state == "connected", 15)
    assert topics(collect(watch, RESUME))[:2] == [DEAF, HOLD]


def test_a_half_open_link_is_noticed_in_time_and_what_was_under_way_comes_again(mosquitto, attach, device):
    proxy = Proxy(mosquitto.port)
    watch = attach(proxy.broker)
    collect(watch, RESUME)
    device(b"before")
    acknowledge(watch, collect(watch, count=1))
    time.sleep(0.2)
    proxy.swallow()
    began = time.monotonic()
    device(*[str(n).encode() for n in range(100)])
    assert until(lambda: watch.state == "silent", 2 * KEEPALIVE)
    assert time.monotonic() - began <= 1.5 * KEEPALIVE + 0.5
    got = collect(watch, count=100, timeout=20)
    assert payloads(got) == [str(n).encode() for n in range(100)]
    assert topics(got)[:2] == [DEAF, HOLD]
    proxy.close()


def test_a_healthy_but_quiet_link_stays(mosquitto, attach):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    time.sleep(3 * KEEPALIVE)
    assert (watch.state, watch.generation) == ("connected", 1)
    assert CLOCK.now() - watch.last_heard < KEEPALIVE


@pytest.fixture
def guarded(tmp_path):
    password = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", password, "watch", "right"], check=True, capture_output=True)
    with running(tmp_path / "guarded", settings=f"allow_anonymous false\npassword_file {password}\n") as broker:
        yield broker


def test_a_wrong_password_is_one_plain_sentence(guarded, attach):
    watch = attach(replace(guarded.broker, username="watch", password="wrong"))  # noqa: S106
    with pytest.raises(
        Refused, match=rf"^The broker at mqtt://127.0.0.1:{guarded.port} (refuses|does not let) [^.]*\.$"
    ) as refused:
        watch.ready(10)
    assert refused.value.for_good
    with pytest.raises(Refused):
        collect(watch, count=1)


def test_the_right_password_is_let_in(guarded, attach):
    assert attach(replace(guarded.broker, username="watch", password="right")).ready(10)  # noqa: S106


def test_a_broker_that_is_not_there_yet_is_waited_for(tmp_path, attach):
    late = Mosquitto(tmp_path / "late")
    watch = attach(late.broker)
    assert not watch.ready(0.5)
    late.start()
    assert watch.ready(10)
    late.kill()


def test_a_full_inbox_leaves_the_rest_with_the_broker_and_loses_nothing(mosquitto, attach, device):
    watch = Intake(mosquitto.broker, Link("watch", KEEPALIVE), CLOCK)
    watch._inbox = Inbox(items=50)
    watch.start()
    assert watch.ready(10)
    device(*[str(n).encode() for n in range(400)])
    seen = set()
    end = time.monotonic() + 20
    while len(seen) < 400 and time.monotonic() < end:
        batch = watch.take(0.2)
        seen |= set(payloads([batch]))
        watch.acknowledge(batch)
    assert len(seen) == 400
    assert watch.generation == 1
    watch.stop()


def test_a_taker_that_stands_still_bounds_memory_and_keeps_the_session(mosquitto, attach, device):
    watch = Intake(mosquitto.broker, Link("watch", KEEPALIVE, receive_maximum=10_000), CLOCK)
    watch._inbox = Inbox(items=10)
    watch.start()
    assert watch.ready(10)
    device(*[b"x" * 10_000] * 300)
    time.sleep(2 * KEEPALIVE)
    assert watch._inbox._put_bytes < 1_500_000
    watch.stop()
    assert len(payloads(collect(attach(mosquitto.broker), RESUME))) == 300


def test_another_client_under_the_same_id_is_told_in_one_sentence(mosquitto):
    connection = Connection(mosquitto.broker, Link("watch"), V5, None)
    connection._note_refusal("Session taken over")
    assert connection.taken_over
    assert connection.refused.endswith("is a second Atrium running?")
    connection.close()


def test_what_is_said_with_qos_1_while_the_broker_is_away_arrives_later(mosquitto, attach):
    other = attach(replace(mosquitto.broker, filters=("atrium-out/#",)), "other")
    watch = attach(mosquitto.broker)
    collect(other, RESUME)
    collect(watch, RESUME)
    mosquitto.stop()
    watch.publish("atrium-out/hongshan/live", b"now only", qos=0)
    watch.publish("atrium-out/hongshan/ticket/HS-1", b"opened", qos=1)
    assert until(lambda: watch.state == "closed")
    mosquitto.start()
    assert b"opened" in payloads(collect(other, "atrium-out/hongshan/ticket/HS-1"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_broken_network_thread_is_told_to_the_owner(mosquitto):
    told = threading.Event()
    watch = Intake(mosquitto.broker, Link("watch", KEEPALIVE), CLOCK, on_end=told.set)
    watch._tend = None  # calling it raises TypeError, as a programming error would
    watch.start()
    assert told.wait(10)
    with pytest.raises(Ended):
        collect(watch, count=1)
    watch.stop()


BROKEN = """
import sys
from daemon.adapters.mqtt import Intake, Link
from daemon.clock import SystemClock
from daemon.core.site import Broker
intake = Intake(Broker("main", sys.argv[1]), Link("watch"), SystemClock())
intake.start()
assert intake.ready(10)
print("ready", flush=True)
intake._inbox.put = None  # calling it raises TypeError, as a programming error would
while True:
    intake.acknowledge(intake.take(0.2))
"""


def test_a_broken_callback_ends_the_process_loudly_for_the_supervisor(mosquitto, device, root):
    begin = [sys.executable, "-c", BROKEN, mosquitto.broker.url]
    with subprocess.Popen(begin, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as taker:
        assert taker.stdout.readline() == "ready\n"
        device(b"poison")
        _, told = taker.communicate(timeout=10)
    assert taker.returncode == 1
    assert "TypeError" in told
    assert told.strip().splitlines()[-1].endswith("has ended unexpectedly.")


def test_a_broker_that_comes_back_after_a_long_outage_is_met_again_within_a_quarter_of_a_minute():
    assert max(pause(n) for n in range(6) for _ in range(50)) <= 1.0
    assert 10.0 < max(pause(30) for _ in range(300)) <= 15.0


def test_only_links_cut_short_without_a_word_time_after_time_speak_of_a_thief():
    patience = Patience()
    for _ in range(4):
        patience.rest(subscribed=True, cut=True, lasted=1.0)
    patience.rest(subscribed=False, cut=False, lasted=0.1)  # nobody answered: the broker itself was away
    for _ in range(4):
        patience.rest(subscribed=True, cut=True, lasted=1.0)
    assert not patience.robbed
    patience.rest(subscribed=True, cut=True, lasted=1.0)
    assert patience.robbed


def test_a_link_that_flaps_is_tried_ever_more_slowly_and_a_steady_one_starts_anew():
    patience = Patience()
    pauses = [patience.rest(subscribed=True, cut=False, lasted=2.0) for _ in range(40)]
    assert max(pauses[:5]) <= 1.0
    assert max(pauses) > 8.0
    assert patience.rest(subscribed=True, cut=False, lasted=60.0) <= 1.0


def test_three_hundred_watches_do_not_come_back_in_one_moment():
    arrivals = Counter(int(pause(30) * 10) for _ in range(300))  # in tenths of a second; in step it would be 300 in one
    assert max(arrivals.values()) <= 12
    assert max(Counter(int(pause(1) * 10) for _ in range(300)).values()) <= 70


CONSUMER = """
import os, sys, time
from daemon.adapters.mqtt import Intake, Link
from daemon.clock import SystemClock
from daemon.core.site import Broker
intake = Intake(Broker("main", sys.argv[1]), Link("watch"), SystemClock())
intake.start()
with open(sys.argv[2], "ab") as ledger:
    while True:
        batch = intake.take(1.0)
        time.sleep(0.1)  # a slow disk: a kill will find messages in hand
        for message in batch.messages:
            if not message.topic.startswith("$"):
                ledger.write(message.payload + b"\\n")
        ledger.flush()
        os.fsync(ledger.fileno())
        intake.acknowledge(batch)
"""


def test_killing_the_taker_again_and_again_loses_nothing(mosquitto, attach, device, tmp_path, root):
    ledger, sent = tmp_path / "ledger", [str(n).encode() for n in range(6000)]
    first = attach(mosquitto.broker)
    assert first.ready(10)  # from here on the broker keeps what comes
    first.stop()
    begin = [sys.executable, "-c", CONSUMER, mosquitto.broker.url, str(ledger)]
    publishing = threading.Thread(target=device, args=sent)
    publishing.start()
    ledger.touch()
    for patience in (0.0, 0.1, 0.25):
        taker, written = subprocess.Popen(begin, cwd=root), ledger.stat().st_size
        assert until(lambda: ledger.stat().st_size > written, 20)  # noqa: B023 - asked in this very turn
        time.sleep(patience)
        taker.kill()
        taker.wait()
    publishing.join()
    taker = subprocess.Popen(begin, cwd=root)
    saved = until(lambda: set(sent) <= set(ledger.read_bytes().split(b"\n")), 20)
    taker.kill()
    taker.wait()
    assert saved
