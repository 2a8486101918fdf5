"""The equipment of a company goes on speaking while nothing is measured, each device as often as it does.

Without it each pause of a benchmark is an outage of a whole company: values fade, gateways are told silent, and the first seconds
of the next measurement are spent on their return. And what never speaks is told silent once others behind its gateway speak:
thousands of alarms and tickets at once, with everybody to be told of them.
"""

from __future__ import annotations

import multiprocessing
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.bench.company import name_of
from tests.bench.stream import Sender, community, packets, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.synchronize import Event

WARM = 60.0  # s: by then all have spoken but those that do so every five minutes or more rarely
SLICE = 1.0  # s between two looks whether to be quiet


@contextmanager
def alive(port: int, sites: int) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Begins when they have spoken; gives a context in which the equipment is quiet, because others speak for it."""
    spawn = multiprocessing.get_context("spawn")
    quiet = spawn.Event()
    process = spawn.Process(target=_speak, args=(port, sites, quiet), daemon=True)

    @contextmanager
    def hushed() -> Iterator[None]:
        quiet.set()
        time.sleep(1.5 * SLICE)
        yield
        quiet.clear()

    process.start()
    try:
        time.sleep(WARM)
        yield hushed
        assert process.is_alive(), "the equipment fell silent"
    finally:
        process.kill()
        process.join()


def _speak(port: int, sites: int, quiet: Event) -> None:
    """Every device once in its period, the devices of a class evenly over it; for ever."""
    devices = [(said, one.periods[0] / SLICE) for site in range(sites) for said, one in community(name_of(site))]
    turns = [(said, period, place * period / len(devices)) for place, (said, period) in enumerate(devices)]
    sender, now = Sender(port, "bench-alive"), 0
    while True:
        if quiet.is_set():
            time.sleep(SLICE / 10)
            continue
        due = [said for said, period, first in turns if (now - first) % period < 1.0]
        start, rate = time.time(), max(1, len(due)) / SLICE
        sender.publish(packets(payloads(due, len(due), start=start, rate=rate)), rate=rate, start=start)
        time.sleep(max(0.0, start + SLICE - time.time()))
        now += 1
