"""What a message costs with 300 communities and with one: the same rate, the same values, only the number of devices differs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.bench import company, stage, whole
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.rig import broker
from tests.bench.stream import healthy

if TYPE_CHECKING:
    from pathlib import Path

FEW, MANY = 1, 300
WARMING = 5  # turns: by then those are told silent that never speak, 30,000 of the many
RATE, SECONDS = 2600.0, 8.0  # what 300 typical communities send


def bench(folder: Path) -> list[Figure]:
    """Both companies, in turn."""
    costs: dict[int, list[float]] = {FEW: [], MANY: []}
    with ExitStack() as at_end:
        watches = {sites: _watch(folder / str(sites), sites, at_end) for sites in costs}
        streams = {sites: healthy(sites, whole.VALUES) for sites in costs}
        for turn in range(WARMING + RUNS):
            for sites, one in watches.items():
                costs[sites].append(one.run(streams[sites], (company.name_of(0), f"pile-{1 + turn:03d}"), turn))
    small = figure("watch of 1 community", "µs CPU/message", costs[FEW][WARMING:])
    return [small, figure(f"watch of {MANY}", "µs CPU/message", costs[MANY][WARMING:], small, most=1.3)]


def _watch(folder: Path, sites: int, at_end: ExitStack) -> whole.Contender:
    config = company.write(folder / "config", sites, people=False)
    port = at_end.enter_context(broker(folder))
    running, ear = at_end.enter_context(stage.watch(folder / "watch", port, config))
    return whole.Contender(str(sites), port, running, ear, "", rate=RATE, seconds=SECONDS)
