"""Shows the rules about data what may concern them: readings that are not good or not like the last ones, all readings of a
device under suspicion, and every ten minutes of event time one glance at everything. A healthy value in its place is never shown:
`routine` takes it in by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.flaws import clock, drift, frozen
from daemon.core.flaws.frozen import EVERY
from daemon.core.flaws.trace import AT_REST, STIRRED, Case
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from daemon.core.device import DeviceState, Memory
    from daemon.core.nouns import Reading
    from daemon.core.rulebook import Sense

    Touched = list[tuple[DeviceState, str]]  # whose rule may say something else now

GLANCE = ""  # among a device's samples: the event time of the next glance, and event time and ours of the last


def feel(device: DeviceState, readings: list[Reading]) -> Touched:
    """Readings of one device at one event time, before they are remembered. Hot for what is not routine."""
    touched: Touched = []
    memories, senses, flaws = device.memories, device.book.senses, device.flaws
    for reading in readings:
        name = reading.point
        memory, sense = memories[name], senses[name]
        odd = is_odd(sense, memory, reading)
        if not odd and sense.doubts.isdisjoint(flaws):
            continue
        if (memory.ts is None or reading.ts > memory.ts) and reading.quality is not Quality.SUSPECT:
            touched += _study(sense, Case(device, sense, memory, reading.value, reading.ts, reading.flaw, odd))
    return touched


def is_odd(sense: Sense, memory: Memory, reading: Reading) -> bool:
    """Not good, or further from the last good value than its noise explains; of a switch: any change."""
    if reading.quality is not Quality.GOOD:
        return True
    last = memory.good
    if last is None or last == reading.value:
        return False
    if sense.number:
        return not sense.fall <= reading.value - last <= sense.rise  # type: ignore[operator]
    return sense.edgy


def _study(sense: Sense, case: Case) -> Touched:
    device, touched = case.device, list[tuple["DeviceState", str]]()
    for key, family in sense.families:
        trace = device.flaws.get(key)
        if not case.odd and (trace is None or not trace.keen):
            continue  # `routine` may have passed it over as well: what is found must not depend on who took it in
        told = 0 if trace is None else trace.told
        trace = family.feel(case, trace)
        if trace is not None:
            device.flaws[key] = trace
        else:
            device.flaws.pop(key, None)
        if told != (0 if trace is None else trace.told):
            touched.append((device, key))
    if case.odd and not case.flaw:
        _stir(sense, case)
    return touched


def _stir(sense: Sense, case: Case) -> None:
    """A switch moved, or a second gauge jumps with the first: the equipment does something, which explains much."""
    stirred = case.device.samples.setdefault(STIRRED, list(AT_REST))
    if sense.edgy:
        stirred[0] = stirred[3] = case.ts
        stirred[4] = sense.place
        return
    if stirred[2] not in (-1.0, sense.place) and case.ts - stirred[1] <= 2.0 * sense.period:
        stirred[0] = case.ts
    stirred[1:3] = [case.ts, sense.place]


def glance(device: DeviceState, ts: float, readings: list[Reading]) -> Touched:
    """What is seen of the frame as a whole: its time, and whether everything is to be looked at. After it was remembered."""
    at = readings[0].at
    skew = device.skew if any(reading.flaw == "clock" for reading in readings) else None
    touched = clock.feel(device, ts, skew) if skew is not None or device.flaws else []
    if device.flaws:
        touched += clock.caught_up(device, at - ts)
    planned = device.samples.get(GLANCE)
    if planned is None:
        device.samples[GLANCE] = [ts + EVERY, ts, at]
        device.rearm()
    elif ts >= planned[0]:
        device.samples[GLANCE] = [ts + EVERY, ts, at]
        touched += clock.glance(device, ts, at, planned[1:])
        frozen.glance(device, ts)
        touched += drift.glance(device, ts)
    return touched


def explains(device: DeviceState, point: str) -> bool:
    """Is it known why nothing usable comes from this point?"""
    return clock.blamed(device) or any(
        key in device.flaws and device.flaws[key].told for key in (f"DQ-06:{point}", f"DQ-10:{point}", f"DQ-12:{point}")
    )


def forget(device: DeviceState) -> None:
    """The clock was moved: what is only suspected, and what was sampled, is of another time; of a drift, the hour going on is."""
    device.samples = {key: kept for key, kept in device.samples.items() if key.startswith(drift.RULE) and key[-5:] != "/hour"}
    device.flaws = {key: trace for key, trace in device.flaws.items() if trace.told}
