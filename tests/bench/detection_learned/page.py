"""Turns what the measurement of learned normal has found into docs/learned.md."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from daemon.core.learned.finding import DAY, Settings
from tests.bench.detection.page import names, span
from tests.bench.detection_learned.noise import CHANNELS, NOISES, POINTS, SEEDS, heard
from tests.bench.detection_learned.score import TICKETS_MOST, figures, rate, rested, suffered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.bench.detection_learned.score import Job, Memory, Month, Slow

COMMAND = "python -m tests.bench.detection_learned --seeds {seeds} --keep learned.jsonl --page docs"
EXPLAINED = """\
A simulated reference device behind its gateway goes through the whole core as it is watched live, commit by commit, with what is
learned beside it: devices in alarm are judged but not learned, findings go to the review list or into the ticket that is open,
and once a day a person dismisses each entry and closes each ticket whose alarms are gone, so that neither swallows what comes
later. Two weeks are learned in silence before the month that counts; entries before it would be told. With opt-in a ticket is
opened where two detectors name the same point; the months are played once more without it where that made a difference.

Points read more often than once a minute are read up to so many times more rarely, but once a minute at least: what is learned
are means of five minutes, here of five readings or more. Nothing of what is learned was tuned on these runs or seeds, but for one
thing that was seen in them: a lift's days to its inspection jumped by a year in a month of seed 3, which made an entry and, opted
in, a ticket. Days until a date are no measurement; they are not learned since, and the lifts were played again."""
FAULTS = """\
Faults that have a rule and grow slowly, after three weeks in which the device was learned (the onset of the score of watching,
moved by whole days). *Rule* and *learned* are times after the onset: when the rule spoke, and when something learned first went
to the review list or into a ticket. *Before* are entries of the weeks without a fault. They are information: nothing is asked of
what is learned here, for its work is the faults that nobody wrote a rule for; and what was told may be of a point that has
nothing to do with the fault. It is played on for three days after its rule, and never longer than in the score of watching."""
NOISE = """\
What the setting `per_month` ({promised:g} entries of a healthy device and month) promises can be measured without equipment:
points that are nothing but noise, with the settings of a device of {points} such points ({channels} points under each of the
seeds {seeds}, so {months:.0f} device-months a line). Level and shape of one reading tell of the same, and their sum may have
twice the tail that each has alone; so a point speaks only where it is {above:.1f} nats above all that it has shown before, as
`Settings.above` derives it from the number of points, `per_month` and the warm-up. Noise whose lone readings lie ever farther
out (the last line) is not held by it: each such reading is as far from all before it as a fault."""


def page(jobs: Sequence[Job], keep: Memory) -> Iterable[str]:
    """All of what is known of these jobs, line by line."""
    healthy, slow, days = rested(jobs, keep), suffered(jobs, keep), keep.days(job.key for job in jobs)
    seeds = ", ".join(str(seed) for seed in sorted({month.seed for month in healthy}))
    yield from ("# What is learned beside the rules", "")
    command = COMMAND.format(seeds=max((job.trial.seed for job in jobs), default=1))
    yield f"Written by `{command}`"
    yield f"from what was played on {' and '.join(days) or 'no day'}: {len(healthy)} healthy months"
    yield f"(seed {seeds or 'none'}) and {len(slow)} slow faults (seed 1), {len(healthy) + len(slow)} of {len(jobs)} trials."
    if aged := keep.aged((job.key, job.trial.kind) for job in jobs):
        yield f"{aged} of them are of code before the latest change of a kind, of the core or of this measurement."
    if gaps := [job.trial for job in jobs if keep.find(job.key, job.trial.kind) is None]:
        yield f"**Not played**: {', '.join(f'{trial.label or trial.kind} (seed {trial.seed})' for trial in gaps)}."
    yield from ("", EXPLAINED, "", "| figure | reached | asked |", "|---|---|---|")
    for one in figures(healthy, slow):
        asked = "–" if one.most is None else f"≤ {one.most:g}"
        if not one.name.startswith(" "):
            yield f"| {one.name} | {one.median:.3g} {one.unit}{' (missed)' if one.reached is False else ''} | {asked} |"
    yield from ("", _certain(healthy), "", "## Healthy months", "", *_table(healthy), "", *said(healthy), "", *_noise(keep))
    if slow:
        yield from ("", "## Slow faults", "", FAULTS, "", *_faults(slow))


def _certain(healthy: Sequence[Month]) -> str:
    """How much so few months say."""
    months = sum(month.days for month in healthy) / 30.0
    if not months:
        return "No healthy month was played."
    entries, tickets = sum(len(month.entries) for month in healthy), sum(len(month.tickets) for month in healthy)
    low, high = (bound / months for bound in _between(entries))
    below = _between(tickets)[1] / months
    few = f", so few months can't show {TICKETS_MOST:g}" if below > TICKETS_MOST else ""
    return (
        f"{entries} entries in {months:.0f} months: with 95 % certainty the rate lies between {low:.2f} and {high:.2f}; "
        f"{tickets} tickets: below {below:.2f}{few}."
    )


def _between(count: int) -> tuple[float, float]:
    """What may be expected where so many were counted, with 95 % certainty (Byar's approximation of the Poisson interval)."""
    low = count * (1.0 - 1.0 / (9 * count) - 1.96 / (3.0 * sqrt(count))) ** 3 if count else 0.0
    return low, (count + 1) * (1.0 - 1.0 / (9 * (count + 1)) + 1.96 / (3.0 * sqrt(count + 1))) ** 3


def _table(healthy: Sequence[Month]) -> Iterable[str]:
    yield "| kind | months | sampling | entries a month | tickets a month | entries while learned | alarms of rules |"
    yield "|" + "---|" * 7
    for kind in dict.fromkeys(month.kind for month in healthy):
        of = [month for month in healthy if month.kind == kind]
        entries, tickets = rate(of, lambda month: len(month.entries)), rate(of, lambda month: len(month.tickets))
        raised = ", ".join(sorted({rule for month in of for rule in month.raised})) or "none"
        warm = sum(month.warm for month in of)
        sampling = f"up to {of[0].coarse} × coarser"
        yield f"| {kind} | {len(of)} of {of[0].days:g} d | {sampling} | {entries:.2f} | {tickets:.2f} | {warm} | {raised} |"


def said(healthy: Sequence[Month]) -> Iterable[str]:
    """Every entry of the healthy months in its own words."""
    for month in healthy:
        for entry in month.entries:
            told = "; and ".join(f"{one.words} ({one.detector})" for one in entry)
            ticket = " A ticket, where the site has opted in." if _has_ticket(month, entry[0].at) else ""
            yield f"- {month.kind}, seed {month.seed}, day {entry[0].at / DAY + 1:.0f}: {told}.{ticket}"


def _noise(keep: Memory) -> Iterable[str]:
    known = [(noise, rates) for noise in NOISES if (rates := heard(noise, keep)) is not None]
    if known:
        chosen, months = Settings(), len(SEEDS) * CHANNELS / POINTS
        seeds = ", ".join(map(str, SEEDS))
        named = {"promised": chosen.per_month, "above": chosen.above(POINTS, shapes=True), "months": months}
        yield from (NOISE.format(points=POINTS, channels=CHANNELS, seeds=seeds, **named), "")
        yield from (
            f"| points are | findings a device and month, {POINTS} points: by channels | by its tracker |",
            "|---|---|---|",
        )
        yield from (f"| {noise.name} | {by_channel:.2f} | {by_device:.2f} |" for noise, (by_channel, by_device) in known)


def _has_ticket(month: Month, at: float) -> bool:
    return any(abs(ticket - at) < DAY for ticket in month.tickets)


def _faults(slow: Sequence[Slow]) -> Iterable[str]:
    yield from ("| fault | | rule | learned | where | what it said first | before | sampling |", "|" + "---|" * 8)
    for one in slow:
        rule = "–" if one.at is None else f"{one.rule} {span([one.at])}"
        first = "–" if one.first is None else span([one.first])
        words = one.said[0].words if one.said else "–"
        sampling = "as it is" if one.coarse == 1 else f"up to {one.coarse} × coarser"
        yield f"| {one.label} | {names()[one.label]} | {rule} | {first} | {_where(one)} | {words} | {one.before} | {sampling} |"


def _where(one: Slow) -> str:
    if one.first is None:
        return "not seen"
    if one.joined is None:
        return "review list"
    return "line of the ticket" if one.first == one.joined else "review list, then a line of the ticket"
