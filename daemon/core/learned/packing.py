"""Rows of state arrays into bytes and back, bit for bit: what a snapshot holds of learned normal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = 1  # of packed rows; others are not read, and learning starts anew


class Arrays(Protocol):
    """A named tuple of arrays with one row per channel."""

    def _asdict(self) -> dict[str, NDArray[np.generic]]: ...


def row(state: Arrays, i: int) -> dict[str, bytes]:
    """One row of every array."""
    return {name: array[i].tobytes() for name, array in state._asdict().items()}


def put(state: Arrays, i: int, packed: dict[str, bytes]) -> bool:
    """The reverse of `row`. False, and nothing changed, if it was packed from arrays of another layout."""
    arrays = state._asdict()
    if arrays.keys() != packed.keys() or any(array[i].nbytes != len(packed[name]) for name, array in arrays.items()):
        return False
    for name, array in arrays.items():
        array[i] = np.frombuffer(packed[name], array.dtype).reshape(array.shape[1:])
    return True
