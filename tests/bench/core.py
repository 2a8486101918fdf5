"""How fast the pure core is: messages and values per second through decode, quality, detection and tickets; replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.replay import replay
from tests.bench.measure import Figure, figure, rates
from tests.bench.traffic import SOURCES, demo, frames, singles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.nouns import Message

BATCH = 50  # messages a commit of the watch typically carries under load


def walk(messages: Sequence[Message]) -> int:
    """All messages through a fresh core; how many values that were."""
    watch, desk = state.start(demo(), silence_of_unheard=False), MemoryDesk()
    values = 0
    for start in range(0, len(messages), BATCH):
        values += len(pipeline.feed(watch, messages[start : start + BATCH], desk, SOURCES).readings)
    return values


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
    return [by_frame, by_one, per_message, speed]
