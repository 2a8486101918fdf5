"""Columns of values ↔ one compressed blob, small because equipment reports regularly and in few digits.

A column of numbers becomes whole numbers by the fewest decimal places that hold it (0.88 → 88), then whichever of values,
differences or second differences surprises least (entropy), counted from the smallest, low bytes apart from high bytes
(shuffled), and all columns together go through zlib. Numbers that six decimals don't hold are kept as doubles, each XORed with
the one before. Words and booleans become indices into a list of the distinct ones.

Numbers come back exactly to 15 significant digits, times to the microsecond; a column that mixes whole numbers and fractions
comes back as fractions.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daemon.core.nouns import Value

PLACES = 6  # decimals tried: time to the microsecond, and more than any sensor means
EFFORT = 6  # of zlib: 9 takes twice as long for 1 % less
_NEAR = 5e-16  # relative: the noise of scaling (830 x 0.001), and for a time of today still below a microsecond
_LARGEST = 2.0**52  # above, doubles no longer hold whole numbers and their differences
_FEW = 1 << 16  # differences within this span are counted to weigh them; wider ones are noise
_Packed = tuple[str, list[Any], bytes]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: the distinct ones, and for each row which."""

    distinct: list[Value]
    codes: NDArray[Any]


def pack(columns: Sequence[NDArray[Any] | Coded | Sequence[Value]]) -> bytes:
    """All columns are equally long, none is empty. Arrays are of float64 or int64."""
    return zlib.compress(msgspec.msgpack.encode([_pack(column) for column in columns]), EFFORT)


def unpack(blob: bytes) -> list[list[Any]]:
    """The columns again."""
    return [column if isinstance(column, list) else column.tolist() for column in arrays(blob)]


def arrays(blob: bytes) -> list[NDArray[Any] | list[Any]]:
    """The columns again: numbers as arrays, words as lists."""
    return [_unpack(*column) for column in msgspec.msgpack.decode(zlib.decompress(blob), type=list[_Packed])]


def _pack(column: NDArray[Any] | Coded | Sequence[Value]) -> _Packed:
    if isinstance(column, Coded):
        width, body = _split(column.codes)
        return "words", [width, column.distinct], body
    if not isinstance(column, np.ndarray):
        kinds = set(map(type, column))
        if not kinds <= {int, float}:
            return _pack(_code(column))
        if kinds == {int} and max(map(abs, column)) < _LARGEST:  # type: ignore[arg-type]
            return _pack_whole(np.array(column, dtype=np.int64), -1)
        return _pack_floats(np.array(column, dtype=np.float64))
    return _pack_whole(column, -1) if column.dtype == np.int64 else _pack_floats(column)


def _unpack(kind: str, head: list[Any], body: bytes) -> NDArray[Any] | list[Any]:
    if kind == "words":
        return list(map(head[1].__getitem__, _join(body, head[0]).tolist()))
    if kind == "doubles":
        doubles: NDArray[Any] = np.bitwise_xor.accumulate(_join(body, 8)).view("<f8")
        return doubles
    width, places, low, firsts = head
    numbers = _join(body, width).astype(np.int64) + low
    for first in reversed(firsts):
        numbers = np.cumsum(np.concatenate(([first], numbers)))
    scaled: NDArray[Any] = numbers if places < 0 else numbers / float(10**places)
    return scaled


def _code(values: Sequence[Value]) -> Coded:
    distinct = {(type(value), value): value for value in values}  # True is not 1
    places = {key: place for place, key in enumerate(distinct)}
    return Coded(list(distinct.values()), np.array([places[type(value), value] for value in values], dtype=np.int64))


def _pack_floats(numbers: NDArray[np.float64]) -> _Packed:
    if np.isfinite(numbers).all() and np.abs(numbers).max() < _LARGEST:
        for places in range(PLACES + 1):
            whole = _scaled(numbers, float(10**places))
            if whole is not None:
                return _pack_whole(whole, places)
    bits = numbers.astype("<f8").view("<u8")
    return "doubles", [], _shuffle(np.concatenate((bits[:1], bits[1:] ^ bits[:-1])))


def _scaled(numbers: NDArray[np.float64], scale: float) -> NDArray[np.int64] | None:
    """Whole numbers that stand for these at this scale; None where one of them needs more decimals. The first few tell mostly."""
    if not _near(numbers[:8], scale):
        return None
    return np.rint(numbers * scale).astype(np.int64) if _near(numbers, scale) else None


def _near(numbers: NDArray[np.float64], scale: float) -> bool:
    whole = np.rint(numbers * scale)
    back = whole / scale
    if np.array_equal(back, numbers):
        return bool(np.abs(whole).max() < _LARGEST)
    size = np.abs(numbers)
    return bool(np.all(size * scale < _LARGEST) and np.all(np.abs(back - numbers) <= _NEAR * size))


def _pack_whole(numbers: NDArray[np.int64], places: int) -> _Packed:
    firsts: list[int] = []
    best, best_firsts, least = numbers, firsts, _surprise(numbers)
    for _ in range(min(2, len(numbers) - 1)):
        firsts, numbers = [*firsts, int(numbers[0])], np.diff(numbers)
        surprise = _surprise(numbers)
        if surprise < least:
            best, best_firsts, least = numbers, firsts, surprise
    low = int(best.min())
    width, body = _split(best - low)
    return "whole", [width, places, low, best_firsts], body


def _surprise(numbers: NDArray[np.int64]) -> float:
    """About how many bits a number takes (Shannon's entropy)."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= _FEW:
        return float((high - low).bit_length())
    counts = np.bincount(numbers - low)
    share = counts[counts > 0] / len(numbers)
    return float(-(share * np.log2(share)).sum())


def _split(numbers: NDArray[np.int64]) -> tuple[int, bytes]:
    """Whole numbers ≥ 0 as bytes of the least width."""
    largest = int(numbers.max())
    width = next(width for width in (1, 2, 4, 8) if largest < 1 << 8 * width)
    return width, _shuffle(numbers.astype(f"<u{width}"))


def _shuffle(numbers: NDArray[Any]) -> bytes:
    """All lowest bytes, then all second ones …: like stands beside like. Little-endian on every machine."""
    return numbers.view(np.uint8).reshape(-1, numbers.itemsize).T.tobytes()


def _join(body: bytes, width: int) -> NDArray[Any]:
    raw = np.frombuffer(body, dtype=np.uint8).reshape(width, -1)
    return np.ascontiguousarray(raw.T).reshape(-1).view(f"<u{width}")
