"""Readings of many channels ↔ one compressed blob, sorted by channel and time: what waits to become chunks.

Values are doubles; their mark says what they were (quality, and whether a whole number, a boolean or a word, whose value is its
place in the list of words). Whole numbers that a double doesn't hold travel as words, those beyond 64 bits become fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, repeat, starmap
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np
import zstandard

from daemon.adapters.history.columns import Coded
from daemon.core.nouns import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from daemon.adapters.history.minutes import Row
    from daemon.adapters.history.names import Names
    from daemon.core.nouns import Reading, Value

WHOLE, FLAG, WORD = 16, 32, 48  # kinds, beside the quality in a mark; a fraction is 0
_KIND = {float: 0, int: WHOLE, bool: FLAG, str: WORD}
_QUALITY = 15
_EXACT = 2**53
_LONG = 2**63
_FIELDS = (("channel", "<i8"), ("ts", "<f8"), ("value", "<f8"), ("mark", "u1"))


@dataclass(frozen=True, slots=True)
class Slab:
    """Equally long columns; `words` are what values of words stand for."""

    channel: NDArray[np.int64]
    ts: NDArray[np.float64]
    value: NDArray[np.float64]
    mark: NDArray[np.uint8]
    words: list[Value]

    def __len__(self) -> int:
        return len(self.channel)

    def cut(self, where: slice | NDArray[Any]) -> Slab:
        """Only these rows."""
        return Slab(self.channel[where], self.ts[where], self.value[where], self.mark[where], self.words)

    def of(self, channel: int) -> Slab:
        """Only the rows of one channel."""
        low, high = np.searchsorted(self.channel, (channel, channel + 1))
        return self.cut(slice(int(low), int(high)))


def gather(parts: Sequence[Reading | Frame], names: Names) -> Slab:
    """Columns of readings as they come, frames that follow on each other at once."""
    channels: list[int] = []
    stamps: list[float] = []
    sizes: list[int] = []
    values: list[Value] = []
    quality = bytearray()
    for kind, run in groupby(parts, type):
        if kind is Frame:
            frames = cast("list[Frame]", list(run))
            said = [frame.values for frame in frames]
            channels += names.find_all(frames)
            stamps += [frame.ts for frame in frames]
            sizes += map(len, said)
            values += chain.from_iterable(map(dict.values, said))
            quality += bytes(len(values) - len(quality))  # zeros: good
        else:
            readings = cast("list[Reading]", list(run))
            channels += map(names.find, readings)
            stamps += [reading.ts for reading in readings]
            sizes += repeat(1, len(readings))
            values += [reading.value for reading in readings]
            quality += bytes(reading.quality for reading in readings)
    columns = np.array(channels, dtype=np.int64), np.repeat(np.array(stamps, dtype=np.float64), sizes)
    return of_columns(*columns, values, np.frombuffer(quality, dtype=np.uint8))


def of_columns(channel: NDArray[np.int64], ts: NDArray[np.float64], values: list[Any], quality: NDArray[np.uint8]) -> Slab:
    """A slab of what its columns say; `values` is used up."""
    if set(map(type, values)) == {float}:
        return Slab(channel, ts, np.array(values, dtype=np.float64), quality, [])
    marks = [_KIND[type(value)] for value in values]
    words: list[Value] = []
    if max(marks) >= WHOLE:
        _put_words(values, marks, words)
    return Slab(channel, ts, np.array(values, dtype=np.float64), np.array(marks, dtype=np.uint8) | quality, words)


def _put_words(values: list[Any], marks: list[int], words: list[Value]) -> None:
    """What is no number of its own goes to the words, in place."""
    for place, mark in enumerate(marks):
        if mark == WORD or (mark == WHOLE and abs(values[place]) >= _EXACT):
            marks[place] = WORD
            words.append(values[place] if mark == WORD or abs(values[place]) < _LONG else float(values[place]))
            values[place] = len(words) - 1


def join(slabs: Sequence[Slab]) -> Slab:
    """One slab in order of channel and time; of rows at one time the last counts."""
    words: list[Value] = []
    values = []
    for slab in slabs:
        moved = slab.value
        if words and slab.words:
            moved = np.where(slab.mark >= WORD, moved + len(words), moved)
        values.append(moved)
        words += slab.words
    channel, ts, mark = (np.concatenate([getattr(slab, name) for slab in slabs]) for name in ("channel", "ts", "mark"))
    order = np.lexsort((ts, channel))
    whole = Slab(channel, ts, np.concatenate(values), mark, words).cut(order)
    again = (whole.channel[1:] == whole.channel[:-1]) & (whole.ts[1:] == whole.ts[:-1])
    return whole.cut(np.concatenate((~again, [True]))) if again.any() else whole


def pack(slab: Slab) -> bytes:
    """Each column's bytes one after the other, and only the words that still stand for something."""
    slab = _tidy(slab)
    columns = [getattr(slab, name).astype(kind).tobytes() for name, kind in _FIELDS]
    return zstandard.compress(msgspec.msgpack.encode([*columns, slab.words]), 1)


def unpack(blob: bytes) -> Slab:
    """The slab again."""
    *columns, words = msgspec.msgpack.decode(zstandard.decompress(blob))
    channel, ts, value, mark = (np.frombuffer(raw, dtype=kind) for raw, (_, kind) in zip(columns, _FIELDS, strict=True))
    return Slab(channel, ts, value, mark, words)


def column(slab: Slab) -> NDArray[Any] | Coded | list[Value]:
    """The values of one channel as a column to pack."""
    kinds = slab.mark & ~np.uint8(_QUALITY)
    if not kinds.any():
        return slab.value
    if (kinds == WHOLE).all():
        return slab.value.astype(np.int64)
    if (kinds >= FLAG).all():
        keys, codes = np.unique(slab.value + (kinds == FLAG) * -4.0, return_inverse=True)  # False -4, True -3
        return Coded([key == -3.0 if key < 0 else slab.words[int(key)] for key in keys.tolist()], codes)
    return list(starmap(_value(slab.words), zip(slab.value.tolist(), kinds.tolist(), strict=True)))


def rows(slab: Slab) -> list[Row]:
    """(ts, value, quality), in the slab's order."""
    values: list[Any] = slab.value.tolist()
    kinds = slab.mark & ~np.uint8(_QUALITY)
    if kinds.any():
        values = list(starmap(_value(slab.words), zip(values, kinds.tolist(), strict=True)))
    return list(zip(slab.ts.tolist(), values, quality(slab).tolist(), strict=True))


def quality(slab: Slab) -> NDArray[np.int64]:
    """The quality of every row."""
    return (slab.mark & _QUALITY).astype(np.int64)


def _value(words: Sequence[Value]) -> Callable[[float, int], Value]:
    kinds: dict[int, Callable[[float], Value]] = {0: float, WHOLE: int, FLAG: bool, WORD: lambda place: words[int(place)]}
    return lambda value, kind: kinds[kind](value)


def _tidy(slab: Slab) -> Slab:
    """Words that occur twice, or no more, are put together."""
    if not slab.words:
        return slab
    said = slab.mark >= WORD
    used, back = np.unique(slab.value[said].astype(np.int64), return_inverse=True)
    distinct = {(type(slab.words[n]), slab.words[n]): slab.words[n] for n in used.tolist()}
    places = {key: place for place, key in enumerate(distinct)}
    moved = np.array([places[type(slab.words[n]), slab.words[n]] for n in used.tolist()], dtype=np.float64)
    value = slab.value.copy()
    value[said] = moved[back] if len(used) else []
    return Slab(slab.channel, slab.ts, value, slab.mark, list(distinct.values()))
