"""DQ-03: one sample far from its neighbours, while nothing else of the equipment moved: by its noise, its range and how much it
moved in the half hour before. What a gauge may move is of the period its kind declares: where samples come further apart than
that, equipment has the time to go there and back between two of them, and only what is further in proportion is a spike. It is
counted once the next sample is back; what a rule without a delay made of it stands: a residual current must not wait for a
second sample."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace, is_gauge
from sensors.kit.say import quantity
from sensors.kit.words import MINOR, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

HOUR = 3600.0
MANY = 5  # more than so many in an hour are somebody's job
RESTLESS = 3.0  # MADs that a spike must stand out
BACK = 3.0  # sigmas of noise within which the sample after a spike is as the one before; each of them has its own
OPEN, SHUT = 1, 0  # `count`: is the newest sample a jump that may be a spike?


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    """`seen`: the value before the jump, the jump, then the times of the spikes of the last hour."""
    if case.flaw:
        return trace
    if trace is not None and trace.count == OPEN:
        return _close(case, trace)
    if case.odd and case.fresh and case.before != 0.0 and not case.stirred and _jumps(case):
        times = [] if trace is None else trace.seen[2:]
        told = 0 if trace is None else trace.told
        return Trace(told=told, since=case.ts, count=OPEN, seen=[case.before, case.number, *times])
    return None if trace is None else _age(case, trace)


def _jumps(case: Case) -> bool:
    return abs(case.number - case.before) > _reach(case, case.memory.good_ts)


def _reach(case: Case, since: float) -> float:
    """How far equipment may have gone since then."""
    return case.sense.rise * max((case.ts - since) / _usual(case), 1.0)


def _usual(case: Case) -> float:
    """The period from sample to sample that suits what the point measures: its kind's, however seldom it is read here (s)."""
    sense, points = case.sense, case.device.book.model.kind.points
    kinds = next((point for point in points if point.name == sense.point.name), sense.point)
    return kinds.rest or kinds.every or kinds.heartbeat or sense.period


def _close(case: Case, trace: Trace) -> Trace | None:
    before, spike, *_ = trace.seen
    noise, middle = case.sense.point.noise or 0.0, (before + case.number) / 2.0
    back = abs(case.number - before) <= BACK * noise * 2.0**0.5
    high = abs(spike - middle) > max(RESTLESS * _unrest(case), _reach(case, trace.since))
    trace.count = SHUT
    if back and high and not case.stirred and case.ts - trace.since <= 3.0 * case.sense.period:
        trace.seen.append(trace.since)
    return _age(case, trace)


def _unrest(case: Case) -> float:
    """The MAD of the gauge's samples of the last half hour, one every ten minutes."""
    kept = case.device.samples.get(case.sense.name, [])[1:]
    middle = median(kept) if kept else 0.0
    return median(abs(sample - middle) for sample in kept) if kept else 0.0


def _age(case: Case, trace: Trace) -> Trace | None:
    trace.seen[2:] = [spike for spike in trace.seen[2:] if case.ts - spike < HOUR][-2 * MANY :]
    spikes = len(trace.seen) - 2
    trace.told = 0 if not spikes else 2 if spikes > MANY else 1
    return trace if spikes else None


def _says(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    before, spike, times = quantity(point, trace.seen[0]).zh, quantity(point, trace.seen[1]).zh, len(trace.seen) - 2
    text = Text(
        f"单个样本跳到 {spike}，前后均为 {before}，1 小时内 {times} 次",
        f"a single sample at {spike} between samples at {before}, {times} within the hour",
    )
    return text, {"before": trace.seen[0], "spike": trace.seen[1], "times": times}


SPIKE = Family("DQ-03", is_gauge, _feel, _says, graver=MINOR)
