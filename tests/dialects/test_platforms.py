"""Platforms that push JSON: lists of names and values, ThingsPanel, edge frameworks, FreeIOE."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from daemon.core.nouns import Rejected, Sample
from daemon.core.source import Rename, Source, Target
from daemon.dialects import families

AT = 1779069605.0
TS = 1779069600.0  # 2026-05-18 10:00:00 in Beijing
PUMP = ("hongshan", "fire-pump")
TARGETS = {"main_pressure": Target("float", "MPa"), "pump1_run": Target("bool"), "tank_level": Target("float", "m")}
HERE = Source("s", site="hongshan", devices={"XF-01": PUMP}, targets=TARGETS)


def read(dialect, topic, payload, source=HERE):
    """(device, point, value, ts) taken, codes refused."""
    sent = (
        payload if isinstance(payload, bytes) else payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    )
    items = families()[dialect].open(source)(topic, sent, AT)
    taken = [(item.device, item.point, item.value, item.ts) for item in items if isinstance(item, Sample)]
    return taken, [item.code for item in items if isinstance(item, Rejected)]


def test_14_array_of_key_value_type_time():
    payload = """[{"productId": "firepump", "deviceId": "XF-01", "properties": [{"key": "main_pressure", "value": 0.912,
      "type": "double", "time": 1779069600000, "module": ""}]}]"""
    assert read("name-value-time", "das/push", payload) == ([("fire-pump", "main_pressure", 0.912, TS)], [])


def test_14_plain_array_of_name_value_time_in_local_time():
    payload = """[{"name": "main_pressure", "value": 0.912, "time": "2026-05-18 10:00:00"},
      {"name": "tank_level", "value": 3.46, "time": "2026-05-18 10:00:00"}]"""
    source = Source("s", site="hongshan", device="fire-pump", targets=TARGETS)
    expected = [("fire-pump", "main_pressure", 0.912, TS), ("fire-pump", "tank_level", 3.46, TS)]
    assert read("name-value-time", "any", payload, source) == (expected, [])


@pytest.mark.parametrize(
    ("payload", "taken", "refused"),
    [
        ([{"deviceId": "XF-01", "properties": [{"key": "main_pressure", "value": "--"}]}], [], ["value"]),
        ([{"deviceId": "XF-01", "properties": [{"key": "main_pressure", "value": "0.912 MPa"}]}], [0.912], []),
        ([{"deviceId": "XF-01", "properties": [{"key": "main_pressure", "value": "912 kPa"}]}], [0.912], []),
        ([{"deviceId": "XF-01", "properties": [{"key": "pump1_run", "value": "停止"}]}], [False], []),
        ([{"deviceId": "XF-01", "ts": 1779069600, "data": [{"name": "main_pressure", "val": 1}]}], [1], []),
        ([{"deviceId": "XF-01", "properties": [{"key": "main_pressure", "value": 1, "time": "soon"}]}], [], ["time"]),
        ([{"deviceId": "XF-01", "properties": [{"value": 1}, 7, {"key": "tank_level", "value": 2}]}], [2], ["schema", "schema"]),
        ([{"deviceId": "elsewhere/1", "properties": [{"key": "a", "value": 1}]}], [], ["unknown-device"]),
        ([], [], ["schema"]), ("no", [], ["json"]), ([7], [], ["schema"]),
    ],
    ids=str,
)  # fmt: skip
def test_an_array_takes_what_can_be_used_and_tells_the_rest(payload, taken, refused):
    found, codes = read("name-value-time", "t", payload)
    assert ([value for _, _, value, _ in found], codes) == (pytest.approx(taken), refused)


GATEWAY = Source("s", site="hongshan", device="gw-1", devices={"a1": PUMP, "g1/a1": ("hongshan", "boiler-1")}, targets=TARGETS)


def test_15_thingspanel_gateway_with_sub_devices_and_a_sub_gateway():
    payload = {
        "gateway_data": {"cpu_pct": 12},
        "sub_device_data": {"a1": {"main_pressure": 0.912, "pump1_run": "关"}},
        "sub_gateway_data": {"g1": {"gateway_data": None, "sub_device_data": {"a1": {"supply_temp": 72.4}}}},
    }
    taken, refused = read("thingspanel", "gateway/telemetry", payload, GATEWAY)
    assert refused == []
    assert taken == [
        ("gw-1", "cpu_pct", 12, None), ("fire-pump", "main_pressure", 0.912, None), ("fire-pump", "pump1_run", False, None),
        ("boiler-1", "supply_temp", 72.4, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "payload", "points"),
    [
        ("devices/telemetry", {"main_pressure": 1}, ["main_pressure"]),
        ("gateway/attributes/77", {"sub_device_data": {"a1": {"main_pressure": 1}}}, ["main_pressure"]),
        ("gateway/event/77", {"sub_device_data": {"a1": {"method": "low", "params": {"main_pressure": 1}}}}, ["main_pressure"]),
        ("gateway/telemetry/control/gw", {"a": 1}, []), ("gateway/attributes/set/gw/1", {"a": 1}, []),
        ("gateway/command/gw/1", {}, []),
    ],
)  # fmt: skip
def test_thingspanel_reads_what_comes_up_and_is_deaf_to_what_goes_down(topic, payload, points):
    taken, refused = read("thingspanel", topic, payload, GATEWAY)
    assert ([point for _, point, _, _ in taken], refused) == (points, [])


@pytest.mark.parametrize(
    "payload", [[], {"sub_device_data": [1]}, {"sub_gateway_data": {"g": 1}}, {"sub_device_data": {"a1": 3}}]
)
def test_thingspanel_tells_what_has_no_shape(payload):
    assert read("thingspanel", "gateway/telemetry", payload, GATEWAY) == ([], ["schema"])


def test_16_edge_framework_in_seconds():
    payload = """{"mid": 1000000000020033, "timestamp": 1779069600, "deviceId": "XF-01",
      "param": {"data": {"Ua": 229.8, "main_pressure": 0.912}}}"""
    source = Source("s", site="hongshan", devices={"XF-01": PUMP}, points={PUMP: {"Ua": Rename("voltage_ab")}})
    expected = [("fire-pump", "voltage_ab", 229.8, TS), ("fire-pump", "main_pressure", 0.912, TS)]
    assert read("edge-framework", "/v1/network/service/data", payload, source) == (expected, [])


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        ({"mid": 1, "deviceId": "XF-01", "param": {"cmd": "write"}}, []), ({"param": 1}, ["schema"]), ([], ["schema"]),
        ({"deviceId": "XF-01", "param": {}}, ["schema"]), ({"deviceId": "XF-01", "param": {"data": 1}}, ["schema"]),
        ({"deviceId": "XF-01", "timestamp": -1, "param": {"data": {"a": 1}}}, ["time"]),
    ],
)  # fmt: skip
def test_an_edge_frameworks_commands_say_nothing_and_its_nonsense_is_told(payload, refused):
    assert read("edge-framework", "/v1/network/service/data", payload) == ([], refused)


IOE = [["XF-01/main_pressure/value", 0.912, 1779069600.0, 0], ["XF-01/tank_level/value", 3.46, 1779069600.13, 1]]


@pytest.mark.parametrize(
    ("leaf", "pack"), [("data", bytes), ("data_gz", zlib.compress), ("cached_data", bytes), ("cached_data_gz", gzip.compress)]
)
def test_17_freeioe_plain_compressed_and_from_the_cache(leaf, pack):
    taken, refused = read("freeioe", f"GW0001/{leaf}", pack(json.dumps(IOE).encode()))
    assert taken == [("fire-pump", "main_pressure", 0.912, TS)]
    assert refused == ["value"]  # quality 1: the read failed


@pytest.mark.parametrize(
    ("payload", "taken", "refused"),
    [
        (["XF-01/main_pressure/value", 1, 1779069600, 0], [("main_pressure", 1)], []),
        ([["XF-01/main_pressure", 1, 1779069600, 0]], [("main_pressure", 1)], []),
        ([["XF-01/main_pressure/RAW", 7]], [("main_pressure/RAW", 7)], []), ([["XF-01/a/value", 1, 0, -1]], [], ["value"]),
        ({}, [], ["schema"]), ([], [], ["schema"]), ([[1, 2]], [], ["schema"]), ([["k"]], [], ["schema"]),
    ],
)  # fmt: skip
def test_freeioes_keys_name_device_input_and_property(payload, taken, refused):
    found, codes = read("freeioe", "GW0001/data", payload)
    assert ([(point, value) for _, point, value, _ in found], codes) == (taken, refused)


def test_freeioes_device_models_and_broken_compression():
    assert read("freeioe", "GW0001/devices", {"XF-01": {"meta": {}}}) == ([], [])
    assert read("freeioe", "GW0001/data_gz", zlib.compress(b"[]" * 50)[:-6]) == ([], ["json"])
