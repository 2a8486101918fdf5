"""Literal examples of every family, as (topic, payload): the seeds from which the fuzz grows its monsters."""

from __future__ import annotations

import base64
import zlib

from tests.dialects.sparkplug import sent

VALUES = b'"values": {"main_pressure": 0.912, "pump1_run": 0}'
TAGS = b'{"node": "boiler-1", "group": "fast", "timestamp": 1779069600000, '
RTU = bytes.fromhex("010304026C00883BF0")
TCP = bytes.fromhex("010200000007010404026C0088")
VOLTAGE = "68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16"
WATER = "FE FE FE 68 10 12 00 00 00 00 00 00 81 16 90 1F 00 10 00 10 00 2C 10 00 10 00 2C" + " 00" * 8 + " FF 67 16"
FIRE = (
    bytes.fromhex("4040 0100 0101 000a 12 05 1a".replace(" ", ""))
    + b"\1" * 12
    + bytes.fromhex("0000 02 0201 78 2323".replace(" ", ""))
)
ITEMS = b'[{"name": "main_pressure", "value": 0.912, "time": "2026-05-18 10:00:00"}, {"name": "tank_level", "value": 3.46}]'
BIRTH = sent(
    {"name": "main_pressure", "alias": 12, "datatype": 9, "float_value": 0.912, "timestamp": 1779069600000},
    {"name": "bdSeq", "datatype": 4, "long_value": 1},
    timestamp=1779069600000,
    seq=0,
)
DATA = sent({"alias": 12, "float_value": 0.9}, {"alias": 13, "is_null": True}, timestamp=1779069600000, seq=1)

CORPUS: dict[str, list[tuple[str, bytes]]] = {
    "atrium": [
        ("atrium/hill/fire-pump/telemetry", b'{"ts": 1779069600000, ' + VALUES + b"}"),
        ("atrium/hill/fire-pump/telemetry/main_pressure", b"0.912"),
        ("atrium/hill/gw-1/status", b"online"),
    ],
    "flat": [
        ("f/fire-pump/x", b'{"main_pressure": 0.912, "tank_level": 3.46, "pump1_run": 0, "controller_mode": "auto"}'),
        ("f", '{"设备编号": "XF-01", "主管压力": "0.912", "1号泵": "停止", "时间": "2026-05-18 10:00:00"}'.encode("gbk")),
    ],
    "thingsboard-gateway": [("v1/gateway/telemetry", b'{"zone-high": [{"ts": 1779069600000, ' + VALUES + b"}]}")],
    "neuron-tags": [
        ("/neuron/a/b/c", TAGS + b'"tags": [{"name": "supply_temp", "value": 72.4}, {"name": "o2", "error": 2014}]}')
    ],
    "neuron-values": [("/neuron/a/b/c", TAGS + b'"values": {"supply_temp": 72.4}, "errors": {"o2": 2014}, "metas": {}}')],
    "four-faith": [
        (
            "up",
            (
                b'{"did": "FD51", "utime": "2026/05/18 10:00:00", '
                b'"content": [{"pid": "1", "type": "0", "addr": "40001", "addrv": "0.912", "ctime": "2026/05/18 09:59:58"}]}'
            ),
        )
    ],
    "usr-gateway": [
        ("up", b'{"gw": "D4AD20000001", "time": "1779069600", "p_main": "0.912 MPa", "level": "error"}'),
        ("up", b'{"rw_prot": {"Ver": "1.0.1", "dir": "up", "r_data": [{"name": "node0601", "value": "1", "err": "0"}]}}'),
    ],
    "modbus-frames": [("dtu/1", RTU), ("dtu/1", TCP), ("dtu/1", RTU + RTU)],
    "raw-hex": [("hex", b'{"rowdata":"010304026C00883BF0"}')],
    "alink": [
        (
            "/sys/pk/fire-pump/thing/event/property/post",
            b'{"id": "2", "version": "1.0", "params": {"main_pressure": {"value": 0.912, "time": 1779069600000}}}',
        ),
        (
            "/sys/pk/gw/thing/event/property/pack/post",
            (
                b'{"params": {"properties": {"a": 1}, "subDevices": [{"identity": {"productKey": "p", "deviceName": "d"}, '
                b'"properties": {"b": {"value": 2, "time": 1779069600000}}}]}}'
            ),
        ),
    ],
    "huawei-iotda": [
        (
            "$oc/devices/fire-pump/sys/properties/report",
            b'{"services": [{"service_id": "FirePump", "properties": {"pump1_run": 1}, "event_time": "20260518T020000Z"}]}',
        )
    ],
    "tencent-iot": [
        ("$thing/up/property/P/d", b'{"method": "report", "timestamp": 1779069600, "params": {"main_pressure": 0.912}}')
    ],
    "onenet": [
        ("$sys/p/d/thing/property/post", b'{"id": "1", "params": {"main_pressure": {"value": 0.912, "time": 1779069600000}}}'),
        ("$sys/p/d/dp/post/json", b'{"id": 1, "dp": {"main_pressure": [{"v": 0.912, "t": 1779069600}]}}'),
    ],
    "name-value-time": [
        ("push", ITEMS),
        (
            "push",
            (
                b'[{"productId": "p", "deviceId": "XF-01", "properties": '
                b'[{"key": "main_pressure", "value": 0.912, "type": "double", "time": 1779069600000, "module": ""}]}]'
            ),
        ),
    ],
    "thingspanel": [
        ("gateway/telemetry", b'{"gateway_data": {"a": 1}, "sub_device_data": {"d1": {"main_pressure": 0.912}}}'),
        ("gateway/event/1", b'{"device_id": "d", "values": "eyJhIjoxfQ=="}'),
    ],
    "edge-framework": [
        (
            "/v1/network/service/data",
            b'{"mid": 1, "timestamp": 1779069600, "deviceId": "XF-01", "param": {"data": {"Ua": 229.8}}}',
        )
    ],
    "freeioe": [
        ("sn1/devices", b'{"dev1": {"meta": {"name": "x"}, "inputs": [{"name": "a", "vt": "float"}]}}'),
        ("sn1/data", b'["dev1/a/value", 1779069600.5, 0.912, 0]'),
        ("sn1/data_gz", zlib.compress(b'[["dev1/a/value", 1779069600.5, 0.912, 0]]')),
    ],
    "sparkplug-b": [
        ("spBv1.0/g/NBIRTH/e", BIRTH),
        ("spBv1.0/g/NDATA/e", DATA),
        ("spBv1.0/g/DBIRTH/e/d", BIRTH),
        ("spBv1.0/g/NDEATH/e", sent({"name": "bdSeq", "datatype": 4, "long_value": 1})),
        ("spBv1.0/g/NDATA/e", b'{"timestamp": 1779069600000, "metrics": [{"name": "p", "alias": 12, "value": 0.912}], "seq": 2}'),
    ],
    "home-assistant": [
        (
            "homeassistant/sensor/xf01/config",
            (
                b'{"name": "Fire main", "unique_id": "xf01_p", "state_topic": "xf01/state", "unit_of_measurement": "MPa", '
                b'"value_template": "{{ value_json.main_pressure }}", "availability_topic": "xf01/status", '
                b'"device": {"identifiers": ["xf01"]}}'
            ),
        ),
        ("xf01/state", b'{"main_pressure": 0.912}'),
        ("xf01/status", b"online"),
    ],
    "tasmota": [
        ("tele/plug1/SENSOR", b'{"Time": "2026-05-18T10:00:00", "ENERGY": {"Total": 1956.3, "Power": 182, "Voltage": 229}}'),
        ("tele/plug1/LWT", b"Online"),
    ],
    "zigbee2mqtt": [
        ("zigbee2mqtt/leak", b'{"water_leak": false, "battery": 87, "voltage": 2995, "linkquality": 112}'),
        ("zigbee2mqtt/leak/availability", b'{"state": "online"}'),
    ],
    "chirpstack": [
        (
            "application/1/device/0101010101010101/event/up",
            b'{"time": "2026-05-18T02:00:00.123Z", "deviceInfo": {"deviceName": "tank-1", "devEui": "0101010101010101"}, '
            b'"fCnt": 4120, "fPort": 2, "data": "' + base64.b64encode(b"\1g\0\xe1") + b'", "object": {"rooftank_level": 1.62}}',
        )
    ],
    "gb26875": [("fire", FIRE), ("fire", b'{"data": "' + FIRE.hex().encode() + b'"}')],
    "meters": [("bus", VOLTAGE.encode()), ("bus", bytes.fromhex(VOLTAGE)), ("bus", b'{"hex": "' + WATER.encode() + b'"}')],
}
