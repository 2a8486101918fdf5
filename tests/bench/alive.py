"""The equipment of a stream goes on saying the same, only more rarely, while nothing is measured.

Without it each pause of a benchmark is an outage of a whole company: values fade, gateways are told silent, and the first seconds
of the next measurement are spent on their return. And what never speaks at all is told silent only once others behind its gateway
speak: `WARM` seconds of this, and nothing is left to be found out.
"""

from __future__ import annotations

import multiprocessing
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.bench.stream import Sender, packets, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from multiprocessing.synchronize import Event

    from tests.bench.stream import Template

WARM = 90.0  # s
AGAIN = 25.0  # s between two messages of a device: after 30 s it would be one that is back
SLICE = 1.0  # s between two looks whether to be quiet


@contextmanager
def alive(port: int, some: Sequence[Template]) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Begins when the watch has found out who never speaks; gives a context in which the equipment is quiet, because others speak
    for it."""
    spawn = multiprocessing.get_context("spawn")
    quiet = spawn.Event()
    process = spawn.Process(target=_speak, args=(port, some, quiet), daemon=True)

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


def _speak(port: int, some: Sequence[Template], quiet: Event) -> None:
    """One device after the other, for ever."""
    sender, place, share = Sender(port, "bench-alive"), 0, -(-len(some) // int(AGAIN / SLICE))
    while True:
        if quiet.is_set():
            time.sleep(SLICE / 10)
            continue
        now, rate = time.time(), share / SLICE
        sender.publish(packets(payloads(some[place : place + share], share, start=now, rate=rate)), rate=rate, start=now)
        place = (place + share) % len(some)
