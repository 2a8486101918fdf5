"""How good and how fast learned normal is: the standard score on the Numenta series, F1 on the pump loop, readings a second on
one core. `python -m tests.bench.learned --data FOLDER` takes the data from elsewhere; where there is none that is said.
"""

from __future__ import annotations

import argparse
import sys
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from daemon.core.learned import channel, layout, system, tracker
from daemon.core.learned.finding import Tier
from tests.bench import detection_nab as nab
from tests.bench import detection_skab as skab
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.parts import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

SEEDS = (1, 2, 3)  # of the random replacement
WARM = 150  # readings
CHANNELS, BATCH = 100, 200_000
NAB_LEAST, F1_LEAST, FALSE_MOST, SPEED_LEAST = 71.0, 85.0, 15.0, 50_000


def spoken(series: nab.Series, tier: Tier = Tier.MIDDLE, seed: int = 1) -> NDArray[np.float64]:
    """What the channel detector says of a series, row by row: evidence where it speaks, else 0."""
    rows = len(series.at)
    state, out = layout.channels(1, tier, seed), np.zeros((rows, layout.VERDICT))
    knobs = np.array([[nab.FIXED, WARM, 0.0, -1.0, 0.0]])
    readings = np.column_stack([series.at, series.value])
    channel.observe(state, np.zeros(rows, np.int64), readings, np.ones(rows, np.bool_), knobs, out)
    return out[:, layout.SAID]


def tracked(run: skab.Run) -> NDArray[np.bool_]:
    """Whether the tracker is in alarm at each scored row."""
    state, out = tracker.tracks(1, run.rows.shape[1]), np.zeros(len(run.rows), np.bool_)
    state.slow[0] = [unit in tracker.SLOW_UNITS for unit in skab.POINTS.values()]
    tracker.follow_all(state, 0, run.at, run.rows, skab.TRAINING, out)
    return out[skab.TRAINING :]


def modelled(run: skab.Run) -> NDArray[np.bool_]:
    """The same by dynamic PCA, which is made for larger systems."""
    model, trace = system.fit(run.rows[: skab.TRAINING]), system.Trace()
    found = [None if model is None else system.judge(model, trace, row) for row in run.rows]
    return np.array([one is not None and one.ratio > 1.0 for one in found])[skab.TRAINING :]


def speed(tier: Tier) -> list[float]:
    """Readings a second of processor time, with full stores."""
    rng, out = np.random.default_rng(1), np.zeros((BATCH, layout.VERDICT))
    state = layout.channels(CHANNELS, tier)
    which = np.tile(np.arange(CHANNELS), BATCH // CHANNELS)
    knobs = np.tile(np.array([nab.FIXED, WARM, 0.0, -1.0, 0.0]), (CHANNELS, 1))
    times = np.repeat(np.arange(BATCH // CHANNELS) * 300.0, CHANNELS)
    readings, found = np.column_stack([times, rng.normal(size=BATCH)]), []
    for _ in range(RUNS + 1):
        began = process_time()
        channel.observe(state, which, readings, np.ones(BATCH, np.bool_), knobs, out)
        found.append(BATCH / (process_time() - began))
        readings[:, 0] += 300.0 * BATCH / CHANNELS
    return found[1:]  # the first fills the stores


def bench() -> list[Figure]:
    """All figures, with the data where it usually is."""
    return figures("")


def figures(data: str) -> list[Figure]:
    """All figures that can be had here."""
    found: list[Figure] = []
    for section in (_nab, _skab):
        try:
            found += section(data)
        except Missing as missing:
            print(f"  left out: {missing}", file=sys.stderr)
    least = {Tier.MIDDLE: SPEED_LEAST}
    return found + [
        figure(f"channel detector, {tier.name.lower()}", "readings/s", speed(tier), least=least.get(tier)) for tier in Tier
    ]


def _nab(data: str) -> list[Figure]:
    corpus, found = nab.load(nab.folder(data)), []
    for tier in Tier:
        scores = [{one.name: spoken(one, tier, seed) for one in corpus} for seed in SEEDS]
        least = NAB_LEAST if tier is Tier.MIDDLE else None
        name = f"NAB standard, {tier.name.lower()}"
        found.append(figure(f"{name}, threshold {nab.FIXED}", "of 100", _each(corpus, scores, _fixed), least=least))
        found.append(figure(f"{name}, its own optimum", "of 100", _each(corpus, scores, nab.optimum), least=least))
    return found


def _fixed(corpus: Sequence[nab.Series], scores: Mapping[str, NDArray[np.float64]]) -> nab.Score:
    return nab.at_threshold(corpus, scores, nab.FIXED)


def _each(
    corpus: Sequence[nab.Series],
    scores: Sequence[Mapping[str, NDArray[np.float64]]],
    judge: Callable[[Sequence[nab.Series], Mapping[str, NDArray[np.float64]]], nab.Score],
) -> list[float]:
    return [judge(corpus, one).score for one in scores]


def _skab(data: str) -> list[Figure]:
    runs = skab.load(skab.folder(data))
    by_tracker = skab.score((run.anomaly[skab.TRAINING :], tracked(run)) for run in runs)
    by_model = skab.score((run.anomaly[skab.TRAINING :], modelled(run)) for run in runs)
    return [
        figure("SKAB F1, tracker", "%", [100.0 * by_tracker.f1], least=F1_LEAST),
        figure("SKAB false alarms, tracker", "%", [by_tracker.false], most=FALSE_MOST),
        figure("SKAB F1, dynamic PCA (8 points: too few)", "%", [100.0 * by_model.f1]),
        figure("SKAB false alarms, dynamic PCA", "%", [by_model.false]),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.learned", description=__doc__)
    parser.add_argument("--data", default="", help="folder that holds nab/ and skab/")
    print("\n".join(one.line() for one in figures(parser.parse_args().data)))


if __name__ == "__main__":
    main()
