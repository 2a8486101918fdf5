"""What the store keeps of alarms and tickets and of what people do about them, and that repeats change nothing."""

from dataclasses import replace

import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from fixtures.store import address, opened, save  # noqa: F401 - fixtures
from records import make_episode, make_event, make_ticket, raised

from daemon.core.nouns import Action, AlarmEvent, Outcome, Reason, TicketState
from daemon.ports import Attachment, StaleVersion
from sensors.kit.words import CRITICAL, MINOR


def returned(name="e1", at=160.0):
    return AlarmEvent("returned", at, make_episode(name, returned_at=at))


def test_an_episode_raised_twice_is_one_row_and_told_once(store):
    for _ in range(2):
        save(store, alarms=[raised()])
    assert [row.episode for row in store.episodes()] == [make_episode()]
    assert [event.type for event in store.events_after(0)] == ["alarm"]


def test_a_return_is_written_once(store):
    save(store, alarms=[raised(), returned(at=160.0), returned(at=999.0)])
    assert store.episode("e1").episode.returned_at == 160.0
    assert [event.body["returned_at"] for event in store.events_after(0)] == [None, 160.0]


def test_a_raise_repeated_after_the_return_does_not_bring_the_alarm_back(store):
    save(store, alarms=[raised(), returned()])
    save(store, alarms=[raised()])
    assert store.episodes(active=True) == []


def test_an_episode_learns_who_explains_it(store):
    save(store, alarms=[raised("e1", rule="main_pressure.LL")])
    save(store, alarms=[AlarmEvent("hidden", 110.0, make_episode("e1", rule="main_pressure.LL", hidden_by="FP-01"))])
    assert store.episode("e1").episode.hidden_by == "FP-01"


def test_an_episode_that_got_worse_says_so_once(store):
    bad = replace(make_episode("e1"), severity=MINOR)
    worse = replace(bad, severity=CRITICAL, reason=Reason("更糟", "worse now", {"x": 1}))
    save(store, alarms=[AlarmEvent("raised", 100.0, bad), *[AlarmEvent("escalated", 120.0, worse)] * 2])
    assert store.episode("e1").episode == worse
    assert [event.body["severity"] for event in store.events_after(0)] == ["minor", "critical"]


def test_an_episode_knows_the_ticket_of_its_incident(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
        transaction.save(Outcome(alarms=[raised("e1"), raised("e2", incident="other")]), [], {})
    assert (store.episode("e1").ticket, store.episode("e2").ticket) == ("a", "")


def test_acknowledging_and_shelving_step_the_version_and_are_told(store):
    save(store, alarms=[raised()])
    with store.begin() as transaction:
        seen = transaction.acknowledge("e1", by="li", at=120.0, version=1)
        shelved = transaction.shelve("e1", by="li", at=121.0, until=900.0, reason="检修", version=2)
    assert (seen.acknowledged_at, seen.acknowledged_by, seen.version) == (120.0, "li", 2)
    assert (shelved.shelved_until, shelved.shelved_by, shelved.shelf_reason) == (900.0, "li", "检修")
    assert store.events_after(0)[-1].body["shelved_until"] == 900.0


def test_unshelving_takes_the_alarm_off_the_shelf(store):
    save(store, alarms=[raised()])
    with store.begin() as transaction:
        transaction.shelve("e1", by="li", at=121.0, until=900.0, reason="", version=1)
        transaction.shelve("e1", by="li", at=122.0, until=None, reason="", version=2)
    assert store.episode("e1").shelved_until is None


def test_a_return_does_not_refuse_the_acknowledgement_that_was_on_its_way(store):
    save(store, alarms=[raised(), returned()])
    with store.begin() as transaction:
        assert transaction.acknowledge("e1", by="li", at=161.0, version=1).acknowledged_by == "li"


@pytest.mark.parametrize("name", ["e1", "unknown"])
def test_acknowledging_what_changed_or_is_not_there_is_refused(store, name):
    save(store, alarms=[raised()])
    with pytest.raises(StaleVersion), store.begin() as transaction:
        transaction.acknowledge(name, by="li", at=120.0, version=7)


def test_alarms_are_listed_newest_first_page_by_page(store):
    save(store, alarms=[raised(f"e{n}", raised_at=100.0 + n // 2, incident=f"i{n}") for n in range(7)])
    pages, before = [], None
    while page := store.episodes(limit=3, before=before):
        pages.append([row.episode.id for row in page])
        before = pages[-1][-1]
    assert pages == [["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"]]


def test_a_ticket_is_read_back_whole_by_any_of_its_names(store):
    ticket = make_ticket("a")
    with store.begin() as transaction:
        transaction.put(ticket, [make_event("a", 1), make_event("a", 2)])
    assert [store.ticket(name) for name in ("a", ticket.number, ticket.public_id)] == [ticket] * 3
    assert store.ticket_events("a") == [make_event("a", 1), make_event("a", 2)]


def test_tickets_are_filtered_by_site_state_team_and_assignee(store):
    mine = {"assignee": "wang", "team": "fire"}
    with store.begin() as transaction:
        transaction.put(make_ticket("a", **mine), [])
        transaction.put(make_ticket("b", cause="boiler-1", opened_at=200.0, team="fire"), [])
        transaction.put(make_ticket("c", site="yulan", state=TicketState.CLOSED, closed_at=300.0), [])
    wanted = [{}, {"site": "yulan"}, {"ended": False}, {"ended": True}, {"assignee": "", "team": "fire"}, {"before": "b"}]
    found = [[ticket.id for ticket in store.tickets(**given)] for given in wanted]
    assert found == [["b", "c", "a"], ["c"], ["b", "a"], ["c"], ["b"], ["c", "a"]]


def test_every_change_of_a_ticket_is_one_line_of_the_live_log(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [make_event("a", 1, at=100.0)])
        transaction.put(make_ticket("a", version=2, state=TicketState.ACCEPTED), [make_event("a", 2, at=130.0)])
    told = store.events_after(0)
    assert [(event.at, event.site, event.type, event.body["state"]) for event in told] == [
        (100.0, "hongshan", "ticket", "open"),
        (130.0, "hongshan", "ticket", "accepted"),
    ]
    assert store.last_event_seq() == told[-1].seq


def open_and_spoil(store):
    with store.begin() as transaction:
        transaction.next_number("hongshan", "HS", "20261122")
        transaction.put(make_ticket("a"), [make_event("a", 1)])
        transaction.put(make_ticket("a", version=9), [])


def test_a_failed_transaction_leaves_nothing_and_gives_its_number_back(store):
    with pytest.raises(StaleVersion):
        open_and_spoil(store)
    assert store.tickets() == []
    with store.begin() as transaction:
        assert transaction.next_number("hongshan", "HS", "20261122") == "HS-20261122-0001"


def test_photos_hang_on_their_ticket(store):
    photo = Attachment("p1", "a", "after", 150.0, "wang", "photos/p1.jpg", 12_345, "ab" * 32)
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
        transaction.attach(photo)
    assert store.attachments("a") == [photo]


def test_what_people_do_is_read_in_order_from_a_position(store):
    done = [Action(0, 100.0 + n, "li", "alarm.acknowledge", "e1", {"note": "看过"}) for n in range(3)]
    with store.begin() as transaction:
        positions = [transaction.act(action) for action in done]
        assert transaction.actions_after(positions[0]) == [replace(done[n], pos=positions[n]) for n in (1, 2)]
