"""Learned normal beside the watch: findings reach people, their word reaches what is learned, and what is learned is kept."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from factories import make_site
from records import make_episode, make_finding, make_ticket

from daemon import compose
from daemon.adapters.store import open_store
from daemon.core import state
from daemon.core.learned.finding import Detector, Settings, Site
from daemon.core.learned.normal import Accepted, Normal
from daemon.core.learned.review import GATHERS, Decision, decide
from daemon.core.nouns import Action, AlarmEvent, Outcome, Reading, Readings, TicketChange
from daemon.core.site import Configuration
from daemon.core.site import Settings as Atrium
from daemon.learning import EVERY, Learning, sites

KEY = ("hongshan", "fire-pump")
NOON = 1_795_320_000.0
SETTINGS = Settings(every=300.0, warm_seconds=5 * 86400.0, fit=1000, margin=2.0)


class Told:
    """Finds what it is told to find, and remembers what it was asked."""

    def __init__(self):
        self.finds, self.heard, self.accepted, self.roused, self.restored = [], [], [], [], {}

    def observe(self, readings, active):
        self.heard += [(reading.at, (reading.site, reading.device) in active) for reading in readings]
        found, self.finds = self.finds, []
        return found

    def accept(self, accepted):
        self.accepted.append(accepted)

    def rouse(self, finding):
        self.roused.append(finding.id)

    def pack(self, key):
        return "/".join(key).encode()

    def restore(self, key, packed):
        self.restored[key] = packed
        return ["main_pressure"] if packed == b"strange" else []


@pytest.fixture
def store(tmp_path):
    opened = open_store("", tmp_path, digest="d")
    yield opened
    opened.close()


def configured(**settings):
    return Configuration(Atrium(None), {"hongshan": replace(make_site(), learned=replace(SETTINGS, **settings))}, "d")


def learning(store, normal=None, **settings):
    configuration = configured(**settings)
    one = Learning(sites(configuration, NOON), normal or Told(), store, Accepted, configuration)
    one.begin(started())
    return one


def started():
    """A watch that takes up its work at noon."""
    watch = state.start(configured())
    watch.now = NOON
    return watch


def reading(at, device="fire-pump", value=0.9):
    return Reading("hongshan", device, "main_pressure", at, at, value)


def take(one, store, *readings, now=NOON, alarms=()):
    """A commit."""
    outcome = Outcome(readings=Readings(readings), alarms=list(alarms))
    with store.begin() as transaction:
        one.take(outcome, transaction, now)
    return outcome


def find(one, store, *findings):
    one.normal.finds = list(findings)
    return take(one, store, reading(NOON))


def say(one, store, decision, **data):
    (entry,) = store.review()
    one.heed(
        Action(
            9, NOON, "li", f"review.{decision}", entry.id, {"site": KEY[0], "device": KEY[1], "points": ["main_pressure"], **data}
        )
    )


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


def opens(one, store, rules=("FP-01", "main_pressure.LL"), now=NOON, **fields):
    """A commit in which an alarm opens a ticket."""
    job = make_ticket("t", rules=rules, opened_at=now, **fields)
    outcome = Outcome(tickets=[TicketChange(job, ())])
    with store.begin() as transaction:
        transaction.put(job, [])
        one.take(outcome, transaction, now)
    return outcome


def listed(store):
    return [(entry.id, str(entry.state), entry.note) for entry in store.review()]


@pytest.mark.parametrize("rules", [("FP-01",), ("main_pressure.LL",), ("learned:main_pressure",), ("DQ-FROZEN:main_pressure",)])
def test_an_entry_about_what_a_ticket_opens_for_becomes_a_line_of_it_with_its_own_event(store, rules):
    one = learning(store)
    find(one, store, make_finding("a", at=NOON), make_finding("b", points=("pump1_temp",), at=NOON + 1))
    line = opens(one, store, rules).tickets[-1]
    (event,) = line.events
    assert (event.type, event.data["entry"], event.data["reason"]["en"]) == ("noticed", "a", "1.05 MPa; rare")
    assert listed(store) == [("a", "joined", make_ticket("t").number)]
    assert store.ticket("t").rules == tuple(dict.fromkeys((*rules, "learned:main_pressure", "learned:pump1_temp")))
    assert (one.review, one.normal.roused) == ({}, ["a", "b"])


@pytest.mark.parametrize(
    ("rules", "fields", "last"),
    [
        (("jockey_run.STATE",), {}, NOON),
        (("main_pressure.LL",), {"device": "ev-01", "cause": "ev-01"}, NOON),
        (("main_pressure.LL",), {"site": "yulan"}, NOON),
        (("main_pressure.LL",), {"state": "cancelled"}, NOON),
        (("main_pressure.LL",), {}, NOON - GATHERS - 1.0),
    ],
    ids=["other points", "other device", "other site", "ended", "long ago"],
)
def test_an_entry_that_has_nothing_to_do_with_it_stays_on_the_list(store, rules, fields, last):
    one = learning(store)
    find(one, store, make_finding("a", at=last))
    assert len(opens(one, store, rules, **fields).tickets) == 1
    assert listed(store) == [("a", "open", "")]


def test_an_entry_of_a_device_whose_alarm_another_explains_joins_the_others_ticket(store):
    one = learning(store)
    find(one, store, make_finding("a", at=NOON))
    alarm = AlarmEvent("raised", NOON, make_episode("e", rule="main_pressure.LL", incident="inc-t"))
    outcome = opens_with(one, store, alarm, make_ticket("t", device="gateway", cause="gateway", rules=("DQ-01",), opened_at=NOON))
    assert outcome.tickets[-1].events[0].data["entry"] == "a"
    assert listed(store)[0][:2] == ("a", "joined")


def opens_with(one, store, alarm, job):
    outcome = Outcome(alarms=[alarm], tickets=[TicketChange(job, ())])
    with store.begin() as transaction:
        transaction.put(job, [])
        one.take(outcome, transaction, NOON)
    return outcome


def test_an_entry_joins_once_whatever_comes_after_a_crash_or_with_the_next_alarm(store):
    one = learning(store)
    find(one, store, make_finding("a", at=NOON))
    opens(one, store)
    lines = [event.type for event in store.ticket_events("t")]
    for again in (one, learning(store)):  # fed again: what was found, and the ticket as it was when it opened
        outcome = Outcome(readings=Readings([reading(NOON)]), tickets=[TicketChange(make_ticket("t", opened_at=NOON), ())])
        again.normal.finds = [make_finding("a", at=NOON)]
        with store.begin() as transaction:
            again.take(outcome, transaction, NOON)
        assert (len(outcome.tickets), again.review) == (1, {})
    assert [event.type for event in store.ticket_events("t")] == lines
    assert listed(store)[0][:2] == ("a", "joined")


def test_an_entry_that_a_person_has_decided_meanwhile_stays_decided(store):
    one = learning(store)
    find(one, store, make_finding("a", at=NOON))
    with store.begin() as transaction:
        transaction.decide(decide(one.review[KEY], Decision.DISMISSED, by="li", at=NOON))
    assert len(opens(one, store).tickets) == 1
    assert listed(store) == [("a", "dismissed", "")]
    assert (one.review, one.normal.roused) == ({}, [])


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
