"""Turns plain functions over arrays into machine code, compiled at their first call and kept on disk for the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def compiled(function: F) -> F:
    """The function as Numba compiles it. Where no folder for the code is writable (a locked-down service) it is compiled at every
    start; NUMBA_CACHE_DIR names another folder.

    The code kept follows the file of the function itself: after a change of one that it calls in another file, drop the cache
    (`find . -name '*.nb?' -delete`).

    No fast mathematics: the order of additions is part of the result, which must be the same after a restart.
    """
    try:
        return cast("F", numba.njit(function, cache=True))
    except RuntimeError:  # "no locator available"
        return cast("F", numba.njit(function))
