"""Simulated plants: a healthy day is quiet, a fault drives its points as the reference says, a repair brings them back."""

from __future__ import annotations

import pytest
from plant_bench import Bench, Watch, at, dice

from sensors.kit.plant import Band, Wander, day_of_year, hour, lag, measure, weekday
from sensors.kit.words import Point, Text, Type

DEVICES = ("fire-pump", "supply-high", "supply-low", "boiler-1", "ev-01", "ebike-01", "charging-feeder", "gw-1")
WINTER, TUESDAY, SUMMER = "2026-01-01T00:00", "2026-01-06T00:00", "2026-07-20T00:00"
FIRST_DAY, LAST_DAY = "2026-11-14T18:00", "2026-03-15T12:00"  # of heating


@pytest.fixture
def bench(hongshan):
    return lambda device, start=WINTER, seed=1: Bench(hongshan.devices[device], start, seed)


@pytest.mark.parametrize("start", [WINTER, SUMMER])
@pytest.mark.parametrize("name", DEVICES)
def test_a_healthy_day_crosses_no_limit(hongshan, bench, name, start):
    rig, watch = bench(name, start), Watch(hongshan.devices[name])
    rig.run(86400.0, lambda values: watch.look(rig.now, values))
    assert watch.crossed == set()


@pytest.mark.parametrize(("name", "start"), [("fire-pump", TUESDAY), ("boiler-1", FIRST_DAY), ("boiler-1", LAST_DAY)])
def test_a_day_with_an_event_crosses_no_limit(hongshan, bench, name, start):
    rig, watch = bench(name, start), Watch(hongshan.devices[name])
    rig.run(86400.0, lambda values: watch.look(rig.now, values))
    assert watch.crossed == set()


@pytest.mark.parametrize("name", DEVICES)
def test_every_point_has_a_value_of_its_type(hongshan, bench, name):
    device, values = hongshan.devices[name], bench(name).run(60.0)
    assert values.keys() == device.channels.keys()
    for channel in device.channels.values():
        wanted = {Type.BOOL: bool, Type.ENUM: str, Type.TEXT: str}.get(channel.point.type, (int, float))
        assert isinstance(values[channel.name], wanted), channel.name
        assert not channel.point.states or values[channel.name] in channel.point.states


def test_every_fault_a_plant_plays_is_declared_by_its_kind(hongshan):
    for name in DEVICES:
        kind = hongshan.devices[name].kind
        assert set(kind.plant.plays) <= {fault.id for fault in kind.faults}


def test_a_plant_refuses_a_fault_it_cannot_play(bench):
    with pytest.raises(ValueError, match=r"cannot play WS-F4; can play FP-F1, FP-F2"):
        bench("fire-pump").plant.inject("WS-F4")


def test_the_weekly_test_runs_each_main_pump_for_twelve_minutes_under_the_test_flag(bench):
    rig, ran, untested = bench("fire-pump", "2026-01-06T09:50"), {1: 0, 2: 0}, []

    def look(values):
        for pump in ran:
            ran[pump] += values[f"pump{pump}_run"]
        untested.extend([rig.now] if not values["test_mode"] and (values["pump1_run"] or values["pump2_run"]) else [])

    rig.run(2700.0, look)
    assert ran == {1: pytest.approx(720, abs=2), 2: pytest.approx(720, abs=2)}
    assert untested == []


@pytest.mark.parametrize("seed", range(6))
def test_a_refusing_pump_lets_the_pressure_fall_below_its_setting_in_60_to_120_seconds(bench, seed):
    rig = bench("fire-pump", "2026-01-01T15:00", seed)
    rig.run(seed * 900.0 + 60.0)
    rig.plant.inject("FP-F1")
    assert 60.0 <= rig.wait_for(lambda values: values["main_pressure"] < 0.80, 200.0) <= 120.0
    values = rig.run(60.0)
    assert values["jockey1_run"] or values["jockey2_run"]
    assert values["start_command"]
    assert not values["pump1_run"]
    assert not values["pump2_run"]


def test_the_repaired_pump_brings_the_pressure_back_within_two_minutes(bench):
    rig = bench("fire-pump", "2026-01-01T15:00")
    rig.plant.inject("FP-F1")
    rig.run(600.0)
    rig.plant.recover()
    assert rig.wait_for(lambda values: values["main_pressure"] > 0.87, 120.0) < 60.0
    values = rig.run(300.0)
    assert 0.87 < values["main_pressure"] < 1.0
    assert not any(values[name] for name in ("pump1_run", "pump2_run", "start_command"))


def _rises(values):
    return values["pump1_discharge_pressure"] - values["suction_pressure"]


# device, fault, seconds to wait, what must then be so; figures of the reference's fault tables
PLAYED = [
    ("fire-pump", "FP-F4", 60, lambda v: v["pump1_run"] and v["test_mode"] and 0.05 <= _rises(v) <= 0.2),
    ("fire-pump", "FP-F4", 60, lambda v: 0.44 * 139 < v["pump1_current_a"] < 0.51 * 139 and 4 <= v["pump1_vibration"] <= 8),
    ("fire-pump", "FP-F5", 60, lambda v: v["pump1_current_c"] == 0 and 1.6 < v["pump1_current_a"] / 139 < 1.8),
    ("fire-pump", "FP-F6", 30, lambda v: v["controller_mode"] == "manual" and v["main_pressure"] > 0.87),
    ("fire-pump", "FP-F10", 30, lambda v: v["pump1_run"] and v["pump1_discharge_pressure"] > 1.25 and not v["start_command"]),
    ("fire-pump", "FP-F8", 18 * 3600, lambda v: v["room_temp"] < 0),
    ("supply-high", "WS-F1", 120, lambda v: v["outlet_flow"] > 20),
    ("supply-high", "WS-F8", 900, lambda v: v["turbidity"] > 0.5 and v["free_chlorine"] < 0.1 and v["conductivity"] > 480),
    ("supply-high", "WS-F2", 5400, lambda v: v["overflow"] and v["tank1_level"] > 2.85 and v["inlet_flow"] > 1),
    ("supply-high", "WS-F3", 180, lambda v: v["outlet_flow"] > 45 and v["outlet_pressure"] < 0.63 and v["pump1_freq"] >= 49.5),
    ("supply-high", "WS-F4", 1500, lambda v: v["tank1_level"] < 0.25 and v["outlet_pressure"] < 0.25 and v["inlet_flow"] == 0),
    ("supply-high", "WS-F4", 1500, lambda v: max(v[f"pump{i}_current"] for i in (1, 2, 3)) == pytest.approx(8.8)),
    ("boiler-1", "BO-F1", 1500, lambda v: v["water_low"] and v["burner_stage"] == "lockout" and not v["flame_on"]),
    ("boiler-1", "BO-F2", 1500, lambda v: v["water_low"] and v["flame_on"] and v["gas_flow"] > 5),
    ("boiler-1", "BO-F4", 20, lambda v: v["flame_on"] and not v["circ_pump1_run"] and v["primary_flow"] == 0),
    ("boiler-1", "BO-F4", 700, lambda v: v["high_temp_switch"] and v["supply_temp"] > 90 and not v["flame_on"]),
    ("boiler-1", "BO-F6", 260, lambda v: v["gas_leak"] > 30 and not v["gas_valve_open"] and v["vent_fan_run"]),
    ("boiler-1", "BO-F10", 12 * 3600, lambda v: v["flue_co"] > 70),  # on its way to 600 ppm in five days
    ("ev-01", "EV-F1", 30, lambda v: not v["contactor_cmd"] and v["contactor_closed"] and v["power"] > 0.1),
    ("ev-01", "EV-F1", 30, lambda v: not v["session_active"] and v["connector_status"] == "Finishing"),
    ("ev-01", "EV-F3", 30, lambda v: 20 < v["residual_current"] < 25),
    ("ev-01", "EV-F5", 700, lambda v: v["connector_status"] == "Charging" and v["power"] == 0 and v["session_active"]),
    ("ebike-01", "EB-F1", 1800, lambda v: v["shed_smoke"] and v["shed_temp"] > 50),
    ("ebike-01", "EB-F3", 200, lambda v: v["port01_power"] == 900 and v["port01_state"] == "charging"),
    ("ebike-01", "EB-F4", 70, lambda v: v["port01_state"] == "full" and v["port01_power"] > 15),
    ("ebike-01", "EB-F5", 120, lambda v: v["residual_current"] > 30 and v["breaker_closed"]),
    ("ebike-01", "EB-F5", 200, lambda v: not v["breaker_closed"] and v["total_power"] == 0),
    ("ebike-01", "EB-F6", 30, lambda v: v["total_power"] - sum(v[f"port{n:02d}_power"] for n in range(1, 11)) > 300),
    ("charging-feeder", "CG-F4", 90, lambda v: v["group_power"] == 0 and v["active_sessions"] >= 3),
]


@pytest.mark.parametrize(("name", "label", "after", "holds"), PLAYED, ids=[f"{row[1]}-{row[2]}" for row in PLAYED])
def test_a_fault_drives_its_points_as_the_reference_says(bench, name, label, after, holds):
    rig = bench(name, "2026-01-01T15:00")
    rig.run(300.0)
    rig.plant.inject(label)
    assert holds(rig.run(after))


@pytest.mark.parametrize(("days", "low", "high"), [(0.0, 22.0, 25.0), (10.0, 39.0, 44.0), (20.0, 56.0, 62.0), (30.0, 56.0, 62.0)])
def test_a_bad_contact_becomes_hot_over_twenty_days(bench, days, low, high):
    rig = bench("ev-01", "2026-01-01T15:00")
    rig.plant.inject("EV-F2")
    rig.plant.trouble.age = days * 86400.0
    rig.plant._begin()
    rig.plant.offered, rig.plant.need = 32.0, 60.0
    values = rig.run(2400.0)
    assert low < values["gun_temp"] - values["ambient_temp"] < high


RETURNED = [
    ("fire-pump", "FP-F4", 300, 120, lambda v: not v["pump1_run"] and not v["test_mode"] and v["suction_valve_open"]),
    ("fire-pump", "FP-F6", 300, 10, lambda v: v["controller_mode"] == "auto"),
    ("supply-high", "WS-F4", 1500, 900, lambda v: v["outlet_pressure"] > 0.70 and v["tank1_level"] > 0.3),
    ("boiler-1", "BO-F4", 600, 600, lambda v: v["flame_on"] and not v["high_temp_switch"] and v["supply_temp"] < 88),
    ("boiler-1", "BO-F2", 1500, 900, lambda v: not v["water_low"] and v["flame_on"] and v["return_pressure"] > 0.22),
    ("ev-01", "EV-F1", 300, 120, lambda v: v["connector_status"] == "Available" and v["power"] == 0),
    ("ebike-01", "EB-F3", 300, 10, lambda v: v["port01_state"] == "idle" and v["port01_power"] == 0),
    ("ebike-01", "EB-F5", 300, 120, lambda v: v["breaker_closed"] and v["residual_current"] < 15),
    ("charging-feeder", "CG-F4", 300, 10, lambda v: v["group_power"] > 5),
]


@pytest.mark.parametrize(("name", "label", "lasts", "after", "holds"), RETURNED, ids=[row[1] for row in RETURNED])
def test_a_repair_brings_the_values_back(bench, name, label, lasts, after, holds):
    rig = bench(name, "2026-01-01T15:00")
    rig.plant.inject(label)
    rig.run(lasts)
    rig.plant.recover()
    assert holds(rig.run(after))


def test_the_boiler_rests_in_summer_and_fires_in_winter(bench):
    assert bench("boiler-1", SUMMER).run(600.0)["burner_stage"] == "off"
    assert bench("boiler-1", WINTER).run(600.0)["flame_on"]


def test_gas_passes_a_shut_valve_while_the_boiler_rests(bench):
    rig = bench("boiler-1", SUMMER)
    rig.plant.inject("BO-F7")
    values = rig.run(600.0)
    assert values["gas_flow"] == 3.0
    assert values["burner_stage"] == "off"
    rig.plant.recover()
    assert rig.run(10.0)["gas_flow"] == 0.0


def test_a_frozen_room_freezes_the_pressure_transmitter(bench):
    rig, shown = bench("fire-pump"), set()
    rig.plant.inject("FP-F8")
    assert rig.run(17 * 3600.0)["room_temp"] < 0
    rig.run(600.0, lambda values: shown.add(values["main_pressure"]))
    assert len(shown) == 1


def test_the_same_seed_gives_the_same_plant(bench):
    first, again, other = (bench("ebike-01", WINTER, seed).run(3600.0) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_sensor_reports_in_steps_of_its_resolution_within_its_range():
    point = Point("p", Text("", ""), "MPa", span=(0.0, 1.6), resolution=0.001, noise=0.003)
    shown = [measure(point, 0.9, rng) for rng in [dice(3)] for _ in range(400)]
    assert all(round(value, 3) == value for value in shown)
    assert 0.002 < (sum((value - 0.9) ** 2 for value in shown) / 400) ** 0.5 < 0.004
    assert measure(point, 1.7, dice(3)) == 1.6
    assert measure(point, 0.0, dice(3)) == 0.0


def test_local_time_is_beijing_time():
    assert hour(at("2026-01-06T10:30")) == 10.5
    assert weekday(at("2026-01-06T10:30")) == 1
    assert weekday(at("2026-01-05T23:59")) == 0
    assert day_of_year(at("2028-03-01T12:00")) == 60.5


def test_the_parts_behave():
    band = Band(0.87, 0.95)
    assert [band.step(value) for value in (0.9, 0.86, 0.9, 0.96, 0.9)] == [False, True, True, False, False]
    assert lag(0.0, 1.0, 60.0, 60.0) == pytest.approx(0.632, abs=0.001)
    wander = Wander(dice(1), 2.0, 60.0)
    assert max(abs(wander.step(10.0)) for _ in range(2000)) <= 6.0
