"""What is learned beside the rules, on simulated equipment: how many entries of the review list, and tickets where a site has
opted in, a healthy device causes in a month, and whether it finds slow faults that have a rule, sooner or later than that.

Each device has two weeks to be learned before its month begins, three before its fault.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from math import ceil
from time import process_time
from typing import TYPE_CHECKING

import msgspec

from daemon.cli import progress
from daemon.core.learned.finding import DAY
from sensors.registry import kinds
from tests.bench.detection import kept as keeping
from tests.bench.detection import score
from tests.bench.detection.catalogue import health, trials
from tests.bench.detection.kept import Keep, Kept
from tests.bench.detection.score import FINER, MONTH, MONTH_COARSE
from tests.bench.detection.trial import plain
from tests.bench.detection_learned.play import WARM, Said, play
from tests.bench.measure import Figure, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.detection.trial import Trial

SEEDS = (1, 2, 3)
LEARNT = 21 * DAY  # s of health before a fault
MOST_SAID = 8  # findings of a fault that are kept
ENTRIES_MOST, TICKETS_MOST = 0.5, 0.02  # of a healthy device and month
# Faults that grow for hours, days or weeks: time enough for what is learned to see them before their rule.
SLOW = (
    *("FP-F2", "FP-F8", "WS-F1", "WS-F6", "WS-F9", "WS-F10", "BO-F5", "BO-F9", "BO-F10"),
    *("RW-F1", "RW-F4", "PW-F2", "PW-F9", "EV-F4", "EL-F3"),
)
OWN = ("daemon/learning.py", "tests/bench/detection_learned/play.py")


@dataclass(frozen=True, slots=True)
class Month:
    """A healthy month. `entries` of the review list where the site has not opted in; `tickets` (s after its beginning) where it
    has; what rules `raised`."""

    kind: str
    seed: int
    days: float
    coarse: int
    warm: int
    entries: tuple[tuple[Said, ...], ...]
    tickets: tuple[float, ...]
    raised: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slow:
    """A slow fault; times in s after its onset. `rule` spoke `at`; `said`: the first findings on the review list or in
    a ticket; `joined`: when one became a line of the ticket; `before`: entries of the healthy weeks."""

    kind: str
    label: str
    seed: int
    coarse: int
    before: int
    rule: str
    at: float | None
    joined: float | None
    said: tuple[Said, ...]

    @property
    def first(self) -> float | None:
        """When something learned was told."""
        return self.said[0].at if self.said else None


class Job(score.Job):
    """What is to be played: a fault and the rules it promises, or health."""

    __slots__ = ()

    @property
    def key(self) -> str:
        """Says all of it."""
        return f"learned {self.trial} {' '.join(self.rules)}"


@cache
def code(kind: str) -> str:
    """Of all that takes part."""
    whole = blake2b(keeping.digest(kind).encode(), digest_size=8)
    for name in OWN:
        whole.update((keeping.ROOT / name).read_bytes())
    return whole.hexdigest()


class Memory(Keep):
    """Results of this measurement: known by the code that plays, learns and counts."""

    digest = staticmethod(code)


def months(seeds: Sequence[int] = SEEDS, only: Sequence[str] = (), days: float = MONTH) -> list[Job]:
    """Of every kind that is learned: all but the gateway. Seed by seed, so that a run cut short has all kinds to show."""
    names = [
        name for name, kind in kinds().items() if kind.plant is not None and name != "gateway" and (not only or name in only)
    ]
    return [Job(_weeks_later(name, days, seed)) for seed in seeds for name in names]


def _weeks_later(kind: str, days: float, seed: int) -> Trial:
    trial = health(kind, days=days, coarse=FINER.get(kind, MONTH_COARSE), seed=seed)
    return replace(trial, onset=WARM)


def faults(only: Sequence[str] = (), seeds: Sequence[int] = (1,)) -> list[Job]:
    """The slow ones, at their time of day, when three weeks have been learned."""
    chosen = [(trial, rules) for trial, rules in trials() if trial.label in SLOW]
    wanted = [(trial, rules) for trial, rules in chosen if not only or trial.label in only or trial.kind in only]
    return [Job(replace(_learnt(trial), seed=seed), rules) for seed in seeds for trial, rules in wanted]


def _learnt(trial: Trial) -> Trial:
    days = max(0, ceil((LEARNT - trial.onset) / DAY))
    return replace(trial, onset=trial.onset + days * DAY)


def run(jobs: Sequence[Job], keep: Keep) -> None:
    """Play what is not yet known, one by one."""
    missing = [job for job in jobs if keep.find(job.key, job.trial.kind) is None]
    for job in missing:
        code(job.trial.kind)  # of the code that is loaded now, whatever changes meanwhile
    for job in progress(missing, "trials"):
        began = process_time()
        found = asdict(_slow(job) if job.rules else _month(job))
        took = round(process_time() - began, 1)
        keep.add(Kept(job.key, code(job.trial.kind), datetime.now(UTC).date().isoformat(), took, found))


def _month(job: Job) -> Month:
    """With opt-in; and once more without where that made a difference: until a ticket is opened both are the same."""
    trial = job.trial
    opted = play(trial, tickets=True)
    shut = play(trial) if opted.tickets else opted
    raised = tuple(rule for at, rule in shut.raised if at >= 0.0)
    named = (trial.kind, trial.seed, trial.lasts / DAY, trial.coarse, shut.warm)
    return Month(*named, tuple(shut.entries), tuple(opted.tickets), raised)


def _slow(job: Job) -> Slow:
    trial, heard = job.trial, play(job.trial, until=job.rules)
    at, rule = next(((at, rule) for at, rule in heard.raised if at >= 0.0 and plain(rule) in job.rules), (None, ""))
    said = sorted((one for one in heard.listed + heard.joined if one.at >= 0.0), key=lambda one: one.at)
    joined = min((one.at for one in heard.joined if one.at >= 0.0), default=None)
    named = (trial.kind, trial.label, trial.seed, trial.coarse, heard.warm)
    return Slow(*named, rule, at, joined, tuple(said[:MOST_SAID]))


def rested(jobs: Sequence[Job], keep: Keep) -> list[Month]:
    """What is known of healthy months."""
    known = [kept for job in jobs if not job.rules and (kept := keep.find(job.key, job.trial.kind))]
    return [msgspec.convert(kept.found, Month) for kept in known]


def suffered(jobs: Sequence[Job], keep: Keep) -> list[Slow]:
    """What is known of faults."""
    known = [kept for job in jobs if job.rules and (kept := keep.find(job.key, job.trial.kind))]
    return [msgspec.convert(kept.found, Slow) for kept in known]


def bench() -> list[Figure]:
    """One seed of all kinds."""
    keep, jobs = Memory(None), months((1,))
    run(jobs, keep)
    return figures(rested(jobs, keep), [])


def figures(healthy: Sequence[Month], slow: Sequence[Slow]) -> list[Figure]:
    """Rates of a device and month, of all kinds and of each; the share of slow faults that were seen."""
    shown: list[Figure] = []
    if healthy:
        shown = [
            figure("review entries of a healthy device and month", "", [rate(healthy, _entries)], most=ENTRIES_MOST),
            figure("tickets of what is learned, opted in", "", [rate(healthy, _tickets)], most=TICKETS_MOST),
        ]
    for kind in dict.fromkeys(month.kind for month in healthy):
        of = [month for month in healthy if month.kind == kind]
        shown.append(figure(f"  review entries: {kind}", "", [rate(of, _entries)], most=ENTRIES_MOST))
        shown.append(figure(f"  tickets: {kind}", "", [rate(of, _tickets)], most=TICKETS_MOST))
    if slow:
        seen = [100.0 * (one.first is not None) for one in slow]
        shown.append(figure("slow faults in which something learned was told", "%", [sum(seen) / len(seen)]))
    return shown


def rate(of: Sequence[Month], count: Callable[[Month], int]) -> float:
    """So many a device and month."""
    return sum(map(count, of)) * MONTH / sum(month.days for month in of)


def _entries(month: Month) -> int:
    return len(month.entries)


def _tickets(month: Month) -> int:
    return len(month.tickets)
