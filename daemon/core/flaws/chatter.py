"""DQ-09: a switch that changes more often than anything it stands for: too many edges within ten minutes. Fewer are enough of a
switch that drives a critical alarm, if they follow on each other faster than equipment moves: a lift's contacts change all day.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace
from sensors.kit.words import MINOR, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

WINDOW = 600.0  # s
MOST, MOST_CRITICAL = 20, 6  # edges in it; quick ones of a switch that drives a critical alarm
QUICK = 5.0  # s after the edge before
COMPANY = 30.0  # s within which another switch moves where equipment really does something
LASTING = 3600.0  # s


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    if trace is None and not case.odd:
        return None
    trace = trace or Trace(keen=False, since=case.ts)
    trace.seen = [edge for edge in trace.seen if case.ts - edge < WINDOW]
    if case.odd and case.accompanied(COMPANY) and (not trace.seen or case.ts - trace.seen[-1] > QUICK):
        trace.seen = []  # the equipment works: its other switches move, too
    if case.odd and not case.flaw:
        trace.seen = [*trace.seen[-MOST:], case.ts]
    edges = len(trace.seen)
    if not edges:
        return None
    if edges > MOST or (case.sense.critical and _quick(trace.seen) > MOST_CRITICAL):
        trace.since = trace.since if trace.told else case.ts
        trace.count, trace.keen = max(edges, trace.count), True
        trace.told = 2 if case.ts - trace.since >= LASTING else max(trace.told, 1)
    elif edges <= MOST_CRITICAL // 2:
        trace.told, trace.keen, trace.count = 0, False, 0
    return trace


def _quick(edges: list[float]) -> int:
    return sum(later - edge <= QUICK for edge, later in pairwise(edges))


def _says(_point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    edges = trace.count
    return Text(f"10 分钟内变位 {edges} 次以上", f"changed {edges} times or more within 10 min"), {"edges": edges}


CHATTER = Family("DQ-09", lambda point: point.type is Type.BOOL, _feel, _says, graver=MINOR)
