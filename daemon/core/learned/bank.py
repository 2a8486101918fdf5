"""Keeps the channel detectors of many points: batches of readings become verdicts, rows of state become bytes and come back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daemon.core.learned import channel, layout, packing, renew
from daemon.core.learned.finding import Key, Place, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


def cost() -> dict[Tier, int]:
    """Bytes of state per channel of each tier."""
    return {tier: sum(array.nbytes for array in layout.channels(1, tier)) for tier in Tier}


class Bank:
    """Channel detectors for places, each of its tier. All of one tier lie in one set of arrays."""

    def __init__(self, tiers: Mapping[Place, Tier], *, warm_readings: int = 150, warm_seconds: float = 0.0) -> None:
        by_tier: dict[Tier, list[Place]] = defaultdict(list)
        for place, tier in tiers.items():
            by_tier[tier].append(place)
        self.states = {tier: layout.channels(len(places), tier) for tier, places in by_tier.items()}
        knobs = np.array([7.5, warm_readings, warm_seconds, -1.0, 0.0])
        self.knobs = {tier: np.tile(knobs, (len(places), 1)) for tier, places in by_tier.items()}
        self.where = {place: (tier, i) for tier, places in by_tier.items() for i, place in enumerate(places)}
        self.of_device: dict[Key, list[Place]] = defaultdict(list)
        for place, (tier, i) in self.where.items():
            self.of_device[place[:2]].append(place)
            self.states[tier].dice[i] = _dice(place)

    def setting(
        self,
        place: Place,
        *,
        every: float = 0.0,
        zone: float = 0.0,
        threshold: float = 7.5,
        margin: float = -1.0,
        step: float = 0.0,
    ) -> None:
        """Seconds per sample (0: each reading), seconds east of UTC, nats from which it speaks, nats above its own past (below 0:
        off), the least difference its instrument can tell."""
        tier, i = self.where[place]
        self.states[tier].every[i], self.states[tier].zone[i] = every, zone
        self.knobs[tier][i, [layout.THRESHOLD, layout.MARGIN, layout.STEP]] = threshold, margin, step

    def observe(self, batch: Sequence[tuple[Place, float, float, bool]]) -> list[tuple[Place, NDArray[np.float64]]]:
        """(place, time, value, may be learned) in order, times of a place rising. Answers the verdicts that speak, in order."""
        by_tier: dict[Tier, list[int]] = defaultdict(list)
        for n, one in enumerate(batch):
            by_tier[self.where[one[0]][0]].append(n)
        said = [spoken for tier, numbers in by_tier.items() for spoken in self._judge(tier, batch, numbers)]
        return [(batch[n][0], verdict) for n, verdict in sorted(said, key=lambda one: one[0])]

    def _judge(
        self, tier: Tier, batch: Sequence[tuple[Place, float, float, bool]], numbers: list[int]
    ) -> list[tuple[int, NDArray[np.float64]]]:
        which = np.array([self.where[batch[n][0]][1] for n in numbers], np.int64)
        readings = np.array([batch[n][1:3] for n in numbers], np.float64)
        learn = np.array([batch[n][3] for n in numbers], np.bool_)
        out = np.zeros((len(numbers), layout.VERDICT))
        channel.observe(self.states[tier], which, readings, learn, self.knobs[tier], out)
        return [(numbers[k], out[k].copy()) for k in np.flatnonzero(out[:, layout.SAID])]

    def rouse(self, place: Place) -> None:
        """What this point has shown is forgotten: the same again is told again."""
        tier, i = self.where[place]
        self.states[tier].latch[i, [layout.OPEN, layout.HIGH, layout.OLDER, layout.NEWER]] = 0.0

    def accept(self, place: Place) -> None:
        """What this point does now is its new normal."""
        tier, i = self.where[place]
        renew.accept(self.states[tier], i)

    def pack(self, device: Key) -> bytes:
        """The channels of one device."""
        rows = {}
        for place in self.of_device[device]:
            tier, i = self.where[place]
            rows[place[2]] = [int(tier), packing.row(self.states[tier], i)]
        return msgspec.msgpack.encode([packing.VERSION, rows])

    def restore(self, device: Key, packed: bytes) -> list[str]:
        """The reverse of `pack`. Answers the points whose packed state does not fit any more: they learn anew."""
        version, rows = msgspec.msgpack.decode(packed, type=tuple[int, dict[str, tuple[int, dict[str, bytes]]]])
        lost = []
        for place in self.of_device[device]:
            tier, i = self.where[place]
            was, packed_row = rows.get(place[2], (None, {}))
            if version != packing.VERSION or was != tier or not packing.put(self.states[tier], i, packed_row):
                lost.append(place[2])
        return lost


def _dice(place: Place) -> np.uint64:
    """A seed of its own for each place, the same in every run and in whatever company."""
    seed = 0xCBF29CE484222325
    for byte in "/".join(place).encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    return np.uint64(seed)
