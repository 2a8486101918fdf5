"""The walk of a reading on a small community: time, quality, alarms, one ticket, restarts."""

import json
from dataclasses import replace

import pytest

from daemon.core import state
from daemon.core.nouns import HOLD, RESUME, Message, Quality, TicketState
from tests.factories import NOON
from tests.watching import Watch, low


def test_a_limit_is_raised_at_the_end_of_its_on_delay_without_a_further_reading():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.78, "pump1_run": 1, "pump2_run": 0})
    watch.wait(4.9)
    assert watch.raised("main_pressure.LL") == []
    watch.wait(60)
    assert watch.raised("main_pressure.LL") == [5.0]


def test_a_value_back_to_normal_within_the_delay_raises_nothing():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.78})
    watch.tell(4, {"main_pressure": 0.90})
    watch.wait(300)
    assert watch.raised("main_pressure.LL") == []


def test_the_deadband_keeps_the_alarm_until_the_value_is_well_back():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.78})
    watch.wait(10)
    watch.tell(20, {"main_pressure": 0.82})  # above 0.80, not above 0.80 + 0.03
    watch.wait(55)
    watch.tell(60, {"main_pressure": 0.90})
    watch.wait(89)
    assert ("returned", "main_pressure.LL", 90.0) not in watch.alarms
    watch.wait(91)
    assert ("returned", "main_pressure.LL", 90.0) in watch.alarms


def test_the_signature_leads_and_hides_the_limits_it_explains():
    watch = Watch()
    low(watch, 0, 90)
    assert watch.ticket.rules[0] == "FP-01"
    assert {e.rule: e.hidden_by for e in watch.state.devices["hongshan", "fire-pump"].episodes.values()} == {
        "main_pressure.LL": "FP-01",
        "main_pressure.L": "FP-01",
        "FP-01": "",
    }
    assert len(watch.desk.tickets) == 1


def test_people_are_told_again_only_when_the_severity_rises():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.83, "pump1_run": 1, "pump2_run": 0})
    watch.wait(65)
    assert {n.why for n in watch.notices} == {"opened"}
    watch.tell(70, {"main_pressure": 0.76})
    watch.wait(80)
    assert {n.why for n in watch.notices} == {"opened", "escalated"}
    before = len(watch.notices)
    low(watch, 85, 120)
    assert watch.ticket.rules[0] == "FP-01"
    assert len(watch.notices) == before


def test_the_reason_names_the_numbers_in_both_languages():
    watch = Watch()
    low(watch, 0, 60)
    assert "0.76 MPa" in watch.ticket.reason.zh
    assert "0.76 MPa" in watch.ticket.reason.en


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_batches_and_ticks_never_change_a_result(step):
    def run(batch, ticks):
        watch = Watch()
        messages = [
            Message(
                "atrium/hongshan/fire-pump/telemetry",
                json.dumps({"ts": (NOON + t) * 1000, "main_pressure": p}).encode(),
                NOON + t + 1,
            )
            for t, p in enumerate([0.9] * 5 + [0.78] * 20 + [0.9] * 60)
        ]
        for n in range(0, len(messages), batch):
            watch.feed(*messages[n : n + batch])
            for t in range(ticks):
                watch.wait(messages[min(n + batch, len(messages)) - 1].at - NOON + t / 100)
        watch.wait(200)
        return watch.alarms, watch.desk.tickets

    assert run(step, 3) == run(1, 0)


def test_late_and_duplicate_readings_change_nothing():
    watch = Watch()
    watch.tell(10, {"main_pressure": 0.90})
    watch.tell(11, {"main_pressure": 0.90}, ts=10)
    watch.tell(12, {"main_pressure": 0.70}, ts=5)
    watch.wait(50)
    assert (watch.late, watch.duplicates, watch.alarms) == (1, 1, [])


@pytest.mark.parametrize(("value", "flaw"), [(-5, "range"), (99, "range"), (65535, "sentinel")])
def test_a_bad_value_neither_raises_nor_clears(value, flaw):
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.78})
    watch.wait(6)
    watch.tell(7, {"main_pressure": value})
    watch.wait(50)
    assert [e for e in watch.alarms if e[1].startswith("main_pressure")] == [("raised", "main_pressure.LL", 5.0)]
    assert (watch.readings[-1].quality, watch.readings[-1].flaw) == (Quality.BAD, flaw)


def test_a_time_that_cannot_be_is_stored_at_receipt_and_not_judged():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.70}, ts=3600)
    watch.wait(50)
    assert (watch.readings[0].ts, watch.readings[0].flaw, watch.alarms) == (NOON, "clock", [])


def test_a_retained_value_without_a_time_is_shown_never_judged():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.70}, retain=True)
    watch.wait(50)
    assert (watch.readings[0].quality, watch.alarms) == (Quality.SUSPECT, [])


def test_strangers_are_counted_and_their_neighbours_kept():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.9, "no_such_point": 1})
    watch.tell(1, {"main_pressure": 0.9}, device="ghost-9")
    assert [r.code for r in watch.rejected] == ["unknown-point", "unknown-device"]
    assert len(watch.readings) == 1


def test_a_backlog_is_judged_in_event_time():
    watch = Watch()
    low(watch, 0, 90, lag=300)
    assert watch.raised("main_pressure.LL") == [305.0]
    assert watch.ticket.rules[0] == "FP-01"


def test_an_episode_that_ended_long_before_it_arrived_is_recorded_not_paged():
    watch = Watch()
    for t, pressure in [(0, 0.76), (10, 0.76), (20, 0.9), (60, 0.9)]:
        watch.tell(t + 4000, {"main_pressure": pressure, "pump1_run": 1, "pump2_run": 0}, ts=t)
    watch.wait(4100)
    assert watch.raised("main_pressure.LL")
    assert (watch.desk.tickets, watch.notices) == ({}, [])


def test_an_old_episode_that_still_stands_is_told_when_the_backlog_is_in():
    watch = Watch()
    for t in (0, 10, 20):
        watch.tell(t + 4000, {"main_pressure": 0.76, "pump1_run": 1, "pump2_run": 0}, ts=t)
    assert watch.ticket is None
    watch.tell(4030, {"main_pressure": 0.76})
    assert watch.ticket.rules[0] == "main_pressure.LL"


def test_no_deadline_fires_while_held_and_all_do_on_resume():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.78})
    watch.feed(Message(HOLD, b"", NOON + 1))
    watch.wait(50)
    assert watch.alarms == []
    watch.feed(Message(RESUME, b"", NOON + 51))
    assert watch.raised("main_pressure.LL") == [5.0]


def test_signal_normal_when_everything_returned_and_back_when_it_comes_again():
    watch = Watch()
    low(watch, 0, 60)
    for t in range(65, 200, 5):
        watch.tell(t, {"main_pressure": 0.91, "pump1_run": 0, "pump2_run": 0})
    assert watch.ticket.signal_normal_at == NOON + 125  # L needs 60 s of normal
    low(watch, 200, 220)
    assert watch.ticket.signal_normal_at is None
    assert len(watch.desk.tickets) == 1


def test_a_raise_soon_after_closing_reopens_the_same_ticket():
    watch = Watch()
    low(watch, 0, 60)
    for t in range(65, 200, 5):
        watch.tell(t, {"main_pressure": 0.91, "pump1_run": 0, "pump2_run": 0})
    ticket = watch.ticket
    closed = replace(ticket, state=TicketState.CLOSED, closed_at=NOON + 250, version=ticket.version + 1)
    watch.desk.put(closed, ())
    for t in range(200, 300, 5):
        watch.tell(t, {"main_pressure": 0.91, "pump1_run": 0, "pump2_run": 0})
    low(watch, 300, 360)
    assert watch.ticket.state is TicketState.REOPENED
    assert watch.ticket.repeats == 1
    assert len(watch.desk.tickets) == 1


def test_memory_packs_and_restores_in_the_middle_of_a_delay():
    whole, cut = Watch(), Watch()
    for watch in (whole, cut):
        low(watch, 0, 20)
    packed = {key: (1, d.pack()) for key, d in cut.state.devices.items()} | {state.GLOBAL: (1, cut.state.pack())}
    again = Watch()
    again.desk, again.alarms = cut.desk, cut.alarms
    again.state.restore(packed)
    for watch in (whole, again):
        low(watch, 25, 90)
        watch.wait(200)
    assert again.alarms == whole.alarms
    assert [d.pack() for d in again.state.devices.values()] == [d.pack() for d in whole.state.devices.values()]


def test_a_rule_that_fails_is_shown_once_and_the_others_go_on(monkeypatch):
    watch = Watch()
    broken = watch.state.devices["hongshan", "fire-pump"].rules["main_pressure.L"]
    monkeypatch.setattr(broken.test, "truth", lambda *_, **__: 1 / 0)
    low(watch, 0, 90)
    assert [r.reason for r in watch.rejected] == ["rule main_pressure.L cannot be evaluated: ZeroDivisionError: division by zero"]
    assert watch.ticket.rules[0] == "FP-01"
