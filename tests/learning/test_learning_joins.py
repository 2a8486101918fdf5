"""An entry of the review list becomes a line of the ticket that an alarm about the same points opens after it."""

import pytest
from learner import KEY, NOON, find, learning, reading
from records import make_episode, make_finding, make_ticket

from daemon.core.learned.review import GATHERS, Decision, decide
from daemon.core.nouns import AlarmEvent, Outcome, Readings, TicketChange


def opens(one, store, rules=("FP-01", "main_pressure.LL"), alarms=(), **fields):
    """A commit in which an alarm opens a ticket."""
    job = make_ticket("t", rules=rules, opened_at=NOON, **fields)
    outcome = Outcome(alarms=list(alarms), tickets=[TicketChange(job, ())])
    with store.begin() as transaction:
        transaction.put(job, [])
        one.take(outcome, transaction, NOON)
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


def test_a_rule_over_all_pumps_reads_the_points_of_each(store):
    one = learning(store)
    find(one, store, make_finding("a", points=("pump2_run",), at=NOON))
    opens(one, store, ("FP-01",))
    assert listed(store)[0][:2] == ("a", "joined")


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
    outcome = opens(one, store, ("DQ-01",), [alarm], device="gateway", cause="gateway")
    assert outcome.tickets[-1].events[0].data["entry"] == "a"
    assert listed(store)[0][:2] == ("a", "joined")


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
