"""A ticket in the hands of signals and people in any order: what it may never become."""

from __future__ import annotations

from itertools import pairwise

from factories import CHEN, HU, NOON, TERMS, WANG, WORDS, ZHAO, open_ticket
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from daemon.core import rights, tickets
from daemon.core.nouns import TicketState
from daemon.core.tickets import Refused


def attempt(ticket, action, **more):
    try:
        return tickets.act(ticket, action, terms=TERMS, **more)
    except Refused as refused:
        return refused


class TicketLife(RuleBasedStateMachine):
    """Signals and people in any order."""

    @initialize()
    def begin(self):
        change = open_ticket()
        self.ticket, self.events, self.at, self.keys = change.ticket, list(change.events), NOON, []

    def take(self, change):
        assert change.ticket.version == self.ticket.version + 1
        assert change.ticket.id == self.ticket.id
        self.ticket = change.ticket
        self.events += change.events

    @rule(
        action=st.sampled_from([*rights.STARTS, "nonsense"]),
        who=st.sampled_from([WANG, HU, CHEN, ZHAO]),
        note=st.sampled_from(["", "说明"]),
        data=st.sampled_from([{}, {"assignee": "hu"}, {"team": "charging"}, {"kind": "before"}, {"kind": "strange"}]),
    )
    def person(self, action, who, note, data):
        self.at += 1
        options = tickets.allowed(self.ticket, **who)
        answer = attempt(self.ticket, action, at=self.at, note=note, data=data, **who)
        if isinstance(answer, Refused):
            incomplete = answer.code in ("note", "proof") or action in ("assign", "photo")
            assert answer.allowed == options
            assert incomplete if action in options else answer.code in ("illegal", "role")
            return
        assert action in options
        if action == "close":
            assert self.ticket.photos
            assert self.ticket.signal_normal_at is not None
        self.take(answer)

    @rule(normal=st.booleans())
    def signal(self, normal):
        self.at += 1
        self.take((tickets.signal_normal if normal else tickets.signal_back)(self.ticket, self.at))

    @precondition(lambda self: self.ticket.state.ended)
    @rule()
    def repeat(self):
        self.at += 1
        self.take(tickets.reopened(self.ticket, rules=("FP-01",), at=self.at, **WORDS))

    @precondition(lambda self: not self.ticket.state.ended)
    @rule(name=st.sampled_from(["main_pressure.L", "main_pressure.LL"]))
    def join(self, name):
        self.at += 1
        self.take(tickets.joined(self.ticket, (name,), self.at))

    @invariant()
    def events_are_numbered_without_a_gap(self):
        assert [event.seq for event in self.events] == list(range(1, self.ticket.events + 1))

    @invariant()
    def it_never_ends_twice(self):
        ends = [e.type for e in self.events if e.type in ("closed", "cancelled", "reopened")]
        assert all(one == "reopened" or two == "reopened" for one, two in pairwise(ends))
        assert self.ticket.state.ended == (self.ticket.closed_at is not None)
        if self.ticket.state.ended:
            assert self.ticket.state in (TicketState.CLOSED, TicketState.CANCELLED)

    @invariant()
    def resolving_left_a_note(self):
        assert all(event.note for event in self.events if event.type in ("resolved", "cancelled", "comment"))


TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
