"""What a replay reads from its desk afterwards; what every desk does stands in `contracts/test_desk.py`."""

from dataclasses import replace

from records import make_event, make_ticket

from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import TicketState


def test_a_replay_finds_every_ticket_and_its_history_in_order():
    desk = MemoryDesk()
    closed = replace(make_ticket("a"), version=2, state=TicketState.CLOSED)
    desk.put(make_ticket("a"), [make_event("a", 1)])
    desk.put(closed, [make_event("a", 2), make_event("a", 3)])
    desk.put(make_ticket("b"), [])
    assert list(desk.tickets.values()) == [closed, make_ticket("b")]
    assert [event.seq for event in desk.events["a"]] == [1, 2, 3]


def test_a_reopened_ticket_is_the_open_one_again():
    desk = MemoryDesk()
    for version, state in enumerate((TicketState.OPEN, TicketState.CLOSED, TicketState.REOPENED), start=1):
        desk.put(replace(make_ticket("a"), version=version, state=state), [])
    assert desk.open_ticket("hongshan", "fire-pump").version == 3
    assert desk.last_ended("hongshan", "fire-pump") is None
