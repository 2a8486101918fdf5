"""Drinking-water booster: what its faults do, how a repair helps, and when its signatures become true on measured values."""

from __future__ import annotations

import pytest
from plant_bench import Bench, Slow

from sensors.kit.words import CRITICAL, MAJOR, MINOR

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINTER, NOON, NIGHT, SUMMER = "2026-01-05T00:00", "2026-01-06T12:00", "2026-01-06T21:00", "2026-07-20T00:00"


@pytest.fixture
def bench(hongshan):
    return lambda start=WINTER, seed=1: Bench(hongshan.devices["supply-high"], start, seed)


@pytest.fixture
def slow(hongshan):
    return lambda rule, start=WINTER, **more: Slow(hongshan.devices["supply-high"], rule, start, **more)


def test_the_station_plays_every_fault_of_the_reference(hongshan):
    kind = hongshan.devices["supply-high"].kind
    assert kind.plant.plays == tuple(fault.id for fault in kind.faults)


def _apart(values):
    return values["tank1_level"] - values["tank2_level"]


def _shaking(values):
    return max(values[f"pump{i}_vibration"] for i in (1, 2, 3))


def _passing(values):
    return any(not values[f"pump{i}_run"] and values[f"pump{i}_vibration"] > 0.7 for i in (1, 2, 3))


# fault, start, its age when first looked at, seconds to wait, what must then be so; figures of the reference's fault table
PLAYED = [
    ("WS-F5", NOON, 3 * DAY, MINUTE, lambda v: 2.9 < _shaking(v) < 3.8),
    ("WS-F6", SUMMER, 0, DAY, lambda v: 0.04 < v["free_chlorine"] < 0.08 and 26.5 < v["water_temp"] < 28.1),
    ("WS-F7", NIGHT, 0, 3 * HOUR, lambda v: v["inlet_pressure"] < 0.05 and v["inlet_flow"] == 0 and v["tank1_level"] < 2),
    ("WS-F7", NIGHT, 0, 4 * HOUR + 60, lambda v: 3 < v["turbidity"] < 8.5 and v["inlet_pressure"] > 0.2),
    ("WS-F7", NIGHT, 0, 6 * HOUR, lambda v: v["turbidity"] < 0.5 and v["inlet_flow"] > 20),
    ("WS-F9", NOON, 0, HOUR, lambda v: _passing(v) and max(v[f"pump{i}_freq"] for i in (1, 2, 3)) > 48),
    ("WS-F10", NOON, 10 * DAY, MINUTE, lambda v: 0.19 < _apart(v) < 0.21),
]


@pytest.mark.parametrize("case", PLAYED, ids=[f"{row[0]}-{row[3]:.0f}" for row in PLAYED])
def test_a_fault_of_the_station_drives_its_points(bench, case):
    label, start, age, after, holds = case
    rig = bench(start)
    rig.plant.inject(label)
    rig.plant.trouble.age = float(age)
    assert holds(rig.run(after))


# fault, age when repaired, seconds after, what must then be so again
RETURNED = [
    ("WS-F5", 3 * DAY, MINUTE, lambda v: _shaking(v) < 2),
    ("WS-F6", HOUR, DAY, lambda v: v["free_chlorine"] > 0.25 and v["water_temp"] < 8),
    ("WS-F7", 3 * HOUR, 2 * HOUR, lambda v: v["turbidity"] < 0.5 and v["inlet_pressure"] > 0.2),
    ("WS-F9", HOUR, MINUTE, lambda v: not _passing(v) and max(v[f"pump{i}_freq"] for i in (1, 2, 3)) < 50),
    ("WS-F10", 9 * DAY, MINUTE, lambda v: abs(_apart(v)) < 0.02),
]


@pytest.mark.parametrize(("label", "age", "after", "holds"), RETURNED, ids=[row[0] for row in RETURNED])
def test_a_repair_of_the_station_brings_the_values_back(bench, label, age, after, holds):
    rig = bench(NOON)
    rig.plant.inject(label)
    rig.plant.trouble.age = age - HOUR
    rig.run(HOUR)
    rig.plant.recover()
    assert holds(rig.run(after))


# fault, rule, start, sampled every, healthy for, age of the fault, true after at least, and at most
LONG = [
    ("WS-F1", "WS-01", WINTER, 120, 2 * DAY, 0, 2 * DAY, 4 * DAY),
    ("WS-F2", "WS-03", WINTER, 60, HOUR, 0, MINUTE, 3 * HOUR),
    ("WS-F3", "WS-08", NOON, 5, 5 * MINUTE, 0, MINUTE, 4 * MINUTE),
    ("WS-F4", "WS-04[i=1]", NOON, 5, 5 * MINUTE, 0, 5 * MINUTE, HOUR),
    ("WS-F6", "WS-10", SUMMER, 300, DAY, 0, 3 * HOUR, 16 * HOUR),
    ("WS-F7", "WS-13", NIGHT, 60, 10 * MINUTE, 0, 5 * MINUTE, 3 * HOUR),
    ("WS-F7", "WS-11", "2026-01-05T12:00", 60, 1.4 * DAY, 0, 4 * HOUR, 4.5 * HOUR),
    ("WS-F8", "WS-12", NOON, 60, HOUR, 0, 5 * MINUTE, 20 * MINUTE),
    ("WS-F9", "WS-07", WINTER, 120, 15 * DAY, 0, 6 * HOUR, 2 * DAY),
    ("WS-F10", "WS-02", WINTER, 300, 2 * DAY, 0, 5 * DAY, 9 * DAY),
]


@pytest.mark.parametrize("played", LONG, ids=[row[1] for row in LONG])
def test_a_fault_of_the_station_makes_its_signature_true_and_health_does_not(slow, played):
    label, rule, start, every, before, age, least, most = played
    watched = slow(rule, start, every=float(every))
    assert watched.run(before) is None
    watched.fail(label, age)
    assert least <= (watched.run(most) or 0.0) <= most


EMPTY = {"inlet_pressure": 0.01, "inlet_flow": 0.0, "inlet_valve_pos": 100.0, "tank1_level": 0.5, "tank2_level": 0.5}
# rule, what the instruments show instead, true within, its severity
TOLD = [
    ("WS-02", {"inlet_flow": 40.0, "outlet_flow": 20.0}, 4.1 * HOUR, MINOR),
    ("WS-06", {"pump1_freq": 50.0, "outlet_pressure": 0.70, "outlet_flow": 20.0}, 6 * MINUTE, MAJOR),
    ("WS-13", EMPTY, 6 * MINUTE, CRITICAL),
]


@pytest.mark.parametrize(("rule", "shown", "within", "severity"), TOLD, ids=[row[0] for row in TOLD])
def test_a_signature_of_the_station_is_true_on_its_values(slow, rule, shown, within, severity):
    watched = slow(rule, NOON, every=30.0)
    assert watched.run(HOUR) is None
    assert (watched.run(within, **shown) or 1e9) <= within
    assert (watched.severity or severity) is severity


def test_pressure_that_swings_about_its_setpoint_is_told(slow):
    watched = slow("WS-09", NOON, every=10.0)
    assert watched.run(20 * MINUTE) is None
    seen = [watched.go(outlet_pressure=0.75 + (0.05 if turn % 2 else -0.05)) for turn in range(60)]
    assert seen[-1]
    assert not seen[10]


def test_a_third_more_energy_per_cubic_metre_is_told_within_the_week(slow):
    watched, energy, seen = slow("WS-14", every=3600.0), 0.0, []
    for hour in range(80 * 24):
        before = watched.rig.values["outlet_total"]
        seen.append(watched.go(energy_total=round(energy, 2)))
        energy += (0.45 if hour < 70 * 24 else 0.60) * (watched.rig.values["outlet_total"] - before)
    assert True not in seen[: 70 * 24]
    assert 2 * 24 < seen.index(True) - 70 * 24 < 7 * 24


def test_a_pump_that_cavitates_is_told_by_its_vibration_and_its_unsteady_pressure(slow):
    watched = slow("WS-05[i=2]")  # on duty on the sixteenth day
    assert watched.run(15 * DAY) is None
    watched.fail("WS-F5", 1.9 * DAY)
    watched.every = 10.0
    assert (watched.run(0.4 * DAY) or 0.0) > MINUTE
