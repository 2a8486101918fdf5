"""Heating boiler room: what its slow faults do, how a repair helps, and when its signatures become true on measured values."""

from __future__ import annotations

import pytest
from plant_bench import Bench, Slow

from sensors.kit.words import CRITICAL, MAJOR, MINOR

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINTER, SUMMER, AUTUMN = "2026-01-05T00:00", "2026-07-20T00:00", "2026-11-15T00:00"


@pytest.fixture
def bench(hongshan):
    return lambda start=WINTER, seed=1: Bench(hongshan.devices["boiler-1"], start, seed)


@pytest.fixture
def slow(hongshan):
    return lambda rule, start=WINTER, **more: Slow(hongshan.devices["boiler-1"], rule, start, **more)


def test_the_boiler_plays_every_fault_of_the_reference(hongshan):
    kind = hongshan.devices["boiler-1"].kind
    assert kind.plant.plays == tuple(fault.id for fault in kind.faults)


def _clean(values):
    """Flue temperature over that of a clean boiler, at this load."""
    return values["flue_temp"] - values["return_temp"] - 25.0 - 0.7 * values["burner_load"]


def _approach(values):
    """K between the loops, at 70 % load."""
    return (values["supply_temp"] - values["sec_supply_temp"]) * 1960.0 / values["heat_power"]


def _fouled(days):
    return lambda values: 13.6 + 0.15 * days - 0.3 < _approach(values) < 13.6 + 0.15 * days + 0.3


# fault, its age when first looked at, seconds to wait, what must then be so; figures of the reference's fault table
PLAYED = [
    ("BO-F3", 1.5 * DAY, HOUR, lambda v: 4.3 < v["flame_signal"] < 4.6),
    ("BO-F5", 0, HOUR, lambda v: abs(_clean(v)) < 4),
    ("BO-F5", 100 * DAY, HOUR, lambda v: 36 < _clean(v) < 46),
    ("BO-F8", 0, HOUR, _fouled(0)),
    ("BO-F8", 30 * DAY, HOUR, _fouled(30)),
    ("BO-F10", 5 * DAY, HOUR, lambda v: v["flue_o2"] < 1.9 and v["flue_co"] > 570),
]


@pytest.mark.parametrize(("label", "age", "after", "holds"), PLAYED, ids=[f"{row[0]}-{row[1]:.0f}" for row in PLAYED])
def test_a_slow_fault_of_the_boiler_drives_its_points(bench, label, age, after, holds):
    rig = bench()
    rig.plant.inject(label)
    rig.plant.trouble.age = float(age)
    assert holds(rig.run(after))


@pytest.mark.parametrize(
    ("label", "after", "holds"),
    [
        ("BO-F3", HOUR, lambda v: v["flame_on"] and v["flame_signal"] == 8),
        ("BO-F5", HOUR, lambda v: abs(_clean(v)) < 4),
        ("BO-F8", HOUR, _fouled(0)),
        ("BO-F9", HOUR, lambda v: 0.25 < v["return_pressure"] < 0.40),
    ],
)
def test_a_repair_of_the_boiler_brings_the_values_back(bench, label, after, holds):
    rig = bench()
    rig.plant.inject(label)
    rig.plant.trouble.age = 2.9 * DAY
    rig.run(6 * HOUR)
    rig.plant.recover()
    assert holds(rig.run(after))


def _minutes(rig, seconds, name):
    """The values of a point, stepped by the minute."""
    found = []
    for _ in range(round(seconds / MINUTE)):
        rig.now += MINUTE
        rig.plant.step(rig.now, MINUTE)
        found.append(rig.values[name])
    return found


def test_a_burst_bladder_lets_the_pressure_swing_with_the_weather(bench):
    rig = bench()
    calm = _minutes(rig, DAY, "return_pressure")
    rig.plant.inject("BO-F9")
    _minutes(rig, DAY, "return_pressure")
    swinging = _minutes(rig, DAY, "return_pressure")
    assert max(calm) - min(calm) < 0.06
    assert 0.15 < max(swinging) - min(swinging) < 0.25


def test_a_dirty_scanner_locks_the_burner_out_twice_an_hour_in_the_end(bench):
    rig, lockouts = bench(), []
    rig.plant.inject("BO-F3")
    rig.plant.trouble.age = 3 * DAY

    def look(values):
        if (values["burner_stage"] == "lockout") != (bool(lockouts) and lockouts[-1]):
            lockouts.append(values["burner_stage"] == "lockout")

    rig.run(6 * HOUR, look)
    assert 8 <= sum(lockouts) <= 16


def test_a_boiler_that_fired_dry_is_filled_before_it_fires_again(bench):
    rig, stages = bench(), set()
    rig.plant.inject("BO-F2")
    rig.run(30 * MINUTE)
    rig.plant.recover()
    rig.run(20 * MINUTE, lambda values: stages.add((values["burner_stage"], values["water_low"])))
    assert {stage for stage, low in stages if low} == {"postpurge", "off"}
    assert ("run", False) in stages
    assert "lockout" not in {stage for stage, _ in stages}


# fault, rule, start, sampled every, healthy for, age of the fault, true after at least, and at most
LONG = [
    ("BO-F1", "BO-02", WINTER, 10, HOUR, 0, 10 * MINUTE, 40 * MINUTE),
    ("BO-F2", "BO-01", WINTER, 10, HOUR, 0, 10 * MINUTE, 40 * MINUTE),
    ("BO-F3", "BO-03", WINTER, 10, HOUR, 2.9 * DAY, 0, 6 * HOUR),
    ("BO-F4", "BO-04", WINTER, 10, HOUR, 0, 10, MINUTE),
    ("BO-F5", "BO-06", WINTER, 120, 17 * DAY, 75 * DAY, DAY, 7 * DAY),
    ("BO-F6", "BO-08", WINTER, 10, HOUR, 0, MINUTE, 4 * MINUTE),
    ("BO-F7", "BO-09", SUMMER, 10, HOUR, 0, MINUTE, 2 * MINUTE),
    ("BO-F8", "BO-12", WINTER, 120, 17 * DAY, 26 * DAY, 0, 6 * DAY),
    ("BO-F9", "BO-14", WINTER, 60, 1.5 * DAY, 0, 8 * HOUR, 3 * DAY),
    ("BO-F10", "BO-07", WINTER, 60, HOUR, 1.3 * DAY, 3 * MINUTE, DAY),
]


@pytest.mark.parametrize("played", LONG, ids=[row[1] for row in LONG])
def test_a_fault_of_the_boiler_makes_its_signature_true_and_health_does_not(slow, played):
    label, rule, start, every, before, age, least, most = played
    watched = slow(rule, start, every=float(every))
    assert watched.run(before) is None
    watched.fail(label, age)
    assert least <= (watched.run(most) or 0.0) <= most


STILL = {"circ_pump1_run": False, "circ_pump2_run": False}
COOLING = {"burner_stage": "off", "circ_pump1_run": True, "supply_temp": 45.0, "return_temp": 40.0}
# rule, what the instruments show instead, true within, its severity
TOLD = [
    ("BO-03", {"burner_stage": "lockout", "outdoor_temp": -3.0}, MINUTE, CRITICAL),
    ("BO-03", {"burner_stage": "lockout", "outdoor_temp": 3.0}, MINUTE, MAJOR),
    ("BO-05", {"supply_temp": 85.0, "return_temp": 45.0, "primary_flow": 50.0}, 3 * MINUTE, CRITICAL),
    ("BO-08", {"gas_leak": 15.0}, MINUTE, MAJOR),
    ("BO-13", {"sec_supply_temp": 35.0, "outdoor_temp": -5.0}, 2.1 * HOUR, MAJOR),
    ("BO-15", STILL | {"outdoor_temp": -5.0, "return_temp": 5.0}, 12 * MINUTE, CRITICAL),
    ("BO-16", COOLING, 6.1 * HOUR, MINOR),
]


@pytest.mark.parametrize(("rule", "shown", "within", "severity"), TOLD, ids=[f"{row[0]}-{row[3]}" for row in TOLD])
def test_a_signature_of_the_boiler_is_true_on_its_values(slow, rule, shown, within, severity):
    watched = slow(rule, every=30.0)
    assert watched.run(HOUR) is None
    assert (watched.run(within, **shown) or 1e9) <= within
    assert (watched.severity or severity) is severity


def test_a_burner_that_starts_nine_times_an_hour_for_hours_is_told(slow):
    watched = slow("BO-11", every=100.0)
    assert watched.run(2 * HOUR) is None
    seen = [watched.go(burner_stage="run" if turn % 4 else "off") for turn in range(120)]
    assert seen[-1]
    assert not seen[60]


def test_much_make_up_water_in_a_day_is_a_leak(slow):
    watched, added = slow("BO-10", every=300.0), 100.0
    for _ in range(300):
        assert not watched.go(makeup_total=added)
        added += 0.3 / 288.0
    seen = []
    for _ in range(288):
        added += 12.0 / 288.0
        seen.append((watched.go(makeup_total=added), watched.severity))
    assert (True, MINOR) in seen
    assert seen[-1] == (True, MAJOR)


def test_the_first_hour_of_the_heating_season_is_no_failure(slow):
    assert slow("BO-13", "2026-11-14T20:00", every=30.0).run(8 * HOUR) is None
