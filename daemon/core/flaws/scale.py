"""DQ-04: all at once a value is ten or a thousand times what it was, or in another unit, while the equipment did nothing."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace, is_gauge
from sensors.kit.say import quantity
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

FACTORS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001, 0.145, 6.895, 0.0980665, 10.197, 3.6, 0.2778)
NEAR = 0.05
SAMPLES = 30
BACK = 2.0  # within this factor of the value before the change it is as it was


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    """`seen`: the value before the change, then the ratios since."""
    if case.flaw == "sentinel":
        return None if trace is None or not trace.told else trace
    if trace is None:
        return _begin(case)
    ratio = case.number / trace.seen[0]
    if 1.0 / BACK < ratio < BACK or (not trace.told and case.stirred):
        return None
    if trace.told:
        return trace
    trace.seen.append(ratio)
    if len(trace.seen) > SAMPLES:
        middle = median(trace.seen[1:])
        if factor_of(middle) is None:
            return None
        trace.told, trace.seen = 1, [trace.seen[0], middle]
    return trace


def _begin(case: Case) -> Trace | None:
    usual = case.sense.point.normal
    if not case.odd or not case.fresh or case.before == 0.0 or case.stirred or usual is None:
        return None
    ratio = case.number / case.before
    strange = usual[0] <= case.before <= usual[1] and not usual[0] <= case.number <= usual[1]
    return Trace(since=case.ts, seen=[case.before, ratio]) if strange and factor_of(ratio) is not None else None


def factor_of(ratio: float) -> float | None:
    """The factor between two units, or the slip of a decimal point, that this ratio is."""
    return next((factor for factor in FACTORS if abs(ratio / factor - 1.0) <= NEAR), None)


def _says(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    before, ratio = trace.seen
    factor, was = factor_of(ratio) or ratio, quantity(point, before).zh
    text = Text(
        f"读数突变为原来的 {factor:g} 倍（此前 {was}），设备并未动作",
        f"readings became {factor:g} times what they were ({was} before) while the equipment did nothing",
    )
    return text, {"before": before, "ratio": round(ratio, 4)}


SCALE = Family("DQ-04", is_gauge, _feel, _says, hides=("DQ-06", "DQ-01", "DQ-03"))
