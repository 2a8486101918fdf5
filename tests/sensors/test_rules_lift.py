"""Signatures of lift and street lights that take days, a history, or values no fault plays. The others:
`tests/test_replay.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plant_bench import Slow

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MONDAY, EVENING, NOON = "2026-03-02T00:00", "2026-01-06T18:00", "2026-01-06T12:00"


def with_params(device, **params):
    """The device with other parameters."""
    return replace(device, model=replace(device.model, params={**device.params, **params}))


@pytest.fixture
def slow(hongshan):
    return lambda rule, start=MONDAY, *, device="lift-1", **more: Slow(hongshan.devices[device], rule, start, **more)


@pytest.fixture
def lights(slow):
    return lambda rule, start=EVENING, every=30.0: slow(rule, start, device="street-light-east", every=every)


# fault, rule, healthy for, age of the fault, true after at most
LONG = [
    ("EL-F3", "EL-04", 4 * DAY, 45 * DAY, DAY),
    ("EL-F6", "EL-08", 4 * DAY, 0, 0.5 * DAY),
]


@pytest.mark.parametrize("played", LONG, ids=[row[1] for row in LONG])
def test_what_wears_in_a_lift_is_told_against_its_first_days(slow, played):
    label, rule, before, age, most = played
    watched = slow(rule, every=5.0)
    assert watched.run(before) is None
    watched.fail(label, age)
    assert watched.run(most)


def test_a_motor_that_takes_a_third_more_tells_of_the_brake_though_it_stays_cool(slow):
    watched = slow("EL-05", every=10.0)
    assert watched.run(9 * DAY) is None
    watched.fail("EL-F4")
    assert 6 * HOUR < watched.run(2 * DAY, brake_temp=30.0) < 1.5 * DAY


def test_a_visit_on_record_without_a_maintainer_at_the_lift_is_told_and_a_true_one_is_not(slow):
    watched = slow("EL-06", every=30.0)
    watched.rig.plant.visit_on = int((watched.rig.now + 8 * HOUR) // DAY) + 3
    assert watched.run(6 * DAY, days_since_maint=0) == pytest.approx(1.5 * DAY, abs=HOUR)
    assert watched.run(2 * DAY, days_since_maint=5) is None
    true = slow("EL-06", every=30.0)
    true.rig.plant.visit_on = int((true.rig.now + 8 * HOUR) // DAY) + 3
    assert true.run(10 * DAY) is None
    assert true.rig.values["days_since_maint"] == 6


def test_a_lift_that_stands_at_the_rush_hour_is_told_and_one_that_rests_or_is_serviced_is_not(slow):
    watched = slow("EL-07", every=20.0)
    assert watched.run(15 * DAY + 7.5 * HOUR) is None
    assert 29 * MINUTE < watched.run(HOUR, service_mode="stopped") < 32 * MINUTE
    assert slow("EL-07", every=20.0).run(DAY, service_mode="stopped") is None  # nothing is learned yet


GAPS = {12: 3, 13: 7, 14: 7, 15: 7, 17: 2, 18: 2}  # minutes from trip to trip; in the other hours half an hour


def minutes(watched, first, last, *, called=True):
    """From the first minute to the last, a trip when its time has come: the minutes at which the rule was true."""
    told = []
    for minute in range(first, last):
        watched.rig.now += MINUTE
        trip = called and minute % GAPS.get(minute // 60 % 24, 30) == 0
        verdicts = [watched.look(running=moving) for moving in (trip, False)]
        told += [minute] if any(verdicts) else []
    return told


def test_two_hours_without_callers_after_lunch_are_a_lull_and_one_at_the_evening_peak_is_not(slow):
    watched, noon = slow("EL-07"), (15 * 24 + 13) * 60
    assert minutes(watched, 0, noon) == []
    assert minutes(watched, noon, noon + 2 * 60, called=False) == []
    assert minutes(watched, noon + 2 * 60, noon + 5 * 60) == []
    assert minutes(watched, noon + 5 * 60, noon + 6 * 60, called=False)[0] == noon + 6 * 60 - 2  # an hour after the last


def test_passengers_who_hold_the_door_are_no_fault_and_two_door_faults_an_hour_are(slow):
    watched = slow("EL-03", "2026-03-03T06:00", every=1.0)
    assert watched.run(5 * HOUR) is None
    for state in ("fault", "closed", "fault"):
        assert watched.run(3.0, door_state="closed") is None
        found = watched.run(2.0, door_state=state)
    assert found


# what the instruments show, true within
CALLS = {"running": False, "service_mode": "normal", "person_detected": True}
TRAPPED = [
    ({**CALLS, "door_zone": False, "door_state": "closed", "alarm_button": False}, 61.0),
    ({**CALLS, "door_zone": True, "door_state": "closed", "alarm_button": True}, 61.0),
    ({**CALLS, "door_zone": True, "door_state": "closed", "alarm_button": False}, None),
    ({**CALLS, "door_zone": False, "door_state": "closed", "service_mode": "inspection", "alarm_button": True}, None),
]


@pytest.mark.parametrize("case", range(len(TRAPPED)))
def test_somebody_is_trapped_between_floors_or_behind_a_door_that_stays_shut(slow, case):
    shown, within = TRAPPED[case]
    assert slow("EL-01", every=1.0).run(5 * MINUTE, **shown) == within


def test_missing_lamps_are_minor_under_95_and_major_under_85_percent(lights):
    for dark, severity in [(2, None), (4, "minor"), (8, "major")]:
        watched = lights("SL-03")
        watched.rig.plant.failed = set(range(39, 39 - dark, -1))
        found = watched.run(3 * HOUR)
        assert (watched.severity if found else None) == severity, dark
        assert found is None or found == pytest.approx(2 * HOUR, abs=MINUTE)


def test_dimming_at_night_is_no_missing_lamp_and_single_lamps_tell_of_themselves(lights):
    assert lights("SL-03", "2026-01-06T22:00").run(9 * HOUR) is None
    told = lights("SL-03", NOON)
    assert told.run(MINUTE, lamp01_fault=True, lamp02_fault=True) is None
    assert told.run(MINUTE, lamp03_fault=True, lamp02_fault=True, lamp01_fault=True)


def test_a_cut_cable_is_told_by_day_where_a_week_has_shown_a_line_test_voltage(lights):
    watched, bare = lights("SL-04", NOON, every=120.0), lights("SL-04", NOON, every=120.0)
    assert watched.run(8 * DAY) is None
    assert 10 * MINUTE <= watched.run(20 * MINUTE, end_voltage=0.0) <= 12 * MINUTE
    while bare.rig.now < watched.rig.now:
        assert not bare.go(**({} if bare.rig.values["contactor_closed"] else {"end_voltage": 1.0}))
    assert bare.run(HOUR, end_voltage=0.0) is None


def test_the_old_figure_of_the_far_end_raises_nothing_when_lights_come_on(lights):
    watched = lights("SL-04", "2026-01-06T16:00")
    while not watched.rig.values["contactor_closed"]:
        assert not watched.go(end_voltage=0.0)
    assert watched.run(5 * MINUTE, end_voltage=0.0) is None
    assert watched.run(3 * MINUTE, end_voltage=0.0)


def test_lamps_that_fall_silent_after_a_step_in_power_tell_of_a_cut_cable(hongshan):
    few = with_params(hongshan.devices["street-light-east"], lamps=8.0, lamp_watt=300.0)
    dimmed, cut = (Slow(few, "SL-04", "2026-01-06T23:00", every=MINUTE) for _ in range(2))
    assert dimmed.run(HOUR) is None
    assert cut.run(10 * MINUTE) is None
    assert cut.run(50 * MINUTE, power=1300.0) is None
    assert cut.run(MINUTE, power=650.0, lamp07_power=None, lamp08_power=None)


def test_a_planned_dark_hour_is_not_told(hongshan):
    device = hongshan.devices["street-light-east"]
    planned = with_params(device, planned_off=1.0)
    assert Slow(device, "SL-02", EVENING, every=30.0).run(HOUR, power=0.0) == pytest.approx(15 * MINUTE, abs=MINUTE)
    assert Slow(planned, "SL-02", EVENING, every=30.0).run(HOUR, power=0.0) is None
