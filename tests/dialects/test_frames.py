"""Frames of meters and transmission devices give addresses and values; broken ones a flaw and never a number."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.dialects.kit import bcd, cjt188, dlt645, gb26875
from daemon.dialects.kit.strict import Flaw


def plain(pairs):
    """Flaws as their code."""
    return [(name, value.code if isinstance(value, Flaw) else value) for name, value in pairs]


def summed(text):
    """A frame written in hex without check sum and end."""
    body = bytes.fromhex(text)
    return body + bytes([sum(body[body.index(0x68) :]) % 256, 0x16])


def meter(item, data, control=0x91):
    """A DL/T 645 answer: identifier as printed, data as bytes before the offset."""
    plainly = bytes.fromhex(item)[::-1] + data
    sent = bytes((byte + 0x33) % 256 for byte in plainly)
    return summed(f"68 010000000000 68 {control:02x} {len(sent):02x} {sent.hex()}")


@pytest.mark.parametrize(
    ("data", "signed", "number"),
    [
        ("78563412", False, 12345678), ("00", False, 0), ("0180", True, -1), ("0180", False, 8001), ("ffff", True, None),
        ("1a", False, None), ("ffffffff", False, None), ("00a0", True, -2000),
    ],
)  # fmt: skip
def test_packed_digits_are_a_number_or_no_number_at_all(data, signed, number):
    whole = bcd.whole(bytes.fromhex(data), signed=signed)
    assert (None if isinstance(whole, Flaw) else whole) == number


# Frames as others published them: voltage, energies and a current of 2007, an energy of 1997.
PUBLISHED_METERS = [
    ("68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16", "000000000161", "00010000", 0.26),
    ("FE FE FE FE 68 61 01 00 00 00 00 68 91 08 33 33 35 33 59 34 33 33 8C 16", "000000000161", "00020000", 1.26),
    ("68 61 01 00 00 00 00 68 91 08 33 33 37 33 56 33 34 33 8B 16", "000000000161", "00040000", 100.23),
    ("68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16", "000000000161", "02010100", 100.1),
    ("68 54 07 13 00 80 13 68 81 06 43 C3 34 33 33 33 2B 16", "138000130754", "9010", 0.01),
]


@pytest.mark.parametrize(("frame", "address", "item", "value"), PUBLISHED_METERS)
def test_published_frames_of_electricity_meters_are_read(frame, address, item, value):
    answer = dlt645.frame(bytes.fromhex(frame))
    assert (answer.meter, dlt645.values(answer)) == (address, [(item, value)])


METER_ITEMS = [
    ("02020100", "563412", [("02020100", 123.456)]), ("02020100", "563492", [("02020100", -123.456)]),
    ("02030000", "000081", [("02030000", -1.0)]), ("02060000", "0010", [("02060000", 1.0)]),
    ("02800002", "9949", [("02800002", 49.99)]),
    ("0201ff00", "002301231023", [("02010100", 230.0), ("02010200", 230.1), ("02010300", 231.0)]),
    ("0203ff00", "000001000001", [("02030000", 1.0), ("02030100", 1.0)]),
    ("0001ff00", "0100000002000000", [("00010000", 0.01), ("00010100", 0.02)]), ("b61f", "20022102", None),
    ("02010100", "ffff", [("02010100", "value")]), ("02010100", "00", [("02010100", "size")]),
    ("04000101", "01020304", [("04000101", "unknown-point")]), ("0201ff00", "00", [("0201ff00", "size")]),
    ("0201ff00", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("item", "data", "values"), METER_ITEMS)
def test_items_of_a_meter_have_their_digits_signs_and_blocks(item, data, values):
    control = 0x91 if len(item) == 8 else 0x81
    answer = dlt645.frame(meter(item, bytes.fromhex(data), control))
    if not data:
        assert answer.code == "schema"
    elif values is None:
        assert plain(dlt645.values(answer)) == [("b611", 220), ("b612", 221)]
    else:
        assert plain(dlt645.values(answer)) == values


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"", "schema"), (b"\xfe" * 40, "schema"),
        (bytes.fromhex("686101000000006891083333343359333333" + "8B16"), "schema"),
        (bytes.fromhex("6861010000000068910833333433593333"), "size"), (summed("68 010000000000 68 D1 01 35"), "value"),
        (summed("68 010000000000 68 94 00"), "schema"), (summed("68 0A0000000000 68 91 05 3333343333"), "schema"),
    ],
)  # fmt: skip
def test_what_is_no_answer_of_an_electricity_meter_is_a_flaw(frame, code):
    assert dlt645.frame(frame).code == code


WATER = "68 10 12000000000000 81 16 901F00 00100010 2C 00100010 2C 00000000000000 00FF"  # published, with 1f 90 reversed
HEAT = (  # published; this maker puts the unit in front
    "FEFEFEFE 68 20 32413140000000 81 2E 901F01 0802000000 0802000000 1700000000 3500000000 2C34100000 352500 662500 000000"
    "53001210071520 0000"
)


def test_a_published_water_frame_is_read_with_its_valve_and_battery():
    frame = bytes.fromhex(
        "FE FE FE 68 10 12 00 00 00 00 00 00 81 16 90 1F 00 10 00 10 00 2C 10 00 10 00 2C" + "00" * 8 + "FF 67 16"
    )
    answer = cjt188.frame(frame)
    assert answer.meter == "00000000000012"
    assert cjt188.values(answer) == [
        ("volume_total", 1000.1), ("volume_settled", 1000.1), ("valve", "open"), ("battery_low", False),
    ]  # fmt: skip


def test_a_published_heat_frame_is_read_though_its_units_stand_in_front():
    frame = bytes.fromhex(HEAT + "3116")
    values = dict(cjt188.values(cjt188.frame(frame)))
    assert values == {
        "energy_settled": 20.0, "energy_total": 20.0, "power": 0.0, "flow": 0.0, "volume_total": 10.34, "supply_temp": 25.35,
        "return_temp": 25.66, "hours": 0, "valve": "open", "battery_low": False,
    }  # fmt: skip


def test_units_of_a_heat_meter_are_brought_to_kwh_kw_and_cubic_metres():
    fields = "00010000 11  00020000 08  50000000 1A  00500000 35  00030000 29"  # 1 GJ, 2 MWh, 0.5 MW, 0.5 m3/h, 3 L
    frame = summed(f"68 20 11111111111111 81 2E 1F9000 {fields} 005000 004000 080000 00000000000000 0500")
    values = dict(cjt188.values(cjt188.frame(frame)))
    assert values["energy_settled"] == pytest.approx(277.78, abs=0.01)
    assert [values[name] for name in ("energy_total", "power", "flow", "volume_total")] == [2000, 500, 0.5, 0.003]
    assert (values["supply_temp"], values["hours"], values["valve"], values["battery_low"]) == (50.0, 8, "closed", True)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"h" * 5, "schema"),
        (summed("68 10 12000000000000 C1 03 000001"), "value"), (bytes.fromhex(WATER) + b"\x00\x16", "schema"),
        (bytes.fromhex(WATER), "size"), (summed("68 10 1200000000000A 81 03 901F00"), "schema"),
        (summed("68 10 12000000000000 81 03 911F00"), "schema"),
    ],
)  # fmt: skip
def test_what_is_no_answer_of_a_water_meter_is_a_flaw(frame, code):
    assert cjt188.frame(frame).code == code


def test_a_water_meter_without_digits_or_with_an_unknown_unit_gives_flaws_beside_its_state():
    frame = summed("68 10 12000000000000 81 16 901F00 FFFFFFFF 2C 01000000 99 00000000000000 0300")
    assert plain(cjt188.values(cjt188.frame(frame))) == [
        ("volume_total", "value"), ("volume_settled", "value"), ("valve", "fault"), ("battery_low", False),
    ]  # fmt: skip


def test_a_question_to_a_meter_is_no_answer_and_no_flaw():
    assert dlt645.frame(bytes.fromhex("FEFEFEFE 68610100000000681104333334331416")) is None
    assert cjt188.frame(bytes.fromhex("FEFEFEFE 68 10 44332211003378 01 03 1F9000 80 16")) is None


TIME = bytes([4, 0, 9, 2, 7, 0x15])  # 2021-07-02 09:00:04


def transmitted(data, command=2, source=b"\x01\x02\x03\x04\x05\x06"):
    """A frame of GB/T 26875.3."""
    control = struct.pack("<HBB6s6s6sHB", 7, 1, 0, TIME, source, bytes(6), len(data), command)
    return b"@@" + control + data + bytes([sum(control + data) % 256]) + b"##"


def read(data):
    """(of, what, value) of what is true, or a flaw's code, or a number."""
    return [
        (v.of, v.what, v.value.code if isinstance(v.value, Flaw) else v.value)
        for v in gb26875.values(data)
        if v.value is not False
    ]


NAME = "7楼02室会议室烟感".encode("gb18030").ljust(31, b"\0")
# The data of these objects stand in the tests of a public codec, which agrees with the transcripts of the standard.
OBJECTS = {
    "a system": (b"\x01\x01\x01\x02\x05\x02" + TIME, [("1.2", "fault", True), ("1.2", "backup_power_fault", True)]),
    "a system in test": (b"\x01\x01\x01\x02\x00\x00" + TIME, [("1.2", "test_mode", True)]),
    "a part": (b"\x02\x01\x01\x02\x79\x01\x02\x03\x04\x03\x00" + NAME + TIME, [("1.2.121.04030201", "fire", True)]),
    "a temperature": (b"\x03\x01\x01\x02\x28\x01\x02\x03\x04\x03\x20\x03" + TIME, [("1.2.40.04030201", "temperature", 80.0)]),
    "a frost": (b"\x03\x01\x01\x02\x28\x01\x02\x03\x04\x03\x9c\xff" + TIME, [("1.2.40.04030201", "temperature", -10.0)]),
    "a height": (b"\x03\x01\x0b\x01\x5c\x01\x00\x00\x00\x02\x5e\x01" + TIME, [("11.1.92.00000001", "height", 3.5)]),
    "an unknown quantity": (
        b"\x03\x01\x01\x02\x28\x01\x02\x03\x04\xc8\x20\x03" + TIME,
        [("1.2.40.04030201", "analogue_200", "unknown-point")],
    ),
    "the device": (b"\x15\x01\x09" + TIME, [("", "main_power_fault", True)]),
    "a system's operation": (b"\x04\x01\x01\x02\x04\xfa" + TIME, [("1.2", "manual_alarm", True)]),
    "the device's operation": (b"\x18\x01\x10\xfa" + TIME, [("", "self_test", True)]),
    "a version": (b"\x05\x01\x01\x02\x03\x04", []),
    "a clock": (b"\x1c\x01" + TIME, []),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), OBJECTS.values(), ids=OBJECTS)
def test_objects_of_a_transmission_device_name_system_part_and_quantity(data, expected):
    frame = gb26875.frame(transmitted(data))
    assert (frame.device, frame.data) == ("060504030201", data)
    assert read(frame.data) == expected


def test_several_objects_are_told_one_by_one_with_their_own_times():
    later = bytes([5]) + TIME[1:]
    values = gb26875.values(b"\x01\x02\x01\x02\x03\x00" + TIME + b"\x0d\x03\x05\x00" + later)
    assert [(v.of, v.what, v.time) for v in values if v.value] == [("1.2", "fire", TIME), ("13.3", "fault", later)]


@pytest.mark.parametrize("command", [1, 3, 4, 6])
def test_frames_that_carry_no_data_say_nothing(command):
    assert gb26875.frame(transmitted(b"", command)) is None


BAD_FRAMES = [
    (b"@@", "schema"), (transmitted(b"\x15\x01\x09" + TIME)[:-1], "size"), (transmitted(b"", 200), "schema"),
    (transmitted(b"\x15\x01\x09" + TIME).replace(b"\x15", b"\x16", 1), "schema"), (b"\x40\x41" + transmitted(b"")[2:], "schema"),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "code"), BAD_FRAMES)
def test_what_is_no_frame_of_a_transmission_device_is_a_flaw(frame, code):
    assert gb26875.frame(frame).code == code


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "size"), (b"\x02\x01\x00", "size"), (b"\x01\x00", "size"), (b"\x63\x01", "schema")]
)
def test_data_that_does_not_hold_its_objects_is_a_flaw(data, code):
    assert gb26875.values(data).code == code


@given(
    raw=st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: b"\x68" + tail) | st.binary(max_size=60).map(transmitted)
)
def test_any_bytes_give_frames_or_flaws(raw):
    electric, water, alarm = dlt645.frame(raw), cjt188.frame(raw), gb26875.frame(raw)
    if isinstance(electric, dlt645.Frame):
        assert dlt645.values(electric)
    if isinstance(water, cjt188.Frame):
        assert cjt188.values(water)
    if isinstance(alarm, gb26875.Frame):
        assert gb26875.values(alarm.data) is not None
