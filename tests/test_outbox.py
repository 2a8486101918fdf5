"""The outbox with real receivers: nothing is lost, nothing doubled, and what is critical waits for nobody."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from factories import make_person, make_site
from fixtures.broker import until
from records import make_notice, make_ticket

from daemon.adapters.notify import notifiers
from daemon.adapters.store import open_store
from daemon.clock import SystemClock
from daemon.core.site import NoticeChannel
from daemon.lane import pause
from daemon.outbox import Outbox
from sensors.kit.words import CRITICAL, MINOR, Text


class Receiver(BaseHTTPRequestHandler):
    """Refuses the first `server.refuse` calls; answers nothing while `server.hang` is set."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((time.monotonic(), self.headers["Idempotency-Key"], body))
        self.server.let_go.wait()
        self.send_response(503 if len(self.server.got) <= self.server.refuse else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def receiving(*, refuse=0, hang=False):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    server.got, server.refuse, server.let_go = [], refuse, threading.Event()
    if not hang:
        server.let_go.set()
    server.url = f"json://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()


class Swift:
    """A clock that runs so fast that back-off takes no time."""

    def __init__(self):
        self.began = time.time()

    def now(self):
        return self.began + (time.time() - self.began) * 400


@pytest.fixture
def store(tmp_path):
    opened = open_store("", tmp_path)
    yield opened
    opened.close()


def community(**urls):
    channels = {name: NoticeChannel(name, "apprise" if url else "bell", url) for name, url in urls.items()}
    return {"hongshan": make_site(channels=channels, people=[make_person("wang", channels=tuple(urls))])}


@contextmanager
def delivering(store, sites, clock=None, **more):
    outbox, stop = Outbox(store, sites, notifiers(), clock or SystemClock(), **more), threading.Event()
    worker = threading.Thread(target=outbox.run, args=(stop,))
    worker.start()
    try:
        yield outbox
    finally:
        stop.set()
        worker.join(20)
    assert not worker.is_alive()


def news(key, **fields):
    return make_notice(key, **{"at": time.time(), "site": "hongshan", "reaches": True, "ticket": f"t-{key}", **fields})


def write(store, *notices):
    with store.begin() as transaction:
        transaction.notify(notices)


def states(store):
    with store._read() as connection:
        found = connection.exec_driver_sql("SELECT key, state, attempts FROM outbox").all()
    return {row.key: (row.state, row.attempts) for row in found}


def all_sent(store):
    return all(state == "sent" for state, _ in states(store).values())


def test_a_critical_notice_arrives_in_ten_seconds_while_5000_wait_and_a_channel_hangs(store):
    with receiving() as good, receiving(hang=True) as bad:
        minor = [news(f"m{n}", severity=MINOR, channel=("bad", "good")[n % 2], person=f"p{n % 4}") for n in range(5000)]
        write(store, *minor)
        with delivering(store, community(bad=bad.url, good=good.url), timeout=2.0) as outbox:
            assert until(lambda: bad.got, 10)
            began, fire = time.monotonic(), [news(f"fire-{name}", channel=name, ticket="fire") for name in ("bad", "good")]
            write(store, *fire)
            outbox.wake(fire)
            assert until(lambda: any(key == "fire-good" for _, key, _ in good.got), 10)
            assert next(at for at, key, _ in good.got if key == "fire-good") - began < 10
            assert until(lambda: sum(state == "sent" for state, _ in states(store).values()) == 2501, 20)
            assert until(lambda: outbox.timeouts > 0, 10)
        assert len(good.got) <= 5  # one summary a person, and the fire


def test_a_storm_is_one_summary_that_says_how_many_and_names_the_most_urgent(store):
    with receiving() as hook, delivering(store, community(hook=hook.url)):
        write(store, *(news(f"n{n}", severity=MINOR, channel="hook", title=Text(f"第{n}件", f"No. {n}")) for n in range(200)))
        assert until(lambda: all_sent(store), 20)
    bodies = [body for _, _, body in hook.got]
    assert len(bodies) <= 3  # what was there at once; the first may leave alone
    assert any("张工单】最紧急：第" in body["title"] and "还有" in body["message"] for body in bodies)


def test_of_many_critical_notices_each_keeps_its_own_words(store):
    write(store, *(news(f"n{n}", channel="hook", body=Text(f"第{n}处请到场", f"Go to {n}")) for n in range(23)))
    with receiving() as hook, delivering(store, community(hook=hook.url)):
        assert until(lambda: all_sent(store), 20)
    told = "\n".join(body["message"] for _, _, body in hook.got)
    assert all(f"第{n}处请到场" in told and f"Go to {n}" in told for n in range(23))
    assert len(hook.got) < 23


def test_several_about_one_ticket_are_one_message(store):
    write(store, *(news(f"n{n}", channel="hook", ticket="same", at=time.time() - n) for n in range(3)))
    with receiving() as hook, delivering(store, community(hook=hook.url)):
        assert until(lambda: all_sent(store), 10)
    assert len(hook.got) == 1


@pytest.mark.parametrize("severity", [CRITICAL, MINOR])
def test_a_receiver_that_fails_ten_times_is_told_once_in_the_end_with_the_same_key(store, severity):
    write(store, *(news(f"n{n}", channel="hook", ticket="same", severity=severity) for n in range(2)))
    with receiving(refuse=10) as hook, delivering(store, community(hook=hook.url), Swift()):
        assert until(lambda: all_sent(store), 60), states(store)
    assert len(hook.got) == 11
    assert len({key for _, key, _ in hook.got}) == 1
    assert {attempts for _, attempts in states(store).values()} == {11}


def test_after_three_failures_the_persons_next_channel_is_tried_at_once(store):
    first = news("n1", channel="bad", severity=MINOR, further=("good", "last"), cause="c")
    write(store, first)
    with receiving() as good, receiving(refuse=99) as bad:
        sites = community(bad=bad.url, good=good.url, last=good.url)
        with delivering(store, sites, Swift()):
            assert until(lambda: good.got, 20)
            assert until(lambda: len(bad.got) > 4, 20)
    assert len(good.got) == 1
    assert good.got[0][1] != "n1"
    assert len(states(store)) == 2


def test_what_was_sent_but_not_marked_is_sent_once_more_with_the_same_key(store):
    def send_and_die(notice, url):
        notifiers()["apprise"](notice, url)
        raise SystemExit

    write(store, *(news(f"n{n}", channel="hook", severity=MINOR) for n in range(12)))
    with receiving() as hook:
        sites = community(hook=hook.url)
        dying = next(lane for lane in Outbox(store, sites, notifiers(), SystemClock()).lanes if not lane.critical)
        dying.send = send_and_die
        with pytest.raises(SystemExit):
            dying.turn()
        write(store, news("late", channel="hook", severity=MINOR))
        with delivering(store, sites):
            assert until(lambda: sum(state == "sent" for state, _ in states(store).values()) >= 12, 10)
    keys = [key for _, key, _ in hook.got]
    assert keys[0] == keys[1]
    assert hook.got[0][2] == hook.got[1][2]


def test_critical_news_that_reaches_nobody_is_a_flag_on_its_ticket_until_somebody_hears(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    write(store, news("n1", ticket="a", channel="hook"), news("n2", ticket="a", channel="page", reaches=False))
    with receiving(refuse=7) as hook, delivering(store, community(hook=hook.url, page=""), Swift()) as outbox:
        assert until(lambda: outbox.untold == {"a"}, 20)
        assert store.outbox_waiting().many == 1
        assert until(lambda: not outbox.untold, 60)
    assert [event.type for event in store.events_after(0)] == ["ticket"] * 3  # opened, flagged, cleared


def test_critical_news_is_flagged_after_ten_minutes_even_if_hardly_tried(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    write(store, news("n1", ticket="a", at=1000.0, channel="hook"))
    assert store.untold(1599.0) == {}
    assert store.untold(1600.0) == {"a": 1000.0}


def test_a_channel_that_is_gone_passes_its_news_on(store):
    write(store, news("n1", channel="gone", severity=MINOR, further=("hook",)), news("n2", channel="gone"))
    with receiving() as hook, delivering(store, community(hook=hook.url)):
        assert until(lambda: hook.got, 10)
    assert states(store)["n1"][0] == "failed"
    assert states(store)["n2"][0] == "due"  # critical: the channel may come back


def test_a_minor_notice_is_given_up_when_its_channel_never_will_take_it_and_a_critical_one_never(store):
    write(store, news("n1", channel="odd", severity=MINOR), news("n2", channel="odd"))
    with delivering(store, community(odd="nonsense://x"), Swift()):
        assert until(lambda: states(store)["n1"][0] == "failed" and states(store)["n2"][1] > 2, 20)
    assert states(store)["n2"][0] == "due"


def test_calls_that_never_come_back_are_counted_and_bounded(store):
    write(store, news("n1", channel="hook"))
    with receiving(hang=True) as hook, delivering(store, community(hook=hook.url), Swift(), timeout=0.05) as outbox:
        assert until(lambda: states(store)["n1"][1] > 12, 20), states(store)
        assert outbox.timeouts < 12
        assert sum(thread.name == "send-hook" for thread in threading.enumerate()) <= 8


def test_quiet_hours_hold_back_what_can_wait_without_counting_a_try(store):
    with receiving() as hook:
        sites = community(hook=hook.url)
        site = sites["hongshan"]
        night = {"hook": replace(site.channels["hook"], quiet=(0, 1439))}
        write(store, news("n1", channel="hook", severity=MINOR), news("n2", channel="hook"))
        with delivering(store, {"hongshan": replace(site, channels=night)}):
            assert until(lambda: states(store)["n2"][0] == "sent", 10)
    assert states(store)["n1"] == ("due", 0)


@pytest.mark.parametrize(("attempts", "critical", "least", "most"), [(0, True, 0.5, 1.5), (3, False, 4, 12), (30, True, 30, 90)])
def test_pauses_double_up_to_a_cap_give_or_take_half(attempts, critical, least, most):
    assert pause(attempts, critical=critical, jitter=lambda: 0.0) == least
    assert pause(attempts, critical=critical, jitter=lambda: 1.0) == most
    assert pause(30, critical=False, jitter=lambda: 0.5) == 900
