"""Frames behind gateways: fire-alarm transmission devices, and meters on DL/T 645, CJ/T 188 and Modbus."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.core.nouns import Rejected, Sample
from daemon.core.source import Register, Rename
from tests.dialects.speaking import TS, opened, said, samples

LABEL = bytes([0, 0, 10, 18, 5, 26])  # 2026-05-18 10:00:00, second first
PANEL = {"060504030201": ("hill", "fire-panel")}


def transmitted(data, command=2):
    """A frame of GB/T 26875.3 from the device 060504030201."""
    control = struct.pack("<HBB6s6s6sHB", 7, 1, 0, LABEL, b"\x01\x02\x03\x04\x05\x06", bytes(6), len(data), command)
    return b"@@" + control + data + bytes([sum(control + data) % 256]) + b"##"


PRESSURE = b"\x03\x01\x0b\x01\x5b\x07\x00\x01\x00\x05\x78\x23" + LABEL  # part type 91, 908.0 kPa
PART = "11.1.91.00010007"


CARRIED = {
    "raw": bytes,
    "hex": lambda frame: frame.hex().encode(),
    "spaced hex": lambda frame: frame.hex(" ").upper().encode(),
    "hex in JSON": lambda frame: json.dumps({"data": frame.hex()}).encode(),
}


@pytest.mark.parametrize("carry", CARRIED.values(), ids=CARRIED)
def test_23_forwarded_frame_of_a_fire_alarm_transmission_device(carry):
    points = {f"{PART}.pressure_kpa": Rename("main_pressure", scale=0.001)}
    dialect = opened("gb26875", devices=PANEL, points=points)
    assert samples(dialect, "fire/up", carry(transmitted(PRESSURE))) == [
        ("fire-panel", "main_pressure", pytest.approx(0.908), TS)
    ]


def test_a_parts_fire_is_told_at_its_own_time_and_what_is_false_only_where_it_is_mapped():
    data = b"\x02\x01\x01\x02\x28\x01\x02\x03\x04\x03\x00" + bytes(31) + LABEL
    plain = samples(opened("gb26875", devices=PANEL), "fire/up", transmitted(data))
    assert plain == [("fire-panel", "1.2.40.04030201.fire", True, TS)]
    points = {"1.2.40.04030201.fire": Rename("smoke", place=("hill", "lobby")), "1.2.40.04030201.fault": "smoke_fault"}
    mapped = samples(opened("gb26875", devices=PANEL, points=points), "fire/up", transmitted(data))
    assert mapped == [("lobby", "smoke", True, TS), ("fire-panel", "smoke_fault", False, TS)]


def test_a_fire_is_not_lost_because_the_panels_clock_is_wrong():
    data = b"\x15\x01\x03" + bytes(6)
    taken, refused = said(opened("gb26875", devices=PANEL), "fire/up", transmitted(data))
    assert taken == [("fire-panel", "fire", True, None)]
    assert [reason.partition(":")[0] for reason in refused] == ["time"]


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (transmitted(b"", 3), []), (transmitted(b"\x05\x01\x01\x02\x03\x04"), []),
        (transmitted(PRESSURE)[:-4] + b"\0##", ["size"]),
        (transmitted(PRESSURE).replace(b"\x78", b"\x79"), ["schema"]), (b"40 40 23 23", ["schema"]),
        (b"{}", ["schema"]), (b"", ["schema"]),
        (b'{"data": "xyz"}', ["schema"]), (transmitted(b"\x02\x01"), ["size"]),
    ],
)  # fmt: skip
def test_acknowledgements_say_nothing_and_broken_frames_are_told(payload, refused):
    taken, codes = said(opened("gb26875", devices=PANEL), "fire/up", payload)
    assert (taken, [code.partition(":")[0] for code in codes]) == ([], refused)


VOLTAGE = "68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16"
WATER = "FE FE FE 68 10 12 00 00 00 00 00 00 81 16 90 1F 00 10 00 10 00 2C 10 00 10 00 2C" + " 00" * 8 + " FF 67 16"
MODBUS = "01 03 04 02 6C 00 88 3B F0"


def meters(**fields):
    places = {"161": ("hill", "power-room"), "12": ("hill", "water"), "dtu": ("hill", "fire-pump")}
    points = {"02010100": "voltage_a", "volume_total": "outlet_total", "valve": "valve"}
    return opened("meters", **{"devices": places, "points": points, "topics": ("bus/{device}",)} | fields)


def test_24_electricity_meter_on_dl_t_645():
    assert samples(meters(), "bus/x", bytes.fromhex(VOLTAGE)) == [("power-room", "voltage_a", 100.1, None)]


def test_24_water_meter_on_cj_t_188():
    found = samples(meters(), "bus/x", bytes.fromhex(WATER))
    assert [one[1:3] for one in found] == [
        ("outlet_total", 1000.1),
        ("volume_settled", 1000.1),
        ("valve", "open"),
        ("battery_low", False),
    ]
    assert {one[0] for one in found} == {"water"}


def test_24_controller_on_modbus():
    registers = (Register("main_pressure", 0, type="int16"), Register("tank_level", 1, type="uint16"))
    dialect = meters(registers=registers, points={"main_pressure": Rename(scale=0.001), "tank_level": Rename(scale=0.01)})
    assert samples(dialect, "bus/dtu", bytes.fromhex(MODBUS)) == [
        ("fire-pump", "main_pressure", pytest.approx(0.62), None), ("fire-pump", "tank_level", pytest.approx(1.36), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "payload",
    [VOLTAGE.encode(), json.dumps({"rowdata": VOLTAGE}).encode(), json.dumps({"hex": VOLTAGE.replace(" ", "")}).encode()],
)
def test_meters_frames_may_come_as_hex(payload):
    assert samples(meters(), "bus/x", payload) == [("power-room", "voltage_a", 100.1, None)]
    assert samples(meters(options={"protocol": "dlt645"}), "bus/x", payload)[0][2] == 100.1


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        ("FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16", []), (VOLTAGE.replace("10 16", "11 16"), ["schema"]),
        (MODBUS, ["schema"]), ("68 01 00 00 00 00 00 68 D1 01 35 D8 16", ["value"]),
    ],
)  # fmt: skip
def test_questions_on_the_bus_say_nothing_and_what_cannot_be_read_is_told(payload, refused):
    taken, codes = said(meters(), "bus/x", bytes.fromhex(payload))
    assert (taken, [code.partition(":")[0] for code in codes]) == ([], refused)


def test_a_meter_nobody_mapped_is_not_taken_for_the_device_of_its_topic():
    stranger = bytes.fromhex("68 99 01 00 00 00 00 68 91 06 33 34 34 35 34 43 48 16")
    assert said(meters(), "bus/dtu", stranger)[1][0].startswith("unknown-device: the meter 000000000199 is not mapped")
    assert samples(meters(device="main"), "bus/other", stranger)[0][0] == "main"
    alone = meters(devices={"dtu": ("hill", "fire-pump")})
    assert samples(alone, "bus/dtu", stranger)[0][0] == "fire-pump"


def test_a_meter_without_a_value_gives_no_zero():
    frame = bytes.fromhex("68 61 01 00 00 00 00 68 91 06 33 34 34 35 32 32")
    frame += bytes([sum(frame) % 256, 0x16])
    assert said(meters(), "bus/x", frame)[1] == ["value: 02010100: no decimal digits: ff ff"]


@given(
    payload=st.binary(max_size=60),
    family=st.sampled_from(["meters", "gb26875"]),
    before=st.sampled_from([b"", b"\x68", b"@@", b'{"data":"']),
)
def test_any_bytes_are_answered_with_samples_and_refusals(payload, family, before):
    dialect = opened(family, device="x", registers=(Register("a", 0),))
    assert all(isinstance(item, (Sample, Rejected)) for item in dialect("t", before + payload, 1e9))
