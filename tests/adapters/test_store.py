"""What the store keeps of batches and of itself, and that repeats change nothing."""

import zlib
from dataclasses import replace

import msgspec
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from fixtures.store import address, opened, save  # noqa: F401 - fixtures
from records import make_message, make_notice, raised

from daemon.adapters.store import open_store
from daemon.adapters.store.schema import journal
from daemon.core.nouns import Rejected
from daemon.ports import Session, User


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
        first = [transaction.answer("li:k1", at=100.0, status=status, body="{}") for status in (200, 409)]
    assert (first, store.recall("actions"), store.recall("nothing")) == ([True, False], "2", None)
    assert (store.answered("li:k1"), store.answered("li:k2")) == ((200, "{}"), None)


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
