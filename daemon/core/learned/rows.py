"""Turns the readings of one device into rows: per slot of time the mean of each analogue point, and the operating mode it was in.

A slot in which the mode changed is a transient: it makes no row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec

MODES = 8  # operating modes that are told apart; rarer ones are not judged
STRANGE = -1  # the number of a mode beyond them


@dataclass(frozen=True, slots=True)
class Row:
    """One slot of a device: `values` in the order of its points, None where nothing came; `at` its end."""

    at: float
    mode: int
    entered: bool
    learn: bool
    values: tuple[float | None, ...]


class Memory(msgspec.Struct):
    """What `Rows` remembers; plain, so that it packs."""

    slot: int = 0
    sums: list[float] = msgspec.field(default_factory=list)
    counts: list[int] = msgspec.field(default_factory=list)
    states: dict[str, str] = msgspec.field(default_factory=dict)
    modes: dict[str, int] = msgspec.field(default_factory=dict)
    mode: int = STRANGE
    learn: bool = True
    steady: bool = True


class Rows:
    """The slots of one device. `points` are analogue, in order; `states` the points that make the mode."""

    def __init__(self, points: tuple[str, ...], states: tuple[str, ...], every: float) -> None:
        self.places = {name: i for i, name in enumerate(points)}
        self.of_mode = frozenset(states)
        self.every = every
        self.memory = Memory(sums=[0.0] * len(points), counts=[0] * len(points))

    def take(self, at: float, name: str, value: float | str | bool, *, learn: bool) -> Row | None:  # noqa: FBT001 - a value as measured
        """One reading; answers the row of the slot that it ends, if any."""
        memory, slot = self.memory, math.floor(at / self.every)
        row = self._end() if slot > memory.slot else None
        memory.slot = max(memory.slot, slot)
        memory.learn = memory.learn and learn
        if name in self.of_mode:
            word = str(value)
            memory.steady = memory.steady and memory.states.get(name) == word
            memory.states[name] = word
        elif name in self.places:
            place = self.places[name]
            memory.sums[place] += float(value)
            memory.counts[place] += 1
        return row

    def _end(self) -> Row | None:
        memory = self.memory
        pairs = zip(memory.sums, memory.counts, strict=True)
        values = tuple(total / count if count else None for total, count in pairs)
        steady, learn = memory.steady, memory.learn
        memory.sums, memory.counts = [0.0] * len(values), [0] * len(values)
        memory.steady = memory.learn = True
        if not steady or all(value is None for value in values):
            return None
        mode = self._mode(learn=learn)
        entered, memory.mode = mode != memory.mode, mode
        return Row((memory.slot + 1) * self.every, mode, entered, learn, values)

    def _mode(self, *, learn: bool) -> int:
        modes, name = self.memory.modes, "|".join(f"{k}={v}" for k, v in sorted(self.memory.states.items()))
        if name not in modes and learn and len(modes) < MODES:
            modes[name] = len(modes)
        return modes.get(name, STRANGE)

    def pack(self) -> bytes:
        return msgspec.msgpack.encode(self.memory)

    def restore(self, packed: bytes) -> None:
        """The reverse of `pack`; of other points nothing is taken over."""
        memory = msgspec.msgpack.decode(packed, type=Memory)
        if len(memory.sums) == len(self.places):
            self.memory = memory
