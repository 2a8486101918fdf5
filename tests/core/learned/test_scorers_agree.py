"""The project's own scorers on cases small enough for a hand, and against the references where those are at hand."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.bench import detection_nab as nab
from tests.bench import detection_skab as skab
from tests.bench import learned
from tests.bench.parts import Missing

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "detection"

careless = pytest.mark.filterwarnings(  # the reference leaves its files open
    "ignore:unclosed file:ResourceWarning", "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
)


def series(windows, rows=1000):
    at = np.arange(float(rows))
    window, worth = nab.label(at, windows)
    return nab.Series("one", at, at, 150.0, window, worth, len(windows))


@pytest.mark.parametrize(
    ("spoken", "score"),
    [((), 0.0), ((500,), 100.0), ((500, 510, 599), 100.0), ((100, 500), 100.0), ((200, 500), 94.5), ((200,), -5.5)],
)
def test_the_first_detection_in_a_window_counts_and_one_far_outside_costs(spoken, score):
    one, said = series([(500.0, 599.0)]), np.zeros(1000)
    said[list(spoken)] = 9.0
    assert nab.at_threshold([one], {"one": said}, 7.5).score == pytest.approx(score, abs=0.01)


def test_just_after_a_window_a_detection_costs_less():
    one = series([(500.0, 599.0)])
    assert -1.0 <= one.worth[950] < one.worth[610] < 0.0 < one.worth[598] < one.worth[500] == pytest.approx(1.0)


def test_the_optimum_is_the_best_of_all_thresholds():
    one, said = series([(500.0, 599.0)]), np.zeros(1000)
    said[[200, 300, 500]] = 1.0, 2.0, 3.0
    found = nab.optimum([one], {"one": said})
    assert (found.threshold, found.hit, found.false) == (3.0, 1, 0)


def test_f1_and_rates_are_over_all_rows_of_all_runs():
    true, said = np.array([True, True, False, False]), np.array([True, False, True, False])
    found = skab.score([(true, said), (true, said)])
    assert (found.f1, found.false, found.missed) == (0.5, 50.0, 50.0)


def test_where_the_data_is_missing_it_is_said_in_one_line(tmp_path):
    for folder in (nab.folder, skab.folder):
        with pytest.raises(Missing, match="--data"):
            folder(str(tmp_path))


def reference(name, variable, place, monkeypatch):
    """The reference scorer, if it, its data and what it needs are here."""
    monkeypatch.setenv(variable, str(place))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(REFERENCE))
    return importlib.import_module(name)


@careless
@pytest.mark.skipif(not (REFERENCE / "score_nab.py").exists(), reason="the reference scorers are not beside the checkout")
def test_our_standard_score_is_the_references_to_three_decimals(monkeypatch):
    place = REFERENCE / "data" / "nab"
    theirs = reference("score_nab", "NAB_DIR", place, monkeypatch)
    theirs_corpus, ours = theirs.load_corpus(str(place)), nab.load(place)
    said = {one.name: learned.spoken(one) for one in ours}
    scorer = theirs.Scorer(theirs_corpus)
    score, hit, false = scorer.at(said, nab.FIXED)
    mine = nab.at_threshold(ours, said, nab.FIXED)
    assert (mine.score, mine.hit, mine.false) == (pytest.approx(score, abs=5e-4), hit, false)
    assert nab.optimum(ours, said).score == pytest.approx(scorer.optimise(said)[0], abs=5e-4)


@careless
@pytest.mark.skipif(not (REFERENCE / "score_skab.py").exists(), reason="the reference scorers are not beside the checkout")
def test_our_f1_and_rates_are_the_references_to_three_decimals(monkeypatch):
    place = REFERENCE / "data" / "skab"
    theirs = reference("score_skab", "SKAB_DIR", place, monkeypatch)
    runs = skab.load(place)
    said = [learned.tracked(run) for run in runs]
    found = theirs.outlier(theirs.load(str(place)), said)
    mine = skab.score((run.anomaly[skab.TRAINING :], one) for run, one in zip(runs, said, strict=True))
    assert (mine.f1, mine.false, mine.missed) == pytest.approx((found["F1"], found["FAR"], found["MAR"]), abs=5e-4)
