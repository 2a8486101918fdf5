"""Doubts about data that no labelled fault plays, through the whole core: byte order, two sources under one name, backlog."""

import json
import struct

import pytest

from daemon.core.nouns import Message
from tests.bench.detection.trial import community
from tests.cut import Run

START = 1767196800.0
TOPIC = "atrium/bench/device/telemetry"


def play(rows, kind="water_supply"):
    """Feeds (seconds, values, seconds late) and tells what was raised of data, with its severity."""
    run = Run(community(kind))
    for at, values, late in rows:
        payload = {"ts": (START + at - late) * 1000, "values": values}
        run.commit([Message(TOPIC, json.dumps(payload).encode(), START + at)])
    events = [(event, episode) for (event, *_), (_, episode) in run.alarms.items() if episode.rule.startswith("DQ-")]
    hidden = {"DQ-01"} | {episode.rule for _, episode in events if episode.hidden_by}
    return [(event, one.rule, one.severity.value) for event, one in events if one.rule not in hidden], run


def swapped(value, order):
    packed = struct.pack(">f", value)
    return struct.unpack(">f", bytes(packed[place] for place in order))[0]


@pytest.mark.parametrize(("good", "order"), [(0.302, (2, 3, 0, 1)), (0.302, (1, 0, 3, 2)), (0.25, (3, 2, 1, 0))])
def test_a_number_in_another_byte_order_is_one_finding_that_ends_with_the_first_good_value(good, order):
    bad = swapped(good, order)
    told, run = play((at, {"inlet_pressure": bad if 100 <= at < 200 else good}, 0) for at in range(0, 400, 10))
    assert told == [("raised", "DQ-12:inlet_pressure", "minor"), ("returned", "DQ-12:inlet_pressure", "minor")]
    (reason,) = {episode.reason.en for _, episode in run.alarms.values() if episode.rule == "DQ-12:inlet_pressure"}
    assert "plausible only in another byte order" in reason


def test_a_sign_that_was_lost_is_one_of_type():
    told, _ = play((at, {"room_temp": 65535 if 300 <= at < 900 else -1.0}, 0) for at in range(0, 1500, 60))
    assert [rule for _, rule, _ in told] == ["DQ-12:room_temp", "DQ-12:room_temp"]


def test_two_sources_under_one_name_are_one_finding_and_neither_spikes_nor_another_unit():
    other = [(at + 3, {"inlet_pressure": 0.25}, 0) for at in range(200, 900, 10)]
    rows = sorted([(at, {"inlet_pressure": 0.31}, 0) for at in range(0, 1800, 10)] + other)
    told, run = play(rows)
    assert told == [("raised", "DQ-13:inlet_pressure", "major"), ("returned", "DQ-13:inlet_pressure", "major")]
    (reason,) = {episode.reason.zh for _, episode in run.alarms.values() if episode.rule == "DQ-13:inlet_pressure"}
    assert "0.25 MPa" in reason
    assert "0.31 MPa" in reason


@pytest.mark.parametrize("late", [0, 0.4])
def test_one_gauge_that_goes_to_and_fro_with_each_sample_has_one_source(late):
    rows = ((at + late * (at // 10 % 2), {"pump2_current": 24.0 if at // 10 % 2 else 14.0}, 0) for at in range(0, 1800, 10))
    assert [rule for _, rule, _ in play(rows)[0] if rule == "DQ-13:pump2_current"] == []


@pytest.mark.parametrize(("every", "jump", "spikes"), [(10, 0.02, 0), (10, 0.05, 1), (20, 0.05, 0), (20, 0.08, 1), (30, 0.08, 0)])
def test_a_spike_is_what_goes_further_than_equipment_does_in_the_time_between_two_samples(every, jump, spikes):
    rows = ((at, {"inlet_pressure": 0.3 + jump * (at == 40 * every)}, 0) for at in range(0, 60 * every, every))
    told, _ = play(rows)
    assert [rule for event, rule, _ in told if event == "raised" and rule.startswith("DQ-03")] == [
        "DQ-03:inlet_pressure"
    ] * spikes


def test_a_gauge_that_steps_once_has_one_source():
    told, _ = play((at, {"inlet_pressure": 0.25 if at >= 200 else 0.31}, 0) for at in range(0, 1800, 10))
    assert told == []


def test_a_backlog_is_told_as_information_and_ends_when_it_has_caught_up():
    live = [(at, {"inlet_pressure": 0.3 + at % 20 / 5000}, 0) for at in range(0, 600, 10)]
    kept = [(4200 + place / 10, {"inlet_pressure": 0.3 + at % 20 / 5000}, 4200 + place / 10 - at)
            for place, at in enumerate(range(600, 4200, 10))]  # fmt: skip
    after = [(at, {"inlet_pressure": 0.3 + at % 20 / 5000}, 0) for at in range(4240, 4800, 10)]
    told, run = play([*live, *kept, *after])
    assert told == [("raised", "DQ-11", "info"), ("returned", "DQ-11", "info")]
    assert not any("DQ-11" in ticket.rules for ticket in run.desk.tickets.values())
