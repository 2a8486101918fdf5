"""`python -m tests.bench detection`: every kind × fault × seed through the whole core, and healthy months: a table and a picture.

How long a fault may go unnoticed is declared before it is played with noise: the time at which the same plant, read by ideal
instruments, is told (crossing + window + delays), plus two periods of the slowest point the rule reads, and where the catalogue
says so the time through the noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing import Pool
from statistics import median
from typing import TYPE_CHECKING

from daemon.cli import progress
from daemon.simulate import plays
from sensors.registry import kinds
from tests.bench.detection.catalogue import THROUGH_NOISE, health, shorter, trials
from tests.bench.detection.trial import Found, Trial, community, plain, play, slowest
from tests.bench.measure import Figure, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = (1, 2, 3, 4, 5)
MARGIN = 1800.0  # s a fault is played on after its declared time: what else does it raise?
MONTH, MONTH_COARSE = 30.0, 6  # days; points of 10 s are read each minute
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


def watch(job: tuple[Trial, tuple[str, ...], int]) -> Row:
    """Declare, then play. A fault that nothing can play is one that is not found."""
    trial, rules, seed = job
    if trial.label not in plays(community(trial.kind).sites["bench"].devices["device"]):
        return Row(trial.kind, trial.label, seed, trial.coarse, None, None, "", (), ("cannot be played",), 0, told=False)
    physical = tuple(rule for rule in rules if not rule.startswith("DQ-")) or rules  # without noise all instruments look frozen
    ideal = play(shorter(trial, seed, trial.lasts), noise=False, until=physical).first(physical)
    within = None if ideal is None else ideal[0] + 2.0 * slowest(trial.kind, rules) * trial.coarse
    within = None if within is None else within + THROUGH_NOISE.get(trial.label, 0.0)
    found = play(shorter(trial, seed, trial.lasts if within is None else within + MARGIN))
    return _row(trial, rules, seed, within, found)


def _row(trial: Trial, rules: tuple[str, ...], seed: int, within: float | None, found: Found) -> Row:
    first = found.first(rules)
    known = explained(trial.kind, rules)
    extra = tuple(sorted({rule for _, rule in found.raised if plain(rule) not in rules and rule not in known}))
    at, rule = first or (None, "")
    return Row(
        trial.kind, trial.label, seed, trial.coarse, within, at, rule, extra, tuple(found.before), found.tickets, found.told
    )


def explained(kind: str, rules: tuple[str, ...]) -> frozenset[str]:
    """The promised rules and the limits that they explain."""
    device_rules = (rule for rule in community(kind).sites["bench"].devices["device"].signatures if plain(rule.rule) in rules)
    return frozenset(rules).union(*(rule.hides for rule in device_rules))


@dataclass(frozen=True, slots=True)
class Month:
    """Health of one device under one seed: what was raised although nothing was wrong."""

    kind: str
    seed: int
    days: float
    raised: tuple[str, ...]
    tickets: int


def rest(job: tuple[str, int, float]) -> Month:
    """A healthy month."""
    kind, seed, days = job
    found = play(health(kind, days=days, coarse=MONTH_COARSE, seed=seed))
    return Month(kind, seed, days, tuple(rule for _, rule in found.raised), found.tickets)


def faults(seeds: Sequence[int] = SEEDS, labels: Sequence[str] = ()) -> list[Row]:
    """Every labelled fault (or those named) under every seed; the longest first, so that both processes end together."""
    jobs = [(trial, rules, seed) for trial, rules in trials() for seed in seeds if not labels or trial.label in labels]
    jobs.sort(key=lambda job: (job[0].onset + job[0].lasts) / job[0].coarse, reverse=True)
    with Pool(PROCESSES) as pool:
        rows = list(progress(pool.imap_unordered(watch, jobs), "trials"))
    order = {trial.label: number for number, (trial, _) in enumerate(trials())}
    return sorted(rows, key=lambda row: (order[row.label], row.seed))


def months(seeds: Sequence[int] = (1,), days: float = MONTH) -> list[Month]:
    """Healthy months of every kind that is equipment."""
    names = [name for name, kind in kinds().items() if kind.plant is not None and name != "gateway"]
    with Pool(PROCESSES) as pool:
        return pool.map(rest, [(name, seed, days) for name in names for seed in seeds], chunksize=1)


def bench() -> list[Figure]:
    """The figures that were asked for."""
    return figures(faults(), months())


def figures(rows: Sequence[Row], healthy: Sequence[Month]) -> list[Figure]:
    """Shares and rates over all rows."""
    kept = [100.0 * row.kept for row in rows]
    once = [100.0 * (row.tickets == 1) for row in rows if row.told]
    found = [
        figure("labelled faults raised as promised, in time", "%", [sum(kept) / len(kept)], least=98.0),
        figure("fault episodes with exactly one ticket", "%", [sum(once) / max(len(once), 1)], least=100.0),
        figure("alarms beside the promised ones", "per episode", [sum(len(row.extra) for row in rows) / len(rows)]),
    ]
    if healthy:
        quiet = [month.tickets * MONTH / month.days for month in healthy]
        found.append(figure("tickets of a healthy device and month", "", [sum(quiet) / len(quiet)], most=0.05))
    return found


def table(rows: Sequence[Row]) -> list[str]:
    """One markdown row a fault: how many seeds kept the promise, by which rule, how soon, what else was raised."""
    lines = ["| kind | fault | in time | by | declared | after | extra alarms | tickets | sampling |", "|" + "---|" * 9]
    for label in dict.fromkeys(row.label for row in rows):
        of = [row for row in rows if row.label == label]
        lines.append(_line(of))
    return lines


def _line(of: Sequence[Row]) -> str:
    found = [row for row in of if row.at is not None]
    rules = ", ".join(sorted({row.rule for row in found})) or "–"
    declared = _span([row.within for row in of if row.within is not None])
    after = _span([row.at for row in found if row.at is not None])
    extra = ", ".join(sorted({rule for row in of for rule in (*row.extra, *row.before)})) or "–"
    tickets = ", ".join(str(count) for count in sorted({row.tickets for row in of}))
    sampling = "as it is" if of[0].coarse == 1 else f"{of[0].coarse} × coarser"
    kept = f"{sum(row.kept for row in of)}/{len(of)}"
    return f"| {of[0].kind} | {of[0].label} | {kept} | {rules} | {declared} | {after} | {extra} | {tickets} | {sampling} |"


def _span(seconds: Sequence[float]) -> str:
    """The median in the unit that suits it."""
    if not seconds:
        return "–"
    middle = median(seconds)
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if middle >= 2 * size:
            return f"{middle / size:.1f} {unit}"
    return f"{middle:.0f} s"
