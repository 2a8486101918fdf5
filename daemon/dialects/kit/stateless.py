"""Makes a dialect of a function that remembers nothing from one message to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.nouns import Rejected, Sample


class Stateless:
    """A function as a dialect: nothing to save, nothing to take up again."""

    __slots__ = ("read",)
    changed = False

    def __init__(self, read: Callable[[str, bytes, float], list[Sample | Rejected]]) -> None:
        self.read = read

    def __call__(self, topic: str, payload: bytes, at: float, /) -> list[Sample | Rejected]:
        return self.read(topic, payload, at)

    def pack(self) -> bytes:
        """Nothing."""
        return b""

    def restore(self, packed: bytes, /) -> None:
        """Nothing."""
