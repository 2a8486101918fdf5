"""What is routine is taken in together, and comes to exactly what every message by itself would have come to."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.config import load
from daemon.core import pipeline, routine, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import CANARY, CLOCK, DEAF, HOLD, RESUME, Frame, Message, Outcome
from daemon.dialects.kit.record import record, records
from tests.core.test_short_way import NOW, NUMBERS, STAMPS, choices, pairs, rules
from tests.cut import SOURCES

MARKS = ((HOLD, b""), (RESUME, b""), (DEAF, b""), (CANARY, b"x/1"), (CLOCK, b"-90.000"), (CLOCK, b"+90.000"))
ODD = (b"online", b"", b"[]", b'{"ts":1', b'{"values":{}}', b"\xff", b'{"ts":1767654000000,"values":{"main_pressure":1e-1}}')


@cache
def demo():
    return load(Path(__file__).parent.parent.parent / "config", environ={})


@cache
def sides():
    """Per device the values that matter of each point that a rule reads, and some that are no good."""
    found = {}
    for device, rule in rules():
        for point, values in choices(device, rule).items():
            found.setdefault(device, {}).setdefault(point, []).extend([*values, True, "auto", 1e9])
    return {device: list(points.items()) for device, points in found.items()}


def told(draw, device, points, at):
    """One message at this time: a record of one or some values, now and then one that is none, late, twice, retained."""
    topic, form = f"atrium/hongshan/{device}/telemetry", draw(st.integers(0, 29))
    if form == 0:
        return Message(*draw(st.sampled_from(MARKS)), at)
    if form == 1:
        return Message(topic, draw(st.sampled_from(ODD)), at)
    chosen = draw(st.lists(st.sampled_from(points), min_size=1, max_size=3, unique_by=lambda one: one[0]))
    values = {point: values[draw(st.integers(0, 99)) % len(values)] for point, values in chosen}
    ts = int((at - draw(st.sampled_from((0.3, 0.3, 0.3, 0.0, 5.0, 700.0, -200.0)))) * 1000)
    body = {"ts": ts, **values} if form == 2 else {"ts": ts, "values": values}
    return Message(topic, json.dumps(body).encode(), at, "main" if form != 3 else "other", form == 4)


@st.composite
def streams(draw):
    """Batches of messages of one device, several of one receipt; time steps that pass delays and stale times."""
    at, batches = NOW, []
    device, points = draw(st.sampled_from(sorted(sides().items())))
    points = draw(st.lists(st.sampled_from(points), min_size=2, max_size=3, unique_by=lambda one: one[0]))
    for _ in range(draw(st.integers(1, 4))):
        batch = []
        for _ in range(draw(st.integers(1, 15))):
            at += draw(st.sampled_from((0.0, 0.0, 1.0, 5.0, 40.0, 130.0)))
            batch.append(told(draw, device, points, at))
            if draw(st.integers(0, 9)) == 0:
                batch.append(batch[-1])
        batches.append(batch)
    return batches


def run(batches, community=None):
    """All that came of it."""
    watch, desk, came = state.start(community or demo(), silence_of_unheard=False), MemoryDesk(), []
    watch.now = watch.resumed_at = NOW
    watch.rearm(NOW)
    for position, batch in enumerate(batches, 1):
        outcome = pipeline.feed(watch, batch, desk, SOURCES)
        came.append({name: getattr(outcome, name) for name in Outcome.__slots__} | {"readings": list(outcome.readings)})
        came.append((watch.slices(outcome), watch.covered(), sorted(watch.heap), watch.now))
        watch.position = position
    came.append(pipeline.tick(watch, watch.now + 600, desk).alarms)
    return came, {key: one.pack() for key, one in watch.devices.items()}, desk.tickets, desk.events


@settings(max_examples=100, deadline=None)
@given(streams())
def test_together_or_one_by_one_comes_to_the_same(batches):
    short, routine.FEW = routine.FEW, 1
    try:
        together = run(batches)
        routine.FEW = 10**9
        assert run(batches) == together
    finally:
        routine.FEW = short


def steady(device, values, *, seconds=200):
    """The same device, a second apart."""
    for t in range(seconds):
        body = {"ts": int((NOW + t) * 1000), "values": values(t)}
        yield Message(f"atrium/hongshan/{device}/telemetry", json.dumps(body).encode(), NOW + t + 0.2)


def test_nearly_everything_is_routine(monkeypatch):
    watch, odd = state.start(demo(), silence_of_unheard=False), []
    take = pipeline._take
    monkeypatch.setattr(pipeline, "_take", lambda filing, message, *rest: odd.append(message) or take(filing, message, *rest))
    quiet = steady("fire-pump", lambda t: {"main_pressure": 0.9 + t % 7 / 1000, "pump1_run": False, "controller_mode": "auto"})
    outcome = pipeline.feed(watch, list(quiet), MemoryDesk(), SOURCES)
    assert len(odd) == 1  # the first of all
    assert len(outcome.readings) == len(list(outcome.readings)) == 600
    assert {type(part) for part in outcome.readings.parts[3:]} == {Frame}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(pairs(), st.sampled_from(("", *STAMPS)), st.booleans(), st.binary(max_size=2)), max_size=5))
def test_payloads_read_together_are_read_as_each_by_itself(many):
    payloads = []
    for members, stamp, nested, tail in many:
        inside = ",".join(f"{json.dumps(name)}:{value}" for name, value in members)
        body = f'"values":{{{inside}}}' if nested else inside
        payloads.append(("{" + ",".join(part for part in (f'"ts":{stamp}' if stamp else "", body) if part) + "}").encode() + tail)
    for payload, one in zip(payloads, records(payloads), strict=True):
        if one is not None and one.values:
            assert (one.ts / 1e3, one.values) == record(payload)


def test_a_plain_payload_is_read_together_with_others_even_if_those_are_odd():
    good = b'{"ts":1767654000000,"values":{"main_pressure":0.9,"pump1_run":false}}'
    for other in (good, *ODD, *(b'{"ts":1767654000000,"values":{"x":%s}}' % number.encode() for number in NUMBERS)):
        found = records([good, other, good])
        assert [one and one.values for one in found[::2]] == [{"main_pressure": 0.9, "pump1_run": False}] * 2


def moving(device, point, moves):
    """A switch that moves at these seconds, beside a gauge, every five seconds for half an hour; forty messages a batch."""
    messages = [
        message(device, t, {"main_pressure": 0.9, point: sum(t >= move for move in moves) % 2}) for t in range(0, 1800, 5)
    ]
    return [messages[start : start + 40] for start in range(0, len(messages), 40)]


def message(device, t, values):
    """A record of this second."""
    return Message(
        f"atrium/hongshan/{device}/telemetry", json.dumps({"ts": int((NOW + t) * 1000), "values": values}).encode(), NOW + t + 0.2
    )


@pytest.mark.parametrize("moves", [(60,), (60, 62, 700), tuple(range(60, 120, 5))])
def test_what_is_doubted_of_a_switch_does_not_depend_on_batches(moves, monkeypatch):
    batches = moving("fire-pump", "pump1_run", moves)
    together = run(batches)
    monkeypatch.setattr(routine, "FEW", 10**9)
    assert run(batches)[1] == together[1]
