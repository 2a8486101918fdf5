"""Simulated transformer bay, control room and reclaimed-water plant: quiet in health, faults as the reference says, repairs."""

from __future__ import annotations

import pytest
from plant_bench import Bench, Watch

from sensors.kit.words import Type

DEVICES = ("power-room", "control-room", "reclaimed-water")
WINTER, WEDNESDAY, SUMMER = "2026-01-01T00:00", "2026-01-07T00:00", "2026-07-20T00:00"
EVENING, SULTRY = "2026-01-06T18:00", "2026-07-20T18:00"
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def bench(hongshan):
    return lambda device, start=EVENING, seed=1: Bench(hongshan.devices[device], start, seed)


@pytest.mark.parametrize("start", [WINTER, WEDNESDAY, SUMMER])
@pytest.mark.parametrize("name", DEVICES)
def test_a_healthy_day_of_these_rooms_crosses_no_limit(hongshan, bench, name, start):
    rig, watch = bench(name, start), Watch(hongshan.devices[name])
    rig.run(DAY, lambda values: watch.look(rig.now, values))
    assert watch.crossed == set()


@pytest.mark.parametrize("name", DEVICES)
def test_every_point_of_these_rooms_has_a_value_of_its_type(hongshan, bench, name):
    device, values = hongshan.devices[name], bench(name).run(60.0)
    assert values.keys() == device.channels.keys()
    for channel in device.channels.values():
        wanted = {Type.BOOL: bool, Type.ENUM: str, Type.INT: int}.get(channel.point.type, (int, float))
        assert isinstance(values[channel.name], wanted), channel.name
        assert not channel.point.states or values[channel.name] in channel.point.states


@pytest.mark.parametrize("name", DEVICES)
def test_these_rooms_play_every_fault_of_the_reference(hongshan, name):
    kind = hongshan.devices[name].kind
    assert kind.plant.plays == tuple(fault.id for fault in kind.faults)


def _apart(values):
    return values["contact_temp_b"] - values["contact_temp_a"]


def _suction(values):
    return values["suction_pump_run"]


# device, fault, its age in seconds when it is first looked at, seconds to wait, what must then be so, start; figures of the
# reference's fault tables
PLAYED = [
    ("power-room", "PW-F1", 0, 7200, lambda v: 103 < v["winding_temp_b"] < 130 and not v["fan_on"], EVENING),
    ("power-room", "PW-F1", 0, 4 * HOUR, lambda v: 125 < v["winding_temp_b"] < 129 and v["room_temp"] < 40, SULTRY),
    ("power-room", "PW-F2", 30 * DAY, 3 * HOUR, lambda v: 12 < _apart(v) < 20 and v["load_pct"] < 60, EVENING),
    ("power-room", "PW-F2", 30 * DAY, 3 * HOUR, lambda v: 15 < _apart(v) < 30 and v["load_pct"] < 80, SULTRY),
    ("power-room", "PW-F3", 0, 2, lambda v: [v[f"lv_voltage_{p}"] for p in "abc"] == [170, 240, 268], EVENING),
    ("power-room", "PW-F4", 0, 2, lambda v: 5.0 < v["hv_voltage_ab"] < 5.3 and v["hv_voltage_bc"] > 10, EVENING),
    ("power-room", "PW-F4", 0, 2, lambda v: sorted(v[f"lv_voltage_{p}"] < 120 for p in "abc") == [False, True, True], EVENING),
    ("power-room", "PW-F5", 0, 10, lambda v: v["hv_voltage_ab"] == v["lv_voltage_a"] == 0 and not v["bus_tie_closed"], EVENING),
    ("power-room", "PW-F6", 0, HOUR, lambda v: 225 < v["dc_voltage"] < 227 and not v["dc_charger_ok"], EVENING),
    ("power-room", "PW-F6", 0, 5 * HOUR, lambda v: 213 < v["dc_voltage"] < 215, EVENING),
    ("power-room", "PW-F7", 0, 30, lambda v: v["cap_steps"] == 0 and round(v["power_factor"], 2) == 0.84, EVENING),
    ("power-room", "PW-F8", 40 * DAY, 3 * HOUR, lambda v: v["winding_temp_b"] - v["winding_temp_a"] == pytest.approx(5), EVENING),
    ("power-room", "PW-F9", 10 * DAY, 3 * HOUR, lambda v: 24 < v["pd_tev"] < 32 and 80 < v["room_humidity"] < 90, EVENING),
    ("power-room", "PW-F10", 0, 2 * HOUR, lambda v: v["flood"] and 60 < v["room_humidity"] < 75, EVENING),
    ("control-room", "CR-F1", 0, 180, lambda v: v["rack_inlet_temp"] < 25 and not v["ac1_run"], EVENING),
    ("control-room", "CR-F1", 0, 180 + 1500, lambda v: 37 < v["rack_inlet_temp"] < 41, EVENING),
    ("control-room", "CR-F2", 0, 10, lambda v: v["ups_mode"] == "battery" and 399 < v["ups_battery_v"] < 401, EVENING),
    ("control-room", "CR-F2", 0, 3000, lambda v: v["ups_runtime_min"] == 0 and v["ups_battery_v"] < 345, EVENING),
    ("control-room", "CR-F3", 0, 60, lambda v: 43 < 435 - v["ups_battery_v"] < 49 and v["ups_runtime_min"] < 9, EVENING),
    ("control-room", "CR-F4", 0, 60, lambda v: v["gateways_online"] <= 0.4 * v["gateways_total"], EVENING),
    ("control-room", "CR-F5", 0, 10, lambda v: v["ntp_offset_ms"] == 28_800_000, EVENING),
    ("control-room", "CR-F6", 0, HOUR, lambda v: v["leak_rope"] and 55 < v["room_humidity"] < 70, EVENING),
    ("reclaimed-water", "RW-F1", 0, 4 * DAY, lambda v: not _suction(v) or 18 < v["tmp_kpa"] < 25, EVENING),
    ("reclaimed-water", "RW-F2", 0, HOUR, lambda v: 2.3 < v["permeate_turbidity"] < 3.2, EVENING),
    ("reclaimed-water", "RW-F3", 0, 1500, lambda v: v["do_conc"] < 0.4 and v["air_flow"] == 0, EVENING),
    ("reclaimed-water", "RW-F3", 0, 12 * HOUR, lambda v: v["ammonia"] > 3, EVENING),
    ("reclaimed-water", "RW-F4", 17 * DAY, DAY, lambda v: v["blower_pressure"] > 48 and v["do_conc"] < 1.8, EVENING),
    ("reclaimed-water", "RW-F5", 0, 12 * HOUR, lambda v: v["total_chlorine"] < 0.2 and v["dosing_run"], EVENING),
    (
        "reclaimed-water",
        "RW-F6",
        0,
        60,
        lambda v: v["tap_makeup_open"] and v["supply_pressure"] > v["tap_pressure"] + 0.09,
        EVENING,
    ),
    ("reclaimed-water", "RW-F7", 0, 300, lambda v: _suction(v) and v["permeate_flow"] < 3.5 and v["tmp_kpa"] < 6, EVENING),
    ("reclaimed-water", "RW-F8", 0, 6 * HOUR, lambda v: v["h2s"] == 25 and v["o2_room"] == 20.0, EVENING),
]


@pytest.mark.parametrize("played", PLAYED, ids=[f"{row[1]}-{row[3]:g}-{row[5][5:7]}" for row in PLAYED])
def test_a_fault_of_these_rooms_drives_its_points_as_the_reference_says(bench, played):
    name, label, age, after, holds, start = played
    rig = bench(name, start)
    rig.run(600.0)
    rig.plant.inject(label)
    rig.plant.trouble.age = float(age)
    assert holds(rig.run(after))


RETURNED = [
    ("power-room", "PW-F1", 3 * HOUR, 4 * HOUR, lambda v: v["winding_temp_b"] < 70 and not v["fan_on"]),
    ("power-room", "PW-F4", 600, 10, lambda v: v["lv_voltage_a"] > 220 and v["hv_voltage_ca"] > 10),
    ("power-room", "PW-F5", 600, 300, lambda v: v["lv_voltage_a"] > 220 and v["auto_transfer_ready"] and v["fan_on"] is False),
    ("power-room", "PW-F6", 4 * HOUR, 2 * HOUR, lambda v: v["dc_voltage"] > 233 and v["dc_charger_ok"]),
    ("power-room", "PW-F7", 600, 60, lambda v: v["cap_steps"] > 0 and v["power_factor"] > 0.92),
    ("control-room", "CR-F1", 1800, 1800, lambda v: v["rack_inlet_temp"] < 26 and v["ac2_run"]),
    ("control-room", "CR-F2", 1800, 4 * HOUR, lambda v: v["ups_battery_v"] > 433 and v["ups_runtime_min"] > 30),
    ("control-room", "CR-F4", 600, 10, lambda v: v["gateways_online"] >= 9),
    ("reclaimed-water", "RW-F1", 3 * DAY, HOUR, lambda v: not _suction(v) or v["tmp_kpa"] < 14),
    ("reclaimed-water", "RW-F2", HOUR, 2 * HOUR, lambda v: v["permeate_turbidity"] < 0.7),
    ("reclaimed-water", "RW-F3", 2 * HOUR, HOUR, lambda v: v["do_conc"] > 2 and v["blower_pressure"] > 38),
    ("reclaimed-water", "RW-F5", 8 * HOUR, 6 * HOUR, lambda v: v["total_chlorine"] > 1.2),
    ("reclaimed-water", "RW-F8", 3 * HOUR, HOUR, lambda v: v["h2s"] < 1 and v["room_fan_run"]),
]


@pytest.mark.parametrize(("name", "label", "lasts", "after", "holds"), RETURNED, ids=[row[1] for row in RETURNED])
def test_a_repair_of_these_rooms_brings_the_values_back(bench, name, label, lasts, after, holds):
    rig = bench(name)
    rig.plant.inject(label)
    rig.run(lasts)
    rig.plant.recover()
    assert holds(rig.run(after))


def test_the_fan_cools_a_hot_transformer_once_it_is_repaired(bench):
    rig = bench("power-room", SULTRY)
    rig.plant.inject("PW-F1")
    rig.run(3 * HOUR)
    rig.plant.recover()
    assert rig.run(60.0)["fan_on"]
    rig.wait_for(lambda values: not values["fan_on"], 2 * HOUR)
    assert rig.values["winding_temp_b"] < 81


def test_capacitors_follow_the_load_in_whole_steps(bench):
    rig, steps = bench("power-room", WINTER), set()
    rig.run(DAY, lambda values: steps.add(values["cap_steps"]))
    assert len(steps) >= 3
    assert steps <= set(range(9))


def test_the_membrane_is_cleaned_on_sundays(bench):
    rig, before = bench("reclaimed-water", "2026-01-10T20:00"), []
    rig.run(5 * HOUR, lambda values: before.append(values["tmp_kpa"]))
    after, _ = [], rig.run(3 * HOUR)
    rig.run(6 * HOUR, lambda values: after.append(values["tmp_kpa"]))
    assert max(after) < max(before)


@pytest.mark.parametrize(("kpa", "told"), [(8.0, set()), (18.0, {"tmp_kpa.H"}), (30.0, {"tmp_kpa.H", "tmp_kpa.HH"})])
def test_a_clogged_membrane_is_told_within_a_suction_of_eight_minutes(hongshan, bench, kpa, told):
    rig, watch = bench("reclaimed-water", "2026-01-10T09:00"), Watch(hongshan.devices["reclaimed-water"])
    rig.plant.removable, rig.plant.residual, rig.plant.eq = kpa, 0.0, 2.8
    rig.run(HOUR, lambda values: watch.look(rig.now, values))
    assert {rule for rule in watch.crossed if rule.startswith("tmp")} == told


def test_what_goes_into_the_clear_water_comes_out_again(bench):
    rig, sums = bench("reclaimed-water", WINTER), {"made": 0.0, "used": 0.0}
    first, last = rig.values["clear_level"], [rig.now]

    def look(values):
        dt, last[0] = rig.now - last[0], rig.now
        sums["made"] += values["permeate_flow"] * dt / 3600.0
        sums["used"] += values["supply_flow"] * dt / 3600.0

    level = rig.run(DAY, look)["clear_level"]
    assert sums["made"] - sums["used"] == pytest.approx(20.0 * (level - first), abs=0.05 * sums["used"])
    assert sums["used"] > 60.0
