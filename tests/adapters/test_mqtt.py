"""The intake against a real mosquitto: nothing is acknowledged before it is told, nothing lost, all resumes by itself."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from fixtures.broker import Mosquitto, mosquitto, running, until
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.bulk import NEEDED, BulkClient
from daemon.adapters.connection import V5, V311, Connection
from daemon.adapters.inbox import Inbox
from daemon.adapters.mqtt import Delivery, Ended, Intake, Link, Refused, Will, pause
from daemon.clock import SystemClock
from daemon.core.nouns import DEAF, HOLD, RESUME, Message

pytestmark = pytest.mark.broker
__all__ = ["mosquitto"]

CLOCK = SystemClock()
TOPIC = "atrium/hongshan/fire-pump/telemetry"
KEEPALIVE = 2


@pytest.fixture
def attach():
    """Makes started intakes (watches) and stops them at the end."""
    made = []

    def make(broker, client_id="watch", **link):
        intake = Intake(broker, Link(client_id, **{"keepalive": KEEPALIVE, **link}), CLOCK)
        made.append(intake)
        intake.start()
        return intake

    yield make
    for intake in made:
        intake.stop()


@pytest.fixture
def device(mosquitto, attach):
    """Publishes as a device would; answers once the broker has it."""
    other = attach(replace(mosquitto.broker, filters=()), "device", lasting=False)
    assert other.ready(10)

    def say(*payloads, topic=TOPIC, retain=False):
        for payload in payloads:
            other.publish(topic, payload, qos=1, retain=retain)
        assert until(lambda: not other.unsent)

    return say


def collect(intake, until_topic=None, count=0, timeout=10.0):
    """Take until a message on that topic or that many payloads have come."""
    got, end = [], time.monotonic() + timeout
    while time.monotonic() < end:
        got += intake.take(0.1)
        said = [delivery for delivery in got if not delivery.message.topic.startswith("$atrium")]
        if (until_topic and until_topic in topics(got)) or (count and len(said) >= count):
            return got
    raise AssertionError(f"only {topics(got)} came")


def topics(deliveries):
    return [delivery.message.topic for delivery in deliveries]


def payloads(deliveries):
    return [delivery.message.payload for delivery in deliveries if not delivery.message.topic.startswith("$atrium")]


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
    got = [item.message for item in collect(watch, count=2) if item.ack]
    assert [(message.topic, message.payload, message.source) for message in got] == [
        (TOPIC, b"one", "main"),
        (TOPIC, b"two", "main"),
    ]
    assert all(before <= message.at <= CLOCK.now() for message in got)


def test_what_was_taken_but_not_acknowledged_comes_again_and_the_rest_does_not(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    device(*[str(n).encode() for n in range(10)])
    got = [item for item in collect(watch, count=10) if item.ack]
    watch.acknowledge(got[:4])
    watch.stop()
    again = attach(mosquitto.broker)
    assert payloads(collect(again, RESUME)) == [str(n).encode() for n in range(4, 10)]
    assert again.session_present


def test_an_acknowledgement_of_an_older_connection_is_dropped(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    device(b"old")
    stale = [item for item in collect(watch, count=1) if item.ack]
    mosquitto.kill()  # without a save: the broker forgets the session, packet ids begin at 1 again
    (mosquitto.folder / "mosquitto.db").unlink(missing_ok=True)
    mosquitto.start()
    collect(watch, RESUME)
    device(b"new")
    fresh = [item for item in collect(watch, count=1) if item.ack]
    assert stale[0].ack[1] == fresh[0].ack[1]
    watch.acknowledge(stale)
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
    assert watch.state == "connected"


def test_a_lost_session_is_told_when_the_stream_resumes(mosquitto, attach):
    watch = attach(mosquitto.broker)
    assert collect(watch, RESUME)[-1].message.payload == b"gap"  # there was no session before
    mosquitto.stop()
    mosquitto.start()
    assert collect(watch, RESUME)[-1].message.payload == b""


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
        Refused, match=rf"^The broker at mqtt://127.0.0.1:{guarded.port} (refuses|does not allow) [^.]*\.$"
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


def test_a_broker_that_knows_only_3_1_1_is_spoken_to_in_its_own_words(tmp_path, attach):
    with running(tmp_path / "old", settings="allow_anonymous true\nmax_qos 1\n") as old:
        watch = Intake(old.broker, Link("watch", KEEPALIVE), CLOCK)
        watch.version = V311
        watch.start()
        assert RESUME in topics(collect(watch, RESUME))
        watch.stop()


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
        seen |= set(payloads(batch))
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
    assert watch._inbox._bytes < 1_500_000
    watch.stop()
    assert len(payloads(collect(attach(mosquitto.broker), RESUME))) == 300


def test_retained_messages_come_once_and_marked(mosquitto, attach, device):
    device(b"online", topic="atrium/hongshan/gw-1/status", retain=True)
    watch = attach(mosquitto.broker)
    got = [item for item in collect(watch, RESUME) if item.ack]
    assert [(item.message.payload, item.message.retain) for item in got] == [(b"online", True)]
    watch.acknowledge(got)
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


def test_another_client_under_the_same_id_is_told_in_one_sentence(mosquitto):
    connection = Connection(mosquitto.broker, Link("watch"), V5, None)
    connection._note_refusal("Session taken over")
    assert connection.taken_over
    assert connection.refused.endswith("is a second Atrium running?")
    connection.close()


def test_a_clean_stop_says_offline_too(mosquitto, attach):
    other = attach(replace(mosquitto.broker, filters=(BEAT,)), "other", lasting=False)
    watch = attach(mosquitto.broker, will=Will(BEAT, b"offline"))
    assert other.ready(10)
    watch.publish(BEAT, b"online", qos=1, retain=True)
    collect(other, count=1)
    watch.stop()
    assert payloads(collect(other, count=1)) == [b"offline"]


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


def test_the_canary_comes_home_and_never_reaches_the_owner(mosquitto, attach):
    watch = attach(mosquitto.broker)
    collect(watch, RESUME)
    sent = CLOCK.now()
    watch.canary()
    assert until(lambda: watch.canary_home >= sent)
    assert watch.take(0.1) == []


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


def test_large_payloads_and_thousands_of_small_ones_arrive_whole(mosquitto, attach, device):
    watch = attach(mosquitto.broker)
    assert watch.ready(10)
    sent = [b"x" * 60_000, *[str(n).encode() for n in range(3000)], b"y" * 60_000]
    threading.Thread(target=device, args=sent).start()
    got = []
    while len(got) < len(sent):
        batch = [item for item in collect(watch, count=1) if item.ack]
        watch.acknowledge(batch)
        got += payloads(batch)
    assert got == sent


def test_pauses_between_attempts_grow_to_a_minute_and_differ():
    assert max(pause(n) for n in range(6) for _ in range(50)) <= 1.0
    assert max(pause(30) for _ in range(200)) > 40.0
    assert max(pause(30) for _ in range(200)) <= 60.0


def test_an_inbox_gives_back_in_order_and_knows_when_it_is_full():
    some = [Delivery(Message("t", str(n).encode(), 0.0)) for n in range(1500)]
    inbox = Inbox(items=1500, size=1_000_000)
    inbox.put(some[:1499])
    assert not inbox.full
    inbox.put(some[1499:])
    assert inbox.full
    assert inbox.take(0) + inbox.take(0) == some
    assert not inbox.full
    inbox.put([Delivery(Message("t", b"x" * 1_000_000, 0.0))])
    assert inbox.full
