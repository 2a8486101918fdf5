"""Home automation and LoRaWAN: Home Assistant's discovery, Tasmota, Zigbee2MQTT, ChirpStack."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.core.nouns import Rejected, Sample
from daemon.core.source import Rename, Target
from tests.dialects.speaking import TARGETS, TS, opened, said, samples

CONFIG = {
    "name": "Fire main pressure", "unique_id": "xf01_main_pressure", "state_topic": "xf01/state",
    "value_template": "{{ value_json.main_pressure }}", "unit_of_measurement": "MPa", "device_class": "pressure",
    "state_class": "measurement", "availability_topic": "xf01/status",
    "device": {"identifiers": ["xf01"], "name": "Fire pump station"},
}  # fmt: skip
ANNOUNCE = "homeassistant/sensor/xf01_main_pressure/config"
PLACES = {"xf01": ("hill", "fire-pump")}


def announced(config=None, topic=ANNOUNCE, **fields):
    dialect = opened("home-assistant", **{"devices": PLACES} | fields)
    assert said(dialect, topic, CONFIG if config is None else config) == ([], [])
    return dialect


def test_19_home_assistant_configuration_then_state():
    assert samples(announced(), "xf01/state", {"main_pressure": 0.912}) == [("fire-pump", "main_pressure", 0.912, None)]


@pytest.mark.parametrize(
    ("template", "state", "value"),
    [
        ("{{ value_json.main_pressure }}", {"main_pressure": "0.912"}, 0.912), ("", b"0.912", 0.912),
        ("{{ value }}", b" 0.912\n", 0.912),
        ("{{value_json['pump room']['p']|float|round(2)}}", {"pump room": {"p": 0.912}}, 0.912),
        ('{{ value_json["a"].main_pressure | float(0) }}', {"a": {"main_pressure": 0.912}}, 0.912),
    ],
)  # fmt: skip
def test_a_template_that_picks_is_followed(template, state, value):
    dialect = announced({**CONFIG, "value_template": template}, points={"xf01_main_pressure": "main_pressure"})
    assert [found[1:3] for found in samples(dialect, "xf01/state", state)] == [("main_pressure", value)]


@pytest.mark.parametrize(
    "template", ["{{ value_json.a * 2 }}", "{% if x %}1{% endif %}", "{{ states('x') }}", "{{ value_json.a | default(0) }}"]
)
def test_a_template_that_computes_is_told_and_not_guessed(template):
    dialect = opened("home-assistant", devices=PLACES)
    assert "does more than pick" in said(dialect, ANNOUNCE, {**CONFIG, "value_template": template})[1][0]
    assert "no discovery message" in said(dialect, "xf01/state", {"a": 1})[1][0]


def test_announced_units_and_words_are_converted():
    pressure = announced({**CONFIG, "unit_of_measurement": "kPa"})
    assert samples(pressure, "xf01/state", {"main_pressure": 912}) == [("fire-pump", "main_pressure", pytest.approx(0.912), None)]
    leak = {"state_topic": "xf01/leak", "payload_on": "WET", "payload_off": "DRY", "object_id": "flood", "dev": {"ids": "xf01"}}
    wet = announced(leak, "homeassistant/binary_sensor/xf01/leak/config", points={"leak": "flood"})
    assert samples(wet, "xf01/leak", b"WET") == [("fire-pump", "flood", True, None)]
    assert samples(wet, "xf01/leak", b"DRY") == [("fire-pump", "flood", False, None)]


def test_a_devices_configuration_announces_many_in_short_words():
    config = {
        "dev": {"ids": ["xf01"]}, "~": "xf01", "stat_t": "~/state", "avty_t": "~/status",
        "cmps": {
            "a": {"p": "sensor", "val_tpl": "{{ value_json.main_pressure }}", "uniq_id": "1"},
            "b": {"p": "sensor", "val_tpl": "{{ value_json.tank_level }}", "uniq_id": "2"}, "gone": {"p": "sensor", "stat_t": ""},
        },
    }  # fmt: skip
    dialect = announced(config, "homeassistant/device/xf01/config", points={"online": "gateway_online"})
    found = samples(dialect, "xf01/state", {"main_pressure": 0.9, "tank_level": 3.4})
    assert [sample[1:3] for sample in found] == [("main_pressure", 0.9), ("tank_level", 3.4)]
    assert samples(dialect, "xf01/status", b"offline") == [("fire-pump", "gateway_online", False, None)]


def test_availability_tells_who_is_gone():
    assert said(announced(), "xf01/status", b"online") == ([], [])
    assert said(announced(), "xf01/status", b"offline")[1] == ["value: the source says that the device is offline"]
    assert said(announced(), "xf01/status", b"perhaps")[1] == ["schema: availability is online or offline"]
    assert samples(announced(points={"online": "gateway_online"}), "xf01/status", b"online")[0][1:3] == ("gateway_online", True)


def test_null_and_failure_are_refused_and_an_absent_member_says_nothing():
    assert said(announced(), "xf01/state", {"main_pressure": None})[1] == ["value: xf01_main_pressure: no value (null)"]
    assert said(announced(), "xf01/state", {"other": 1}) == ([], [])
    assert said(announced(), "xf01/state", b"7")[1] == ["schema: xf01_main_pressure: not the object its template reads"]


def test_what_was_announced_survives_a_restart_and_an_empty_configuration_ends_it():
    dialect, after = announced(), opened("home-assistant", devices=PLACES)
    assert dialect.changed
    after.restore(dialect.pack())
    assert not dialect.changed
    assert samples(after, "xf01/state", {"main_pressure": 0.912}) == [("fire-pump", "main_pressure", 0.912, None)]
    assert said(after, ANNOUNCE, CONFIG) == ([], [])
    assert not after.changed  # the broker sends retained configurations again and again
    assert said(after, ANNOUNCE, b"") == ([], [])
    assert after.changed
    assert said(after, "xf01/state", {"main_pressure": 1})[0] == []


PLUG = b"""{"Time": "2026-05-18T10:00:00", "ENERGY": {"Total": 1956.3, "Yesterday": 2.4, "Today": 1.1, "Period": 0, "Power": 182,
  "Factor": 0.93, "Voltage": 229, "Current": 0.853}}"""


def test_20_tasmota_energy_plug():
    dialect = opened(
        "tasmota", devices={"plug1": ("hill", "charger-1")}, points={"Power": "power", "ENERGY.Total": "energy_total"}
    )
    found = samples(dialect, "tele/plug1/SENSOR", PLUG)
    assert [one[1:] for one in found if one[1].islower()] == [("energy_total", 1956.3, TS), ("power", 182, TS)]
    assert {one[0] for one in found} == {"charger-1"}


@pytest.mark.parametrize(
    ("topic", "payload", "points"),
    [
        ("tele/plug1/STATE", {"Time": "2026-05-18T10:00:00", "POWER": "ON", "Wifi": {"RSSI": 70}}, [("POWER", True)]),
        ("stat/plug1/RESULT", {"POWER1": "OFF"}, [("POWER1", False)]), ("stat/plug1/POWER", b"ON", [("POWER", True)]),
        ("tele/hall/plug1/SENSOR", {"AM2301": {"Temperature": 21.5}, "TempUnit": "C"}, [("Temperature", 21.5)]),
        ("cmnd/plug1/POWER", b"ON", []), ("plug1/tele/SENSOR", {"A": {"T": 1}}, [("T", 1)]), ("tele/plug1/LWT", b"Online", []),
        ("tele/plug1/INFO1", b"{}", []),
        ("tele/plug1/SENSOR", {"D1": {"T": 1}, "D2": {"T": 2}}, [("D1.T", 1), ("D2.T", 2)]),
        ("tele/plug1/SENSOR", {"ENERGY": {"Power": [1, 2]}}, [("ENERGY.Power.1", 1), ("ENERGY.Power.2", 2)]),
    ],
)  # fmt: skip
def test_tasmotas_topics_and_nested_members(topic, payload, points):
    dialect = opened("tasmota", device="charger-1", targets=TARGETS | {"POWER": Target("bool"), "POWER1": Target("bool")})
    assert [one[1:3] for one in samples(dialect, topic, payload)] == points


def test_tasmotas_units_are_converted_and_its_last_will_is_told():
    dialect = opened("tasmota", device="room", targets={"room_temp": Target("float", "Cel")}, points={"Temperature": "room_temp"})
    found = samples(dialect, "tele/x/SENSOR", {"DHT": {"Temperature": 68}, "TempUnit": "F"})
    assert found == [("room", "room_temp", pytest.approx(20.0), None)]
    assert said(dialect, "tele/x/LWT", b"Offline")[1] == ["value: the source says that the device is offline"]
    assert said(dialect, "tele/x/LWT", b"?")[1] == ["schema: a last will is Online or Offline"]


LEAK = {"water_leak": False, "battery": 87, "voltage": 2995, "linkquality": 112}


def test_21_zigbee2mqtt_water_leak_sensor():
    points = {"water_leak": "flood", "voltage": Rename("battery_v", scale=0.001)}
    dialect = opened("zigbee2mqtt", devices={"pump room/leak": ("hill", "fire-pump")}, points=points)
    found = samples(dialect, "zigbee2mqtt/pump room/leak", LEAK)
    assert found == [
        ("fire-pump", "flood", False, None), ("fire-pump", "battery", 87, None),
        ("fire-pump", "battery_v", pytest.approx(2.995), None), ("fire-pump", "linkquality", 112, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "payload", "found", "refused"),
    [
        ("zigbee2mqtt/leak/availability", {"state": "online"}, [], []),
        ("zigbee2mqtt/leak/availability", b"offline", [], ["value"]),
        ("zigbee2mqtt/leak/availability", {"state": "offline"}, [], ["value"]), ("zigbee2mqtt/bridge/info", {}, [], []),
        ("zigbee2mqtt/bridge/state", {"state": "offline"}, [("gateway_online", False)], []),
        ("zigbee2mqtt/leak/set", {"state": "ON"}, [], []), ("zigbee2mqtt/leak/set/state", b"ON", [], []),
        ("zigbee2mqtt/leak", {"flood": None, "smoke": True}, [("smoke", True)], ["value"]),
        ("zigbee2mqtt/leak", [], [], ["schema"]),
        ("zigbee2mqtt/leak", {"update": {"state": "idle"}, "action": {"a": 1}}, [("action.a", 1)], []),
    ],
)  # fmt: skip
def test_zigbee2mqtts_other_topics(topic, payload, found, refused):
    taken, codes = said(opened("zigbee2mqtt", device="gw"), topic, payload)
    assert ([one[1:3] for one in taken], [code.partition(":")[0] for code in codes]) == (found, refused)


@pytest.mark.parametrize("seen", ["2026-05-18T10:00:00+08:00", 1779069600000, "2026-05-18T02:00:00.000Z"])
def test_zigbee2mqtts_last_seen_is_the_time(seen):
    assert samples(opened("zigbee2mqtt", device="gw"), "zigbee2mqtt/leak", {"flood": True, "last_seen": seen})[0][3] == TS


UPLINK = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": "2026-05-18T02:00:00.123Z",
    "deviceInfo": {"applicationName": "community", "deviceName": "roof-tank-1", "devEui": "0101010101010101"},
    "devAddr": "00189440", "adr": True, "dr": 2, "fCnt": 4120, "fPort": 2, "confirmed": False, "data": "AWcA4Q==",
    "object": {"rooftank_level": 1.62, "battery_pct": 91},
    "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -97, "snr": 6.5}],
}  # fmt: skip
UP = "application/ae/device/0101010101010101/event/up"


@pytest.mark.parametrize("word", ["0101010101010101", "roof-tank-1"])
def test_22_chirpstack_uplink(word):
    dialect = opened("chirpstack", devices={word: ("hill", "roof")}, points={"rssi": "radio_rssi"})
    assert samples(dialect, UP, UPLINK) == [
        ("roof", "rooftank_level", 1.62, TS + 0.123), ("roof", "battery_pct", 91, TS + 0.123),
        ("roof", "radio_rssi", -97, TS + 0.123),
    ]  # fmt: skip


def test_chirpstack_version_3_writes_the_eui_in_base64_and_the_object_as_text():
    eui = base64.b64encode(bytes.fromhex("0101010101010101")).decode()
    old = {
        "deviceName": "x",
        "devEUI": eui,
        "objectJSON": json.dumps({"level": {"m": 1.62}}),
        "rxInfo": [{"time": "2026-05-18T02:00:00Z"}],
    }
    dialect = opened("chirpstack", devices={"0101010101010101": ("hill", "roof")}, points={"level.m": "tank_level"})
    assert samples(dialect, "application/1/device/aa/event/up", old) == [("roof", "tank_level", 1.62, TS)]


@pytest.mark.parametrize(
    ("topic", "payload", "refused"),
    [
        (UP, {**UPLINK, "object": None}, ["schema"]), (UP, {**UPLINK, "object": {}}, ["schema"]), (UP, [], ["schema"]),
        (UP, {**UPLINK, "object": {"a": None}}, ["value"]), (UP, {**UPLINK, "time": "x", "object": {"a": 1}}, ["time"]),
        (UP.replace("/up", "/join"), UPLINK, []), (UP.replace("event/up", "command/down"), UPLINK, []),
        (UP.replace("/up", "/status"), {"batteryLevel": 0, "batteryLevelUnavailable": True}, []),
    ],
)  # fmt: skip
def test_what_is_no_uplink_with_values(topic, payload, refused):
    taken, codes = said(opened("chirpstack", device="roof", points={"batteryLevel": "battery_pct"}), topic, payload)
    assert (taken, [code.partition(":")[0] for code in codes]) == ([], refused)


def test_a_devices_status_gives_its_battery_where_that_is_mapped():
    dialect = opened("chirpstack", device="roof", points={"batteryLevel": "battery_pct"})
    status = {"batteryLevel": 91.5, "margin": 10, "time": "2026-05-18T02:00:00Z"}
    assert samples(dialect, UP.replace("/up", "/status"), status) == [("roof", "battery_pct", 91.5, TS)]


TREES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*CONFIG, *UPLINK, "cmps", "~", "Time", "last_seen"]), inner)
    ),
)
TOPICS = [
    ANNOUNCE,
    "homeassistant/device/x/config",
    "xf01/state",
    "tele/x/SENSOR",
    "tele/x/LWT",
    "zigbee2mqtt/x",
    "zigbee2mqtt/x/availability",
    UP,
]


@given(
    tree=TREES, topic=st.sampled_from(TOPICS), family=st.sampled_from(["home-assistant", "tasmota", "zigbee2mqtt", "chirpstack"])
)
def test_any_json_is_answered_with_samples_and_refusals_and_can_be_saved(tree, topic, family):
    dialect = announced() if family == "home-assistant" else opened(family, device="x")
    assert all(isinstance(item, (Sample, Rejected)) for item in dialect(topic, json.dumps(tree).encode(), 1e9))
    opened(family).restore(dialect.pack())


@pytest.mark.parametrize("odd", ["\ud800", "a\x00b", "\u202e"])
def test_texts_that_cannot_be_kept_are_left_out_of_what_is_saved(odd):
    dialect = opened("home-assistant", devices=PLACES)
    config = json.dumps({**CONFIG, "unique_id": odd, "unit_of_measurement": odd, "payload_on": odd}).encode()
    assert said(dialect, ANNOUNCE, config) == ([], [])
    assert odd.encode("utf-8", "replace") not in dialect.pack()
    assert said(dialect, ANNOUNCE, json.dumps({**CONFIG, "state_topic": odd}).encode()) == ([], [])
    assert said(dialect, f"homeassistant/sensor/{odd}/config", CONFIG)[0] == []
    opened("home-assistant").restore(dialect.pack())


def test_a_topic_that_everybody_claims_is_refused_in_time():
    dialect = opened("home-assistant", devices=PLACES)
    refused = [said(dialect, f"homeassistant/sensor/x{n}/config", {**CONFIG, "unique_id": f"x{n}"})[1] for n in range(2049)]
    assert refused[:2048] == [[]] * 2048
    assert refused[-1] == ["size: more than 2048 entities on one topic: xf01/state"]


def test_an_entity_without_a_name_is_refused():
    config = {"state_topic": "xf01/state", "device": {"identifiers": ["xf01"]}}
    refused = said(opened("home-assistant", devices=PLACES), "homeassistant/sensor//config", config)[1]
    assert refused == ["schema: an entity without a name"]
