"""What is not known raises nothing: a rule that lacks an input is true only where that input could not make it false.

Every limit and signature that ships, compiled as the watch does, is asked along made-up histories. In one an input is never
heard, or falls silent; in others it goes on instead with each of its values. What is true without it is never false with it. To a
rule what is stale and what was only ever bad is the same: no usable value. Known by their form are rules that look for absence
itself, and windows whose samples come when they come (`x while C`): those stand on the samples that they have.
"""

from __future__ import annotations

import json
from random import Random

import pytest

from daemon.core.nouns import Message
from daemon.core.rulebook import rulebook
from daemon.core.rules import LimitTest, SignatureTest
from sensors.kit.condition import compile_condition
from sensors.registry import kinds, scopes
from tests.bench.detection.trial import community
from tests.core.histories import accidents, choices
from tests.cut import Run
from tests.factories import NOON
from tests.watching import Watch

HISTORIES = 16


def one_of_each(kind):
    """The rules of a device that read something, of instances the first, each with the values its inputs may have."""
    site, rules = community(kind).sites["bench"], {}
    device = site.devices.get("device") or site.devices["gw"]
    for rule in rulebook(device.model).rules.values():
        if rule.inputs:
            source = rule.test.rule.limit if isinstance(rule.test, LimitTest) else rule.test.rule.signature.id
            rules.setdefault(source, rule)
    return {rule.name: (rule.test, values(rule.test, device.channels)) for rule in rules.values()}


def values(test, channels):
    return {name: choices(test, channels[name].point) for name in sorted(test.inputs)}


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "common"])
def test_no_rule_is_true_for_want_of_an_input(kind):
    rules, found, reached = one_of_each(kind), {}, set()
    for name, (test, options) in rules.items():
        dice = Random(name)  # noqa: S311 - the same histories each time
        for _ in range(HISTORIES):
            wrong, true = accidents(test, options, dice)
            found |= {name: wrong} if wrong else {}
            reached |= {name} if true else set()
    assert found == {}
    assert len(reached) >= 0.75 * len(rules)  # else the histories would say little


@pytest.mark.parametrize(
    ("when", "wrong"),
    [
        ("missing(tank_level) or tank_level < 1", {"tank_level"}),
        ("flow > 10 and age(tank_level) > 30s", {"tank_level"}),
        ("flow > 10 and not missing(tank_level)", set()),
        ("for(tank_level < 1 or flow > 10, 10s) and not test_mode", set()),
    ],
)
def test_what_is_true_for_want_of_an_input_would_be_found(when, wrong):
    scope = scopes()["fire_pump"]
    test, dice = SignatureTest(None, compile_condition(when, scope)), Random(1)  # noqa: S311
    options = {name: choices(test, scope.points[name]) for name in sorted(test.inputs)}
    found = [accidents(test, options, dice, strict=True)[0] for _ in range(HISTORIES)]
    assert {name for some in found for name, _ in some} == wrong


RUNNING = {"pump1_run": 0, "pump2_run": 0}


@pytest.mark.parametrize(
    ("before", "during", "raised"),
    [(RUNNING, RUNNING, True), ({}, {}, False), ({}, RUNNING | {"pump2_run": 17}, False), (RUNNING, {}, False)],
    ids=["known", "never heard", "bad", "stale"],
)
def test_the_watch_raises_nothing_on_what_it_has_not(before, during, raised):
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.9} | before)
    for second in range(200, 260, 5):
        watch.tell(second, {"main_pressure": 0.76} | during)
    assert bool(watch.raised("FP-01")) is raised
    assert watch.raised("main_pressure.LL")  # what does not need it is judged


def outage(values, *, before, silence, after):
    """What is raised and returned of a fire pump that says this all along, but for a silence."""
    run = Run(community("fire_pump"))
    times = [*range(0, before, 30), *range(before + silence, before + silence + after, 30)]
    for second in times:
        payload = {"ts": (NOON + second) * 1000, "values": values}
        run.commit([Message("atrium/bench/device/telemetry", json.dumps(payload).encode(), NOON + second)])
    return [(event, episode.rule) for (event, *_), (_, episode) in run.alarms.items() if not episode.rule.startswith("DQ-01")]


def test_what_is_unknown_for_a_while_ends_no_alarm():
    told = outage({"controller_mode": "manual", "test_mode": 0}, before=900, silence=300, after=1200)
    assert [event for event, rule in told if rule == "FP-12"] == ["raised"]
