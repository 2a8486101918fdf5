from __future__ import annotations

import re
from dataclasses import replace

import pytest
from factories import CHEN, HU, NOON, TERMS, WANG, WORDS, ZHAO, make_site, open_ticket

from daemon.core import rights, tickets
from daemon.core.nouns import TicketState
from daemon.core.tickets import Refused
from sensors.kit.words import MAJOR, MINOR


def act(change, action, who=WANG, **more):
    return tickets.act(change.ticket, action, **{"at": NOON + 60, "terms": TERMS, **who, **more})


def walk(*steps):
    """Open a ticket and take these steps: an action of Wang's, or (action, arguments)."""
    change = open_ticket()
    for step in steps:
        if step == "signal_normal":
            change = tickets.signal_normal(change.ticket, NOON + 50)
            continue
        action, more = step if isinstance(step, tuple) else (step, {})
        change = act(change, action, **more)
    return change


RESOLVED = ("accept", "arrive", "photo", ("resolve", {"note": "换了压力开关"}))
CLOSED = (*RESOLVED, "signal_normal", "close")


def refusal(change, action, who=WANG, **more):
    with pytest.raises(Refused) as caught:
        act(change, action, who, **more)
    return caught.value


def test_a_ticket_opens_in_the_hands_of_whoever_is_on_duty():
    change = open_ticket()
    assert (change.ticket.state, change.ticket.team, change.ticket.assignee) == ("assigned", "works", "wang")
    assert [(event.seq, event.type) for event in change.events] == [(1, "opened"), (2, "assigned")]
    assert (change.ticket.version, change.ticket.events) == (1, 2)


def test_without_anybody_on_duty_it_opens_for_the_team():
    site = make_site()
    people = {"wang": replace(site.people["wang"], shifts=site.people["li"].shifts)}
    change = open_ticket(replace(site, people=people))
    assert (change.ticket.state, change.ticket.team, change.ticket.assignee) == ("open", "works", "")
    assert [event.type for event in change.events] == ["opened"]


def test_its_ids_are_the_same_in_every_run_and_the_public_one_reads_aloud():
    one, same, other = open_ticket().ticket, open_ticket().ticket, open_ticket(incident="another").ticket
    assert (one.id, one.public_id) == (same.id, same.public_id) != (other.id, other.public_id)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", one.public_id)
    assert one.public_id == "V29MAJT8"  # printed on paper: it may never change


def test_the_whole_way_to_closing_leaves_one_event_a_step():
    change = walk(*CLOSED)
    assert (change.ticket.state, change.ticket.closed_at) == ("closed", NOON + 60)
    assert (change.ticket.version, change.ticket.events) == (7, 8)
    assert [(e.type, e.by, e.seq) for e in change.events] == [("closed", "wang", 8)]


@pytest.mark.parametrize(
    ("steps", "zh", "en"),
    [
        (RESOLVED, "信号还没有恢复正常", "the signal is not back to normal"),
        (
            ("accept", "arrive", ("resolve", {"note": "好了"}), "signal_normal"),
            "还缺修复后的照片",
            "a photo after the repair is missing",
        ),
        (("accept", "arrive", ("resolve", {"note": "好了"})), "信号还没有恢复正常；还缺", "normal; a photo"),
        (
            ("accept", "arrive", ("photo", {"data": {"kind": "before"}}), ("resolve", {"note": "好了"}), "signal_normal"),
            "照片",
            "photo",
        ),
    ],
)
def test_closing_says_which_key_is_missing(steps, zh, en):
    refused = refusal(walk(*steps), "close")
    assert refused.code == "proof"
    assert zh in refused.reason.zh
    assert en in refused.reason.en
    assert "close" in refused.allowed


def test_keys_are_asked_for_only_where_they_exist():
    terms = replace(TERMS, photo_required=frozenset({"long-term"}))
    change = walk("accept", "arrive", ("resolve", {"note": "好了"}))
    resident = replace(change, ticket=replace(change.ticket, origin="resident"))
    assert act(resident, "close", terms=terms).ticket.state == "closed"
    assert [key.en for key in rights.missing(change.ticket, terms)] == ["the signal is not back to normal"]


@pytest.mark.parametrize(
    ("steps", "action", "who", "code"),
    [
        ((), "arrive", WANG, "illegal"),
        ((), "close", ZHAO, "illegal"),
        ((), "explode", WANG, "illegal"),
        (("accept",), "accept", WANG, "illegal"),
        (CLOSED, "cancel", ZHAO, "illegal"),
        (CLOSED, "photo", WANG, "illegal"),
        ((), "accept", CHEN, "role"),
        ((), "accept", ZHAO, "role"),
        ((), "assign", WANG, "role"),
        ((), "cancel", WANG, "role"),
        (("accept",), "arrive", HU, "role"),
        (("accept", "arrive"), "resolve", ZHAO, "role"),
        (CLOSED, "reopen", WANG, "role"),
        (("accept", "arrive"), "resolve", WANG, "note"),
        ((), "cancel", ZHAO, "note"),
        ((), "comment", WANG, "note"),
        ((), "assign", ZHAO, "illegal"),
    ],
)
def test_what_is_not_possible_is_refused_with_what_is(steps, action, who, code):
    change = walk(*steps)
    refused = refusal(change, action, who, note="  ")
    assert refused.code == code
    assert refused.reason.zh
    assert refused.reason.en
    assert refused.allowed == tickets.allowed(change.ticket, **who)


def test_a_person_who_saw_another_version_is_refused():
    assert refusal(open_ticket(), "accept", version=7).code == "version"
    assert refusal(open_ticket(), "cancel", ZHAO, version=0, note="误报").code == "version"
    assert act(open_ticket(), "accept", version=1).ticket.state == "accepted"


def test_an_alarm_that_joins_meanwhile_keeps_nobody_from_their_work():
    grown = tickets.joined(open_ticket().ticket, ("FP-12",), 5.0)
    accepted = act(grown, "accept", version=1)
    assert (accepted.ticket.state, accepted.ticket.rules[-1]) == ("accepted", "FP-12")
    arrived = tickets.joined(act(accepted, "arrive", version=2).ticket, ("FP-14",), 9.0)
    assert act(arrived, "resolve", version=2, note="换了压力开关").ticket.state == "resolved"


def test_who_accepts_second_hears_that_it_is_taken_not_that_something_changed():
    assert refusal(act(open_ticket(), "accept"), "accept", HU, version=1).code == "illegal"


def test_anyone_of_the_team_may_take_a_waiting_ticket():
    change = act(open_ticket(), "accept", HU)
    assert (change.ticket.assignee, change.events[0].by) == ("hu", "hu")
    assert refusal(change, "arrive", WANG).code == "role"


def test_a_ticket_of_no_team_may_be_taken_by_any_technician():
    change = open_ticket()
    orphan = replace(change, ticket=replace(change.ticket, team="", assignee="", state=TicketState.OPEN))
    assert act(orphan, "accept", CHEN).ticket.assignee == "chen"


def test_the_desk_hands_a_ticket_over_and_gives_it_back_to_the_team():
    change = act(walk("accept"), "assign", ZHAO, data={"assignee": "hu"})
    assert (change.ticket.state, change.ticket.assignee, change.ticket.team) == ("assigned", "hu", "works")
    change = act(change, "assign", ZHAO, data={"team": "charging"})
    assert (change.ticket.state, change.ticket.assignee, change.ticket.team) == ("open", "", "charging")


def test_a_false_alarm_ends_with_its_reason():
    change = act(walk("accept"), "cancel", ZHAO, note="传感器检修")
    assert (change.ticket.state, change.ticket.closed_at, change.events[0].note) == ("cancelled", NOON + 60, "传感器检修")


def test_a_repeat_fault_asks_for_both_keys_again():
    closed = walk(*CLOSED).ticket
    change = tickets.reopened(
        closed, rules=("main_pressure.L",), at=NOON + 3600, to=("works", "li"), **{**WORDS, "severity": MAJOR}
    )
    ticket = change.ticket
    assert (ticket.state, ticket.repeats, ticket.closed_at, ticket.signal_normal_at, ticket.photos) == (
        "reopened",
        1,
        None,
        None,
        0,
    )
    assert (ticket.severity, ticket.rules, ticket.assignee) == (MAJOR, ("main_pressure.L", "FP-01"), "li")
    assert [event.type for event in change.events] == ["reopened", "assigned"]


def test_only_an_ended_ticket_is_a_repeat_fault():
    with pytest.raises(ValueError, match="only an ended ticket"):
        tickets.reopened(open_ticket().ticket, rules=("FP-01",), at=NOON, **WORDS)


def test_the_desk_may_send_back_a_repair_without_touching_the_signal():
    change = act(walk(*RESOLVED, "signal_normal"), "reopen", ZHAO)
    assert (change.ticket.state, change.ticket.signal_normal_at, change.ticket.photos) == ("reopened", NOON + 50, 0)


def test_a_signal_that_comes_back_takes_the_key_and_the_repair():
    change = tickets.signal_back(walk(*RESOLVED, "signal_normal").ticket, NOON + 70)
    assert (change.ticket.state, change.ticket.signal_normal_at) == ("on_site", None)


def test_an_alarm_that_joins_is_counted_once_and_means_the_signal_is_not_normal():
    normal = walk("signal_normal").ticket
    change = tickets.joined(normal, ("FP-01", "main_pressure.L"), NOON + 90)
    assert change.ticket.rules == ("FP-01", "main_pressure.L")
    assert [(e.type, e.data.get("rules")) for e in change.events] == [("joined", ["main_pressure.L"]), ("signal_back", None)]


def test_a_slower_rule_that_joins_leaves_a_reported_repair_alone():
    ticket = replace(open_ticket().ticket, state=TicketState.RESOLVED)
    change = tickets.joined(ticket, ("main_pressure.L",), NOON + 90)
    assert change.ticket.state is TicketState.RESOLVED
    assert [event.type for event in change.events] == ["joined"]


def test_title_severity_and_first_action_follow_the_lead():
    words = {**WORDS, "severity": MINOR}
    change = tickets.lead_changed(open_ticket().ticket, rules=("main_pressure.LL",), at=NOON + 5, **words)
    assert (change.ticket.rules, change.ticket.severity) == (("main_pressure.LL", "FP-01"), MINOR)
    assert change.events[0].data == {"rules": ["main_pressure.LL", "FP-01"], "severity": "minor"}
