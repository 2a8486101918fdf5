"""What the pages need of the present: current values per site, how fresh they are, and whether broker and watch can be heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from daemon.core.nouns import Value

if TYPE_CHECKING:
    import asyncio

Sample = tuple[float, Value, int]  # (event time, value, quality)
Values = Mapping[str, Mapping[str, Sample]]  # device → point → sample


class Line(Protocol):
    """How the present reaches us. `broker`: connected, closed or silent; `watch`: alive or silent. Equal lines compare equal."""

    @property
    def broker(self) -> str: ...

    @property
    def watch(self) -> str: ...


class Ear(Protocol):
    """One browser's ear. `changed` is set when there is something to take or the line has changed."""

    @property
    def changed(self) -> asyncio.Event: ...

    def take(self) -> Values:
        """What changed since the last take, only the newest value of each point: a slow browser costs no memory."""


class Live(Protocol):
    """The present, kept by an adapter. `start`, `subscribe` and the like belong to the event loop; reading is free for all."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def values(self, site: str) -> Values: ...

    def newest(self, site: str) -> float | None:
        """Event time of the newest value, None before the first."""

    def line(self) -> Line: ...

    def subscribe(self, site: str) -> Ear: ...

    def unsubscribe(self, ear: Ear) -> None: ...
