"""What is written about a source reaches the readings: the examples of docs/dialects.md load, units and words arrive as ours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from daemon.config import ConfigurationError, load
from daemon.core import decode, state
from daemon.core.nouns import Message
from daemon.dialects import families, open_all

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(- .*?)```", PAGE, re.DOTALL)
AT = 1779069605.0  # 2026-05-18 10:00:05 in Beijing


def loaded(folder, sources):
    shutil.copytree(ROOT / "config", folder, dirs_exist_ok=True)
    (folder / "atrium.yaml").write_text("broker: embedded\nsources:\n" + sources, encoding="utf-8")
    return load(folder, environ={})


def heard(configuration, source, topic, payload):
    """Readings as (device, point, value), refusals as sentences, behind the core's decode."""
    refused = []
    dialect = open_all(configuration.settings.sources)[source]
    data = payload if isinstance(payload, bytes) else payload.encode()
    found = decode.frames(state.start(configuration), Message(topic, data, AT, source), dialect, refused)
    readings = [(one.device, one.point, one.value) for _, _, frame in found for one in frame]
    return readings, [one.reason for one in refused]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The configuration with every example of the page."""
    return loaded(tmp_path_factory.mktemp("shown"), "".join(EXAMPLES))


def test_every_example_of_the_page_loads_and_every_dialect_has_one(shown):
    spoken = {broker.dialect for broker in shown.settings.sources}
    assert spoken >= set(families()) - {"atrium", "neuron-values"}
    assert all(f"`{name}`" in PAGE for name in families())


PANEL = '{"设备编号": "XF-01", "zgyl": "912", "pump1_run": "运行", "阀位": 2, "ll": 65535, "采集时刻": "2026-05-18 10:00:00"}'


def test_units_states_and_failures_of_a_panel_arrive_as_ours(shown):
    readings, refused = heard(shown, "panel", "panels/x/data", PANEL.encode("gbk"))
    assert readings == [
        ("fire-pump", "main_pressure", pytest.approx(0.912)),
        ("fire-pump", "pump1_run", 1),
        ("fire-pump", "controller_mode", "manual"),
    ]
    assert refused == ["ll: the source could not read it: 65535"]


def test_a_name_can_mean_something_else_at_one_device_and_belong_to_another(shown):
    payload = '{"设备编号": "XF-02", "主管压力": "0.45", "gw_sensor": 0.2}'
    assert heard(shown, "panel", "panels/x/data", payload) == (
        [("supply-low", "outlet_pressure", 0.45), ("supply-high", "inlet_pressure", 0.2)],
        [],
    )


def test_a_figure_with_its_unit_is_converted_to_the_unit_of_the_point(shown):
    payload = '{"设备编号": "XF-01", "suction_pressure": "150 kPa", "controller_mode": "自动"}'
    assert heard(shown, "panel", "x", payload)[0] == [
        ("fire-pump", "suction_pressure", pytest.approx(0.15)),
        ("fire-pump", "controller_mode", "auto"),
    ]
    assert heard(shown, "panel", "x", '{"设备编号": "XF-01", "suction_pressure": "15 V"}')[1] == [
        "suction_pressure: V does not convert to MPa"
    ]


def test_registers_of_two_slaves_reach_two_devices_in_our_units(shown):
    payload = bytes.fromhex("00000000000502030201C2")
    assert heard(shown, "ew11", "dtu/7/up", payload) == ([("supply-low", "outlet_pressure", pytest.approx(0.45))], [])


# ruff: noqa: E501 - one row, one mistake
# what is written in place of the good one, the complaint
GOOD = "- {id: a, url: 'mqtt://h', dialect: flat, topics: ['f/{device}'], site: hongshan, mapping: {}}\n"
MISTAKES = {
    "no topics": ("topics: ['f/{device}'], ", "", "flat is spoken under topics of the installer's choice → add topics"),
    "braces that say nothing": ("{device}", "{dev}", '"f/{dev}" has braces that say nothing'),
    "unknown site": ("hongshan", "hongshang", 'unknown site "hongshang" → did you mean "hongshan"?'),
    "unknown device": ("mapping: {}", "mapping: {devices: {x: fire-pmp}}", 'unknown device of hongshan "fire-pmp" → did you mean "fire-pump"'),
    "unknown point": ("mapping: {}", "mapping: {points: {x: main_presure}}", 'unknown point "main_presure" → did you mean "main_pressure"?'),
    "foreign unit": ("mapping: {}", "mapping: {points: {x: {point: flow, unit: V}}}", "V does not convert to L/s → write one of"),
    "scale of nothing": ("mapping: {}", "mapping: {points: {x: {point: flow, scale: 0}}}", "scale 0 would make every value the same"),
    "unknown key": ("mapping: {}", "mapping: {points: {x: {pont: flow}}}", 'unknown key "pont" → did you mean "point"?'),
    "unknown zone": ("site:", "timezone: Asia/Shangai, site:", 'unknown time zone "Asia/Shangai"'),
    "unknown option": ("site:", "options: {tme: t}, site:", 'flat has no option "tme" → did you mean "time"?'),
    "no registers": ("flat", "modbus-frames", "modbus-frames says nothing about meaning → write registers: under mapping:"),
    "polls that look alike": (
        "mapping: {}",
        "mapping: {polls: [{start: 0, count: 2}, {start: 9, count: 2}]}",
        "the answers of slave 1 to polls from 0 and from 9 look alike",
    ),
    "a mapping of our own words": ("flat", "atrium", "the dialect atrium maps nothing → remove site"),
    "unknown encoding": ("site:", "encoding: utf8, site:", '"utf8" is not possible for encoding'),
}  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "complaint"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path, good, bad, complaint):
    with pytest.raises(ConfigurationError) as found:
        loaded(tmp_path, GOOD.replace(good, bad))
    told = [str(one) for one in found.value.complaints]
    assert [one for one in told if one.startswith(f"atrium.yaml:3 {complaint}")], told


def test_the_good_one_has_no_complaint(tmp_path):
    (broker,) = loaded(tmp_path, GOOD).settings.sources
    assert broker.filters == ("f/+",)
    assert broker.source.topics == ("f/{device}",)
