"""DQ-08: a counter that goes back: set to nothing, rolled over, or a little, as a late message would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace
from sensors.kit.say import quantity
from sensors.kit.words import MINOR, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

SHOWN = 3600.0  # s that a finding stands
REPEATED, DAY = 2, 86400.0  # so many in a day are more than a meter that was changed
SMALL = 0.01  # of the value before
TURNS = (2.0**16, 2.0**31, 2.0**32, *(10.0**power for power in range(4, 13)))
_NEAR = 0.01  # of where it rolls over


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    if case.odd and not case.flaw and case.number < case.before:
        trace = trace if trace is not None and case.ts - trace.since <= DAY else Trace()
        trace.since, trace.keen, trace.count = case.ts, True, trace.count + 1
        trace.seen = [case.before, case.number]
        trace.told = 2 if trace.count >= REPEATED else 1
    elif trace is not None and case.ts - trace.since > DAY:
        return None
    elif trace is not None and case.ts - trace.since > SHOWN:
        trace.told, trace.keen = 0, False
    return trace


def how(before: float, after: float) -> Text:
    """What became of it."""
    if after < SMALL * before and any((1.0 - _NEAR) * turn <= before <= turn for turn in TURNS):
        return Text("计数溢出回零", "rolled over")
    if after < SMALL * before:
        return Text("已清零", "was reset")
    return Text("回退", "went back")


def _says(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    before, after = trace.seen
    said, was, now = how(before, after), quantity(point, before).zh, quantity(point, after).zh
    values: dict[str, Value] = {"before": before, "after": after, "times": trace.count}
    return Text(f"累计量{said.zh}：由 {was} 变为 {now}", f"the counter {said.en}: from {was} to {now}"), values


COUNTER = Family("DQ-08", lambda point: point.type is Type.COUNTER, _feel, _says, graver=MINOR)
