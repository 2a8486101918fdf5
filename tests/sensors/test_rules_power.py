"""Signatures of the transformer bay, the control room and the reclaimed-water plant, on measured values: silent in health, true
when they should be, as bad as they should be. What takes days is sampled by the minute or begins with an old fault."""

from __future__ import annotations

import pytest
from plant_bench import Slow

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINTER, EVENING, SULTRY = "2026-01-05T00:00", "2026-01-06T18:00", "2026-07-20T18:00"


@pytest.fixture
def slow(hongshan):
    return lambda device, rule, start=WINTER, **more: Slow(hongshan.devices[device], rule, start, **more)


# device, fault, rule, start, sampled every, healthy for, age of the fault, true after at least, and at most
LONG = [
    ("power-room", "PW-F2", "PW-06", EVENING, 60, 3 * HOUR, 34 * DAY, 0, 3 * HOUR),
    ("power-room", "PW-F2", "PW-06", SULTRY, 60, 3 * HOUR, 22 * DAY, 0, 3 * HOUR),
    ("power-room", "PW-F8", "PW-05", WINTER, 60, DAY, 38 * DAY, 2 * HOUR, DAY),
    ("power-room", "PW-F9", "PW-10", WINTER, 300, 8 * DAY, 0, 2.5 * DAY, 5 * DAY),
    ("reclaimed-water", "RW-F1", "RW-01", WINTER, 60, 8 * DAY, 0, DAY, 3 * DAY),
    ("reclaimed-water", "RW-F2", "RW-02", WINTER, 60, 8 * DAY, 0, 20 * MINUTE, 4 * HOUR),
    ("reclaimed-water", "RW-F4", "RW-04", WINTER, 300, 15 * DAY, 0, 14 * DAY, 22 * DAY),
    ("reclaimed-water", "RW-F7", "RW-10", WINTER, 60, 1.5 * DAY, 0, 60, 4 * HOUR),
]


@pytest.mark.parametrize("played", LONG, ids=[f"{row[2]}-{row[3][5:7]}" for row in LONG])
def test_a_slow_fault_makes_its_signature_true_and_health_does_not(slow, played):
    device, label, rule, start, every, before, age, least, most = played
    watched = slow(device, rule, start, every=float(every))
    assert watched.run(before) is None
    watched.fail(label, age)
    assert least <= (watched.run(most) or 0.0) <= most


# device, rule, what the instruments show instead, true within
TOLD = [
    ("power-room", "PW-07", {"lv_current_a": 700.0, "lv_current_b": 500.0, "lv_current_c": 620.0, "load_pct": 55.0}, 1.1 * HOUR),
    ("power-room", "PW-08", {"reactive_power": -60.0}, 0.6 * HOUR),
    ("control-room", "CR-04", {"broker_connected": False}, 3 * MINUTE),
    ("control-room", "CR-06", {"fire_panel_state": "fault"}, 0.6 * HOUR),
    ("control-room", "CR-06", {"fire_panel_shield_count": 3}, 25 * HOUR),
    ("control-room", "CR-08", {"operator_ack_s": 150.0}, MINUTE),
    ("reclaimed-water", "RW-03", {"blower_pressure": 12.0}, 3 * MINUTE),
    ("reclaimed-water", "RW-05", {"do_conc": 8.7}, 12 * MINUTE),
    ("reclaimed-water", "RW-09", {"o2_room": 19.1}, 2 * MINUTE),
]


@pytest.mark.parametrize("told", TOLD, ids=[f"{row[1]}-{next(iter(row[2]))}" for row in TOLD])
def test_a_signature_no_fault_plays_is_true_on_its_values(slow, told):
    device, rule, shown, within = told
    watched = slow(device, rule, "2026-01-06T10:00")
    assert watched.run(HOUR) is None
    assert (watched.run(within, **shown) or 1e9) <= within


def test_a_frozen_oxygen_probe_is_found_after_six_hours(slow):
    watched = slow("reclaimed-water", "RW-05", EVENING)
    assert watched.run(8 * HOUR) is None
    assert 5 * HOUR < watched.run(7 * HOUR, do_conc=2.9) <= 6.2 * HOUR


def test_a_shock_is_told_once_the_ammonia_follows_it(slow):
    watched = slow("reclaimed-water", "RW-06", WINTER, every=300.0)
    assert watched.run(8 * DAY) is None
    assert watched.run(HOUR, ph=5.1) is None
    assert watched.run(2 * HOUR, ammonia=4.2) == 300.0


def test_water_that_does_not_add_up_is_told_after_a_day(slow):
    watched = slow("reclaimed-water", "RW-11", WINTER)
    assert watched.run(2 * DAY) is None
    assert 4 * HOUR < watched.run(DAY, permeate_flow=0.0) < DAY


def test_earth_current_that_creeps_up_over_weeks_is_minor_a_step_major(slow):
    watched = slow("power-room", "PW-11", WINTER, every=1800.0)
    assert watched.run(38 * DAY) is None
    assert watched.run(6 * DAY, residual_current=230.0)
    assert watched.severity == "minor"
    quick = slow("power-room", "PW-11", WINTER)
    quick.run(HOUR)
    assert quick.run(2 * MINUTE, residual_current=420.0)
    assert quick.severity == "major"


@pytest.mark.parametrize(("current", "true"), [(30.0, True), (48.0, False)])
def test_a_trip_counts_as_unexplained_unless_the_current_was_high(slow, current, true):
    watched = slow("power-room", "PW-12", EVENING, every=10.0)
    assert watched.run(300.0, relay_trip=False, hv_current=current) is None
    assert (watched.run(60.0, relay_trip=True, hv_current=0.0) is not None) is true


def test_a_hot_joint_and_a_falling_battery_become_critical(slow):
    joint, battery = slow("power-room", "PW-06", SULTRY), slow("power-room", "PW-09", EVENING)
    joint.fail("PW-F2", 70 * DAY)
    assert joint.run(HOUR)
    assert joint.stay(2 * HOUR)
    assert joint.severity == "critical"
    battery.fail("PW-F6")
    assert HOUR - MINUTE <= battery.run(2 * HOUR) <= HOUR + 10 * MINUTE
    assert battery.severity == "major"
    battery.stay(HOUR)  # around 226 V the noise decides
    assert battery.stay(8 * HOUR)
    assert battery.severity == "critical"


def test_a_transfer_that_was_not_ready_is_not_blamed(slow):
    ready, blocked = (slow("power-room", "PW-01", EVENING, every=10.0) for _ in range(2))
    blocked.run(300.0, auto_transfer_ready=False)
    for watched in (ready, blocked):
        watched.run(300.0, **({} if watched is ready else {"auto_transfer_ready": False}))
        watched.fail("PW-F5")
    assert ready.run(60.0) == 20.0
    assert blocked.run(HOUR, auto_transfer_ready=False) is None


def test_cooling_that_is_lost_becomes_critical_before_the_racks_do(slow):
    watched = slow("control-room", "CR-01", EVENING)
    assert watched.run(3 * HOUR) is None
    watched.fail("CR-F1")
    assert watched.run(HOUR) < 9 * MINUTE
    assert watched.severity == "major"
    while watched.severity != "critical":
        assert watched.run(MINUTE)
    assert watched.rig.values["rack_inlet_temp"] < 32


def test_night_gives_a_minute_more_to_answer(slow):
    assert slow("control-room", "CR-08", "2026-01-06T23:00").run(HOUR, operator_ack_s=150.0) is None
    assert slow("control-room", "CR-08", "2026-01-06T21:30").run(HOUR, operator_ack_s=150.0) == MINUTE
    assert slow("control-room", "CR-08", "2026-01-06T23:00").run(HOUR, operator_ack_s=190.0) == MINUTE


@pytest.mark.parametrize(("level", "severity"), [(0.58, "info"), (2.0, "critical")])
def test_tap_water_is_a_danger_where_the_tank_did_not_ask_for_it(slow, level, severity):
    watched = slow("reclaimed-water", "RW-08", EVENING, every=30.0)
    assert watched.run(30 * MINUTE) is None
    filling = {"tap_makeup_open": True, "clear_level": level}
    assert watched.run(5 * MINUTE, **filling) <= 2 * MINUTE
    assert watched.severity == severity
    watched.run(2 * HOUR, **(filling | {"clear_level": level + 0.4}))
    assert watched.severity == severity


def test_an_empty_clear_water_tank_is_made_up_with_tap_water(slow):
    rig = slow("reclaimed-water", "RW-08", EVENING).rig
    rig.plant.clear, rig.plant.eq = 0.55, 0.8  # nothing to filter, either
    assert rig.run(MINUTE)["tap_makeup_open"]
    rig.plant.clear = 1.1
    assert not rig.run(MINUTE)["tap_makeup_open"]
