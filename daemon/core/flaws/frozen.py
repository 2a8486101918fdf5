"""DQ-02: a gauge that should tremble stands still while others of the same equipment move.

Every ten minutes of event time each gauge is looked at once; one that gave the same value three times is watched reading by
reading until it moves, or has stood still for so long that it is a finding. Standing at zero or at an end of the range is rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.flaws.trace import Case, Family, Trace, is_gauge
from sensors.kit.say import duration, quantity
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Value
    from daemon.core.rulebook import Sense
    from sensors.kit.words import Point

ALIKE = 3  # samples alike, ten minutes apart, that make it worth a closer look
KEPT = 4  # samples: half an hour
EVERY = 600.0  # s between them
PERIODS, LEAST, LONG = 30, 1800.0, 120  # W = max(30 periods, 30 min); after 120 still alone, it is at rest
MOVED = 10.0  # sigmas another gauge must have moved


def trembles(point: Point) -> bool:
    """Would its noise show in its last digit?"""
    return is_gauge(point) and (point.noise or 0.0) >= 0.5 * (point.resolution or 0.0)


def glance(device: DeviceState, ts: float) -> None:
    """One sample of every gauge: keep it beside those of the last half hour, and begin to watch what stands still. Kept are how
    many of the newest are alike (-1 until one differed), then the samples."""
    for sense in device.book.gauges:
        memory, kept = device.memories[sense.name], device.samples.get(sense.name, [-1.0])
        if memory.good_at is None or not isinstance(memory.good, int | float):
            device.samples.pop(sense.name, None)
            continue
        value = float(memory.good)
        alike = kept[0] if len(kept) == 1 else 1.0 if value != kept[-1] else kept[0] + (kept[0] > 0.0)
        device.samples[sense.name] = [alike, *kept[1:][1 - KEPT :], value]
        key = f"DQ-02:{sense.name}"
        if alike == ALIKE and key not in device.flaws and trembles(sense.point) and not _rests(sense.point, value):
            device.flaws[key] = Trace(since=ts - EVERY * (ALIKE - 1), seen=[value, value])


def _rests(point: Point, value: float) -> bool:
    return value == 0.0 or (point.span is not None and value in point.span)


def _feel(case: Case, trace: Trace | None) -> Trace | None:
    if trace is None or case.flaw:
        return trace
    trace.seen = [min(trace.seen[0], case.number), max(trace.seen[1], case.number)]
    trace.count += 1
    if trace.seen[1] - trace.seen[0] > _step(case.sense.point):
        return None
    lasted = case.ts - trace.since
    if not trace.told and trace.count >= PERIODS and lasted >= max(PERIODS * case.sense.period, LEAST):
        trace.told = int(_moved(case.device, case.sense))
        if trace.told:
            trace.seen.append(lasted)
    return None if not trace.told and trace.count > LONG else trace


def _step(point: Point) -> float:
    """By how much it may still move: its last digit, unless its noise is so small that this is all it ever does."""
    resolution = point.resolution or 0.0
    return 1.001 * resolution if (point.noise or 0.0) >= resolution else 0.0


def _moved(device: DeviceState, still: Sense) -> bool:
    """Did another gauge of the equipment move within the half hour?"""
    return any(
        max(kept[1:]) - min(kept[1:]) > MOVED * (sense.point.noise or 0.0)
        for sense in device.book.gauges
        if sense is not still and (kept := device.samples.get(sense.name))
    )


def _says(point: Point, trace: Trace) -> tuple[Text, Mapping[str, Value]]:
    said, lasted = quantity(point, trace.seen[0]).zh, duration(trace.seen[-1])
    text = Text(
        f"读数停在 {said} 已 {lasted.zh}，同一设备的其他读数在变化",
        f"stands at {said} for {lasted.en} while other readings of the equipment move",
    )
    return text, {"value": trace.seen[0], "still_s": round(trace.seen[-1], 1)}


FROZEN = Family("DQ-02", trembles, _feel, _says)
