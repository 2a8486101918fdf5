"""Families 8 to 13 as they are met in the field: the literal example of each, then what varies."""

import struct

import pytest

from daemon.core.source import Poll, Register, Rename
from daemon.dialects.kit.modbus import crc
from tests.dialects.speaking import TS, opened, said, samples

PRESSURE = [("fire-pump", "main_pressure", 0.912, TS)]


def rtu(text):
    frame = bytes.fromhex(text)
    return frame + crc(frame).to_bytes(2, "little")


def line(*registers, **fields):
    return opened("modbus-frames", topics=("dtu/{device}/up",), device="fire-pump", registers=registers, **fields)


def test_8_elfin_ew11_question_and_answer_with_a_tcp_header():
    registers = (Register("p", 0, function=4), Register("q", 9, function=4))
    question = bytes.fromhex("0102000000060104 0000000A")
    answer = bytes.fromhex("0102000000170104 14") + struct.pack(">10H", 912, *range(1, 10))
    dialect = line(*registers, points={"p": Rename("main_pressure", scale=0.001)})
    expected = [("fire-pump", "main_pressure", 0.912, None), ("fire-pump", "q", 9, None)]
    assert samples(dialect, "dtu/7/up", question) == []
    assert samples(dialect, "dtu/7/up", answer) == expected
    assert samples(dialect, "dtu/7/up", question + answer) == expected


RAW = (Register("main_pressure", 0), Register("tank_level", 1))


def test_9_raw_hex_in_json():
    dialect = opened("raw-hex", device="fire-pump", registers=RAW, points={"main_pressure": Rename("main_pressure", scale=0.001)})
    assert samples(dialect, "up", b'{"rowdata":"010304026C00883BF0"}') == [
        ("fire-pump", "main_pressure", 0.62, None),
        ("fire-pump", "tank_level", 136, None),
    ]


def test_a_frame_whose_check_sum_is_wrong_gives_a_refusal_and_no_value():
    dialect = opened("raw-hex", device="fire-pump", registers=RAW)
    assert said(dialect, "up", b'{"rowdata":"010304026C00883BF1"}') == ([], ["schema: a Modbus frame whose check sum is wrong"])
    assert said(dialect, "up", b'{"rowdata":"010304026C"}') == ([], ["schema: a Modbus frame cut off: 5 of 9 bytes"])
    assert said(dialect, "up", b'{"rowdata":"zz"}') == ([], ["schema: no hex under rowdata or rawdata or data or hex"])


# 1234.5 as float32 is 44 9A 50 00; -2 as int32 is FF FF FF FE
ORDERS = {
    ("float32", "ABCD"): ("449A5000", 1234.5),
    ("float32", "CDAB"): ("5000449A", 1234.5),
    ("float32", "BADC"): ("9A440050", 1234.5),
    ("float32", "DCBA"): ("00509A44", 1234.5),
    ("int32", "CDAB"): ("FFFEFFFF", -2),
    ("int16", "BADC"): ("FEFF", -2),
    ("uint64", "ABCD"): ("0000000000010000", 65536),
    ("float64", "DCBA"): (struct.pack("<d", 1234.5).hex(), 1234.5),
    ("bcd32", "ABCD"): ("00123456", 123456),
}


@pytest.mark.parametrize(("kind", "order"), ORDERS)
def test_bytes_and_words_lie_in_any_order(kind, order):
    data, value = ORDERS[kind, order]
    frame = rtu(f"0103{len(data) // 2:02x}{data}")
    assert samples(line(Register("x", 0, type=kind, order=order)), "dtu/7/up", frame) == [("fire-pump", "x", value, None)]


def test_coils_and_bits_of_registers_are_switches():
    coils = line(Register("a", 16, function=1), Register("b", 18, function=1), polls=(Poll(16, 3, function=1),))
    assert samples(coils, "x", rtu("01010104")) == [("fire-pump", "a", False, None), ("fire-pump", "b", True, None)]
    bits = line(Register("a", 0, bit=0), Register("b", 0, bit=15))
    assert samples(bits, "x", rtu("0103028000")) == [("fire-pump", "a", False, None), ("fire-pump", "b", True, None)]


def test_an_answer_begins_where_the_poll_of_its_size_does():
    dialect = line(Register("a", 10), Register("b", 21), polls=(Poll(10, 1), Poll(20, 2)))
    assert samples(dialect, "x", rtu("0103020007") + rtu("01030400010002")) == [
        ("fire-pump", "a", 7, None),
        ("fire-pump", "b", 2, None),
    ]
    assert said(dialect, "x", rtu("010306000100020003"))[1] == [
        "schema: 6 bytes from slave 1, function 3, fit neither a poll nor the registers"
    ]


def test_slaves_of_one_line_are_devices_of_their_own_and_their_refusals_are_told():
    dialect = opened(
        "modbus-frames",
        topics=("dtu/{device}/up",),
        devices={"7/1": ("hill", "pump-1"), "7/2": ("hill", "pump-2")},
        registers=(Register("a", 0), Register("b", 0, slave=2)),
    )
    assert samples(dialect, "dtu/7/up", rtu("0103020007") + rtu("0203020008")) == [
        ("pump-1", "a", 7, None),
        ("pump-2", "b", 8, None),
    ]
    assert said(dialect, "dtu/7/up", rtu("028302"))[1] == ["value: slave 2 could not answer function 3: illegal address"]


def test_writes_and_the_heartbeat_of_the_dtu_are_ignored():
    dialect = line(Register("a", 0), options={"heartbeat": "ww"})
    assert samples(dialect, "x", rtu("010600010003")) == samples(dialect, "x", b"ww") == []


def test_a_register_that_stands_for_a_failed_read_is_no_value():
    assert said(line(Register("a", 0), failures=frozenset({"65535"})), "x", rtu("010302FFFF")) == (
        [],
        ["value: a: the source could not read it: 65535"],
    )


ALINK = (
    b'{"id": "20260518100000001", "version": "1.0", "sys": {"ack": 0}, "params": {"main_pressure": {"value": 0.912, '
    b'"time": 1779069600000}, "pump1_run": {"value": 0, "time": 1779069600000}}, "method": "thing.event.property.post"}'
)
HUAWEI = (
    b'{"services": [{"service_id": "FirePump", "properties": {"main_pressure": 0.912, "pump1_run": 0}, '
    b'"event_time": "20260518T020000Z"}]}'
)
TENCENT = (
    b'{"method": "report", "clientToken": "c-0001", "timestamp": 1779069600, "params": {"main_pressure": 0.912, "pump1_run": 0}}'
)
BOTH = [*PRESSURE, ("fire-pump", "pump1_run", 0, TS)]


def test_10_alibaba_alink():
    topic = "/sys/pk1/fire-pump/thing/event/property/post"
    assert samples(opened("alink"), topic, ALINK) == BOTH
    assert samples(opened("alink"), topic, b'{"params": {"main_pressure": 0.912}}') == [
        ("fire-pump", "main_pressure", 0.912, None)
    ]


def test_a_batch_of_an_alink_gateway_names_its_devices():
    child = {
        "identity": {"productKey": "pk2", "deviceName": "fire-pump"},
        "properties": {"main_pressure": {"value": 0.912, "time": TS}},
    }
    payload = {"params": {"properties": {"rssi": -70}, "subDevices": [child]}}
    assert samples(opened("alink"), "/sys/pk1/gw-1/thing/event/property/pack/post", payload) == [
        ("gw-1", "rssi", -70, None),
        *PRESSURE,
    ]


def test_11_huawei_iotda():
    assert samples(opened("huawei-iotda"), "$oc/devices/fire-pump/sys/properties/report", HUAWEI) == BOTH
    named = opened("huawei-iotda", points={"FirePump/main_pressure": "tank_level"})
    assert samples(named, "$oc/devices/fire-pump/sys/properties/report", HUAWEI)[0] == ("fire-pump", "tank_level", 0.912, TS)


def test_a_huawei_gateway_reports_for_its_devices():
    service = {"service_id": "s", "properties": {"main_pressure": 0.912}, "event_time": "20260518T020000Z"}
    payload = {"devices": [{"device_id": "fire-pump", "services": [service]}]}
    assert samples(opened("huawei-iotda"), "$oc/devices/gw-1/sys/gateway/sub_devices/properties/report", payload) == PRESSURE


def test_12_tencent_iot_explorer():
    assert samples(opened("tencent-iot"), "$thing/up/property/P1/fire-pump", TENCENT) == BOTH
    answer = {"method": "get_status_reply", "code": 0, "data": {}}
    assert samples(opened("tencent-iot"), "$thing/up/property/P1/fire-pump", answer) == []


def test_13_china_mobile_onenet():
    payload = b'{"id": "123", "version": "1.0", "params": {"main_pressure": {"value": 0.912, "time": 1779069600000}}}'
    assert samples(opened("onenet"), "$sys/p1/fire-pump/thing/property/post", payload) == PRESSURE
    older = {"id": 123, "dp": {"main_pressure": [{"v": 0.912, "t": TS}]}}
    assert samples(opened("onenet"), "$sys/p1/fire-pump/dp/post/json", older) == PRESSURE


COMMANDS = {
    "alink": "/sys/pk1/fire-pump/thing/service/property/set",
    "huawei-iotda": "$oc/devices/fire-pump/sys/commands/request_id=1",
    "tencent-iot": "$thing/down/property/P1/fire-pump",
    "onenet": "$sys/p1/fire-pump/thing/property/set",
    "flat": "plant/fire-pump/set",
    "neuron-tags": "/neuron/a/write",
}


@pytest.mark.parametrize("family", COMMANDS)
def test_commands_on_the_same_tree_are_ignored(family):
    assert samples(opened(family, device="fire-pump"), COMMANDS[family], b'{"params": {"main_pressure": 1}}') == []
