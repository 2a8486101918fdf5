"""What a device learns as a whole: trackers per operating mode, dynamic PCA, rows."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.core.learned import system, tracker
from daemon.core.learned.rows import MODES, STRANGE, Rows

FIT = 400


def noisy(rows, points=3, seed=1):
    return np.random.default_rng(seed).normal(0.0, 0.05, (rows, points)) + np.arange(1.0, points + 1.0)


def track(rows, slow=()):
    state, out = tracker.tracks(1, rows.shape[1]), np.zeros(len(rows), np.bool_)
    state.slow[0, list(slow)] = True
    tracker.follow_all(state, 0, np.arange(float(len(rows))), rows, FIT, out)
    return state, out


def test_a_point_that_leaves_its_normal_is_named_and_stays_in_alarm_as_long():
    rows = noisy(900)
    rows[600:800, 1] += 0.4
    out = track(rows)[1]
    assert not out[:600].any()
    assert out[615:800].all()
    assert not out[820:].any()
    assert track(rows[:700])[0].about[0, tracker.POINT] == 1


def test_a_fast_point_creeping_away_is_followed_but_not_into_a_fault():
    creep, fault = noisy(3000), noisy(3000)
    creep[:, 0] += np.arange(3000) * 2e-5
    fault[1000:, 0] += 1.0
    assert not track(creep)[1].any()
    assert track(fault)[1][1015:].all()


def test_a_slow_point_is_judged_by_how_fast_it_moves():
    rows = noisy(2000)
    rows[:, 0] += np.linspace(0.0, 1.0, 2000)
    assert not track(rows, slow=[0])[1].any()
    rows[1000:, 0] += 1.0
    out = track(rows, slow=[0])[1]
    assert out[1005]
    assert not out[1200:].any()


def test_nothing_is_learned_and_no_baseline_moves_while_learning_is_off():
    state, _ = track(noisy(600))
    before = state.normal.copy()
    for k, row in enumerate(noisy(100, seed=2)):
        tracker.follow(state, 0, (600.0 + k, False), row, FIT)
    assert np.array_equal(before, state.normal)
    fresh = tracker.tracks(1, 3)
    tracker.follow(fresh, 0, (0.0, False), noisy(1)[0], FIT)
    assert fresh.rows[0] == 0


def test_an_accepted_alarm_ends_and_the_old_level_is_the_strange_one():
    rows = noisy(700)
    rows[600:, 2] += 0.5
    state, out = track(rows)
    assert out[-1]
    tracker.accept(state, 0)
    said = [tracker.follow(state, 0, (700.0 + k, True), row, FIT) for k, row in enumerate(noisy(30, seed=3))]
    assert said.count(1) == 1


def test_a_frozen_alarm_ends_by_itself_after_the_longest_time_and_the_mode_is_learned_anew():
    rows = noisy(700)
    rows[600:, 2] += 0.5
    state, _ = track(rows)
    assert tracker.follow(state, 0, (600.0 + tracker.LONGEST + 60.0, True), rows[-1], FIT) == -1
    assert state.rows[0] == 0


def test_a_missing_point_is_not_judged_and_harms_no_other():
    rows = noisy(900)
    rows[:, 0] = np.nan
    rows[700:, 1] += 0.5
    state, out = track(rows)
    assert out[715:].all()
    assert state.about[0, tracker.POINT] == 1


def coupled(rows, seed=1):
    rng = np.random.default_rng(seed)
    causes = rng.normal(size=(rows, 3)).cumsum(axis=0) * 0.05
    return causes @ np.random.default_rng(9).normal(size=(3, 12)) + rng.normal(0.0, 0.02, (rows, 12))


def test_points_that_no_longer_go_together_are_found_and_named_where_no_value_is_strange():
    rows = coupled(3000)
    model, trace = system.fit(rows[:2500]), system.Trace()
    rows[2800:, 4] = rows[2799, 4]
    found = [system.judge(model, trace, row) for row in rows[2500:]]
    assert max(one.ratio for one in found[10:290]) < 3.0
    assert found[-1].ratio > 3.0
    assert found[-1].shares[0][0] == 4


@pytest.mark.parametrize("rows", [coupled(100), np.full((500, 12), np.nan), coupled(399)])
def test_too_few_rows_make_no_model(rows):
    assert system.fit(rows) is None


def test_a_missing_point_pauses_the_system_and_a_constant_one_is_no_harm():
    rows = coupled(1000)
    rows[:, 3] = 5.0
    model, trace = system.fit(rows), system.Trace()
    broken = rows[0].copy()
    broken[2] = np.nan
    assert [system.judge(model, trace, row) for row in (*rows[:5], broken, rows[5])][-2:] == [None, None]
    assert np.isfinite([one.ratio for row in rows[6:40] if (one := system.judge(model, trace, row))]).all()


def take(rows, *readings):
    return [row for at, name, value in readings if (row := rows.take(at, name, value, learn=True))]


def test_readings_of_a_slot_become_one_row_of_means():
    rows = Rows(("p", "q"), ("run",), 60.0)
    found = take(rows, (0, "run", True), (61, "p", 1.0), (70, "p", 3.0), (125, "p", 9.0))
    assert [(row.at, row.values) for row in found] == [(120.0, (2.0, None))]


def test_a_slot_in_which_the_mode_changed_is_a_transient_and_makes_no_row():
    rows = Rows(("p",), ("run",), 60.0)
    found = take(rows, (0, "run", 0), (61, "p", 1.0), (121, "p", 5.0), (130, "run", 1), (185, "p", 6.0), (250, "p", 7.0))
    assert [(row.values, row.mode, row.entered) for row in found] == [((1.0,), 0, True), ((6.0,), 1, True)]


def test_modes_beyond_the_most_are_strange_not_confused():
    rows, found = Rows(("p",), ("state",), 60.0), []
    for k in range(MODES + 2):
        found += take(rows, (120.0 * k, "state", str(k)), (120.0 * k + 60, "p", 1.0), (120.0 * k + 119, "p", 1.0))
    assert [row.mode for row in found] == [*range(MODES), STRANGE]
