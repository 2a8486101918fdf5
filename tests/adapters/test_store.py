"""What the store keeps, and that repeats change nothing."""

import zlib
from dataclasses import replace

import msgspec
import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from records import make_episode, make_event, make_message, make_notice, make_ticket, raised

from daemon.adapters.store import open_store
from daemon.adapters.store.schema import journal
from daemon.core.nouns import Action, AlarmEvent, Outcome, Rejected, TicketState
from daemon.ports import Attachment, Session, StaleVersion, User
from sensors.kit.words import CRITICAL, INFO, MAJOR


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request):
    """The address of an empty database."""
    return request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""


@pytest.fixture
def store(where, tmp_path):
    opened = open_store(where, tmp_path, digest="d1")
    yield opened
    opened.close()


def save(store, messages=(), states=(), **outcome):
    with store.begin() as transaction:
        return transaction.save(Outcome(**outcome), list(messages), dict(states))


def returned(name="e1", at=160.0):
    return AlarmEvent("returned", at, make_episode(name, returned_at=at))


def test_a_batch_comes_back_from_the_journal_byte_for_byte(store):
    first, second = [make_message(1), make_message(2)], [make_message(3)]
    positions = [save(store, first), save(store, second)]
    assert store.journal_after(0) == [(positions[0], first), (positions[1], second)]
    assert store.journal_after(positions[0]) == [(positions[1], second)]


def test_a_batch_packed_by_an_older_program_is_read(store):
    first = make_message(1)
    row = (first.topic, first.payload, first.at, first.source, first.retain)
    with store._write() as connection:
        connection.execute(journal.insert(), {"at": 1.0, "packed": zlib.compress(msgspec.msgpack.encode([row]))})
    assert store.journal_after(0)[0][1] == [first]


def test_a_tick_without_messages_keeps_the_position_and_adds_no_row(store):
    position = save(store, [make_message()])
    assert save(store, alarms=[raised()]) == position
    assert len(store.journal_after(0)) == 1


def test_pruning_keeps_the_newest_position(store):
    positions = [save(store, [make_message(n)]) for n in range(5)]
    store.prune_journal(positions[-1] + 10)
    assert [pos for pos, _ in store.journal_after(0)] == [positions[-1]]
    assert save(store) == positions[-1]


def test_states_carry_the_position_of_the_batch_they_were_saved_with(store):
    first = save(store, [make_message()], {("hongshan", "a"): b"1", ("hongshan", "b"): b"1"})
    second = save(store, [make_message()], {("hongshan", "a"): b"2"})
    assert store.snapshots("d1") == {("hongshan", "a"): (second, b"2"), ("hongshan", "b"): (first, b"1")}


def test_states_of_another_configuration_are_forgotten_when_the_watch_starts(store, where, tmp_path):
    save(store, [make_message()], {("hongshan", "a"): b"1"})
    open_store(where, tmp_path).close()  # a web process: hands in no digest
    assert store.snapshots("d1")
    open_store(where, tmp_path, digest="d2").close()
    assert store.snapshots("d1") == {}


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


def test_a_notice_is_due_once_however_often_it_is_given(store):
    save(store, notices=[make_notice("k1"), make_notice("k1")])
    with store.begin() as transaction:
        transaction.notify([make_notice("k1", at=500.0)])
    assert [row.notice for row in store.outbox_due(1000.0)] == [make_notice("k1")]


def test_the_outbox_gives_the_critical_first_then_the_oldest(store):
    save(
        store,
        notices=[
            make_notice("info", severity=INFO, at=1.0),
            make_notice("later", at=90.0),
            make_notice("major", severity=MAJOR, at=2.0),
            make_notice("first", at=80.0),
            make_notice("not yet", at=900.0),
        ],
    )
    assert [row.notice.key for row in store.outbox_due(100.0)] == ["first", "later", "major", "info"]


def test_a_delivery_is_tried_again_when_due_and_no_more_once_sent_or_given_up(store):
    save(store, notices=[make_notice("a"), make_notice("b")])
    a, b = store.outbox_due(100.0)
    store.outbox_failed([a.id], retry_at=130.0, error="timeout")
    store.outbox_failed([b.id], retry_at=None, error="no such address")
    assert store.outbox_due(129.0) == []
    assert [(row.notice.key, row.attempts) for row in store.outbox_due(130.0)] == [("a", 1)]
    store.outbox_sent([a.id], 131.0)
    assert store.outbox_due(9999.0) == []


def test_a_lane_is_one_channel_of_one_urgency_for_those_who_are_not_at_rest(store):
    who = [("li", CRITICAL), ("li", INFO), ("wang", INFO)]
    save(store, notices=[make_notice(f"{p} {s}", person=p, severity=s, site="h") for p, s in who])
    save(store, notices=[make_notice("elsewhere", channel="hook", severity=INFO)])

    def lane(**wanted):
        return [row.notice.key for row in store.outbox_lane("bell", 1000.0, **wanted)]

    assert (lane(critical=True), lane(critical=False)) == (["li critical"], ["li info", "wang info"])
    assert (lane(critical=False, but=["li"]), lane(critical=False, who=("li", "h"))) == (["wang info"], ["li info"])
    assert [row.notice.key for row in store.outbox_strange(["bell"], 1000.0)] == ["elsewhere"]
    assert (store.outbox_waiting().many, store.outbox_waiting().oldest) == (4, 100.0)


def test_a_ticket_is_untold_while_no_channel_with_an_address_has_taken_its_critical_news(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    save(store, notices=[make_notice(name, channel=name, reaches=name != "page") for name in ("hook", "mail", "page")])
    hook, mail, page = store.outbox_due(100.0)
    store.outbox_sent([page.id], 101.0)
    for tries in range(3):
        assert store.untold(110.0) == {}, tries
        store.outbox_failed([hook.id, mail.id], retry_at=111.0, error="503")
    assert store.untold(110.0) == {"a": 100.0}
    store.outbox_sent([mail.id], 112.0)
    assert store.untold(9999.0) == {}


def test_a_failed_row_is_given_up_and_its_news_goes_by_another_channel_in_one_commit(store):
    save(store, notices=[make_notice("a"), make_notice("b")])
    a, b = store.outbox_due(100.0)
    store.outbox_fold([a.id, b.id], "together")
    store.outbox_failed([a.id, b.id], retry_at=None, error="gone", instead=[make_notice("c", further=("x", "y"), cause="z")] * 2)
    (row,) = store.outbox_due(100.0)
    assert (row.notice.key, row.notice.further, row.notice.cause, row.message) == ("c", ("x", "y"), "z", "")


def test_of_rejected_messages_the_newest_thousand_are_kept_and_all_are_counted(store):
    flood = [Rejected("t", "json" if n % 2 else "size", f"no {n}", float(n), b"x" * 5000) for n in range(1500)]
    save(store, [make_message()], rejected=flood)
    save(store, [make_message()], rejected=[Rejected("topic\0\ud800" * 500, "json", "newest", 9999.0)])
    kept = store.rejected(limit=5000)
    assert (len(kept), kept[0].reason, kept[-1].reason) == (1000, "newest", "no 501")
    assert max(len(one.payload) for one in kept) == 2048
    assert store.rejected_counts() == {"json": 751, "size": 750}


def test_rejections_fed_again_from_the_journal_are_not_counted_again(store):
    for messages in ([make_message()], []):
        save(store, messages, rejected=[Rejected("t", "json", "bad", 1.0)])
    assert store.rejected_counts() == {"json": 1}


def test_a_session_lasts_until_it_expires_or_is_closed(store):
    li = User("li", "li", ("operator", "manager"), "hash")
    store.put_user(li)
    store.open_session("t1", Session(li, "csrf", 1000.0))
    assert store.session("t1", 999.0) == Session(li, "csrf", 1000.0)
    assert store.session("t1", 1000.0) is None
    store.close_session("t1")
    assert store.session("t1", 0.0) is None


def test_disabling_a_user_signs_them_out_everywhere(store):
    li = User("li", "li", ("operator",), "hash")
    store.put_user(li)
    store.open_session("t1", Session(li, "csrf", 1000.0))
    store.put_user(replace(li, disabled=True))
    assert store.session("t1", 0.0) is None
    assert [user.disabled for user in store.users()] == [True]


def test_a_name_and_an_answered_key_are_remembered(store):
    with store.begin() as transaction:
        transaction.remember("actions", "1")
        transaction.remember("actions", "2")
        for status in (200, 409):
            transaction.answer("li:k1", at=100.0, status=status, body="{}")
    with store.begin() as transaction:
        assert (transaction.recall("actions"), transaction.recall("nothing")) == ("2", None)
        assert (transaction.answered("li:k1"), transaction.answered("li:k2")) == ((200, "{}"), None)


def test_tidying_drops_what_is_old_and_keeps_what_is_due(store):
    days = 86_400.0
    li = User("li", "li", ("operator",), "hash")
    store.put_user(li)
    store.open_session("old", Session(li, "csrf", 10.0))
    save(store, alarms=[raised("e1"), raised("e2", raised_at=99 * days)], notices=[make_notice("due"), make_notice("sent")])
    store.outbox_sent([store.outbox_due(100.0)[1].id], 101.0)
    store.tidy(100 * days)
    assert store.session("old", 0.0) is None
    assert [event.body["id"] for event in store.events_after(0)] == ["e2"]
    assert [row.notice.key for row in store.outbox_due(100 * days)] == ["due"]
