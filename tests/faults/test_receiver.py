"""The receiver of notices fails or hangs: all is delivered in the end, under one key, and what is critical waits for nobody."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from fixtures.broker import until
from fixtures.stage import QUIET, SITE, small_site, telemetry
from records import make_notice

from daemon.adapters.store import open_store
from sensors.kit.words import MINOR

pytestmark = [pytest.mark.broker, pytest.mark.slow]
REFUSALS, WAITING = 10, 5000
SPEED = 20.0  # the pauses between ten tries take five minutes


@pytest.fixture
def site(tmp_path):
    """A small site where everybody is told by these receivers, in that order."""

    def make(**receivers):
        ways = [{"id": name, "kind": "apprise", "url": f"json://127.0.0.1:{r.server_port}/hook"} for name, r in receivers.items()]

        folder = small_site(tmp_path / "config", notices=lambda words: words.update(channels=ways))
        people = folder / "people.yaml"
        people.write_text(
            people.read_text(encoding="utf-8").replace("[console, bell]", f"[{', '.join(receivers)}]"), encoding="utf-8"
        )
        return folder

    return make


def fall(watch, device):
    """The pressure of the fire main falls: a fire-class ticket after 5 s."""
    now = watch.clock.now()
    device.send(telemetry(now - 1, **QUIET))
    device.send(telemetry(now, main_pressure=0.7))


def rows(watch, sql="1"):
    return watch.ask(f"SELECT key, person, channel, state, attempts, message FROM outbox WHERE {sql}")  # noqa: S608 - our own words


@pytest.mark.timeout(180)
def test_a_receiver_that_refuses_ten_times_is_told_in_the_end_under_the_same_key(atrium, device, site, receiver, tally):
    receiver.refusals = REFUSALS
    watch = atrium(site(hook=receiver), speed=SPEED).start()
    fall(watch, device)
    assert until(lambda: len(rows(watch, "state = 'sent'")) >= 2, 90), (rows(watch), watch.words)
    assert watch.stop()[0] == 0, watch.words
    sent = rows(watch, "state = 'sent'")
    assert {attempts for *_, attempts, _ in sent} == {REFUSALS + 1}
    keys = [message or key for key, *_, message in sent]
    assert {len(receiver.told[key]) for key in keys} == {1}
    assert {receiver.refused[key] for key in keys} == {REFUSALS}
    everybody = [(key, person, channel) for key, person, channel, *_ in rows(watch)]
    assert len(set(everybody)) == len(everybody)
    tally(f"{len(sent)} notices, {REFUSALS} refusals each, {len(set(keys))} messages delivered, 0 extra sends")


@pytest.mark.timeout(180)
def test_a_fire_is_told_in_ten_seconds_while_a_channel_hangs_and_5000_wait(atrium, device, site, receiver, hanging, tally):
    watch = atrium(site(hang=hanging, hook=receiver)).start()
    assert watch.stop()[0] == 0
    ways, now = ("hang", "hook"), time.time()
    minor = [
        make_notice(
            f"m{n}", at=now, site=SITE, reaches=True, ticket=f"t{n}", severity=MINOR, channel=ways[n % 2], person="operator-day"
        )
        for n in range(WAITING)
    ]
    with closing(open_store("", watch.data)) as store, store.begin() as transaction:
        transaction.notify(minor)
    watch.start()
    fall(watch, device)
    assert until(lambda: watch.tickets() and fire(watch, receiver), 60), (rows(watch, "ticket NOT LIKE 't%'"), watch.words)
    (raised,) = [e.raised_at for rule, e in watch.episodes().items() if rule == "main_pressure.LL"]
    took = fire(watch, receiver) - raised
    waiting = len(rows(watch, "channel = 'hang' AND state = 'due'"))
    hanging.hangs = False
    tally(f"{WAITING} notices before it, {waiting} waiting on the channel that hangs: told after {took:.1f} s")
    assert took < 10.0
    assert waiting >= WAITING // 2


def fire(watch, receiver):
    """When the receiver heard of the ticket first; None: not yet."""
    keys = {message or key for key, *_, message in rows(watch, f"ticket = '{watch.tickets()[0].id}' AND channel = 'hook'")}
    return min((receiver.times[key] for key in keys & set(receiver.times)), default=None)
