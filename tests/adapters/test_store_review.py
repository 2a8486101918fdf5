"""What the store keeps of the review list and of what was learned; who decides first decides, in either database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from fixtures.store import address, opened  # noqa: F401 - fixtures
from records import make_entry, make_finding

from daemon.adapters.store import open_store
from daemon.core.learned.review import Decision, decide
from daemon.ports import StaleVersion


def put(store, *entries):
    with store.begin() as transaction:
        for entry in entries:
            transaction.put_entry(entry)


def test_an_entry_is_read_back_whole(store):
    entry = make_entry("a", findings=(make_finding("a"), make_finding("b", points=("flow", "main_pressure"))))
    put(store, entry)
    assert store.entry("a") == entry
    assert store.entry("unknown") is None


def test_an_entry_grows_and_a_repeat_of_what_it_was_changes_nothing(store):
    grown = make_entry("a", version=2, last_at=500.0)
    put(store, make_entry("a"), grown, make_entry("a"))
    assert store.review() == [grown]


def test_what_people_decided_is_not_written_over_by_the_watch(store):
    put(store, make_entry("a"))
    done = decide(make_entry("a"), Decision.DISMISSED, by="li", at=300.0, note="检修")
    with store.begin() as transaction:
        transaction.decide(done)
    put(store, make_entry("a", version=9))
    assert store.review(state="dismissed") == [done]
    assert store.review(state="open") == []


def test_an_entry_joins_a_ticket_once_and_not_where_people_were_first(store):
    put(store, make_entry("a"), make_entry("b"))
    first, second = (decide(make_entry(name), Decision.JOINED, by="system", at=300.0, note="HS-1") for name in "ab")
    done = decide(make_entry("b"), Decision.TICKET, by="li", at=299.0)
    with store.begin() as transaction:
        transaction.decide(done)
        assert [transaction.put_entry(one) for one in (first, first, second, make_entry("a", version=9))] == [
            True,
            False,
            False,
            False,
        ]
    assert (store.review(state="joined"), store.entry("b")) == ([first], done)


@pytest.mark.parametrize("version", [2, 1])
def test_of_two_decisions_the_second_is_refused(store, version):
    put(store, make_entry("a", version=1))
    done = decide(make_entry("a", version=1), Decision.ACCEPTED, by="li", at=300.0)
    with store.begin() as transaction:
        transaction.decide(done)
    with pytest.raises(StaleVersion), store.begin() as transaction:
        transaction.decide(replace(done, state=Decision.DISMISSED, version=version + 1))
    assert store.entry("a") == done


def test_the_list_is_the_last_seen_first_page_by_page(store):
    put(store, *(make_entry(f"e{n}", last_at=100.0 + n // 2) for n in range(5)), make_entry("y", site="yulan"))
    pages, before = [], None
    while page := store.review(site="hongshan", limit=2, before=before):
        pages.append([one.id for one in page])
        before = pages[-1][-1]
    assert pages == [["e4", "e3"], ["e2", "e1"], ["e0"]]


def test_what_was_learned_outlives_the_configuration(where, tmp_path):
    for digest, learned in (("d1", b"old"), ("d2", b"new"), ("d3", None)):
        store = open_store(where, tmp_path, digest=digest)
        if learned:
            with store.begin() as transaction:
                transaction.keep_learned({("hongshan", "pump"): learned, ("hongshan", "fan"): b"\x00"}, 100.0)
        else:
            assert store.learned() == {("hongshan", "pump"): b"new", ("hongshan", "fan"): b"\x00"}
        store.close()
