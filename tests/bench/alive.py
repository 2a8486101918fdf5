"""Equipment that goes on speaking while nothing is measured, as equipment does.

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
    from collections.abc import Iterator, Sequence

    from tests.bench.stream import Template

WARM = 75.0  # s
AGAIN = 6.0  # s between two messages of a device: sooner than any of its values is missed


@contextmanager
def alive(port: int, some: Sequence[Template]) -> Iterator[None]:
    """Begins when the watch has found out who never speaks."""
    process = multiprocessing.get_context("spawn").Process(target=_speak, args=(port, some), daemon=True)
    process.start()
    try:
        time.sleep(WARM)
        yield
        assert process.is_alive(), "the equipment fell silent"
    finally:
        process.kill()
        process.join()


def _speak(port: int, some: Sequence[Template]) -> None:
    """One device after the other, for ever."""
    sender, start, rate = Sender(port, "bench-alive"), time.time(), len(some) / AGAIN
    while True:
        sender.publish(packets(payloads(some, len(some), start=start, rate=rate)), rate=rate, start=start)
        start += AGAIN
