"""What a watch takes in for long at QoS 1 without loss, the broker on the same machine: offered rates, and whether it kept up.

What the watch committed is counted: it must be what the broker confirmed to the sender.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.bench import company, stage
from tests.bench.measure import Figure, figure
from tests.bench.rig import broker
from tests.bench.stream import Sender, healthy, packets, payloads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.ear import Ear
    from tests.bench.stage import Running

SITES = 30
OFFERED = ((8, (4000.0, 8000.0, 12000.0, 16000.0)), (16, (4000.0, 8000.0, 12000.0)))  # values a message: messages a second
SECONDS = 15.0
BEHIND = 2.0  # s that the last message may be late: it kept up


def bench(folder: Path) -> list[Figure]:
    """Each rate once; the highest that was kept up is the figure."""
    config = company.write(folder / "config", SITES)
    with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, ear):
        offers = [(values, rate) for values, rates in OFFERED for rate in rates]
        lates = [_offer(port, running, ear, offer, turn) for turn, offer in enumerate(offers)]
        sent = len(offers) + sum(int(rate * SECONDS) for _, rate in offers)  # the breaches behind the streams too
    lost = sent - running.saved
    told = [
        figure(f"{rate:,.0f}/s of {values} values: the last is late by", "s", [late])
        for (values, rate), late in zip(offers, lates, strict=True)
    ]
    kept = {values: _highest(values, offers, lates) for values, _ in OFFERED}
    return [
        *told,
        figure("kept up: 8 values a message", "messages/s", [kept[8]], least=8000.0),
        figure("kept up: 16 values a message", "messages/s", [kept[16]], least=12000.0),
        figure("lost", "messages", [lost], most=0.0),
    ]


def _highest(values: int, offers: Sequence[tuple[int, float]], lates: Sequence[float]) -> float:
    """The highest rate of that many values at which the watch kept up."""
    return max((rate for (many, rate), late in zip(offers, lates, strict=True) if many == values and late <= BEHIND), default=0.0)


def _offer(port: int, running: Running, ear: Ear, offer: tuple[int, float], turn: int) -> float:
    """How late the breach behind the stream was heard, seconds."""
    values, rate = offer
    count = int(rate * SECONDS)
    some = healthy(SITES, values)
    start = time.time() + count * 1.5e-5 + 1.0
    ready = packets(payloads(some, count, start=start, rate=rate, seed=turn))
    time.sleep(max(0.0, start - time.time()))
    sender = Sender(port)
    sender.publish(ready, rate=rate, start=start)
    late = time.time() - start - SECONDS
    late += stage.fence(sender, ear, running, (company.name_of(turn), "pile-001"))
    sender.close()
    return max(late, 0.0)
