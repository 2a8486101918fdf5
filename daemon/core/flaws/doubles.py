"""DQ-13: two sources under one name. Sample by sample the value goes to and fro between two levels, with none between, while
no switch moves, and each level comes back within a period: two sources send twice as many samples as one. A single gauge of
which every other sample is high shows what the equipment does (a pump that cavitates, a valve that hunts), however strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace, is_gauge
from sensors.kit.say import quantity
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

TURN, REST, ENOUGH = 2, 1, 16  # a return to the level before counts up, all else counts down; enough to tell
TWICE = 1.5  # periods from one sample of a level to the next: one if there are two sources, two if there is one


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    """`seen`: the level before, and the present one; `since`: when the level before was seen last."""
    if case.flaw or (trace is None and not (case.odd and case.fresh)):
        return trace
    if case.switched and (trace is None or not trace.told):
        return None
    if trace is None:
        return _open(case, 0)
    back = abs(case.number - trace.seen[0]) <= case.sense.rise / 2.0
    if case.odd and not back:
        trace = _open(case, trace.told)
    else:
        _count(case, trace)
    trace.told = int(trace.count >= ENOUGH or (trace.told == 1 and trace.count > 0))
    return trace if trace.count > 0 else None


def _open(case: Case, told: int) -> Trace:
    return Trace(told=told, since=case.memory.good_ts, count=TURN, seen=[case.before, case.number])


def _count(case: Case, trace: Trace) -> None:
    """A value that stayed, or one that went back: up if it was so soon that another source must have sent it."""
    if case.odd and case.ts - trace.since <= TWICE * case.sense.period:
        trace.count = min(trace.count + TURN, ENOUGH + TURN)
    else:
        trace.count -= REST
    if case.odd:
        trace.since, trace.seen = case.memory.good_ts, [trace.seen[1], case.number]


def _says(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    one, other = (quantity(point, level).zh for level in trace.seen)
    text = Text(
        f"同一设备号下读数在 {one} 与 {other} 之间来回跳变，疑有两个来源",
        f"under one name readings go to and fro between {one} and {other}: two sources may send it",
    )
    return text, {"one": trace.seen[0], "other": trace.seen[1]}


DOUBLE = Family("DQ-13", is_gauge, _feel, _says, hides=("DQ-03", "DQ-03/lasting", "DQ-04"))
