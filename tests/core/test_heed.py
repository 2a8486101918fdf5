"""A rule hears of what becomes known, at rest or not, whatever the value."""

import pytest
from one_rule import run_of, tell, told


@pytest.mark.parametrize(
    "when", ["flood and not missing(main_pressure)", "flood and not (missing(main_pressure) and age(main_pressure) > 30s)"]
)
def test_a_rule_that_asks_whether_a_point_is_there_is_told_when_it_is(when):
    run = run_of(when)
    tell(run, 0, 50, flood=1)
    tell(run, 50, 60, main_pressure=0.9)
    assert told(run)[0] == ("raised", 50)


def test_a_rule_that_waits_for_silence_is_asked_when_it_is_due():
    run = run_of("flood and missing(main_pressure) and age(main_pressure) > 10min")
    tell(run, 0, 1800, flood=1, main_pressure=0.9)
    assert told(run) == []
    for t in range(1800, 3600, 5):  # the pressure falls silent: a finding of its own after a minute, this one after ten
        tell(run, t, t + 5, flood=1)
        run.tick(run.state.now)
    assert told(run) == [("raised", 1855), ("raised", 2395)]
