"""What is usual and where it leads: baselines, references, forecasts."""

from __future__ import annotations

import json
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from station import Measured

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
MIDNIGHT = 16 * HOUR  # of the station, whose clock is eight hours ahead


def weeks(measured, count, value, every=600.0):
    """Feed so many weeks; the last number."""
    found = None
    for n in range(int(count * WEEK / every)):
        found = measured.at(MIDNIGHT + n * every, level=value(n * every))
    return found


def test_a_baseline_is_unknown_for_fourteen_days():
    usual = Measured("baseline(level)")
    assert weeks(usual, 2, lambda _: 3) is None
    assert usual.at(MIDNIGHT + 2 * WEEK, level=3) == 3


def test_a_baseline_knows_the_hour_of_the_week():
    usual = Measured("baseline(level, by=hour_of_week)")
    weeks(usual, 3, lambda time: time % WEEK // HOUR)
    for hour in (0, 5, 100, 167):
        assert usual.at(MIDNIGHT + 3 * WEEK + hour * HOUR, level=0) == hour


def test_a_baseline_of_all_hours_stays_small():
    usual = Measured("baseline(level)")
    weeks(usual, 7, lambda time: time % 5000, 120)
    assert figures_in(usual.memory) < 2000


def figures_in(memory):
    """How many values a memory holds."""
    return sum(map(figures_in, memory)) if isinstance(memory, list) else 1


def test_a_fault_of_some_days_does_not_become_usual():
    usual = Measured("baseline(level)")
    weeks(usual, 5, lambda time: 3 if time < 4 * WEEK else 30)
    assert usual.at(MIDNIGHT + 5 * WEEK, level=30) == 3


def test_a_baseline_by_load_knows_the_usual_at_each_load():
    usual = Measured("baseline(level, by=pressure)")
    for n in range(int(15 * DAY / 600)):
        load = n % 3 * 0.5
        usual.at(MIDNIGHT + n * 600, pressure=load, level=10 * load)
    assert [usual.at(MIDNIGHT + 15 * DAY + n, pressure=load, level=0) for n, load in enumerate((0, 0.5, 1))] == [0, 5, 10]
    assert usual.at(MIDNIGHT + 15 * DAY + 9, pressure=1.6, level=0) is None
    assert usual.at(MIDNIGHT + 15 * DAY + 9, pressure=None, level=0) is None


@pytest.mark.parametrize(("by", "at"), [("mode", {"mode": "manual"}), ("command", {"command": 1}), ("round(level / 2)", {})])
def test_a_load_may_be_a_word_a_switch_or_a_whole_number(by, at):
    usual = Measured(f"baseline(level while pressure > 0, by={by})")
    for n in range(int(15 * DAY / 1800)):
        usual.at(MIDNIGHT + n * 1800, level=4, pressure=1, mode="manual", command=1)
    assert usual.at(MIDNIGHT + 15 * DAY, level=4, pressure=1, **at) == 4


@given(st.lists(st.integers(0, 100), min_size=12, max_size=40))
@settings(max_examples=20, deadline=None)
def test_a_baseline_is_the_median_of_the_last_weeks_medians(values):
    usual, medians = Measured("baseline(level)"), []
    for n, value in enumerate(values):
        for step in range(3):
            found = usual.at(MIDNIGHT + n * WEEK + step * 600, level=value + step)
        expected = statistics.median(medians[-5:]) if len(medians) >= 2 else None
        assert found == expected
        medians.append(value + 1)


def test_a_reference_is_learned_once_and_held():
    new = Measured("reference(level, 1h)")
    found = [new.at(n * 60, level=n if n <= 60 else 500) for n in range(100)]
    assert set(found[:60]) == {None}
    assert set(found[60:]) == {30}
    new.memory = json.loads(json.dumps(new.memory))
    assert new.at(9000, level=3) == 30


def test_a_reference_is_learned_anew_since_something_happened():
    clean = Measured("reference(level, 30min since command)")
    for n in range(60):
        clean.at(n * 60, level=5, command=0)
    assert clean.at(3600, level=5) == 5
    assert clean.at(3660, level=9, command=1) is None
    for n in range(31):
        found = clean.at(3720 + n * 60, level=9, command=0)
    assert found == 9


def test_a_reference_may_be_of_a_number_of_samples():
    new = Measured("reference(level, 1000n)")
    found = [new.at(n, level=n) for n in range(1001)]
    assert found[998] is None
    assert found[1000] == pytest.approx(500, abs=1000 / 64)


def test_a_forecast_goes_on_with_the_line_within_the_sensor_range():
    ahead = Measured("forecast(level, 1h)")
    for n in range(61):
        found = ahead.at(n * 60, level=1 + n / 60)
    assert found == pytest.approx(3)
    for n in range(61):
        found = ahead.at(3660 + n * 60, level=2 + n / 20)
    assert found == 5


@pytest.mark.parametrize(
    ("rise", "level", "seconds"), [(1, 5, 3 * HOUR), (-0.5, 0.5, 2 * HOUR), (1, 1, float("inf")), (0, 5, float("inf"))]
)
def test_time_to_a_level_is_endless_where_it_moves_away(rise, level, seconds):
    left = Measured(f"time_to(level, {level}, 1h)")
    for n in range(61):
        found = left.at(n * 60, level=(2 if rise > 0 else 1.5) + rise * (n - 60) / 60)
    assert found == pytest.approx(seconds)


def test_a_slope_does_not_suffer_from_the_size_of_its_times():
    slow = Measured("slope(level, 1h)")
    for n in range(200):
        found = slow.at(1_800_000_000 + n * 60, level=1000 + n * 1e-6)
    assert found == pytest.approx(6e-5, rel=1e-4)


def test_a_spread_does_not_suffer_from_the_size_of_its_values():
    tight = Measured("std(level, 1h)")
    for n in range(500):
        found = tight.at(n * 60, level=1e9 + n % 2 if n > 100 else 1e300)
    assert found == pytest.approx(0.5, abs=1e-2)
