"""How fast the pure core is: CPU time per message and values per second through decode, quality, detection and tickets; replay.
What it needs for each channel, and 300 communities against one: `footprint` and `scale`."""

from __future__ import annotations

from contextlib import closing
from time import process_time
from typing import TYPE_CHECKING

from daemon.adapters.store import open_store
from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.replay import replay
from tests.bench.limits_only import limits_only
from tests.bench.measure import RUNS, Figure, figure, rates
from tests.bench.traffic import SOURCES, demo, frames, singles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from daemon.core.nouns import Message
    from daemon.core.site import Configuration

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


def judged(messages: Sequence[Message], folder: Path) -> list[Figure]:
    """What the signatures cost: messages a second of CPU with limits only and with all, in turns; in the core alone, and in all
    that the watch does with a message: judging it and committing it, history and all."""
    found: dict[str, list[float]] = {}
    for run in range(RUNS):
        for name, configuration in (("limits only", limits_only(demo())), ("all signatures on", demo())):
            began = process_time()
            walk(messages, configuration)
            between = process_time()
            _commit(messages, configuration, folder / f"{name} {run}")
            found.setdefault(f"core, {name}", []).append(len(messages) / (between - began))
            found.setdefault(f"core and commit, {name}", []).append(len(messages) / (process_time() - between))
    return [one for what in ("core", "core and commit") for one in _beside(what, found)]


def _beside(what: str, found: Mapping[str, Sequence[float]]) -> list[Figure]:
    limits = figure(f"{what}, limits only", "messages/s CPU", found[f"{what}, limits only"])
    return [limits, figure(f"{what}, all signatures", "messages/s CPU", found[f"{what}, all signatures on"], limits, least=0.6)]


def _commit(messages: Sequence[Message], configuration: Configuration, folder: Path) -> None:
    """As the watch's writer does it: a batch is judged and committed in one transaction."""
    folder.mkdir()
    with closing(open_store("", folder, digest="bench")) as store:
        watch = state.start(configuration, silence_of_unheard=False)
        for start in range(0, len(messages), BATCH):
            batch = messages[start : start + BATCH]
            with store.begin() as transaction:
                outcome = pipeline.feed(watch, batch, transaction, SOURCES)
                transaction.save(outcome, batch, watch.slices(outcome))


def bench(folder: Path) -> list[Figure]:
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
    return [by_frame, by_one, per_message, speed, alone, many_values, *judged(whole, folder)]
