"""A site's own kind says what its gauges are held against, and drift is judged by that."""

from __future__ import annotations

import json
from shutil import copytree

import pytest

from daemon.config import load
from daemon.core.flaws.drift import held
from daemon.core.nouns import Message
from sensors.kit.words import Yardstick
from tests.cut import Run

START, STEP, DAY = 1767196800.0, 600.0, 86400.0
STATION = """\
site: bench
name: {zh: 试验台, en: Bench}
timezone: Asia/Shanghai
rooms: [{id: room, name: {zh: 换热站, en: Station}}]
devices: [{id: hx, kind: heat_exchanger, room: room, gateway: gw}]
gateways: [{id: gw, room: room}]
"""
OWN = """\
kind: {name}
extends: fire_pump
without: [end_pressure]
points: {{tank_level: {{against: {{point: suction_pressure, times: 102}}}}}}
"""


@pytest.fixture
def station(root, tmp_path):
    """The worked example with one device of it."""
    folder = copytree(root / "config", tmp_path / "config")
    (folder / "sites" / "hongshan.yaml").unlink()
    (folder / "sites" / "bench.yaml").write_text(STATION, encoding="utf-8")
    return folder


def play(configuration, days, values):
    """Feeds what `values` says of each day; the drifts that were raised, by day."""
    run = Run(configuration)
    for number in range(int(days * DAY / STEP)):
        at = START + number * STEP
        payload = {"ts": at * 1000, "values": {name: round(v, 3) for name, v in values(number * STEP / DAY).items()}}
        run.commit([Message("atrium/bench/hx/telemetry", json.dumps(payload).encode(), at)])
    raised = [(at, found) for (event, *_), (at, found) in run.alarms.items() if event == "raised"]
    return {found.rule: (round((at - START) / DAY), found.reason) for at, found in raised if found.rule.startswith("DQ-05")}


def still(day, *, apart=0.02, creep=0.0, amps=0.0):
    """Summer: both pumps off, supply and return one column of water."""
    supply = 0.35 + apart + creep * max(day - 10.0, 0.0)
    return {
        "pump1_run": 0,
        "pump2_run": 0,
        "secondary_supply_pressure": supply,
        "secondary_return_pressure": 0.35,
        "pump1_current": amps,
    }


def test_of_the_worked_example_pressures_at_standstill_and_currents_at_rest_are_compared(station):
    (hx,) = [one for one in load(station, environ={}).sites["bench"].devices.values() if not one.is_gateway]
    pumps = ("pump1_run", "pump2_run")
    assert {one.channel.name: ([other.name for other in one.others], one.still, one.rule.absolute) for one in held(hx.model)} == {
        "secondary_supply_pressure": (["secondary_return_pressure"], pumps, False),
        "pump1_current": ([], pumps[:1], True),
        "pump2_current": ([], pumps[1:], True),
    }


def test_a_gauge_of_an_own_kind_that_creeps_away_from_its_partner_is_told(station):
    found = play(load(station, environ={}), 16, lambda day: still(day, creep=0.003))
    assert set(found) == {"DQ-05:secondary_supply_pressure"}
    day, reason = found["DQ-05:secondary_supply_pressure"]
    assert 11 <= day <= 15
    assert "二次回水压力" in reason.zh


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (lambda day: still(day, apart=0.05), set()),  # one hangs five metres lower
        (lambda day: still(day, amps=2.0), {"DQ-05:pump1_current"}),  # a zero that is none
        (lambda day: still(day, creep=0.01) | {"pump1_run": 1, "pump1_current": 31.0}, set()),  # winter: it pumps
    ],
)
def test_only_what_stands_still_is_compared(station, values, told):
    assert set(play(load(station, environ={}), 16, values)) == told


@pytest.mark.parametrize("name", ["fire_pump", "my_pump"])
def test_a_kind_that_extends_another_compares_as_that_does_but_for_what_it_changes(station, name):
    (station / "kinds" / f"{name}.yaml").write_text(OWN.format(name=name), encoding="utf-8")
    found = {one.point: one for one in load(station, environ={}).kinds[name].yardsticks}
    assert "main_pressure" not in found  # its partner is left out
    assert found["tank_level"] == Yardstick("tank_level", "suction_pressure", 102.0)
    assert {"suction_pressure", "pump{i}_current_a"} <= set(found)
