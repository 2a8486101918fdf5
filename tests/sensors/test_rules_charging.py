"""Signatures of charging that take days, a history, or values no fault plays. The others: `tests/test_replay.py`."""

from __future__ import annotations

import pytest
from plant_bench import Slow

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINTER, EVENING, SUMMER = "2026-01-05T00:00", "2026-01-06T18:00", "2026-07-06T00:00"


@pytest.fixture
def slow(hongshan):
    return lambda device, rule, start=WINTER, **more: Slow(hongshan.devices[device], rule, start, **more)


# device, fault, rule, start, sampled every, healthy for, true after at least, and at most
LONG = [
    ("ev-01", "EV-F2", "EV-04", WINTER, 60, 31 * DAY, 6 * DAY, 9 * DAY),
    ("ev-01", "EV-F4", "EV-05", WINTER, 60, 16 * DAY, HOUR, 3 * HOUR),
    ("ev-01", "EV-F4", "EV-05", "2026-07-20T13:00", 30, 0, 8 * HOUR, 12 * HOUR),
    ("ebike-01", "EB-F1", "EB-02[n=1]", EVENING, 30, HOUR, 15 * MINUTE, 20 * MINUTE),
    ("charging-feeder", "CG-F3", "CG-03", WINTER, 15, 1.75 * DAY, 5 * MINUTE, 30 * MINUTE),
]


@pytest.mark.parametrize("played", LONG, ids=[f"{row[2]}-{row[3][5:7]}" for row in LONG])
def test_a_slow_fault_of_charging_makes_its_signature_true_and_health_does_not(slow, played):
    device, label, rule, start, every, before, least, most = played
    watched = slow(device, rule, start, every=float(every))
    assert watched.run(before) is None
    watched.fail(label)
    assert least <= (watched.run(most) or 0.0) <= most


def test_a_bad_contact_shows_against_the_piles_own_past_before_it_is_45_kelvin_hot(slow):
    watched = slow("ev-01", "EV-04", every=60.0)
    assert watched.run(31 * DAY) is None
    ambient, hot = watched.rig.values["ambient_temp"], {"current": 32.0, "contactor_closed": True}
    assert watched.run(HOUR, **hot, gun_temp=ambient + 25.0) is None
    assert watched.run(HOUR, **hot, gun_temp=ambient + 41.0) <= 6 * MINUTE


@pytest.mark.parametrize(("trips", "severity"), [(1, "minor"), (2, "major")])
def test_moisture_is_minor_and_with_two_trips_in_a_day_major(slow, trips, severity):
    watched = slow("ev-01", "EV-06", every=15.0)
    assert watched.run(25 * HOUR) is None
    for _ in range(trips):
        watched.run(2 * MINUTE, error_code="GroundFailure")
        watched.run(2 * MINUTE, error_code="NoError")
    assert 30 * MINUTE < watched.run(HOUR, residual_current=22.0) < 45 * MINUTE
    assert watched.severity == severity


def test_energy_that_no_order_knows_is_told_and_two_healthy_days_are_not(slow):
    watched = slow("ev-01", "EV-07", every=30.0)
    assert watched.run(2.5 * DAY) is None
    total, order = watched.rig.values["energy_total"], watched.rig.values["session_energy"]
    assert watched.run(HOUR, session_energy=order, energy_total=total + 0.5) is None
    assert watched.run(20 * MINUTE, session_energy=order, energy_total=total + 8.0)


def test_a_pile_that_falls_silent_in_a_session_is_told_and_an_idle_one_is_not(slow):
    for session, told in [(True, True), (False, False)]:
        watched = slow("ev-01", "EV-08", every=15.0)
        assert watched.run(10 * MINUTE, session_active=session, power=7.0 * session) is None
        silent = {"session_active": session, "power": None}
        assert (watched.run(165.0, **silent), watched.run(MINUTE, **silent) is not None) == (None, told)


def _bike(watched, watts, seconds, **more):
    """One outlet charging at this power for so long; whether the rule was ever true."""
    shown = {"port01_power": watts, "port01_plugged": True, "port01_state": "charging"} | more
    names = watched.condition.inputs
    return watched.run(seconds, **{name: value for name, value in shown.items() if name in names})


GONE = {"port01_plugged": False, "port01_state": "idle"}


def test_power_that_rises_again_after_the_taper_is_told_and_the_next_bike_is_not(slow):
    for between, told in [((), True), (((0.0, GONE),), False)]:
        watched = slow("ebike-01", "EB-02[n=1]", every=30.0)
        _bike(watched, 0.0, HOUR, **GONE)
        assert _bike(watched, 250.0, HOUR) is None
        assert _bike(watched, 45.0, 20 * MINUTE) is None
        for watts, more in between:
            assert _bike(watched, watts, MINUTE, **more) is None
        assert (_bike(watched, 120.0, 5 * MINUTE) is not None) is told


@pytest.mark.parametrize("before", [250.0, 70.0])
def test_a_charge_that_goes_on_when_the_breaker_is_closed_again_is_no_failing_battery(slow, before):
    watched = slow("ebike-01", "EB-02[n=1]", every=30.0)
    _bike(watched, 0.0, HOUR, **GONE)
    assert _bike(watched, 250.0, HOUR) is None
    assert _bike(watched, before, 15 * MINUTE) is None
    assert _bike(watched, 0.0, 20 * MINUTE, breaker_closed=False, port01_state="disabled") is None
    assert _bike(watched, before, HOUR, breaker_closed=True) is None


def test_a_charge_that_never_tapers_is_told_after_eight_hours(slow):
    watched = slow("ebike-01", "EB-03[n=1]", every=60.0)
    _bike(watched, 0.0, HOUR, **GONE, port01_minutes=0)
    assert _bike(watched, 180.0, HOUR, port01_minutes=400) is None
    assert _bike(watched, 40.0, HOUR, port01_minutes=490) is None
    assert _bike(watched, 160.0, HOUR, port01_minutes=490)


def test_loads_that_join_one_outlet_step_by_step_are_told_below_the_limit_too(slow):
    watched = slow("ebike-01", "EB-04[n=1]", every=30.0)
    _bike(watched, 0.0, 3 * HOUR)
    assert [_bike(watched, watts, 2 * MINUTE) is not None for watts in (120.0, 250.0, 400.0, 560.0)] == [False] * 3 + [True]


def test_an_order_without_power_is_told_while_nothing_was_charged(slow):
    for energy, told in [(0.0, True), (0.4, False)]:
        watched = slow("ebike-01", "EB-06[n=1]", every=30.0)
        assert (_bike(watched, 1.0, 12 * MINUTE, port01_energy=energy) is not None) is told


def test_a_transformer_that_is_filling_up_is_told_before_it_is_full(slow):
    watched = slow("charging-feeder", "CG-01", EVENING, every=15.0)
    assert watched.run(HOUR) is None
    load = watched.rig.values["transformer_load_pct"]
    while not watched.go(transformer_load_pct=load, group_power=200.0):
        load += 0.15
        assert load < 90.0
    assert load > 70.0
