"""Sparkplug B: births give names to aliases, deaths take them away, losses are told; what was learnt survives a restart."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from daemon.core.nouns import Rejected, Sample
from daemon.core.source import Rename, Source, Target
from daemon.dialects import families
from tests.dialects.sparkplug import sent

AT = 1779069605.0
TS = 1779069600.0
PUMP, GATEWAY = ("hongshan", "fire-pump"), ("hongshan", "gw-1")
SOURCE = Source(
    "s", site="hongshan", devices={"FP": PUMP, "edge1": GATEWAY},
    points={PUMP: {"Pump 1/Run": Rename("pump1_run"), "Pump 2/Run": Rename("pump2_run")}},
    targets={"main_pressure": Target("float", "MPa")},
)  # fmt: skip


def opened(source=SOURCE):
    return families()["sparkplug-b"].open(source)


def read(dialect, kind, *metrics, device="FP", **members):
    """(device, point, value, ts) taken, reasons refused."""
    topic = f"spBv1.0/plant/{kind}/edge1" + (f"/{device}" if kind.startswith("D") else "")
    return sorted_out(dialect(topic, sent(*metrics, **{"timestamp": 1779069600000, **members}), AT))


def sorted_out(items):
    taken = [(item.device, item.point, item.value, item.ts) for item in items if isinstance(item, Sample)]
    return taken, [item.reason for item in items if isinstance(item, Rejected)]


PRESSURE = {"name": "Pump Room/main_pressure", "alias": 12, "datatype": 9, "float_value": 0.5}
RUN1 = {"name": "Pump 1/Run", "alias": 13, "datatype": 11, "boolean_value": True}
RUN2 = {"name": "Pump 2/Run", "alias": 14, "datatype": 11, "boolean_value": False}
TEMP = {"name": "room_temp", "alias": 15, "datatype": 1, "int_value": 0xFFFFFFFB}
SESSION = {"name": "bdSeq", "datatype": 8, "long_value": 7}


def born(source=SOURCE):
    dialect = opened(source)
    read(dialect, "NBIRTH", SESSION, seq=0)
    read(dialect, "DBIRTH", PRESSURE, RUN1, RUN2, TEMP, seq=1)
    return dialect


def test_18_json_rendering():
    payload = b"""{"timestamp": 1779069600000, "metrics": [{"name": "Pump Room/main_pressure", "alias": 12,
      "timestamp": 1779069600000, "dataType": "Float", "value": 0.912}], "seq": 41}"""
    items = opened()("spBv1.0/plant/DDATA/edge1/FP", payload, AT)
    assert items == [Sample("hongshan", "fire-pump", "main_pressure", 0.912, TS)]


def test_births_are_read_as_data_too_and_say_that_the_node_is_there():
    dialect = opened()
    assert read(dialect, "NBIRTH", SESSION, seq=0) == ([("gw-1", "gateway_online", True, TS)], [])
    assert read(dialect, "DBIRTH", PRESSURE, RUN1, RUN2, TEMP, seq=1) == (
        [
            ("fire-pump", "main_pressure", 0.5, TS), ("fire-pump", "pump1_run", True, TS), ("fire-pump", "pump2_run", False, TS),
            ("fire-pump", "room_temp", -5, TS),
        ],
        [],
    )  # fmt: skip


def test_data_with_aliases_only_take_name_and_datatype_from_the_birth():
    metrics = [{"alias": 12, "float_value": 0.75, "timestamp": 1779069601000}, {"alias": 15, "int_value": 0xF6}]
    expected = [("fire-pump", "main_pressure", 0.75, TS + 1), ("fire-pump", "room_temp", -10, TS)]
    assert read(born(), "DDATA", *metrics, seq=2) == (expected, [])


def test_an_alias_nobody_named_is_told_and_never_guessed():
    taken, refused = read(opened(), "DDATA", {"alias": 12, "float_value": 0.75}, seq=9)
    assert taken == []
    assert refused == ["alias 12: its BIRTH has not been heard, and Atrium never asks for one"]
    assert read(born(), "NDATA", {"alias": 12, "float_value": 0.75}, seq=2)[0] == []  # a device's alias is not its node's


def test_two_metrics_that_end_alike_are_never_taken_for_one_point():
    dialect = opened(Source("s", site="hongshan", devices={"FP": PUMP, "edge1": GATEWAY}))
    taken, _ = read(dialect, "DBIRTH", PRESSURE, RUN1, RUN2)
    assert [point for _, point, _, _ in taken] == ["main_pressure", "Pump 1/Run", "Pump 2/Run"]


def test_null_strange_and_nested_values_are_refused_and_their_neighbours_taken():
    metrics = [
        {"alias": 12, "is_null": True}, {"alias": 13, "boolean_value": True}, {"name": "d", "datatype": 16, "dataset_value": {}},
        {"alias": 15, "string_value": "warm"}, {"name": "whole", "int_value": 3},
    ]  # fmt: skip
    taken, refused = read(born(), "DDATA", *metrics, seq=2)
    assert [point for _, point, _, _ in taken] == ["pump1_run"]
    assert [reason.partition(":")[0] for reason in refused] == ["Pump Room/main_pressure", "d", "room_temp", "whole"]


def test_history_comes_with_its_own_time_or_not_at_all():
    metrics = [{**PRESSURE, "is_historical": True, "timestamp": 1779060000000}, {**TEMP, "is_historical": True}]
    taken, refused = read(born(), "DDATA", *metrics, seq=2)
    assert taken == [("fire-pump", "main_pressure", 0.5, 1779060000.0)]
    assert refused == ["room_temp: a historical value without its time"]


@pytest.mark.parametrize(("seq", "missing"), [(2, 0), (5, 3), (1, 0), (0, 0), (None, 0)])
def test_a_gap_in_the_numbering_is_told(seq, missing):
    members = {} if seq is None else {"seq": seq}
    _, refused = read(born(), "DDATA", {"alias": 12, "float_value": 0.75}, **members)
    assert refused == ([f"{missing} messages of the node edge1 are missing before this one"] if missing else [])


def test_the_numbering_goes_round_after_255_and_begins_anew_with_a_birth():
    dialect = born()
    refused = [read(dialect, "DDATA", {"alias": 12, "float_value": 1.0}, seq=number % 256)[1] for number in range(2, 600)]
    assert refused == [[]] * 598
    assert read(dialect, "NBIRTH", SESSION, seq=0)[1] == []


def test_a_nodes_death_says_so_and_forgets_its_aliases():
    dialect = born()
    assert read(dialect, "NDEATH", SESSION) == ([("gw-1", "gateway_online", False, None)], [])
    assert read(dialect, "DDATA", {"alias": 12, "float_value": 0.75}, seq=2)[0] == []


def test_the_late_death_of_an_earlier_session_kills_nobody():
    dialect = born()
    taken, refused = read(dialect, "NDEATH", {**SESSION, "long_value": 6})
    assert (taken, refused) == ([], ["the death of an earlier session of edge1"])
    assert read(dialect, "DDATA", {"alias": 12, "float_value": 0.75}, seq=2)[0] != []


def test_a_devices_death_is_told_and_its_next_birth_may_give_other_aliases():
    dialect = born()
    assert read(dialect, "DDEATH", seq=2) == ([], ["the source says that the device is offline"])
    read(dialect, "DBIRTH", {**PRESSURE, "alias": 13}, seq=3)
    assert read(dialect, "DDATA", {"alias": 13, "float_value": 0.25}, seq=4)[0] == [("fire-pump", "main_pressure", 0.25, TS)]


def test_a_nodes_birth_ends_what_its_devices_had_said():
    dialect = born()
    read(dialect, "NBIRTH", {**SESSION, "long_value": 8}, seq=0)
    assert read(dialect, "DDATA", {"alias": 12, "float_value": 0.75}, seq=1)[0] == []


def test_what_births_said_survives_a_restart_and_only_births_and_deaths_change_it():
    dialect, after = born(), opened()
    assert dialect.changed
    after.restore(dialect.pack())
    assert (dialect.changed, after.changed) == (False, False)
    for one in (dialect, after):
        assert read(one, "DDATA", {"alias": 12, "float_value": 0.75}, seq=2) == ([("fire-pump", "main_pressure", 0.75, TS)], [])
        assert not one.changed
    assert after.pack() == dialect.pack()


def test_a_compressed_payload_is_unpacked():
    inner = sent(PRESSURE, timestamp=1779069600000)
    packed = sent(uuid="SPBV1.0_COMPRESSED", body=gzip.compress(inner), seq=2)
    assert sorted_out(born()("spBv1.0/plant/DDATA/edge1/FP", packed, AT)) == ([("fire-pump", "main_pressure", 0.5, TS)], [])


@pytest.mark.parametrize("topic", ["spBv1.0/plant/NCMD/edge1", "spBv1.0/plant/DCMD/edge1/FP", "spBv1.0/STATE/host", "STATE/host"])
def test_commands_and_host_states_are_none_of_our_business(topic):
    items = opened()(topic, sent(PRESSURE), AT)
    assert items == [] or items[0].code == "topic"


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("spBv1.0/plant/NDATA/edge1/FP", sent(PRESSURE), "topic"), ("spBv1.0/plant/DDATA/edge1", sent(PRESSURE), "topic"),
        ("spBv1.0/plant/DDATA//FP", sent(PRESSURE), "topic"), ("other/plant/DDATA/edge1/FP", sent(PRESSURE), "topic"),
        ("spBv1.0/plant/DDATA/edge1/FP", b"\xff\xff", "schema"), ("spBv1.0/plant/DDATA/edge1/FP", b'{"metrics": 1}', "schema"),
        ("spBv1.0/plant/DDATA/edge1/FP", b"{", "json"), ("spBv1.0/plant/DDATA/edge1/FP", b'{"metrics": [1]}', "unknown-point"),
    ],
)  # fmt: skip
def test_what_is_no_sparkplug_is_one_refusal(topic, payload, code):
    items = opened()(topic, payload, AT)
    assert [item.code for item in items] == [code]


@pytest.mark.parametrize("odd", ["\ud800", "a\x00b", "\u202e"])
def test_names_that_cannot_be_kept_are_refused_and_told_safely(odd):
    dialect = born()
    payload = json.dumps(
        {"metrics": [{"name": odd, "dataType": "Float", "value": 1.5}, {"name": "b", "dataType": odd, "value": 1}]}
    )
    items = dialect("spBv1.0/plant/DBIRTH/edge1/FP", payload.encode(), AT)
    assert {type(item) for item in items} == {Rejected}
    assert all(item.reason.isprintable() for item in items)
    assert dialect(f"spBv1.0/plant/DDATA/{odd}/FP", payload.encode(), AT)[0].code == "topic"
    opened().restore(dialect.pack())


KINDS = st.sampled_from(["NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"])
METRICS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["a", "b/a", "bdSeq", "x/room_temp"]), "alias": st.integers(0, 3),
            "datatype": st.integers(0, 22), "long_value": st.integers(0, 2**64 - 1), "timestamp": st.integers(0, 2**64 - 1),
            "is_historical": st.booleans(),
        },
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=30, stateful_step_count=20)
class CutAnywhere(RuleBasedStateMachine):
    """A dialect that is packed and restored at any moment gives the samples of one that never was."""

    def __init__(self):
        super().__init__()
        self.uncut, self.cut = opened(), opened()

    @rule(kind=KINDS, metrics=METRICS, seq=st.integers(0, 255))
    def hear(self, kind, metrics, seq):
        one, other = (read(dialect, kind, *metrics, seq=seq)[0] for dialect in (self.uncut, self.cut))
        assert one == other

    @rule()
    def restart(self):
        packed, self.cut = self.cut.pack(), opened()
        self.cut.restore(packed)

    @invariant()
    def packed_alike(self):
        assert self.cut.births.pack() == self.uncut.births.pack()


TestCutAnywhere = CutAnywhere.TestCase


@given(payload=st.binary(max_size=60), kind=KINDS)
def test_any_bytes_are_answered_and_nothing_raises(payload, kind):
    for prefix in (b"", b"\x12", b"{"):
        items = born()(f"spBv1.0/plant/{kind}/edge1" + ("/FP" if kind[0] == "D" else ""), prefix + payload, AT)
        assert all(isinstance(item, (Sample, Rejected)) for item in items)
