"""DQ-06, DQ-10, DQ-12: a value that cannot be. Out of its range, filled in for a failed read, or a number read in the wrong
order of its bytes. Three such samples in a row are a finding; it ends with the first good one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace, is_gauge, is_number
from sensors.kit.say import quantity
from sensors.kit.words import MINOR, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value
    from sensors.kit.words import Point

FEW, MANY = 3, 10  # samples in a row: a finding, a ticket
TINY = 1e-30
SWAPS = ((2, 3, 0, 1), (1, 0, 3, 2), (3, 2, 1, 0))  # CDAB, BADC, DCBA
UNSIGNED = 65536.0
_ALIKE = 0.2  # of the value before: a swap this near to it is one


def _count(case: Case, trace: Trace | None) -> Trace:
    trace = trace or Trace(since=case.ts)
    trace.count += 1
    trace.seen = [case.number]
    trace.told = max(trace.told, int(trace.count >= FEW))
    return trace


def _range(case: Case, trace: Trace | None) -> Trace | None:
    return _count(case, trace) if case.flaw == "range" else None


def _sentinel(case: Case, trace: Trace | None) -> Trace | None:
    if case.flaw != "sentinel":
        return None
    trace = _count(case, trace)
    if trace.count >= MANY:
        trace.told = 2
    return trace


def _order(case: Case, trace: Trace | None) -> Trace | None:
    """`seen`: the value, and the one before the first such. A swapped number may lie in the range, and count as the last good."""
    before = case.before if trace is None else trace.seen[1]
    near = case.sense.fall <= case.number - before <= case.sense.rise
    if near or (trace is None and not case.odd) or not swapped(case.number, before):
        return None
    trace = _count(case, trace)
    trace.seen = [case.number, before]
    return trace


def swapped(value: float, before: float) -> bool:
    """Is this number a plausible one with its bytes in another order, or one without its sign?"""
    if 0.0 < abs(value) < TINY:
        return True
    if abs(value - before) <= _ALIKE * abs(before):
        return False  # plausible as it is: 0.748, bytes 3f 3f …, is nearly its own swap
    others = [value - UNSIGNED]
    try:
        packed = struct.pack(">f", value)
    except OverflowError:
        packed = b""
    if packed:
        others += [struct.unpack(">f", bytes(packed[place] for place in order))[0] for order in SWAPS]
    return before != 0.0 and any(abs(other - before) <= _ALIKE * abs(before) for other in others)


def _seen(trace: Trace, zh: str, en: str) -> tuple[Text, Mapping[str, Value]]:
    value = trace.seen[0]
    return Text(f"{zh}，连续 {trace.count} 次", f"{en}, {trace.count} times in a row"), {"value": value, "samples": trace.count}


def _say_range(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    low, high = point.span or (0.0, 1.0)
    said = quantity(point, trace.seen[0]).zh
    return _seen(trace, f"读数 {said}，超出量程 {low:g}–{high:g}", f"reads {said}, outside its range {low:g} to {high:g}")


def _say_sentinel(_point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    return _seen(trace, f"收到无效值 {trace.seen[0]:g}", f"sends {trace.seen[0]:g}, which stands for a failed read")


def _say_order(_point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    return _seen(
        trace, f"收到 {trace.seen[0]:g}，字节序颠倒后才合理", f"sends {trace.seen[0]:g}, plausible only in another byte order"
    )


def _limited(point: Point) -> bool:
    return (is_number(point) and point.span is not None) or point.type is Type.BOOL


RANGE = Family("DQ-06", _limited, _range, _say_range, hides=("DQ-01",))
SENTINEL = Family("DQ-10", _limited, _sentinel, _say_sentinel, graver=MINOR, hides=("DQ-01",))
ORDER = Family("DQ-12", is_gauge, _order, _say_order, hides=("DQ-06", "DQ-10", "DQ-10/lasting", "DQ-01"))
