"""Finds the dialects by folder: each file here that is not a package turns the bytes of one payload family into samples.

A dialect's file exports `NAME` and `open(source) -> Dialect`, and where it has them `TOPICS` (filters it listens to unless
the configuration says otherwise) and `OPTIONS` (words of its own under `options:`, with what each means). Adding one = adding a
file; what several of them need lies in `kit/`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from daemon.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from daemon.core.nouns import Rejected, Sample
    from daemon.core.site import Broker

__all__ = ["Dialect", "Source", "families", "open_all"]


class Dialect(Protocol):
    """Reads one family as one source speaks it. What it remembers between messages (aliases, announced devices) follows from the
    messages alone, so that the same messages always give the same samples."""

    def __call__(self, topic: str, payload: bytes, at: float, /) -> list[Sample | Rejected]:
        """Samples and refusals of one message received at `at` (epoch s). Never raises."""

    @property
    def changed(self) -> bool:
        """Has anything it remembers changed since the last `pack` or `restore`?"""

    def pack(self) -> bytes:
        """What it remembers; empty for one that remembers nothing."""

    def restore(self, packed: bytes, /) -> None:
        """The reverse of `pack`."""


@cache
def families() -> Mapping[str, ModuleType]:
    """Name → module, for every file in this folder."""
    names = sorted(entry.name for entry in iter_modules(__path__) if not entry.ispkg)
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return MappingProxyType({module.NAME: module for module in modules})


def open_all(brokers: Iterable[Broker]) -> dict[str, Dialect]:
    """Source id → its dialect, opened with its mapping."""
    return {broker.id: families()[broker.dialect].open(broker.source or Source(broker.id)) for broker in brokers}
