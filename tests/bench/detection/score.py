"""Plays every kind × fault × seed through the whole core, and healthy months, and counts: `python -m tests.bench detection`.

How long a fault may go unnoticed is declared before it is played with noise: the time at which the same plant, read by ideal
instruments, is told (crossing + window + delays), plus two periods of the slowest point the rule reads, and of slow ramps the
time through the noise (`ramps.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import msgspec

from daemon.cli import progress
from daemon.simulate import plays
from sensors.registry import kinds
from tests.bench.detection.catalogue import health, shorter, trials
from tests.bench.detection.kept import Keep, Kept, digest
from tests.bench.detection.ramps import by_chance, through_noise
from tests.bench.detection.trial import Found, Trial, community, plain, play, slowest
from tests.bench.measure import Figure, figure

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

SEEDS = (1, 2, 3, 4, 5)
MARGIN = 1800.0  # s a fault is played on after its declared time: what else does it raise?
QUICK = 3 * 86400.0  # s: a trial that is played in a few seconds
MONTH, MONTH_COARSE = 30.0, 6  # days; points of 10 s are read each minute
# Where that would tell what is not so: power of before the lamps went out, a meter read after its rule's patience.
FINER = {"control_room": 2, "ev_charger": 2, "fire_pump": 3, "street_light": 2}
AS_IT_IS = {"fire_pump": 1}  # for rules: a reading of the inrush would be in force longer than the limit of the current waits
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One fault under one seed. `within` (s) was declared beforehand, None if even ideal instruments never show it."""

    kind: str
    label: str
    seed: int
    coarse: int
    within: float | None
    at: float | None
    rule: str
    extra: tuple[str, ...]
    before: tuple[str, ...]
    tickets: int
    told: bool  # something worse than information was raised: it must have a ticket

    @property
    def kept(self) -> bool:
        """Raised by a rule that was promised, in the time declared."""
        return self.within is not None and self.at is not None and self.at <= self.within


@dataclass(frozen=True, slots=True)
class Month:
    """Health of one device under one seed: what was raised although nothing was wrong."""

    kind: str
    seed: int
    days: float
    coarse: int
    raised: tuple[str, ...]
    tickets: int


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be played: a fault and the rules that it must raise, or health (no rules)."""

    trial: Trial
    rules: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Says all of it."""
        return f"{self.trial} {' '.join(self.rules)} {held_up(self.trial):g}"

    @property
    def turn(self) -> tuple[int, float]:
        """When it is played: how long it takes, roughly, decides."""
        seconds = self.trial.onset + self.trial.lasts
        return (0 if seconds < QUICK else self.trial.seed, seconds / self.trial.coarse)


def faults(seeds: Sequence[int] = SEEDS, only: Sequence[str] = ()) -> list[Job]:
    """Every labelled fault (or those of the kinds or labels named) under every seed."""
    return [
        Job(replace(trial, seed=seed), rules)
        for trial, rules in trials()
        for seed in seeds
        if not only or trial.label in only or (trial.kind in only and not trial.label.startswith("DQ-"))
    ]


def months(seeds: Sequence[int] = SEEDS, only: Sequence[str] = (), days: float = MONTH) -> list[Job]:
    """Healthy months of every kind that is equipment, and of the gateway."""
    names = [name for name, kind in kinds().items() if kind.plant is not None and (not only or name in only)]
    return [
        Job(health(name, days=days, coarse=(FINER | AS_IT_IS).get(name, MONTH_COARSE), seed=seed))
        for name in names
        for seed in seeds
    ]


def run(jobs: Sequence[Job], keep: Keep, processes: int = PROCESSES) -> None:
    """Play what is not yet known: what is quick under every seed, then seed by seed, so that a run cut short has most to show."""
    for kind in {job.trial.kind for job in jobs}:
        digest(kind)  # of the code that is loaded now, whatever changes meanwhile
    missing = sorted((job for job in jobs if keep.find(job.key, job.trial.kind) is None), key=lambda job: job.turn)
    with Pool(processes) as pool:
        for kept in progress(pool.imap_unordered(_timed, missing), "trials"):
            keep.add(kept)


def rows(jobs: Sequence[Job], keep: Keep) -> list[Row]:
    """What is known of faults."""
    known = [kept for job in jobs if job.rules and (kept := keep.find(job.key, job.trial.kind))]
    return [msgspec.convert(kept.found, Row) for kept in known]


def quiet(jobs: Sequence[Job], keep: Keep) -> list[Month]:
    """What is known of healthy months."""
    known = [kept for job in jobs if not job.rules and (kept := keep.find(job.key, job.trial.kind))]
    return [msgspec.convert(kept.found, Month) for kept in known]


def _timed(job: Job) -> Kept:
    began = process_time()
    found = watch(job) if job.rules else rest(job)
    took = round(process_time() - began, 1)
    return Kept(job.key, digest(job.trial.kind), datetime.now(UTC).date().isoformat(), took, asdict(found))


def watch(job: Job) -> Row:
    """Declare, then play. A fault that nothing can play is one that is not found."""
    trial, rules = job.trial, job.rules
    if trial.label not in plays(community(trial.kind).sites["bench"].devices["device"]):
        return Row(trial.kind, trial.label, trial.seed, trial.coarse, None, None, "", (), ("cannot be played",), 0, told=False)
    told = _told(trial, rules)
    within = None if told is None else told + 2.0 * slowest(trial.kind, rules) * trial.coarse
    return _row(job, within, play(shorter(trial, trial.lasts if within is None else within + MARGIN)))


def _told(trial: Trial, rules: tuple[str, ...]) -> float | None:
    """When ideal instruments tell it (s), and what noise may add to that; None if they never do."""
    physical = tuple(rule for rule in rules if not rule.startswith("DQ-")) or rules  # without noise all instruments look frozen
    late, again = held_up(trial), by_chance(trial.label)
    ideal = play(trial, noise=False, until=() if again else physical)
    told = [at for at, rule in ideal.raised if plain(rule) in physical or rule in physical]
    if again:
        return next((at for at in told if at >= told[0] + late), None)
    return told[0] + late if told else None


def held_up(trial: Trial) -> float:
    """How long noise may hold up what is told of this fault (s)."""
    return through_noise(trial.kind, trial.label, trial.coarse)


def _row(job: Job, within: float | None, found: Found) -> Row:
    trial, rules = job.trial, job.rules
    known = explained(trial.kind, rules)
    extra = tuple(sorted({rule for _, rule in found.raised if plain(rule) not in rules and rule not in known}))
    at, rule = found.first(rules) or (None, "")
    named = (trial.kind, trial.label, trial.seed, trial.coarse)
    return Row(*named, within, at, rule, extra, tuple(found.before), found.tickets, found.told)


def explained(kind: str, rules: tuple[str, ...]) -> frozenset[str]:
    """The promised rules and the limits that they explain."""
    device_rules = (rule for rule in community(kind).sites["bench"].devices["device"].signatures if plain(rule.rule) in rules)
    return frozenset(rules).union(*(rule.hides for rule in device_rules))


def rest(job: Job) -> Month:
    """A healthy month."""
    trial = job.trial
    found = play(trial)
    raised = tuple(rule for _, rule in found.raised)
    return Month(trial.kind, trial.seed, trial.lasts / 86400.0, trial.coarse, raised, found.tickets)


def bench() -> list[Figure]:
    """The figures that were asked for."""
    keep, jobs = Keep(None), faults() + months()
    run(jobs, keep)
    return figures(rows(jobs, keep), quiet(jobs, keep))


def figures(found: Sequence[Row], healthy: Sequence[Month]) -> list[Figure]:
    """Shares and rates over all rows."""
    shown: list[Figure] = []
    if found:
        kept = [100.0 * row.kept for row in found]
        once = [100.0 * (row.tickets == 1) for row in found if row.told]
        beside = [sum(len(row.extra) for row in found) / len(found)]
        shown = [
            figure("labelled faults raised as promised, in time", "%", [sum(kept) / len(kept)], least=98.0),
            figure("fault episodes with exactly one ticket", "%", [sum(once) / max(len(once), 1)], least=100.0),
            figure("alarms beside the promised ones", "per episode", beside),
        ]
    if healthy:
        opened = [month.tickets * MONTH / month.days for month in healthy]
        shown.append(figure("tickets of a healthy device and month", "", [sum(opened) / len(opened)], most=0.05))
    return shown


def offer(parser: ArgumentParser) -> None:
    """What may be asked of every run that keeps its results."""
    parser.add_argument("--only", choices=("faults", "months"), help="default: both")
    parser.add_argument("--days", type=float, default=MONTH, help="how long a healthy month is")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="results, a line each; those of unchanged code are not played again"
    )
    parser.add_argument("--older", action="store_true", help="nor those of earlier code")
    parser.add_argument("--as-kept", action="store_true", help="play nothing, show what is kept")
