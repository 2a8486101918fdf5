"""Families 1 to 7 as they are met in the field: the literal example of each, then what varies."""

import pytest

from daemon.core.source import Rename
from tests.dialects.speaking import TS, opened, said, samples


def test_1_a_flat_object():
    payload = b'{"main_pressure": 0.912, "tank_level": 3.46, "pump1_run": 0, "controller_mode": "auto"}'
    assert samples(opened("flat", topics=("{site}/room/{device}/telemetry",)), "hill/room/fire-pump/telemetry", payload) == [
        ("fire-pump", "main_pressure", 0.912, None),
        ("fire-pump", "tank_level", 3.46, None),
        ("fire-pump", "pump1_run", 0, None),
        ("fire-pump", "controller_mode", "auto", None),
    ]


CHINESE = '{"设备编号": "XF-01", "主管压力": "0.912", "水池液位": "3.46", "1号泵": "停止", "时间": "2026-05-18 10:00:00"}'
PANEL = {
    "member": "设备编号",
    "devices": {"XF-01": ("hill", "fire-pump")},
    "points": {"主管压力": "main_pressure", "水池液位": "tank_level", "1号泵": "pump1_run"},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_1b_a_flat_object_with_chinese_keys_and_strings(encoding):
    assert samples(opened("flat", **PANEL), "panel", CHINESE.encode(encoding)) == [
        ("fire-pump", "main_pressure", 0.912, TS),
        ("fire-pump", "tank_level", 3.46, TS),
        ("fire-pump", "pump1_run", False, TS),
    ]


def test_2_a_time_and_values_single_and_in_a_batch():
    dialect = opened("flat", device="supply")
    single = b'{"ts": 1779069600000, "values": {"outlet_pressure": 0.748, "outlet_flow": 22.6}}'
    batch = (
        b'[{"ts": 1779069600000, "values": {"free_chlorine": 0.31}}, {"ts": 1779069660000, "values": {"free_chlorine": 0.30}}]'
    )
    assert samples(dialect, "any", single) == [("supply", "outlet_pressure", 0.748, TS), ("supply", "outlet_flow", 22.6, TS)]
    assert samples(dialect, "any", batch) == [("supply", "free_chlorine", 0.31, TS), ("supply", "free_chlorine", 0.3, TS + 60)]


def test_one_value_per_topic_is_named_by_the_topic():
    dialect = opened("flat", topics=("plant/{device}/{point}",), points={"zgyl": Rename("main_pressure", scale=0.001)})
    assert samples(dialect, "plant/fire-pump/zgyl", b"912") == [("fire-pump", "main_pressure", pytest.approx(0.912), None)]
    assert samples(dialect, "plant/fire-pump/pump1_run", b'"ON"') == [("fire-pump", "pump1_run", True, None)]
    assert said(dialect, "elsewhere", b"912")[1] == [
        "schema: neither an object nor a list of objects; a bare value needs {point} in the topic"
    ]


def test_3_a_thingsboard_gateway_speaks_for_its_devices():
    payload = (
        b'{"zone-high": [{"ts": 1779069600000, "values": {"outlet_pressure": 0.748}}], '
        b'"tank-1": [{"ts": 1779069600000, "values": {"tank1_level": 2.31}}]}'
    )
    dialect = opened("thingsboard-gateway", devices={"zone-high": ("hill", "supply-high")})
    assert samples(dialect, "v1/gateway/telemetry", payload) == [
        ("supply-high", "outlet_pressure", 0.748, TS),
        ("tank-1", "tank1_level", 2.31, TS),
    ]
    assert samples(dialect, "v1/gateway/attributes", {"tank-1": {"firmware": "2.10"}}) == [("tank-1", "firmware", "2.10", None)]
    assert samples(dialect, "v1/gateway/rpc", {"device": "tank-1", "id": 1, "data": {"success": True}}) == []


NEURON = [("boiler-1", "supply_temp", 72.4, TS)]
ERROR = ["value: flue_o2: the source could not read it: error 2014"]


def test_4_neuron_tags_with_an_error_in_place_of_a_value():
    payload = (
        b'{"node": "boiler-1", "group": "fast", "timestamp": 1779069600000, '
        b'"tags": [{"name": "supply_temp", "value": 72.4}, {"name": "flue_o2", "error": 2014}]}'
    )
    assert said(opened("neuron-tags"), "/neuron/a/boiler-1/fast", payload) == (NEURON, ERROR)


def test_5_neuron_values_with_errors_beside_them():
    payload = (
        b'{"node": "boiler-1", "group": "fast", "timestamp": 1779069600000, '
        b'"values": {"supply_temp": 72.4}, "errors": {"flue_o2": 2014}, "metas": {}}'
    )
    assert said(opened("neuron-values"), "/neuron/a/boiler-1/fast", payload) == (NEURON, ERROR)
    both = {"node": "boiler-1", "timestamp": TS, "values": {"supply_temp": 72.4, "flue_o2": 0}, "errors": {"flue_o2": 2014}}
    assert said(opened("neuron-values"), "/neuron/a/boiler-1/fast", both) == (NEURON, ERROR)


def test_a_group_of_a_neuron_node_can_be_a_device_of_its_own():
    payload = {"node": "plc", "group": "fast", "timestamp": TS, "tags": [{"name": "supply_temp", "value": 72.4}]}
    assert samples(opened("neuron-tags", devices={"plc/fast": ("hill", "boiler-1")}), "x", payload) == NEURON


FOUR = (
    b'{"did": "FD5140000001", "utime": "2026/05/18 10:00:00", '
    b'"content": [{"pid": "1", "type": "0", "addr": "40001", "addrv": "0.912", "ctime": "2026/05/18 09:59:58"}]}'
)


def test_6_four_faith_with_everything_quoted_and_local_times():
    dialect = opened("four-faith", devices={"FD5140000001": ("hill", "fire-pump")}, points={"40001": "main_pressure"})
    assert samples(dialect, "up", FOUR) == [("fire-pump", "main_pressure", 0.912, TS - 2)]


def test_a_slave_behind_four_faith_can_be_a_device_and_its_address_a_point_of_its_own():
    dialect = opened("four-faith", devices={"FD5140000001/1": ("hill", "pump")}, points={"1/40001": "p", "40001": "q"})
    assert samples(dialect, "up", FOUR) == [("pump", "p", 0.912, TS - 2)]


def test_7_usr_template_with_quotes_and_a_failed_read_padded():
    payload = b'{"gw": "D4AD20000001", "time": "1779069600", "p_main": "0.912", "level": "error"}'
    dialect = opened("usr-gateway", devices={"D4AD20000001": ("hill", "fire-pump")}, points={"p_main": "main_pressure"})
    assert said(dialect, "up", payload) == (
        [("fire-pump", "main_pressure", 0.912, TS)],
        ["value: level: the source could not read it: error"],
    )


def test_7_usr_write_frames_going_down_are_ignored_and_answers_are_read():
    dialect = opened("usr-gateway", device="fire-pump", points={"node0601": Rename("main_pressure", scale=0.1)})
    down = b'{"rw_prot": {"Ver": "1.0.1", "dir": "down", "id": "a1b2", "w_data": [{"name": "node0601", "value": "1"}]}}'
    read = [{"name": "node0601", "value": "9", "err": "0"}, {"name": "node0602", "value": "", "err": "1"}]
    assert samples(dialect, "rw", down) == []
    assert said(dialect, "rw", {"rw_prot": {"Ver": "1.0.1", "dir": "up", "id": "a1b2", "r_data": read}}) == (
        [("fire-pump", "main_pressure", 0.9, None)],
        ["value: node0602: the source could not read it: error 1"],
    )
