"""Turns the results of the score into docs/score.md, its tables in markdown, with the picture beside it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from sensors.registry import kinds
from tests.bench.detection.picture import draw
from tests.bench.detection.score import Job, Month, Row, figures, quiet, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.bench.detection.kept import Keep
    from tests.bench.measure import Figure

COMMAND = "python -m tests.bench.detection --keep score.jsonl --page docs"
EXPLAINED = """\
Each labelled fault is played by the simulated plant of one reference device behind one gateway, through the whole core: decode,
data quality, rules, incidents, tickets. *Declared* is when the same plant, read by instruments without noise, is told, plus two
periods of the slowest point of the rule; slow ramps get on top what noise may hold up: 3 sigma of what is judged and half a step,
over the growth at the threshold, all of them by one formula (`tests/bench/detection/ramps.py`), and where nobody knows when the
fault can be seen again (a car must come) the first telling of those ideal instruments that much later. *After* is when it was
raised, the median of the seeds. *Extra* are alarms beside the promised rules and what these explain, before the fault or after.

Faults of days and weeks are played with coarser sampling: every period of every point is that many times longer, changes of state
still come at once, and the time declared holds two such longer periods. The history that a rule looks back on is played as well.
A fault is played on for half an hour after the time declared for it: *not found* means until then.
Data faults that are only information (DQ-03, DQ-08, DQ-09) open no ticket. No rule was tuned on these runs or seeds. One
declaration was mended after a run: EV-F2 under seed 5 was late by half a day where a car was taken for granted every day
(*Cars come by chance* in DESIGN.md says why that was wrong)."""
HEALTH = """\
One device without a fault, behind its gateway, through the whole core, its data rules and all. Sampling as for the faults:
coarser where no rule feels it, finer or as it is where one would (a reading of the current in which a fire pump starts would be
in force for longer than the 10 s that its limit waits).
DQ-03 of turbidity is a bubble at the probe, as the plant has them twice a week: a spike indeed, and information; of a sample
every six minutes most escape.
What is learned beside the rules has [a page of its own](learned.md)."""
SPANS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def write(folder: Path, jobs: Sequence[Job], keep: Keep) -> None:
    """score.md and score.svg in `folder`, of what is known of these jobs."""
    text = "\n".join(_page(jobs, keep)) + "\n"
    (folder / "score.md").write_text(text, encoding="utf-8")
    (folder / "score.svg").write_text(draw(rows(jobs, keep)), encoding="utf-8")


def _page(jobs: Sequence[Job], keep: Keep) -> Iterable[str]:
    found, healthy = rows(jobs, keep), quiet(jobs, keep)
    days = keep.days(job.key for job in jobs)
    yield from ("# The score of watching", "")
    kinds_rested = len({month.kind for month in healthy})
    yield f"Written by `{COMMAND}` from what was played on {' and '.join(days) or 'no day'}:"
    yield f"{_many(len({row.label for row in found}), 'fault')} and the health of {_many(kinds_rested, 'kind')} of equipment,"
    yield f"{_seeds([row.seed for row in found] + [month.seed for month in healthy])}."
    if aged := keep.aged((job.key, job.trial.kind) for job in jobs):
        yield f"{aged} of {len(found) + len(healthy)} results are of code before the latest change of a kind or the core."
    yield from ("", "![Delay of every fault against the time declared for it](score.svg)", "")
    yield EXPLAINED
    yield from ("", "| figure | reached | asked |", "|---|---|---|")
    yield from (_figure(one) for one in figures(found, healthy))
    yield from ("", *_missing(jobs, keep))
    yield from ("", "## Faults", "", *table(found))
    yield from ("", "## Healthy months", "", HEALTH, "", *health_table(healthy))


def _figure(one: Figure) -> str:
    asked = "–" if one.most is None and one.least is None else f"≤ {one.most:g}" if one.most is not None else f"≥ {one.least:g}"
    missed = " (missed)" if one.reached is False else ""
    return f"| {one.name} | {one.median:.3g} {one.unit}{missed} | {asked} |"


def _missing(jobs: Sequence[Job], keep: Keep) -> Iterable[str]:
    """What was asked for and not played, by name."""
    gaps = [job for job in jobs if keep.find(job.key, job.trial.kind) is None]
    if gaps:
        yield f"**Not played**: faults {_named(job for job in gaps if job.rules)};"
        yield f"healthy months {_named(job for job in gaps if not job.rules)}."
    late = [row for row in rows(jobs, keep) if not row.kept]
    if late:
        named = ", ".join(f"{row.label} (seed {row.seed}: {'late' if row.at is not None else 'not found'})" for row in late)
        yield f"**Not as promised**: {named}."


def _named(jobs: Iterable[Job]) -> str:
    """Which of them, and under which seeds."""
    seeds: dict[str, list[str]] = {}
    for job in jobs:
        seeds.setdefault(job.trial.label or job.trial.kind, []).append(str(job.trial.seed))
    return ", ".join(f"{name} (seed {' '.join(missing)})" for name, missing in seeds.items()) or "none"


def table(found: Sequence[Row]) -> list[str]:
    """One markdown row a fault: how many seeds kept the promise, by which rule, how soon, what else was raised."""
    lines = ["| kind | fault | | in time | by | declared | after | extra alarms | tickets | sampling |", "|" + "---|" * 10]
    for label in dict.fromkeys(row.label for row in found):
        of = [row for row in found if row.label == label]
        lines.append(_line(of))
    return lines


def _line(of: Sequence[Row]) -> str:
    raised = [row for row in of if row.at is not None]
    rules = ", ".join(sorted({row.rule for row in raised})) or "–"
    declared = span([row.within for row in of if row.within is not None])
    after = span([row.at for row in raised if row.at is not None])
    extra = ", ".join(sorted({rule for row in of for rule in (*row.extra, *row.before)})) or "–"
    tickets = ", ".join(str(count) for count in sorted({row.tickets for row in of}))
    sampling = _sampling(of[0].coarse)
    kept, name = f"{sum(row.kept for row in of)}/{len(of)}", names()[of[0].label]
    return (
        f"| {of[0].kind} | {of[0].label} | {name} | {kept} | {rules} | {declared} | {after} | {extra} | {tickets} | {sampling} |"
    )


def _sampling(factor: int) -> str:
    return "as it is" if factor == 1 else f"{factor} × coarser"


def names() -> dict[str, str]:
    """What the labelled faults are called, in both languages."""
    return {fault.id: f"{fault.says.zh} {fault.says.en}" for kind in kinds().values() for fault in kind.faults}


def health_table(healthy: Sequence[Month]) -> list[str]:
    """One markdown row a kind: what was raised although nothing was wrong."""
    lines = ["| kind | months | sampling | tickets | alarms |", "|---|---|---|---|---|"]
    for kind in dict.fromkeys(month.kind for month in healthy):
        of = [month for month in healthy if month.kind == kind]
        raised = sorted(rule for month in of for rule in month.raised)
        named = ", ".join(f"{rule} × {raised.count(rule)}" for rule in dict.fromkeys(raised)) or "none"
        played = f"{len(of)} of {of[0].days:g} d | {_sampling(of[0].coarse)}"
        lines.append(f"| {kind} | {played} | {sum(month.tickets for month in of)} | {named} |")
    return lines


def span(seconds: Sequence[float]) -> str:
    """The median in the unit that suits it."""
    if not seconds:
        return "–"
    middle = median(seconds)
    for size, unit in SPANS:
        if middle >= 2 * size:
            return f"{middle / size:.1f} {unit}"
    return f"{middle:.0f} s"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _seeds(seeds: Sequence[int]) -> str:
    found = sorted(set(seeds))
    return f"seeds {found[0]} to {found[-1]}" if len(found) > 1 else f"seed {found[0]}" if found else "no seed"
