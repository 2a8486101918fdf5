"""The function that a condition becomes says and remembers what its tree would."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st
from station import SCOPE, Latest
from test_condition_laws import CONDITIONS, READINGS, STEPS

from sensors.kit.condition import compile_condition

LETS = "let q = level - avg(level, 40s); let steady = pressure < 2 and range(level, 30s) < 2; "
SHARED = (
    "for(q > 1 and steady, 20s) or q + abs(q) > 3 * max(1, q)",
    "minor: q > 0; major: steady or for(q > 1, 20s); critical: for(steady, 1min)",
    "avg(q while steady, 1min) > 1 or not steady",
    "median(q, 1min) > 0 and (steady or level > 1 and pressure > 0 or not (command and mode == auto))",
    "duty(steady, 1min) > 0.5 or delta(q, 30s) / level ^ 2 > -q",
)


def by_tree(condition, memory, now, values):
    memory[0] = math.inf
    truth = condition.root.value(memory, now, values)
    return truth, memory[0] if now < memory[0] < math.inf else None


def assert_alike(text, steps):
    condition, now, latest = compile_condition(text, SCOPE), 0.0, Latest()
    ours, theirs = condition.memory(), condition.memory()
    for wait, readings in steps:
        now += wait
        latest.put(now, **readings)
        assert condition.truth(latest, ours, now) == by_tree(condition, theirs, now, latest)
        assert repr(ours) == repr(theirs)  # nan is like nan here


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, STEPS)
def test_any_condition(text, steps):
    assert_alike(text, steps)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SHARED), st.lists(st.tuples(st.integers(0, 20), READINGS), min_size=5, max_size=40))
def test_what_is_named_once_and_used_often(text, steps):
    assert_alike(LETS + text, steps)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), STEPS)
def test_however_deep_and_wide(depth, steps):
    wide = " or ".join(f"level > {n}" for n in range(depth))
    deep = "command"
    for n in range(min(depth, 30)):
        deep = f"(pressure > {n} {'or' if n % 2 else 'and'} {deep} {'and' if n % 2 else 'or'} level < {n})"
    assert_alike(f"{deep} or not ({wide})", steps)
