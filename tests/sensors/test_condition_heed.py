"""Of which points a condition must hear each reading, and that it misses nothing if it hears of the others only what is new."""

import pytest
from station import SCOPE, Latest

from sensors.kit.condition import compile_condition
from sensors.kit.heed import heeded


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("mode == auto and pump1_run", ()),
        ("for(not pump1_run, 10s) or was(pump1_run, 1min)", ()),
        ("pressure < 0.8 and pump1_run", ("pressure",)),
        ("suction - pressure > 0.1", ("pressure", "suction")),
        ("missing(level)", ()),
        ("age(level) > 30s", ("level",)),
        ("missing(level) and age(level) > 30s and pump1_run", ()),
        ("missing(pressure) and age(level) > 30s", ("level",)),
        ("missing(level) or age(level) > 30s", ("level",)),
        ("duty(pump1_run, 1h) > 0.5", ("pump1_run",)),
        ("count_rise(pump1_run and mode == auto, 1h) > 3", ("mode", "pump1_run")),
        ("since(pump1_run) > 1h", ("pump1_run",)),
        ("avg(pressure while pump1_run, 10min) < 0.7", ("pressure",)),
        ("baseline(pressure, by=mode) > 1", ("pressure",)),
        ("max(pressure since pump1_run) > 1", ("pressure",)),
        ("rose(pump1_run, 10s) and delta(level, 1min) < 0", ("level",)),
    ],
)
def test_numbers_samples_and_what_counts_are_heard_each_time(text, each):
    assert heeded(compile_condition(text, SCOPE).root) == set(each)


def test_how_long_a_point_was_silent_is_known_without_having_heard_of_each_reading():
    condition = compile_condition("missing(level) and age(level) > 30s", SCOPE)
    memory, values = condition.memory(), Latest().put(0.0, level=1.0)
    assert condition.judge(memory, 0.0, values).truth is False
    values.put(50.0, level=1.0)  # not told
    assert condition.judge(memory, 30.0, values).wake == 80.0
    values.put(70.0, level=None)
    assert condition.judge(memory, 75.0, values).truth is False
    assert condition.judge(memory, 80.0, values).truth is True
