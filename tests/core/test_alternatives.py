"""Of several alternatives those keep an alarm that have been true since it began: what can't say yet does not."""

import pytest
from one_rule import run_of, tell, told

from tests.factories import NOON

USUAL = "main_pressure > 2 * baseline(main_pressure)"  # nobody knows it for two weeks


@pytest.mark.parametrize("when", [f"flood or {USUAL}", f"major: flood\nminor: {USUAL}", f"for(flood, 1s) or for({USUAL}, 1min)"])
@pytest.mark.parametrize("dies", [False, True])
def test_what_nobody_knows_yet_keeps_no_alarm(when, dies):
    run = run_of(when)
    tell(run, 0, 50, main_pressure=0.9, flood=0)
    tell(run, 50, 100, main_pressure=0.9, flood=1)
    if dies:
        run.crash()
    tell(run, 100, 200, main_pressure=0.9, flood=0)
    assert [event for event, _ in told(run)] == ["raised", "returned"]
    assert told(run)[-1][1] == 110
    tell(run, 200, 300, main_pressure=0.9, flood=1)
    assert [event for event, _ in told(run)] == ["raised", "returned", "raised"]


def test_what_raised_it_and_is_unknown_now_keeps_it():
    run = run_of("flood or main_pressure < 0.8")
    tell(run, 0, 50, main_pressure=0.9, flood=0)
    tell(run, 50, 100, main_pressure=0.7, flood=0)
    for t in range(100, 900, 5):  # the pressure falls silent, the flood switch does not
        tell(run, t, t + 5, flood=0)
        run.tick(NOON + t)
    assert [event for event, _ in told(run) if event == "returned"] == []
    assert run.state.devices["hongshan", "fire-pump"].known("main_pressure") is None


def test_an_alternative_that_is_unknown_raises_nothing():
    run = run_of(f"flood or {USUAL}")
    tell(run, 0, 200, main_pressure=0.9, flood=0)
    assert told(run) == []
