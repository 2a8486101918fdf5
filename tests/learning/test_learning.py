"""Learned normal beside the watch: findings reach people, their word reaches what is learned, and what is learned is kept."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from factories import make_site
from learner import KEY, NOON, SETTINGS, configured, find, learning, reading, say, started, take
from records import make_episode, make_finding, make_ticket

from daemon import compose
from daemon.core.learned.finding import Detector, Site
from daemon.core.learned.normal import Accepted, Normal
from daemon.core.learned.review import Decision, decide
from daemon.core.nouns import AlarmEvent
from daemon.core.site import Configuration
from daemon.core.site import Settings as Atrium
from daemon.learning import EVERY, Learning, sites


def test_what_is_learned_is_every_point_but_gateways_what_is_absent_and_what_is_left_out():
    site = make_site()
    pump = site.devices["fire-pump"]
    channels = dict(pump.channels)
    channels["main_pressure"] = replace(channels["main_pressure"], learned=False)
    channels["door_open"] = replace(channels["door_open"], absent=True)
    pump = replace(pump, model=replace(pump.model, channels=channels))
    site = replace(site, learned=SETTINGS, devices={**site.devices, "fire-pump": pump})
    (found,) = sites(Configuration(Atrium(None), {"hongshan": site, "yulan": make_site()}, "d"), NOON)
    assert found.zone == 8 * 3600.0
    assert {one.name: one.on for one in found.devices["fire-pump"]} == {
        n: n != "main_pressure" for n in channels if n != "door_open"
    }
    assert not any(site.devices[name].is_gateway for name in found.devices)


def test_a_finding_is_on_the_list_and_one_more_joins_it_there(store):
    one = learning(store)
    find(one, store, make_finding("a"))
    find(one, store, make_finding("b", points=("pump1_temp",), at=260.0))
    (entry,) = store.review(state="open")
    assert ([f.id for f in entry.findings], entry.version, entry.last_at) == (["a", "b"], 2, 260.0)


def test_a_finding_of_a_device_with_a_ticket_is_one_line_in_it_whatever_comes_again(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    one = learning(store)
    (change,) = find(one, store, make_finding("a"), make_finding("b", at=300.0)).tickets
    assert [(event.type, event.data["reason"]["en"]) for event in change.events] == [("noticed", "1.05 MPa; rare")]
    assert store.ticket("a").rules[-1] == "learned:main_pressure"
    assert (store.ticket("a").severity, store.ticket("a").title) == (make_ticket("a").severity, make_ticket("a").title)
    assert store.review() == []


def test_a_finding_of_a_device_whose_alarm_another_explains_joins_the_others_ticket(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a", device="gateway", cause="gateway"), [])
    one, watch = learning(store), started()
    watch.devices[KEY].episodes["main_pressure.L"] = make_episode(rule="main_pressure.L", incident="inc-a")
    one.begin(watch)
    (change,) = find(one, store, make_finding("a")).tickets
    assert (change.ticket.id, change.events[0].type) == ("a", "noticed")


def test_where_the_site_has_opted_in_two_detectors_make_a_minor_ticket(store):
    one = learning(store, tickets=True)
    assert find(one, store, make_finding("a")).tickets == []
    outcome = find(one, store, make_finding("b", detector=Detector.DEVICE))
    (change,) = outcome.tickets
    assert (str(change.ticket.severity), change.ticket.origin) == ("minor", "learned")
    assert [(entry.state, entry.by) for entry in store.review()] == [("ticket", "system")]
    assert one.normal.roused == ["a", "b"]
    assert outcome.notices


def test_where_it_has_not_they_only_stand_on_the_list(store):
    one = learning(store)
    assert find(one, store, make_finding("a"), make_finding("b", detector=Detector.DEVICE)).tickets == []
    assert [entry.state for entry in store.review()] == ["open"]


def test_the_new_normal_is_learned_and_kept_at_once(store):
    one = learning(store)
    find(one, store, make_finding("a"))
    say(one, store, "accepted")
    assert one.normal.accepted == [Accepted(*KEY, ("main_pressure",), NOON, "li")]
    take(one, store, now=NOON + 1)
    assert store.learned() == {KEY: b"hongshan/fire-pump"}


@pytest.mark.parametrize(("decision", "roused"), [("dismissed", []), ("ticket", ["a"])])
def test_a_dismissal_teaches_nothing_and_a_ticket_that_it_was_right(store, decision, roused):
    one = learning(store)
    find(one, store, make_finding("a"))
    say(one, store, decision)
    assert (one.normal.accepted, one.normal.roused, one.review) == ([], roused, {})


def test_what_is_not_learned_any_more_is_not_accepted(store):
    one = learning(store)
    find(one, store, make_finding("a"))
    say(one, store, "accepted", points=["gone"])
    say(one, store, "accepted", device="gone")
    assert one.normal.accepted == []


def test_what_people_have_decided_is_not_opened_again_by_what_is_fed_again(store):
    one = learning(store, tickets=True)
    both = make_finding("a"), make_finding("b", detector=Detector.DEVICE)
    find(one, store, *both)
    with store.begin() as transaction:
        ticket = transaction.open_ticket(*KEY)
        transaction.put(replace(ticket, state="cancelled", version=ticket.version + 1), [])
    again = learning(store, tickets=True)
    assert find(again, store, *both).tickets == []
    assert [entry.state for entry in store.review()] == ["ticket"]
    assert again.review == {}


def turn(event, at, rule="main_pressure.L"):
    return AlarmEvent(event, at, make_episode("e", rule=rule))


@pytest.mark.parametrize("cuts", [[(0, 9)], [(0, 3), (3, 4), (4, 9)], [(n, n + 1) for n in range(9)]])
def test_a_device_in_alarm_is_judged_but_not_learned_however_readings_are_cut(store, cuts):
    one = learning(store)
    events = {3: turn("raised", NOON + 3), 6: turn("returned", NOON + 6), 4: turn("raised", NOON + 4, "DQ-FROZEN:main_pressure")}
    for begin, end in cuts:
        take(
            one,
            store,
            *(reading(NOON + n) for n in range(begin, end)),
            alarms=[events[n] for n in range(begin, end) if n in events],
        )
    assert one.normal.heard == [(NOON + n, 4 <= n <= 6) for n in range(9)]


def test_an_alarm_that_was_on_at_the_start_is_known(store):
    one, watch = learning(store), started()
    watch.devices[KEY].episodes["main_pressure.L"] = make_episode(rule="main_pressure.L")
    one.begin(watch)
    take(one, store, reading(NOON), reading(NOON, "ev-01"))
    assert one.normal.heard == [(NOON, True), (NOON, False)]


def test_devices_are_kept_hourly_one_at_a_time_and_all_at_the_stop(store):
    one = learning(store)
    counts = []
    for minute in range(1, 61):
        take(one, store, now=NOON + 60 * minute)
        counts.append(len(store.learned()))
    assert counts[-1] == len(one.learned) == len(one.queue)
    assert max(np.diff(counts)) == 1
    assert min(at for at, _ in one.queue) > NOON + EVERY
    with store.begin() as transaction:
        one.rest(transaction, NOON)
    again = learning(store)
    assert set(again.normal.restored) == set(one.learned)


def test_what_is_open_is_taken_up_at_the_next_start_and_what_was_decided_is_not(store):
    one = learning(store)
    find(one, store, make_finding("a"), make_finding("b", device="ev-01"))
    assert set(learning(store).review) == {KEY, ("hongshan", "ev-01")}
    with store.begin() as transaction:
        transaction.decide(decide(one.review[KEY], Decision.DISMISSED, by="li", at=NOON))
    assert set(learning(store).review) == {("hongshan", "ev-01")}


def stream(days=12):
    """A pressure that follows the day; in the last two hours it is 1.5 bar too high."""
    rng = np.random.default_rng(1)
    for k in range(days * 288):
        at = NOON + k * 300.0
        wave = np.sin(at / 86400.0 * 2 * np.pi)
        yield reading(at, value=float(0.9 + 0.02 * wave + rng.normal(0, 0.002) + (0.15 if k >= days * 288 - 24 else 0.0)))


def real(store):
    configuration = configured()
    what = sites(configuration, NOON)
    assert all(isinstance(one, Site) for one in what)
    one = Learning(what, Normal(what), store, Accepted, configuration)
    one.begin(started())
    return one


def test_a_fault_nobody_wrote_a_rule_for_is_on_the_list_and_a_restart_loses_nothing(store):
    readings = list(stream())
    one = real(store)
    half = len(readings) // 2
    for begin in range(0, half, 100):
        take(one, store, *readings[begin : min(begin + 100, half)], now=readings[begin].at)
    with store.begin() as transaction:
        one.rest(transaction, readings[half].at)
    again = real(store)
    assert again.normal.pack(KEY) == one.normal.pack(KEY)
    take(again, store, *readings[half - 50 :], now=readings[-1].at)
    (entry,) = store.review(state="open")
    assert {finding.points for finding in entry.findings} == {("main_pressure",)}
    assert entry.opened_at >= readings[-24].ts
    assert "it is usually" in entry.findings[0].reason.en


def test_the_watch_learns_only_where_a_site_says_so(store, tmp_path):
    place = SimpleNamespace(data=tmp_path)
    assert compose._learning(place, Configuration(Atrium(None), {"hongshan": make_site()}, "d"), store, NOON) is None
    assert set(compose._learning(place, configured(), store, NOON).learned) == set(learning(store).learned)
