"""The short way of a message gives the very frame that the long one gives, or leaves it alone; a quiet value changes nothing."""

import json
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.config import load
from daemon.core import decode, detect, pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import Message, Quality
from daemon.core.rulebook import rulebook
from sensors.kit import nodes
from tests.cut import SOURCES

NOW = 1767654000.0
ATRIUM = SOURCES["main"]
NUMBERS = (
    *("0", "-0.0", "1", "1.0", "0.9", "1e0", "1E-9999", "1e400", "0.1000000000000000055511151231257827", "1e15", "1e16", "-5"),
    *("65535", "9" * 25, "NaN", "007", "true", "false", "null", '"auto"', '"\\u0041"', '"a:b"', '"\u3000"', "[1]", '{"a":1}'),
)
STAMPS = ("1767653999123", "1767653999", "1767653999.5", '"1767653999"', '"2026-01-06T07:00:00+08:00"', "1767000000000", "1e12",
          "-1", "null", '"now"', "1799000000000")  # fmt: skip


@cache
def demo():
    return load(Path(__file__).parent.parent.parent / "config", environ={})


@cache
def names():
    return ("ts", "values", "seq", "site", "x", "", *demo().sites["hongshan"].devices["fire-pump"].channels)


def pairs():
    return st.lists(st.tuples(st.sampled_from(names()), st.sampled_from(NUMBERS)), max_size=6)


def record(members, stamp, *, nested):
    inside = ",".join(f"{json.dumps(name)}:{value}" for name, value in members)
    ts = f'"ts":{stamp}' if stamp else ""
    return "{" + ",".join(part for part in (ts, '"values":{' + inside + "}" if nested else inside) if part) + "}"


@settings(max_examples=400, deadline=None)
@given(pairs(), st.sampled_from(("", *STAMPS)), st.booleans(), st.booleans(), st.binary(max_size=3))
def test_the_short_way_gives_what_the_long_one_gives(members, stamp, nested, retain, tail):
    payload = record(members, stamp, nested=nested).encode() + tail
    watch = state.start(demo())
    message = Message("atrium/hongshan/fire-pump/telemetry", payload, NOW, retain=retain)
    short, rejected = decode._glance(watch, message, ATRIUM), []
    if short is not None:
        assert [short] == decode._read(watch, message, ATRIUM, rejected)
        assert rejected == []


def test_a_plain_message_takes_the_short_way():
    watch = state.start(demo())
    values = {"main_pressure": 0.9, "pump1_run": False, "pump2_run": 1, "controller_mode": "auto"}
    for tree in ({"ts": int(NOW * 1000), "values": values}, {"ts": NOW, **values}, {"values": values}):
        message = Message("atrium/hongshan/fire-pump/telemetry", json.dumps(tree).encode(), NOW)
        assert decode._glance(watch, message, ATRIUM) is not None


# --- rules at rest are left alone


@cache
def rules():
    """(device, rule) for every rule that looks at more than one channel, or back in time."""
    chosen = ("fire-pump", "supply-low", "boiler-1", "charging-feeder", "ev-01", "ebike-01")
    books = {name: rulebook(demo().sites["hongshan"].devices[name].model) for name in chosen}
    return [(name, rule) for name, book in books.items() for rule in book.rules.values() if rule.inputs]


def edges(node):
    """What the numbers of a condition are compared with."""
    own = {node.right.fixed} if isinstance(node, nodes.Threshold) else set()
    return own.union(*(edges(child) for child in node.children))


@cache
def choices(device, rule):
    """Per channel of the rule the values that matter: both sides of each limit, each state, and what is not good."""
    model = demo().sites["hongshan"].devices[device].model
    figures = edges(rule.test.condition.root) if rule.do else {rule.test.rule.value}
    figures = sorted(figure for figure in figures if not isinstance(figure, (str, tuple)))
    found = {}
    for name in sorted(rule.inputs):
        point = model.channels[name].point
        span = point.span or (0.0, 1.0)
        sides = [figure + step for figure in figures for step in (-0.1, 0, 0.1)]
        found[name] = [*point.states, *sides, 0, 1, span[1] * 0.9, span[1] + 1] if not point.states else [*point.states, 5]
    return found


def ask_everything(state_, device, readings, outcome):
    """`detect.remember`, then every rule that reads any of these points, as if nothing were known about bands and rest."""
    plain(state_, device, readings, outcome)
    taken = [r.point for r in readings if r.quality is Quality.GOOD and device.memories[r.point].good_ts == r.ts]
    return list(dict.fromkeys(rule for point in taken for rule in device.book.senses[point].readers))


plain = detect.remember
STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99), st.sampled_from((1, 5, 12, 40, 130))), min_size=5, max_size=60)


def tell(watch, desk, device, at, values):
    """The alarms that come of these values."""
    body = json.dumps({"ts": int(at * 1000), "values": values}).encode()
    return pipeline.feed(watch, (Message(f"atrium/hongshan/{device}/telemetry", body, at + 0.5),), desk, SOURCES).alarms


def run(device, rule, steps):
    """Values picked by these numbers, told at these intervals; all that came of it, and what is remembered once each rule was
    asked again: when it last was, and what it only notes then, may be longer ago for one that was spared."""
    watch, desk, at, told = state.start(demo()), MemoryDesk(), NOW, []
    watch.now = watch.resumed_at = at
    table = list(choices(device, rule).items())
    for which, pick, seconds in steps:
        at += seconds
        name, values = table[which % len(table)]
        told.append(tell(watch, desk, device, at, {name: values[pick % len(values)]}))
    told.append(pipeline.tick(watch, at + 600, desk).alarms)
    for name, values in table:
        watch.devices["hongshan", device].judged = False
        watch.devices["hongshan", device].rearm()
        told.append(tell(watch, desk, device, at + 601, {name: values[0]}))
    return told, {key: one.pack() for key, one in watch.devices.items()}


@example(pick=61200, steps=[(0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1), (2, 1, 1)])  # a count noted that it knew nothing yet
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), STEPS)
def test_a_rule_at_rest_that_is_not_asked_would_have_said_nothing(pick, steps):
    device, rule = rules()[pick % len(rules())]
    spared = run(device, rule, steps)
    detect.remember = ask_everything
    try:
        assert run(device, rule, steps) == spared
    finally:
        detect.remember = plain
