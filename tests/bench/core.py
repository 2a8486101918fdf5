"""How fast the pure core is: CPU time per message and values per second through decode, quality, detection and tickets; replay.
What it needs for each channel, and 300 communities against one: `footprint` and `scale`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from time import process_time
from typing import TYPE_CHECKING

from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.replay import replay
from tests.bench.measure import RUNS, Figure, figure, rates
from tests.bench.traffic import SOURCES, demo, frames, singles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daemon.core.nouns import Message
    from daemon.core.site import Configuration, Device, Site

BATCH = 50  # messages a commit of the watch typically carries under load


def walk(messages: Sequence[Message], configuration: Configuration | None = None) -> int:
    """All messages through a fresh core; how many values that were."""
    watch, desk = state.start(configuration or demo(), silence_of_unheard=False), MemoryDesk()
    values = 0
    for start in range(0, len(messages), BATCH):
        values += len(pipeline.feed(watch, messages[start : start + BATCH], desk, SOURCES).readings)
    return values


def cost(messages: Sequence[Message]) -> list[float]:
    """CPU time per message, µs, for each of some runs."""
    found = []
    for _ in range(RUNS):
        began = process_time()
        walk(messages)
        found.append((process_time() - began) / len(messages) * 1e6)
    return found


@cache
def limits_only() -> Configuration:
    """The demo community judged by its limits alone, beside the doubts about data. Devices share their models as before."""
    plain = {
        id(device.model): replace(device.model, signatures=()) for site in demo().sites.values() for device in _devices(site)
    }
    sites = {
        name: replace(site, devices={device.id: replace(device, model=plain[id(device.model)]) for device in _devices(site)})
        for name, site in demo().sites.items()
    }
    return replace(demo(), sites=sites)


def _devices(site: Site) -> Iterable[Device]:
    return site.devices.values()


def judged(messages: Sequence[Message]) -> list[Figure]:
    """What the signatures cost: CPU time with limits only and with all, in turns."""
    bare: list[float] = []
    full: list[float] = []
    for _ in range(RUNS):
        for configuration, found in ((limits_only(), bare), (demo(), full)):
            began = process_time()
            walk(messages, configuration)
            found.append(len(messages) / (process_time() - began))
    limits = figure("core, limits only", "messages/s CPU", bare)
    return [limits, figure("core, all signatures on", "messages/s CPU", full, limits, least=0.6)]


def bench() -> list[Figure]:
    """Frames and single values, each per value and per message."""
    whole, single = frames(), singles()
    many = walk(whole)
    by_frame = figure("core, values in frames", "values/s", rates(lambda: walk(whole)))
    by_one = figure("core, values one by one", "values/s", rates(lambda: walk(single)), by_frame)
    per_message = figure("core, frames", "messages/s", [rate * len(whole) / many for rate in by_frame.runs])
    span = whole[-1].at - whole[0].at
    again = rates(lambda: sum(1 for _ in replay(demo(), whole, SOURCES)) and len(whole))
    speed = figure("replay", "times real time", [rate / len(whole) * span for rate in again])
    alone = figure("core, a message of one value", "µs CPU", cost(single))
    many_values = figure(f"core, a message of {many / len(whole):.1f} values", "µs CPU", cost(whole), alone)
    return [by_frame, by_one, per_message, speed, alone, many_values, *judged(whole)]
