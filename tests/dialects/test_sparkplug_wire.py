"""Sparkplug's protobuf is read as the public schema writes it; datatypes decide about signs; broken bytes are a flaw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.dialects.kit.sparkplug import Metric, parse, valued
from daemon.dialects.kit.strict import Flaw
from tests.dialects.sparkplug import sent


def test_bytes_put_together_by_hand_from_the_schema_are_read():
    metric = b"\x0a\x01p" + b"\x10\x0c" + b"\x18\x80\xc6\xd6\x80\xe4\x33" + b"\x20\x09" + b"\x65" + bytes.fromhex("0000003f")
    told = parse(b"\x08\x80\xc6\xd6\x80\xe4\x33" + b"\x12" + bytes([len(metric)]) + metric + b"\x18\x29")
    assert (told.seq, told.ts) == (41, told.metrics[0].ts)
    assert told.metrics == [Metric("p", 12, told.ts, "Float", 0.5)]


def test_times_alias_sequence_and_history_come_as_sent_and_what_is_not_needed_is_skipped():
    metric = {"name": "泵房/压力", "alias": 300, "timestamp": 1779069600123, "datatype": 10, "double_value": 0.912}
    payload = sent(
        {**metric, "is_historical": True, "metadata": {"description": "x"}}, timestamp=1779069600456, seq=255, uuid="u"
    )
    told = parse(payload)
    assert (told.ts, told.seq) == (1779069600.456, 255)
    assert told.metrics == [Metric("泵房/压力", 300, 1779069600.123, "Double", 0.912, historical=True)]


def test_a_metric_with_an_alias_only_has_no_name_time_or_type():
    assert parse(sent({"alias": 0, "int_value": 7})).metrics == [Metric("", 0, None, "", 7)]


TYPED = [
    ({"datatype": 1, "int_value": 0xFF}, -1),
    ({"datatype": 1, "int_value": 0xFFFFFF80}, -128),
    ({"datatype": 1, "int_value": 127}, 127),
    ({"datatype": 2, "int_value": 0xFFFE}, -2),
    ({"datatype": 2, "int_value": 0xFFFFFFFE}, -2),
    ({"datatype": 2, "int_value": 40000}, -25536),
    ({"datatype": 3, "int_value": 0xFFFFFFFF}, -1),
    ({"datatype": 4, "long_value": 2**64 - 5}, -5),
    ({"datatype": 4, "long_value": 5}, 5),
    ({"datatype": 5, "int_value": 255}, 255),
    ({"datatype": 5, "int_value": 256}, None),
    ({"datatype": 6, "int_value": 65535}, 65535),
    ({"datatype": 7, "int_value": 2**32 - 1}, 2**32 - 1),
    ({"datatype": 7, "long_value": 2**32 - 1}, 2**32 - 1),
    ({"datatype": 8, "long_value": 2**63}, 2**63),
    ({"datatype": 9, "float_value": 0.5}, 0.5),
    ({"datatype": 10, "double_value": 0.1}, 0.1),
    ({"datatype": 11, "boolean_value": False}, False),
    ({"datatype": 12, "string_value": "停止"}, "停止"),
    ({"datatype": 12, "int_value": 1}, None),
    ({"datatype": 13, "long_value": 1779069600000}, 1779069600000),
    ({"datatype": 3, "is_null": True}, None),
    ({"datatype": 3}, None),
    ({"datatype": 3, "is_null": True, "int_value": 0}, None),
    ({"datatype": 16, "dataset_value": {"num_of_columns": 1}}, None),
    ({"datatype": 17, "bytes_value": b"x"}, None),
    ({"datatype": 99, "int_value": 1}, None),
    ({"int_value": 1}, None),
    ({"float_value": 1.5}, 1.5),
    ({"boolean_value": True}, True),
    ({"datatype": 11, "int_value": 1}, None),
]


@pytest.mark.parametrize(("metric", "value"), TYPED, ids=str)
def test_the_datatype_says_bits_and_sign_and_what_does_not_fit_is_no_value(metric, value):
    found = parse(sent(metric)).metrics[0]
    got = valued(found.raw, found.kind)
    assert isinstance(got, Flaw) if value is None else (got, type(got)) == (value, type(value))


def test_a_broken_text_spoils_its_own_metric_only():
    payload = sent({"name": "ab", "string_value": "cd"}, {"name": "ef", "float_value": 1.0}).replace(b"cd", b"\xff\xfe")
    assert [type(metric.raw) for metric in parse(payload).metrics] == [Flaw, float]
    assert parse(payload.replace(b"ef", b"\xff\xfe")).metrics[1].raw.code == "unicode"


REAL = sent({"name": "a", "float_value": 1.0}, seq=3)


@given(payload=st.binary(max_size=60) | st.binary(max_size=20).map(lambda tail: REAL + tail))
def test_any_bytes_give_a_payload_or_a_flaw(payload):
    told = parse(payload)
    for metric in () if isinstance(told, Flaw) else told.metrics:
        assert valued(metric.raw, metric.kind) is not None
