"""Signatures of the fire pump station, on measured values: silent in health, else true and as bad as they should be."""

from __future__ import annotations

import pytest
from plant_bench import Bench, Slow

from sensors.kit.words import CRITICAL, MAJOR, MINOR

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
THURSDAY = "2026-01-01T15:00"


@pytest.fixture
def slow(hongshan):
    return lambda rule, **more: Slow(hongshan.devices["fire-pump"], rule, THURSDAY, **more)


# fault, rule, sampled every, healthy for, true after at least, and at most
PLAYED = [
    ("FP-F3", "FP-05", 2, 1.1 * HOUR, 5 * MINUTE, 40 * MINUTE),
    ("FP-F4", "FP-07[i=1]", 1, MINUTE, 20, 40),
    ("FP-F5", "FP-11[i=1]", 1, MINUTE, 5, 30),
    ("FP-F6", "FP-12", 10, MINUTE, 5 * MINUTE, 6 * MINUTE),
    ("FP-F7", "FP-10[i=1]", 1, MINUTE, MINUTE, 2 * MINUTE),
    ("FP-F9", "FP-17", 60, 6.5 * HOUR, HOUR, 6 * HOUR),
    ("FP-F10", "FP-14[i=1]", 1, 2 * MINUTE, 0, 10),
    ("FP-F10", "FP-09[i=1]", 5, 2 * MINUTE, 14 * MINUTE, 16 * MINUTE),
]


@pytest.mark.parametrize("played", PLAYED, ids=[row[1] for row in PLAYED])
def test_a_fault_of_the_fire_pumps_makes_its_signature_true(slow, played):
    label, rule, every, before, least, most = played
    watched = slow(rule, every=float(every))
    assert watched.run(before) is None
    watched.fail(label)
    assert least <= (watched.run(most) or 0.0) <= most


RUNS = {"pump1_run": True}
STANDBY = {"pump1_fault": True, "pump2_run": True, "main_pressure": 0.85}
# rule, what the instruments show instead, true within, its severity
TOLD = [
    ("FP-01", {"main_pressure": 0.78}, 20, CRITICAL),
    ("FP-02", {"start_command": True}, 30, CRITICAL),
    ("FP-03", STANDBY, 10, MAJOR),
    ("FP-06", {"jockey1_run": True, "main_pressure": 0.90}, 620, MAJOR),
    ("FP-08[i=1]", RUNS | {"pump1_discharge_pressure": 0.5, "flow": 0.0, "pump1_current_a": 90.0}, 40, CRITICAL),
    ("FP-09[i=1]", RUNS | {"pump1_discharge_pressure": 1.25, "flow": 0.0}, 920, MAJOR),
    ("FP-11[i=1]", {"voltage_ab": 360.0}, 30, CRITICAL),
    ("FP-11[i=1]", {"voltage_ab": 376.0}, 320, MINOR),
    ("FP-13", {"power_source": "backup"}, 310, MAJOR),
    ("FP-13", {"power_backup_ok": False}, 610, MAJOR),
    ("FP-15", RUNS | {"flow": 5.0}, 20, CRITICAL),
    ("FP-18", {"pressure_switch": True}, 40, MAJOR),
]


@pytest.mark.parametrize(("rule", "shown", "within", "severity"), TOLD, ids=[f"{row[0]}-{next(iter(row[1]))}" for row in TOLD])
def test_a_signature_of_the_fire_pumps_is_true_on_its_values(slow, rule, shown, within, severity):
    watched = slow(rule, every=10.0)
    assert watched.run(5 * MINUTE) is None
    assert (watched.run(within, **shown) or 1e9) <= within
    assert (watched.severity or severity) is severity


def test_a_leaking_network_is_told_by_the_share_of_time_the_jockeys_run(slow):
    watched = slow("FP-04", every=60.0)
    assert watched.run(DAY + HOUR) is None
    found = watched.run(12 * HOUR, jockey1_run=True)
    assert 8 * HOUR < found < 10 * HOUR
    assert watched.severity is MAJOR


def test_a_pump_stopped_while_the_pressure_is_low_is_told(slow):
    watched = slow("FP-16", every=2.0)
    assert watched.run(MINUTE, pump1_run=True, main_pressure=0.82) is None
    assert watched.run(MINUTE, pump1_run=False, main_pressure=0.82) == 2.0
    assert not watched.go(pump1_run=True, main_pressure=0.82)


def test_a_missed_weekly_test_is_told_after_eight_days_and_is_worse_after_fourteen(slow):
    watched, idle = slow("FP-19", every=600.0), {"pump1_run": False, "pump2_run": False}
    assert watched.run(9 * DAY, **idle) == pytest.approx(8 * DAY, abs=1200.0)
    assert watched.severity is MINOR
    for _ in range(6 * 144):
        watched.go(**idle)
    assert watched.severity is MAJOR


def test_a_flow_test_of_a_worn_pump_ends_without_a_second_start(hongshan):
    rig, starts = Bench(hongshan.devices["fire-pump"], THURSDAY), []
    rig.plant.inject("FP-F7")
    values = rig.run(10 * MINUTE)
    assert values["pump1_run"]
    assert values["flow"] > 30
    rig.plant.recover()
    rig.run(10 * MINUTE, lambda seen: starts.append(seen["pump1_run"] or seen["pump2_run"]))
    assert not any(starts)
    assert 0.87 < rig.values["main_pressure"] < 0.96
