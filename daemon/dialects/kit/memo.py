"""Remembers what a function answered, for a bounded number of questions: strangers on the network choose what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")
MOST = 65536


class Memo(Generic[K, V]):
    """A function with a memory of its own; full, it starts anew."""

    __slots__ = ("ask", "known")

    def __init__(self, ask: Callable[[K], V]) -> None:
        self.ask = ask
        self.known: dict[K, V] = {}

    def __call__(self, asked: K) -> V:
        known = self.known.get(asked)
        if known is None:
            if len(self.known) >= MOST:
                self.known.clear()
            known = self.known[asked] = self.ask(asked)
        return known
