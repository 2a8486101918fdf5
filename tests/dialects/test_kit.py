"""What varies in the field (domain reference, B.3): times, values, encodings, several documents, identities."""

import gzip
import zlib

import pytest

from daemon.core.source import Rename, Source, Target
from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.moments import moment
from daemon.dialects.kit.strict import Flaw
from daemon.dialects.kit.text import MOST, text
from daemon.dialects.kit.topics import Said, Topics, is_command
from daemon.dialects.kit.words import meaning
from tests.dialects.speaking import TARGETS, TS, opened, said, samples

TIMES = [
    1779069600, 1779069600.0, 1779069600000, 1779069600000000, "1779069600", "1779069600.000", " 1779069600 ",
    "2026-05-18 10:00:00", "2026/05/18 10:00:00", "2026-5-18 10:00", "2026.05.18 10:00:00", "20260518100000", 20260518100000,
    "20260518T020000Z", "2026-05-18T10:00:00+08:00", "2026-05-18T10:00:00+0800", "2026-05-18 10:00:00.000",
    "2026年5月18日 10时00分00秒", "2026-05-18T10:00:00",
]  # fmt: skip


@pytest.mark.parametrize("written", TIMES)
def test_every_way_of_writing_ten_oclock_in_beijing(written):
    assert moment(written, "Asia/Shanghai") == TS


@pytest.mark.parametrize(
    "written", ["soon", "", "2026-02-30 10:00:00", "25:00", True, None, [], -5, 1e30, "0x5", "9" * 60, "٢٠٢٦-05-18 10:00:00"]
)
def test_what_is_no_time_is_told(written):
    assert isinstance(moment(written, "Asia/Shanghai"), Flaw)


def test_local_times_follow_their_zone_and_its_summer():
    assert moment("2026-05-18 10:00:00", "Europe/Berlin") == TS + 6 * 3600
    assert moment("2026-12-18 10:00:00", "Europe/Berlin") - moment("2026-12-18 10:00:00", "UTC") == -3600


VALUES = {
    "a number": ("main_pressure", 0.912, 0.912),
    "quoted": ("main_pressure", "0.912", 0.912),
    "quoted whole": ("main_pressure", "+3", 3),
    "with an exponent": ("main_pressure", "9.12E-01", 0.912),
    "with its unit": ("main_pressure", "0.912 MPa", 0.912),
    "with another unit": ("main_pressure", "912kPa", 0.912),
    "with a badly spelt unit": ("main_pressure", "912 KPA", 0.912),
    "true": ("pump1_run", True, True),
    "1": ("pump1_run", 1, 1),
    "quoted 1": ("pump1_run", "1", 1),
    "ON": ("pump1_run", "ON", True),
    "off": ("pump1_run", "off", False),
    "运行": ("pump1_run", "运行", True),
    "停止": ("pump1_run", "停止", False),
    "开": ("pump1_run", "开", True),
    "关": ("pump1_run", " 关 ", False),
    "合闸": ("pump1_run", "合闸", True),
    "fault of a fault": ("pump1_fault", "故障", True),
    "normal of a fault": ("pump1_fault", "正常", False),
    "normal of a pump says nothing": ("pump1_run", "正常", "正常"),
    "自动": ("controller_mode", "自动", "auto"),
    "手动": ("controller_mode", "手动", "manual"),
    "就地": ("controller_mode", "就地", "manual"),
    "stop of a mode": ("controller_mode", "停止", "off"),
    "a state in capitals": ("controller_mode", "AUTO", "auto"),
    "a state that is none": ("controller_mode", "3", "3"),
    "a text that looks like a number": ("firmware", "2.10", "2.10"),
    "a text that looks like a failure": ("firmware", "none", "none"),
}


@pytest.mark.parametrize(("point", "written", "meant"), VALUES.values(), ids=VALUES)
def test_what_stands_for_a_value(point, written, meant):
    found = meaning(Source(targets=TARGETS), Rename(), point, written)
    assert found == (pytest.approx(meant) if isinstance(meant, float) else meant)
    assert type(found) in (type(meant), float)


FAILURES = [
    "error",
    "ERR",
    "--",
    "---",
    "NaN",
    "nan",
    "null",
    "NULL",
    "",
    " ",
    "N/A",
    "timeout",
    "无效",
    "通讯中断",
    None,
    float("nan"),
]


@pytest.mark.parametrize("point", ["main_pressure", "pump1_run", "unmapped"])
@pytest.mark.parametrize("written", FAILURES, ids=repr)
def test_a_failed_read_is_never_a_value(point, written):
    assert isinstance(meaning(Source(targets=TARGETS), Rename(), point, written), Flaw)


def test_a_failure_that_is_configured_is_one_in_every_form():
    source = Source(failures=frozenset({"65535", "故障码"}))
    assert all(isinstance(meaning(source, Rename(scale=0.1), "p", one), Flaw) for one in (65535, 65535.0, "65535", "故障码"))
    assert meaning(source, Rename(scale=0.1), "p", 655) == pytest.approx(65.5)


def test_states_of_a_name_come_before_those_of_the_source():
    source = Source(states={"2": "manual", "合上": True}, targets={"mode": Target("enum", "", {"auto": "auto"})})
    assert meaning(source, Rename(states={"2": "auto"}), "mode", 2) == "auto"
    assert meaning(source, Rename(states={"2": "auto"}), "mode", "2") == "auto"
    assert meaning(source, Rename(), "p", "合上") is True


PAYLOAD = '{"主管压力": 0.912}'
WRAPPED = {
    "UTF-8": PAYLOAD.encode(),
    "with a mark": PAYLOAD.encode("utf-8-sig"),
    "GBK": PAYLOAD.encode("gbk"),
    "a C string": PAYLOAD.encode() + b"\0",
    "zlib": zlib.compress(PAYLOAD.encode()),
    "gzip": gzip.compress(PAYLOAD.encode("gbk"), mtime=0),
}


@pytest.mark.parametrize("payload", WRAPPED.values(), ids=WRAPPED)
def test_however_a_text_is_packed_it_is_read(payload):
    assert documents(payload) == [{"主管压力": 0.912}]


def test_several_documents_in_one_payload_are_read_and_the_first_broken_one_ends_it():
    assert documents(b'{"a":1}{"a":2}\n[3]\r\n,{"a":4}\0') == [{"a": 1}, {"a": 2}, [3], {"a": 4}]
    first, broken = documents(b'{"a":1}{"a":')
    assert (first, broken.code) == ({"a": 1}, "json")


def test_a_small_payload_that_would_become_huge_is_refused():
    assert text(zlib.compress(b"0" * (MOST + 1))).code == "size"
    assert text(zlib.compress(b"0" * 99)[:-3]).code == "json"
    assert text(b"\xff\xff", "utf-8").code == "unicode"


def test_topics_say_site_device_and_point():
    topics = Topics(["{site}/x/dev-{device}/{point}", "a/#", "+/{device}"])
    assert topics("hill/x/dev-7/p") == Said("hill", "7", "p")
    assert topics("a/b/c") == topics("a") == Said()
    assert topics("b/7") == Said(device="7")
    assert topics("b/7/8/9/10") == Said()
    assert [is_command(topic) for topic in ("x/set", "x/DOWN", "set/x", "settings")] == [True, True, False, False]


def test_a_device_is_what_the_payload_says_then_the_field_then_the_topic():
    fields = {"topics": ("t/{device}",), "devices": {"A": ("hill", "by-topic"), "B": ("far", "by-field")}}
    dialect = opened("flat", member="id", **fields)
    assert samples(dialect, "t/A", {"p": 1}) == [("by-topic", "p", 1, None)]
    assert samples(dialect, "t/A", {"id": "B", "p": 1}) == [("by-field", "p", 1, None)]
    assert samples(dialect, "t/A", [{"id": "B", "p": 1}, {"p": 2}]) == [("by-field", "p", 1, None), ("by-topic", "p", 2, None)]
    assert samples(dialect, "t/pump-9", {"p": 1}) == [("pump-9", "p", 1, None)]


def test_a_device_that_nobody_knows_is_refused_and_never_guessed():
    assert said(opened("flat", topics=("t/{device}",)), "t/泵 1", {"p": 1}) == (
        [],
        ["unknown-device: no device of ours: 泵 1; map it under devices: of source field"],
    )
    assert said(opened("flat", site=""), "t", {"p": 1})[1] == [
        "unknown-device: no device of ours: nothing names one; map it under devices: of source field"
    ]
