"""Doubt about data: what a point's readings or a device's times say of themselves, and that a healthy device says nothing."""

import pytest

from daemon.core.flaws import clock, counters, scale, span
from sensors.kit.words import Text
from tests.bench.detection.catalogue import health, trials
from tests.bench.detection.trial import play
from tests.cut import Run
from tests.factories import NOON
from tests.watching import Watch

QUIET = ("ev_charger", "elevator", "control_room")


@pytest.mark.parametrize("label", ["DQ-F2", "DQ-F5", "DQ-F7", "DQ-F8", "DQ-F9"])
def test_a_played_flaw_is_found_and_nothing_was_before(label):
    trial, rules = next((trial, rules) for trial, rules in trials() if trial.label == label)
    found = play(trial, until=rules)
    assert found.first(rules) is not None
    assert found.before == []


@pytest.mark.parametrize("kind", QUIET)
def test_half_a_healthy_day_raises_no_doubt(kind):
    found = play(health(kind, days=0.5, coarse=1, seed=2))
    assert [rule for _, rule in found.raised if rule.startswith("DQ-")] == []


def test_three_values_out_of_range_are_one_finding_that_explains_the_silence():
    watch = Watch()
    for t in range(0, 300, 10):
        watch.tell(t, {"main_pressure": 7.5 if 100 <= t < 200 else 0.9, "door_open": 0})
    assert watch.alarms == [("raised", "DQ-06:main_pressure", 120.0), ("returned", "DQ-06:main_pressure", 230.0)]


def test_two_values_out_of_range_are_none():
    watch = Watch()
    for t in range(0, 300, 10):
        watch.tell(t, {"main_pressure": 7.5 if t in (100, 110) else 0.9})
    assert watch.alarms == []


@pytest.mark.parametrize(
    ("skew", "says"),
    [
        (8 * 3600.0, Text("时区错误（8 小时）", "a time zone of 8 h")),
        (-8 * 3600.0 + 60, Text("时区错误（8 小时）", "a time zone of 8 h")),
        (-NOON + 946684800.0, Text("断电后时钟丢失", "a clock that was lost with the power")),
        (NOON / 1000.0 - NOON, Text("秒与毫秒混用", "seconds taken for milliseconds")),
        (1000.0, Text("时钟未校准", "a clock that is not set")),
    ],
)
def test_a_wrong_time_is_named_by_what_it_looks_like(skew, says):
    assert clock.cause(skew, NOON) == says


@pytest.mark.parametrize(
    ("before", "after", "english"), [(65530, 3, "rolled over"), (812.5, 0, "was reset"), (812.5, 812.0, "went back")]
)
def test_a_counter_that_goes_back_is_told_by_how_far(before, after, english):
    assert counters.how(before, after).en == english


@pytest.mark.parametrize(("ratio", "factor"), [(1010.0, 1000.0), (0.1, 0.1), (2.0, None), (6.9, 6.895)])
def test_a_ratio_is_a_change_of_unit_only_near_a_known_factor(ratio, factor):
    assert scale.factor_of(ratio) == factor


def test_a_number_in_another_byte_order_is_known_by_the_number_before():
    assert span.swapped(65535.0, -1.0)
    assert span.swapped(1e-38, 0.9)
    assert not span.swapped(5.0, 0.9)
    assert not span.swapped(0.748, 0.715)  # nearly its own swap


def test_doubts_cut_anywhere_go_on_as_if_uncut():
    watch = Watch()
    messages = []
    watch.feed = lambda *given: messages.extend(given)
    for t in range(0, 2000, 10):
        watch.tell(t, {"main_pressure": 65535 if 300 <= t < 600 else 0.9, "door_open": int(900 < t < 1000 and t // 10 % 2)},
                   ts=t + (8 * 3600 if t > 1500 else 0))  # fmt: skip
    whole, cut = Run(watch.state.configuration), Run(watch.state.configuration)
    for at, message in enumerate(messages):
        whole.commit([message])
        cut.commit([message])
        if at % 7 == 0:
            cut.crash()
    told, retold = ([one for one in run.alarms.values() if one[1].rule != "DQ-01"] for run in (whole, cut))
    assert {episode.rule for _, episode in told} >= {"DQ-10:main_pressure", "DQ-07"}
    assert retold == told
