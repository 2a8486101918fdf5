"""The dialect `atrium`: every shape of DESIGN 4.2 gives its samples, every bad payload a refusal; nothing raises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.core.nouns import Rejected, Sample
from daemon.dialects import Source, families
from daemon.dialects.kit import strict

AT = 1780272002.0
TS = 1780272000.0  # 2026-06-01T00:00:00Z
TOPIC = "atrium/hongshan/fire-pump/telemetry"
decode = families()["atrium"].open(Source())


def samples(payload, topic=TOPIC):
    """(point, value, ts) of a message in which nothing is refused."""
    items = decode(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode(), AT)
    assert not [item for item in items if isinstance(item, Rejected)]
    return [(item.point, item.value, item.ts) for item in items]


def sorted_out(payload, topic=TOPIC):
    """Points taken, codes refused."""
    items = decode(topic, payload if isinstance(payload, bytes) else payload.encode(), AT)
    taken = [item.point for item in items if isinstance(item, Sample)]
    return taken, [item.code for item in items if isinstance(item, Rejected)]


SHAPES = {
    "ts and values": ({"ts": 1780272000000, "values": {"a": 0.5, "b": 7}}, [("a", 0.5, TS), ("b", 7, TS)]),
    "values alone": ({"values": {"a": 0.5}}, [("a", 0.5, None)]),
    "flat with ts": ({"ts": 1780272000, "a": 0.5, "mode": "auto"}, [("a", 0.5, TS), ("mode", "auto", TS)]),
    "flat alone": ({"a": True}, [("a", True, None)]),
    "a list of both": ([{"ts": 1780272000, "values": {"a": 1}}, {"a": 2}], [("a", 1, TS), ("a", 2, None)]),
    "readings": (
        {"readings": [{"name": "a", "value": 1.5, "ts": 1780272000000}, {"name": "b", "value": "on"}]},
        [("a", 1.5, TS), ("b", "on", None)],
    ),
    "readings with one time": ({"ts": 1780272000, "readings": [{"name": "a", "value": 1}]}, [("a", 1, TS)]),
    "identity and counters repeated": (
        {"site": "hongshan", "device": "fire-pump", "seq": 7, "boot": "b1", "values": {"a": 1}},
        [("a", 1, None)],
    ),
    "Chinese names and texts": ({"主管压力": 0.9, "状态": "停止　检修"}, [("主管压力", 0.9, None), ("状态", "停止　检修", None)]),
    "exponents, escapes and small numbers": (
        b'{"a":1.5e-3,"b":"\\u6cf5","c":5e-324}',
        [("a", 0.0015, None), ("b", "泵", None), ("c", 5e-324, None)],
    ),
}


@pytest.mark.parametrize(("payload", "expected"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_telemetry_gives_its_samples(payload, expected):
    assert samples(payload) == expected


@pytest.mark.parametrize(
    ("scalar", "value"), [(b"0.91", 0.91), (b"7", 7), (b"true", True), (b'"auto"', "auto"), (b" 1e2 ", 100.0)]
)
def test_a_topic_may_name_the_point_and_carry_a_bare_scalar(scalar, value):
    items = decode(f"{TOPIC}/main_pressure", scalar, AT)
    assert items == [Sample("hongshan", "fire-pump", "main_pressure", value, None)]


@pytest.mark.parametrize(("payload", "online"), [(b"online", True), (b"offline", False)])
def test_a_gateways_status_becomes_the_point_gateway_online(payload, online):
    assert decode("atrium/hongshan/gw-1/status", payload, AT) == [Sample("hongshan", "gw-1", "gateway_online", online, None)]


TIMES = [
    1780272000,
    1780272000.0,
    1780272000000,
    1780272000000000,
    "1780272000",
    "1780272000.0",
    "1780272000000",
    "1780272000000000",
    "2026-06-01T00:00:00Z",
    "2026-06-01t00:00:00z",
    "2026-06-01T00:00:00.000Z",
    "2026-06-01T08:00:00+08:00",
    "2026-05-31T19:00:00.000000000-05:00",
]


@pytest.mark.parametrize("written", TIMES)
def test_times_are_rfc_3339_or_epoch_s_ms_us_as_number_or_text(written):
    assert samples({"ts": written, "a": 1}) == [("a", 1, TS)]


@pytest.mark.parametrize("written", ["1970-01-01T00:00:00Z", 0, "2099-12-31T23:59:59Z", 1717200000000])
def test_implausible_times_are_passed_on_because_only_the_receive_time_can_judge_them(written):
    assert samples({"ts": written, "a": 1})[0][2] >= 0


BAD_TIMES = [
    None, True, -1, -0.5, "", " ", "now", [], {}, 1e17, 1780272000000000000, "06/01/2026 00:00", "2026-06-01",
    "2026-06-01 00:00:00Z", "2026-06-01T00:00:00", "2026-06-01T00:00Z", "2026-06-01T00:00:00+0800",
    "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-06-01T24:00:00Z",
    "2026-06-01T00:00:60Z", "2026-06-01T00:00:00+25:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z", "２０２６-06-01T00:00:00Z", "17802720001780272000", "1e9", "+1780272000", " 1780272000", "٢٠٢٦",
    "2026-06-01T00:00:00Z\n", "2026-06-01T00:00:00.1234567891Z", "2026-W23-1T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("written", BAD_TIMES, ids=repr)
def test_what_is_no_time_refuses_the_record(written):
    assert sorted_out(json.dumps({"ts": written, "values": {"a": 1}})) == ([], ["time"])


@pytest.mark.parametrize("literal", ["NaN", "1e999", "-Infinity"])
def test_a_time_that_is_no_number_refuses_the_record(literal):
    assert sorted_out(f'{{"ts":{literal},"a":1}}') == ([], ["time"])


ENVELOPES = [
    (b"", "json"), (b" \n\t", "json"), (b"\x00", "unicode"), (b'{"a":1}\x00', "unicode"), (b"\xef\xbb\xbf{}", "unicode"),
    ('{"a":1}'.encode("utf-16"), "unicode"), ('{"a":1}'.encode("utf-16-le"), "unicode"),
    ('{"a":1}'.encode("utf-32-le"), "unicode"), ('{"a":"水泵"}'.encode("gbk"), "unicode"), (b'{"a":"\xc0\xaf"}', "unicode"),
    (b'{"a":"\xed\xa0\x80"}', "unicode"), (b'{"a":"\xf4\x90\x80\x80"}', "unicode"), (b'{"a":"\xc3"}', "unicode"),
    (b"\x1f\x8b\x08\x00", "unicode"), (b"\x80\x04\x95.", "unicode"), (b'{"a":"\\x41"}', "unicode"),
    (b'{"a":"\\u12"}', "unicode"), (b'{"a":"line\nbreak"}', "unicode"), (b"null", "schema"), (b"true", "schema"),
    (b"1", "schema"), (b'"a"', "schema"), (b"[]", "schema"), (b"{}", "schema"), (b"[1]", "schema"), (b"[[]]", "schema"),
    (b'{"values":null}', "schema"), (b'{"values":[]}', "schema"), (b'{"values":{}}', "schema"),
    (b'{"values":"a=1"}', "schema"), (b'{"ts":1780272000}', "schema"), (b'{"readings":[]}', "schema"),
    (b'{"readings":{}}', "schema"), (b'{"readings":[1]}', "schema"), (b'{"readings":[{"name":1,"value":1}]}', "schema"),
    (b'{"readings":[{"name":"a"}]}', "schema"), (b'{"readings":[{"name":"a","value":1,"unit":"kPa"}]}', "schema"),
    (b'{"readings":[{"name":"a","value":1,"ts":"x"}]}', "time"), (b'{"values":{"a":1},"readings":[]}', "schema"),
    (b'{"values":{"a":1},"ack":true}', "schema"), (b'{"values":{"a":1},"a":2}', "schema"),
    (b'{"site":"s2","values":{"a":1}}', "schema"), (b'{"device":"ghost","a":1}', "schema"),
    (b'{"device":["fire-pump"],"a":1}', "schema"), (b'{"values":{"a":1},"values":{"a":2}}', "schema"),
    (b'{"ts":1,"ts":2,"a":1}', "time"), (b'{"site":"hongshan","site":"hongshan","a":1}', "schema"), (b'{"a":1', "json"),
    (b'{"a":1}}', "json"), (b'{"a":1,}', "json"), (b'{"a":1}{"a":2}', "json"), (b"{a:1}", "json"), (b"{'a':1}", "json"),
    (b'{"a":None}', "json"), (b'{"a":undefined}', "json"), (b'{"a":nan}', "json"), (b'{"a":0x1F}', "json"),
    (b'{"a":017}', "json"), (b'{"a":+5}', "json"), (b'{"a":5.}', "json"), (b'{"a":.5}', "json"), (b'{"a":1,5}', "json"),
    (b'{"a":1e}', "json"), (b'{"a":1_000}', "json"), ('{"a":１２}'.encode(), "json"), (b'{"a":1/*c*/}', "json"),
    (b"a=1&b=2", "json"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "json"), (b"[" * 50000, "json"),
    (b'{"a":' * 9000, "json"), (b" " * 65536 + b"1", "size"), (b"\xff\xd8\xff" * 30000, "size"),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "code"), ENVELOPES, ids=lambda value: repr(value)[:40])
def test_a_broken_envelope_is_one_refusal_and_nothing_else(payload, code):
    assert sorted_out(payload) == ([], [code])


VALUES = [
    ("NaN", "number"), ("Infinity", "number"), ("-Infinity", "number"), ("1e999", "number"), ("-1e999", "number"),
    ("1e-999999999", "number"), ("1e-400", "number"), ("0e99999", "number"), ("1e308", "number"), ("-1e16", "number"),
    ("9007199254740993", "number"), ("-9223372036854775809", "number"), ("9" * 400, "number"),
    ("0." + "3" * 3000, "number"), ("0.1" + "0" * 40, "number"), ("null", "value"), ("{}", "schema"), ("[1]", "schema"),
    ('{"v":1}', "schema"), ("[" * 60 + "]" * 60, "schema"), ('"\\u0000"', "unicode"), ('"\\n"', "unicode"),
    ('"\\u001b[31m"', "unicode"), ('"\\u202egnp.exe"', "unicode"), ('"\\u200bpump"', "unicode"), ('"\\ud800"', "unicode"),
    ('"\u202e"', "unicode"), ('"\x7f"', "unicode"), ('"\u2028"', "unicode"), ('"' + "x" * 257 + '"', "size"),
]  # fmt: skip


@pytest.mark.parametrize(("literal", "code"), VALUES, ids=lambda value: value[:30])
def test_a_broken_value_is_refused_and_its_neighbours_are_kept(literal, code):
    assert sorted_out(f'{{"ts":1780272000,"values":{{"a":1,"b":{literal},"c":3}}}}') == (["a", "c"], [code])
    assert sorted_out(f'{{"readings":[{{"name":"b","value":{literal}}},{{"name":"c","value":3}}]}}') == (["c"], [code])
    assert sorted_out(literal, f"{TOPIC}/b") == ([], [code])


NAMES = [('""', "schema"), ('"  "', "schema"), ('"a\\n"', "unicode"), ('"a\\u200b"', "unicode"), ('"' + "n" * 129 + '"', "size")]


@pytest.mark.parametrize(("name", "code"), NAMES, ids=lambda value: value[:20])
def test_a_name_that_nobody_could_read_is_refused_and_its_neighbours_are_kept(name, code):
    assert sorted_out(f'{{{name}:1,"c":3}}') == (["c"], [code])


@pytest.mark.parametrize(
    "payload",
    [
        '{"values":{"a":1,"b":2,"b":3}}',
        '{"b":"\\u003a","b":"x","a":1}',
        '{"b":"x:y","b":"","a":1}',
        '{"b":{"x":1},"b":1,"a":1}',
        '[{"a":1},{"b":1,"b":1}]',
    ],
)
def test_a_name_given_twice_is_refused_and_its_neighbours_are_kept(payload):
    assert sorted_out(payload) == (["a"], ["json"])


def test_a_broken_record_of_a_list_leaves_the_others():
    assert sorted_out('[{"a":1},{"ts":"?","b":2},7,{"c":3}]') == (["a", "c"], ["time", "schema"])


TOPICS = [
    "", "/", "atrium", "atrium/hongshan/fire-pump", "atrium//fire-pump/telemetry", "/atrium/hongshan/fire-pump/telemetry",
    f"{TOPIC}/", f"{TOPIC}/a/b", "atrium/hongshan/FIRE-PUMP/telemetry", "Atrium/hongshan/fire-pump/telemetry",
    "atrium/hongshan/fire-pump/Telemetry", f"{TOPIC}/A", "atrium/hongshan/../../admin/telemetry",
    "atrium/hongshan/pump 1/telemetry", "atrium/hongshan/fire-pump\n/telemetry",
    "atrium/hongshan/fire-pump\u202e/telemetry", "atrium/hongshan/泵/telemetry", "atrium/hongshan/-pump/telemetry",
    "atrium/hongshan/+/telemetry", f"atrium/hongshan/{'d' * 64}/telemetry", f"atrium/{'s' * 300}/d/telemetry",
    "$SYS/broker/uptime", f"$share/g/{TOPIC}", "atrium/hongshan/à/telemetry", "atrium/hongshan/fire-pump/cmd",
    "atrium/hongshan/fire-pump/set", "atrium/hongshan/fire-pump/set/valve", "atrium/hongshan/fire-pump/down",
    "atrium/hongshan/fire-pump/rw_prot", "atrium/hongshan/fire-pump/NCMD", "spBv1.0/hongshan/NCMD/fire-pump",
    "atrium/hongshan/gw-1/status/x", "atrium/hongshan/\udcff/telemetry",
]  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS, ids=ascii)
def test_any_other_topic_is_refused_commands_included(topic):
    assert sorted_out(b'{"a":1}', topic) == ([], ["topic"])


@pytest.mark.parametrize("payload", [b"", b"ONLINE", b'"online"', b"online\n", b"true", b"\xff"])
def test_a_status_is_online_or_offline_and_nothing_else(payload):
    assert sorted_out(payload, "atrium/hongshan/gw-1/status") == ([], ["schema"])


def test_a_write_frame_on_the_telemetry_topic_is_refused():
    assert sorted_out('{"rw_prot":{"Ver":"1.0.1","dir":"down","w_data":[{"name":"node0601","value":"1"}]}}') == ([], ["schema"])


def test_refusals_of_one_message_are_bounded_and_the_rest_is_counted():
    items = decode(TOPIC, json.dumps({f"p{n}": None for n in range(100)}).encode(), AT)
    assert len(items) == 33
    assert items[-1].reason == "and 68 more parts of this message"
    assert sorted_out(json.dumps({f"p{n}": n for n in range(513)})) == ([], ["schema"])


def test_a_refusal_says_topic_time_and_reason_safely_and_keeps_a_bounded_payload():
    refusal = decode("atrium/\x1b[31m/\ud800/telemetry", b"x" * 5000, AT)[0]
    assert refusal.topic.isprintable()
    assert refusal.reason.isprintable()
    assert (refusal.at, len(refusal.payload)) == (AT, 1024)


@given(
    topic=st.one_of(st.just(TOPIC), st.just(f"{TOPIC}/a"), st.just("atrium/h/g/status"), st.text()),
    payload=st.binary(max_size=300),
)
def test_any_bytes_on_any_topic_give_a_list_that_is_safe_to_show(topic, payload):
    for item in decode(topic, payload, AT):
        assert isinstance(item, (Sample, Rejected))
        assert isinstance(item, Sample) or (item.topic + item.reason).isprintable()


TREES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["ts", "values", "readings", "name", "value", "a", "b"]), inner)
    ),
)


@given(tree=TREES, escaped=st.booleans())
def test_any_json_gives_only_finite_bounded_samples(tree, escaped):
    for item in decode(TOPIC, json.dumps(tree, ensure_ascii=escaped).encode("utf-8", "replace"), AT):
        assert isinstance(item, Rejected) or strict.flaw(item.value) is None


PAIRS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c:", "ts"]), st.sampled_from(["1", '"x:y"', '""', "[]", '{"a":1}', '{"a":1,"a":2}'])),
    max_size=5,
)


@given(pairs=PAIRS)
def test_the_quick_reading_agrees_with_the_careful_one(pairs):
    text = "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"
    assert strict.parse(text.encode()) == strict._carefully(text.encode())
