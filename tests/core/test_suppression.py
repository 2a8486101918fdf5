"""Planned work, test switches, out of service: recorded, told to nobody, and told when it is over if it still stands."""

from dataclasses import replace

import pytest

from daemon.core import pipeline, state, suppression
from daemon.core.nouns import Action, TicketState
from daemon.core.site import Configuration, Settings
from daemon.core.windows import Window, coming, covering
from sensors.kit.words import Point, Text, Type
from tests.factories import FIRE_PUMP, NOON, ZONE, at, make_device, make_devices, make_site
from tests.watching import Watch, low

PUMP = frozenset({"fire-pump"})
HOUR = 3600.0


def once(start, end):
    return Window("w", PUMP, once=(NOON + start, NOON + end))


def devices(**fields):
    return [make_device(**fields), *make_devices()[1:]]


def begin(watch, until, *, places=("fire-pump",), name="m1", **more):
    data = {"id": name, "devices": list(places), "until": NOON + until, "why": "换轴承", **more}
    pipeline.heed(watch.state, Action(1, watch.state.now, "zhao", "maintenance.begin", "hongshan", data))


def hidden(watch, rule="FP-01"):
    return watch.state.devices["hongshan", "fire-pump"].episodes[rule].hidden_by


def test_an_alarm_during_planned_work_is_recorded_and_nobody_is_told():
    watch = Watch(windows=(once(0, 600),))
    low(watch, 5, 300)
    assert watch.raised("FP-01")
    assert hidden(watch) == "$planned:w"
    assert (watch.desk.tickets, watch.notices) == ({}, [])


def test_what_still_stands_when_the_window_ends_is_told_then_as_one_ticket():
    watch = Watch(windows=(once(0, 600),))
    low(watch, 5, 590)
    watch.wait(599.9)
    assert watch.ticket is None
    watch.wait(600)
    assert (watch.ticket.opened_at, watch.ticket.rules[0]) == (NOON + 600, "FP-01")
    assert {notice.why for notice in watch.notices} == {"opened"}
    assert (hidden(watch), hidden(watch, "main_pressure.LL")) == ("", "FP-01")


def test_what_returned_during_the_work_is_never_told():
    watch = Watch(windows=(once(0, 600),))
    low(watch, 5, 100)
    for second in range(105, 700, 5):
        watch.tell(second, {"main_pressure": 0.92, "pump1_run": 0, "pump2_run": 0})
    assert ("returned", "FP-01") in {(event, rule) for event, rule, _ in watch.alarms}
    assert (watch.desk.tickets, watch.notices) == ({}, [])


def test_a_ticket_from_before_the_window_stays_and_what_comes_in_it_joins_when_it_ends():
    watch = Watch(windows=(once(100, 600),))
    low(watch, 0, 90)
    watch.tell(110, {"flood": 1})
    low(watch, 115, 595)
    assert "flood.STATE" not in watch.ticket.rules
    watch.wait(600)
    assert "flood.STATE" in watch.ticket.rules
    assert {notice.why for notice in watch.notices if notice.ticket == watch.ticket.id and notice.at > NOON + 90} == set()


def test_a_ticket_that_was_cancelled_during_the_work_does_not_swallow_what_still_stands():
    watch = Watch(windows=(once(100, 600),))
    low(watch, 0, 90)
    watch.tell(110, {"flood": 1})
    watch.wait(200)
    first = watch.ticket
    watch.desk.put(replace(first, state=TicketState.CANCELLED, closed_at=NOON + 200, version=first.version + 1), ())
    watch.wait(660)
    assert watch.ticket is not None
    assert watch.ticket.id != first.id


@pytest.mark.parametrize("batch", [1, 50])
def test_batches_change_nothing_about_when_it_is_told(batch):
    watch = Watch(windows=(once(0, 333),))
    for start in range(0, 400, batch * 5):
        low(watch, start, min(start + batch * 5 - 5, 400))
    assert watch.ticket.opened_at == NOON + 333


def test_a_switch_on_the_panel_keeps_alarms_back_until_it_is_off():
    switch = Point("test_mode", Text("试验状态", "Under test"), "", Type.BOOL, heartbeat=60)
    watch = Watch(devices=devices(kind=replace(FIRE_PUMP, points=(*FIRE_PUMP.points, switch))))
    watch.tell(0, {"test_mode": 1})
    low(watch, 1, 50, run=1)
    assert (hidden(watch, "main_pressure.LL"), watch.ticket) == ("$test:test_mode", None)
    watch.tell(55, {"test_mode": 0})
    assert (watch.ticket.opened_at, watch.ticket.rules[0]) == (NOON + 55, "main_pressure.LL")


def test_a_failure_that_a_signature_finds_during_a_test_is_told_at_once():
    switch = Point("test_mode", Text("试验状态", "Under test"), "", Type.BOOL, heartbeat=60)
    watch = Watch(devices=devices(kind=replace(FIRE_PUMP, points=(*FIRE_PUMP.points, switch))))
    watch.tell(0, {"test_mode": 1})
    low(watch, 1, 50)
    assert watch.ticket.rules == ("FP-01",)


def test_a_switch_whose_panel_falls_silent_keeps_nothing_back_for_ever():
    switch = Point("test_mode", Text("试验状态", "Under test"), "", Type.BOOL, heartbeat=60)
    watch = Watch(devices=devices(kind=replace(FIRE_PUMP, points=(*FIRE_PUMP.points, switch))))
    watch.tell(0, {"test_mode": 1})
    low(watch, 1, 50, run=1)
    watch.wait(600)
    assert watch.ticket is not None


def test_a_device_out_of_service_is_watched_and_nobody_is_told():
    watch = Watch(devices=devices(out_of_service=NOON - HOUR))
    low(watch, 0, 1800)
    assert hidden(watch) == "$out"
    assert {ticket.device for ticket in watch.desk.tickets.values()} <= {"gw-1", "ev-01", "ev-02"}


def test_work_that_somebody_begins_and_ends_holds_for_so_long():
    watch = Watch()
    watch.wait(0)
    begin(watch, 2 * HOUR)
    low(watch, 5, 90)
    assert (hidden(watch), watch.ticket) == ("$planned:m1", None)
    pipeline.heed(watch.state, Action(2, NOON + 95, "zhao", "maintenance.end", "hongshan", {"id": "m1"}))
    low(watch, 95, 95)
    assert watch.ticket.opened_at == NOON + 90  # the watch's clock when it heard of it


def test_work_planned_for_later_keeps_nothing_back_before_it_begins():
    watch = Watch()
    watch.wait(0)
    begin(watch, 2 * HOUR, begins=NOON + HOUR)
    low(watch, 5, 90)
    assert (hidden(watch), watch.ticket.opened_at) == ("", NOON + 10)
    later = Watch()
    later.wait(0)
    begin(later, 2 * HOUR, begins=NOON + HOUR)
    low(later, 3605, 3700)
    assert (hidden(later), later.ticket) == ("$planned:m1", None)


def test_work_that_nobody_ends_ends_by_itself():
    watch = Watch()
    watch.wait(0)
    begin(watch, 300)
    low(watch, 5, 295)
    watch.wait(301)
    assert watch.ticket.opened_at == NOON + 300


def test_a_restart_knows_of_the_work_and_of_what_waits_for_its_end():
    watch = Watch()
    watch.wait(0)
    begin(watch, 300)
    low(watch, 5, 90)
    device = watch.state.devices["hongshan", "fire-pump"]
    saved = {device.key: (0, device.pack()), state.GLOBAL: (0, watch.state.pack())}
    again = state.start(Configuration(Settings(None), {"hongshan": make_site()}, "digest"))
    again.silence_of_unheard = False
    again.restore(saved)
    watch.state = again
    assert (again.works["m1"].by, again.works["m1"].devices) == ("zhao", PUMP)
    watch.wait(299)
    assert watch.ticket is None
    watch.wait(301)
    assert watch.ticket.opened_at == NOON + 300


def test_work_in_a_room_is_work_on_every_device_in_it():
    site = make_site()
    assert suppression.devices_of(site, "car-park") == {"ev-01", "ev-02"}
    assert suppression.devices_of(site, "ev-01") == {"ev-01"}
    assert suppression.devices_of(site, "nowhere") == frozenset()


MONDAYS = Window("mon", PUMP, weekdays=frozenset({0}), start=10 * 60, length=2 * HOUR)
NIGHTS = Window("night", PUMP, weekdays=frozenset(range(7)), start=23 * 60, length=3 * HOUR)
FIRSTS = Window("first", PUMP, monthdays=frozenset({1, 31}), start=0, length=HOUR)


@pytest.mark.parametrize(
    ("window", "when", "until"),
    [
        (MONDAYS, "2026-11-23 09:59", None),
        (MONDAYS, "2026-11-23 10:00", "2026-11-23 12:00"),
        (MONDAYS, "2026-11-23 12:00", None),
        (MONDAYS, "2026-11-24 11:00", None),
        (NIGHTS, "2026-11-24 01:59", "2026-11-24 02:00"),
        (NIGHTS, "2026-11-24 23:30", "2026-11-25 02:00"),
        (NIGHTS, "2026-11-24 02:00", None),
        (FIRSTS, "2026-12-01 00:30", "2026-12-01 01:00"),
        (FIRSTS, "2026-12-31 00:30", "2026-12-31 01:00"),
        (FIRSTS, "2026-11-30 00:30", None),
    ],
)
def test_recurring_windows_follow_the_clock_on_the_wall(window, when, until):
    found = covering([window], "fire-pump", ZONE, at(when))
    assert (found and found.ends) == (until and at(until))
    assert covering([window], "ev-01", ZONE, at(when)) is None


def test_where_the_clock_jumps_the_work_begins_by_the_clock_on_the_wall():
    berlin, sundays = "Europe/Berlin", Window("s", PUMP, weekdays=frozenset({6}), start=4 * 60, length=HOUR)
    for day in ("2026-03-22", "2026-03-29", "2026-10-25"):
        found = covering([sundays], "fire-pump", berlin, at(f"{day} 04:30", berlin))
        assert (found.begins, found.ends) == (at(f"{day} 04:00", berlin), at(f"{day} 05:00", berlin))


def test_what_is_coming_is_told_in_order():
    spans = coming([NIGHTS, MONDAYS], ZONE, at("2026-11-23 09:00"), 24 * HOUR)
    assert [(span.window.id, span.begins) for span in spans] == [
        ("mon", at("2026-11-23 10:00")),
        ("night", at("2026-11-23 23:00")),
    ]
