"""What every `Desk` does, in memory and in the database alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from records import make_event, make_ticket

from daemon.adapters.store import open_store
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import TicketState
from daemon.ports import StaleVersion


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def desk(request, tmp_path):
    if request.param == "memory":
        yield MemoryDesk()
        return
    store = open_store(request.getfixturevalue("postgres").database() if request.param == "postgresql" else "", tmp_path)
    with store.begin() as transaction:
        yield transaction
    store.close()


def test_a_ticket_is_found_by_cause_and_by_incident_exactly_as_it_was_put(desk):
    ticket = make_ticket("a")
    desk.put(ticket, [make_event("a", 1)])
    assert desk.open_ticket("hongshan", "fire-pump") == ticket
    assert desk.ticket_of_incident("inc-a") == ticket


def test_what_was_never_put_is_not_found(desk):
    assert desk.open_ticket("hongshan", "fire-pump") is None
    assert desk.ticket_of_incident("inc-a") is None
    assert desk.last_ended("hongshan", "fire-pump") is None


@pytest.mark.parametrize("state", [TicketState.CLOSED, TicketState.CANCELLED])
def test_an_ended_ticket_makes_room_for_the_next_one(desk, state):
    ended = replace(make_ticket("a"), state=state, version=2, closed_at=200.0)
    desk.put(make_ticket("a"), [])
    desk.put(ended, [])
    desk.put(make_ticket("b"), [])
    assert desk.open_ticket("hongshan", "fire-pump").id == "b"
    assert desk.last_ended("hongshan", "fire-pump") == ended


def test_the_last_ended_ticket_is_the_one_closed_last(desk):
    for name, closed_at in (("a", 300.0), ("b", 500.0), ("c", 400.0)):
        desk.put(replace(make_ticket(name), state=TicketState.CLOSED, closed_at=closed_at), [])
    assert desk.last_ended("hongshan", "fire-pump").id == "b"


def test_a_second_open_ticket_for_the_same_cause_is_refused(desk):
    desk.put(make_ticket("a"), [])
    with pytest.raises(StaleVersion):
        desk.put(make_ticket("b"), [])


def test_a_second_ticket_for_the_same_incident_is_refused_even_after_the_first_ended(desk):
    desk.put(replace(make_ticket("a"), state=TicketState.CLOSED), [])
    with pytest.raises(StaleVersion):
        desk.put(replace(make_ticket("b"), incident="inc-a"), [])


def test_a_reopened_ticket_is_refused_while_another_is_open_for_its_cause(desk):
    desk.put(replace(make_ticket("a"), state=TicketState.CLOSED), [])
    desk.put(make_ticket("b"), [])
    with pytest.raises(StaleVersion):
        desk.put(replace(make_ticket("a"), state=TicketState.REOPENED, version=2), [])


def test_tickets_without_incident_or_cause_do_not_stand_in_each_others_way(desk):
    for name in "ab":
        desk.put(replace(make_ticket(name), incident="", cause="", origin="meeting"), [])
    assert desk.open_ticket("hongshan", "fire-pump") is None


@pytest.mark.parametrize("version", [1, 3])
def test_a_change_must_come_from_the_version_that_is_stored(desk, version):
    desk.put(make_ticket("a"), [])
    with pytest.raises(StaleVersion):
        desk.put(replace(make_ticket("a"), version=version), [])


def test_a_change_of_an_unknown_ticket_is_refused(desk):
    with pytest.raises(StaleVersion):
        desk.put(replace(make_ticket("a"), version=2), [])


def test_a_line_of_history_is_written_once(desk):
    desk.put(make_ticket("a"), [make_event("a", 1)])
    with pytest.raises(StaleVersion):
        desk.put(replace(make_ticket("a"), version=2), [make_event("a", 1)])


def test_numbers_count_by_prefix_and_day_from_one(desk):
    asked = [("HS", "20261122"), ("HS", "20261122"), ("HS", "20261123"), ("YL", "20261122"), ("HS", "20261122")]
    numbers = [desk.next_number("hongshan", prefix, day) for prefix, day in asked]
    assert numbers == ["HS-20261122-0001", "HS-20261122-0002", "HS-20261123-0001", "YL-20261122-0001", "HS-20261122-0003"]
