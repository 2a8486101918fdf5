"""Columns of values ↔ one compressed blob, small because equipment reports regularly and in few digits.

A column of numbers becomes whole numbers by the fewest decimal places that hold it (0.88 → 88), then whichever of values,
differences or second differences takes the fewest distinct numbers, counted from the smallest, low bytes apart from high bytes
(shuffled), and all columns together go through zlib. Numbers that six decimals don't hold are kept as doubles, each XORed with
the one before. Words and booleans become indices into a list of the distinct ones.

Numbers come back exactly to 15 significant digits, times to the microsecond; a column that mixes whole numbers and fractions
comes back as fractions.
"""

from __future__ import annotations

import math
import sys
import zlib
from array import array
from itertools import accumulate, pairwise
from operator import xor
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.nouns import Value

PLACES = 6  # decimals tried: time to the microsecond, and more than any sensor means
_NEAR = 5e-16  # relative: the noise of scaling (830 x 0.001), and for a time of today still below a microsecond
_LARGEST = 2.0**52  # above, doubles no longer hold whole numbers and their differences
_TYPES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_Packed = tuple[str, list[Any], bytes]


def pack(columns: Sequence[Sequence[Value]]) -> bytes:
    """All columns are equally long."""
    return zlib.compress(msgspec.msgpack.encode([_pack(list(column)) for column in columns]), 9)


def unpack(blob: bytes) -> list[list[Any]]:
    """The columns again."""
    return [_unpack(*column) for column in msgspec.msgpack.decode(zlib.decompress(blob), type=list[_Packed])]


def _pack(values: Sequence[Value]) -> _Packed:
    kinds = set(map(type, values))
    if not kinds <= {int, float}:
        return _pack_words(values)
    numbers = cast("Sequence[float]", values)
    if not math.isfinite(sum(numbers)) or max(map(abs, numbers)) >= _LARGEST:
        return _pack_doubles(numbers)
    if float not in kinds:
        return _pack_whole(cast("Sequence[int]", numbers), -1)
    for places in range(PLACES + 1):
        whole = _scaled(numbers, 10**places)
        if whole is not None:
            return _pack_whole(whole, places)
    return _pack_doubles(numbers)


def _unpack(kind: str, head: list[Any], body: bytes) -> list[Any]:
    if kind == "words":
        return [head[1][i] for i in _join(body, head[0])]
    if kind == "doubles":
        return array("d", array("Q", accumulate(_join(body, 8), xor)).tobytes()).tolist()
    width, places, low, firsts = head
    numbers = [low + n for n in _join(body, width)]
    for first in reversed(firsts):
        numbers = list(accumulate(numbers, initial=first))
    scale = 10**places if places > 0 else 1
    return numbers if places < 0 else [n / scale for n in numbers]


def _scaled(numbers: Sequence[float], scale: int) -> list[int] | None:
    """Whole numbers that stand for these at this scale; None where one of them needs more decimals. The first few tell mostly."""
    if not all(_near(n, scale) for n in numbers[:8]):
        return None
    whole = [round(n * scale) for n in numbers]
    same = [n / scale for n in whole] == numbers  # one fast comparison; noise in the last digits is rare
    return whole if same or all(_near(n, scale) for n in numbers) else None


def _near(number: float, scale: int) -> bool:
    return abs(number) * scale < _LARGEST and abs(round(number * scale) / scale - number) <= _NEAR * abs(number)


def _pack_whole(numbers: Sequence[int], places: int) -> _Packed:
    firsts: list[int] = []
    best, best_firsts = numbers, firsts
    for _ in range(min(2, len(numbers) - 1)):
        firsts, numbers = [*firsts, numbers[0]], [after - before for before, after in pairwise(numbers)]
        if len(set(numbers)) < len(set(best)):
            best, best_firsts = numbers, firsts
    low = min(best)
    width, body = _split([n - low for n in best])
    return "whole", [width, places, low, best_firsts], body


def _pack_doubles(numbers: Sequence[float]) -> _Packed:
    bits = array("Q", array("d", map(float, numbers)).tobytes())
    return "doubles", [], _shuffle(array("Q", [bits[0], *map(xor, bits[1:], bits)]))


def _pack_words(values: Sequence[Value]) -> _Packed:
    distinct = {(type(value), value): value for value in values}  # True is not 1
    places = {key: place for place, key in enumerate(distinct)}
    width, body = _split([places[type(value), value] for value in values])
    return "words", [width, list(distinct.values())], body


def _split(numbers: Sequence[int]) -> tuple[int, bytes]:
    """Whole numbers ≥ 0 as bytes of the least width."""
    largest = max(numbers)
    width = next(width for width in _TYPES if largest < 1 << 8 * width)
    return width, _shuffle(array(_TYPES[width], numbers))


def _shuffle(numbers: array[int]) -> bytes:
    """All lowest bytes, then all second ones …: like stands beside like."""
    raw, width = _little(numbers).tobytes(), numbers.itemsize
    return b"".join(raw[place::width] for place in range(width))


def _join(body: bytes, width: int) -> array[int]:
    raw, count = bytearray(len(body)), len(body) // width
    for place in range(width):
        raw[place::width] = body[place * count : (place + 1) * count]
    return _little(array(_TYPES[width], bytes(raw)))


def _little(numbers: array[int]) -> array[int]:
    """Blobs are little-endian on every machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
