from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from factories import NOON, TERMS, WORDS, ZONE, at, open_ticket
from hypothesis import given
from hypothesis import strategies as st

from daemon.core import sla, tickets
from daemon.core.nouns import TicketEvent
from sensors.kit.words import CRITICAL, INFO, MAJOR, MINOR


def events_of(*lines):
    return [TicketEvent("t", n, NOON + after, type_, data=data) for n, (after, type_, data) in enumerate(lines, 1)]


OPENED = (0, "opened", {"severity": "critical"})


def clocks_of(*lines, terms=TERMS, zone=ZONE):
    return sla.clocks(open_ticket().ticket, events_of(OPENED, *lines), terms, zone)


def test_each_clock_is_due_as_promised_for_the_severity():
    due = {name: clock.due - NOON for name, clock in clocks_of().items()}
    assert due == {"accept": 300, "on_site": 900, "repair": 1800}


def test_a_clock_is_met_by_its_event_and_late_means_after_due():
    clocks = clocks_of((250, "accepted", {}), (1000, "arrived", {}), (1800, "resolved", {}))
    assert {name: clock.met_at - NOON for name, clock in clocks.items()} == {"accept": 250, "on_site": 1000, "repair": 1800}
    assert {name: sla.state(clock, NOON + 9999) for name, clock in clocks.items()} == {
        "accept": "met",
        "on_site": "met_late",
        "repair": "met",
    }


@pytest.mark.parametrize(
    ("after", "state"), [(0, "running"), (240, "running"), (240.1, "near"), (300, "near"), (300.1, "over"), (1e9, "over")]
)
def test_a_clock_is_near_when_less_than_a_fifth_is_left(after, state):
    assert sla.state(clocks_of()["accept"], NOON + after) == state


def test_a_severity_without_a_promise_has_no_clock():
    ticket = replace(open_ticket().ticket, severity=INFO)
    assert sla.clocks(ticket, events_of((0, "opened", {"severity": "info"})), TERMS, ZONE) == {}


def test_a_higher_severity_is_owed_from_when_it_was_known():
    major = (0, "opened", {"severity": "major"})
    clock = sla.clocks(open_ticket().ticket, events_of(major, (600, "lead_changed", {"severity": "critical"})), TERMS, ZONE)[
        "accept"
    ]
    assert clock.due == NOON + 900


def test_a_lower_severity_does_not_move_a_due_time_later():
    assert clocks_of((60, "lead_changed", {"severity": "minor"}))["accept"].due == NOON + 300


def test_what_a_person_writes_into_an_event_moves_no_clock():
    events = [*events_of(OPENED), TicketEvent("t", 2, NOON - 1e6, "comment", "wang", data={"severity": "critical"})]
    assert sla.clocks(open_ticket().ticket, events, TERMS, ZONE)["accept"].due == NOON + 300


def test_a_reopened_ticket_keeps_its_due_times_and_its_repair_clock_runs_on():
    before = clocks_of((60, "accepted", {}), (300, "arrived", {}), (900, "resolved", {}), (1000, "closed", {}))
    after = clocks_of(
        (60, "accepted", {}),
        (300, "arrived", {}),
        (900, "resolved", {}),
        (1000, "closed", {}),
        (5000, "reopened", {"severity": "critical"}),
    )
    assert {n: c.due for n, c in before.items()} == {n: c.due for n, c in after.items()}
    assert after["accept"] == before["accept"]
    assert (before["repair"].met_at, after["repair"].met_at) == (NOON + 900, None)
    assert sla.state(after["repair"], NOON + 5000) == "over"


def test_a_repair_after_which_the_signal_came_back_does_not_count():
    lines = [(900, "resolved", {}), (950, "signal_normal", {}), (1000, "signal_back", {})]
    assert clocks_of(*lines)["repair"].met_at is None
    assert clocks_of(*lines, (1700, "resolved", {}))["repair"].met_at == NOON + 1700


def test_cancelling_stops_the_clocks_but_late_stays_late():
    clocks = clocks_of((400, "cancelled", {}))
    assert {name: sla.state(clock, NOON + 1e6) for name, clock in clocks.items()} == {
        "accept": "met_late",
        "on_site": "met",
        "repair": "met",
    }
    assert clocks_of((400, "cancelled", {}), (500, "reopened", {}))["accept"].met_at is None


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),  # within Monday
        ("2026-11-23 17:00", 2, "2026-11-24 09:00"),  # over the evening
        ("2026-11-23 06:00", 1, "2026-11-23 09:00"),  # before work
        ("2026-11-20 17:30", 10, "2026-11-23 17:30"),  # Friday to Monday
        ("2026-11-21 12:00", 10, "2026-11-23 18:00"),  # from Saturday, a whole day, ends with it
    ],
)
def test_working_time_skips_nights_and_week_ends(start, hours, end):
    assert sla.add_working(at(start), hours * 3600, TERMS, ZoneInfo(ZONE)) == at(end)


def test_working_time_follows_the_clock_change():
    terms = replace(TERMS, day_start=0, day_end=24 * 60, workdays=tuple(range(7)))
    end = sla.add_working(at("2026-03-28 12:00", "Europe/Berlin"), 24 * 3600, terms, ZoneInfo("Europe/Berlin"))
    assert end == at("2026-03-29 13:00", "Europe/Berlin")  # that night has an hour less


@pytest.mark.parametrize("broken", [{"workdays": ()}, {"day_start": 600, "day_end": 600}])
def test_a_calendar_without_working_time_counts_plain_time(broken):
    assert sla.add_working(0.0, 3600.0, replace(TERMS, **broken), ZoneInfo("UTC")) == 3600.0


def test_only_the_named_clocks_run_in_working_time():
    saturday = at("2026-11-21 12:00")
    change = open_ticket(when=saturday, severity=MINOR)
    clocks = sla.clocks(change.ticket, change.events, TERMS, ZONE)
    assert (clocks["accept"].due, clocks["accept"].working) == (at("2026-11-23 18:00"), True)
    assert (clocks["on_site"].due, clocks["on_site"].working) == (saturday + 3 * 86400, False)


def _working_between(start, end, terms):
    """The same in a second way: sum the overlap of the span with every working day around it."""
    zone, total = ZoneInfo(ZONE), 0.0
    day = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)
    while datetime.combine(day, time(), zone).timestamp() <= end:
        midnight = datetime.combine(day, time(), zone).timestamp()  # Shanghai has no clock change: minutes are plain
        opens, closes = midnight + terms.day_start * 60, midnight + terms.day_end * 60
        if day.weekday() in terms.workdays:
            total += max(0.0, min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


@given(
    start=st.integers(int(NOON), int(NOON) + 14 * 86400),
    seconds=st.integers(0, 5 * 86400),
    days=st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 1200),
    length=st.integers(30, 240),
)
def test_exactly_the_promised_working_time_passes(start, seconds, days, opens, length):
    terms = replace(TERMS, workdays=tuple(days), day_start=opens, day_end=opens + length)
    end = sla.add_working(float(start), float(seconds), terms, ZoneInfo(ZONE))
    assert end >= start
    assert _working_between(start, end, terms) == pytest.approx(seconds, abs=1e-3)


_LINES = st.tuples(
    st.integers(0, 10**6),
    st.sampled_from(
        ["lead_changed", "reopened", "accepted", "arrived", "resolved", "closed", "cancelled", "signal_back", "comment"]
    ),
    st.sampled_from([{}, {"severity": "critical"}, {"severity": "major"}, {"severity": "minor"}]),
)


@given(lines=st.lists(_LINES, max_size=12))
def test_nothing_appended_ever_moves_a_due_time_later(lines):
    lines.sort(key=lambda line: line[0])
    for cut in range(len(lines)):
        before, after = clocks_of(*lines[:cut]), clocks_of(*lines)
        assert all(after[name].due <= clock.due for name, clock in before.items())
        assert all(clock.near_at <= clock.due for clock in after.values())


def test_the_events_that_the_machine_writes_are_the_events_the_clocks_read():
    change = open_ticket(severity=MAJOR)
    raised = tickets.lead_changed(change.ticket, rules=("FP-01",), at=NOON + 100, **{**WORDS, "severity": CRITICAL})
    clocks = sla.clocks(raised.ticket, change.events + raised.events, TERMS, ZONE)
    assert clocks["accept"].due == NOON + 400
