"""Saves what dialects remember (aliases, announced devices) so that a restart hands them the same messages in the same memory.

A restart feeds the journal from where the oldest device memory stands. A dialect's memory must not be younger than that: a
message would meet aliases of a birth that came after it. So a memory is packed at one commit and written at a later one, when
every device memory has caught up with it; at most one slice's age, a minute, lies between. One without a memory costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEY = ""  # the site under which snapshots of dialects are kept; no site has this name
MARK = "dialect:"


class Tongue(Protocol):
    """The part of a dialect that remembers (`daemon.dialects.Dialect`)."""

    @property
    def changed(self) -> bool: ...

    def pack(self) -> bytes: ...

    def restore(self, packed: bytes, /) -> None: ...


@dataclass(slots=True)
class _Memory:
    """One dialect's. `dirty_from`, `since`: journal positions after which the written, the waiting memory stopped being true."""

    dialect: Tongue
    dirty_from: int | None = None
    waiting: bytes | None = None  # packed, not yet written
    taken_at: int | None = None  # its journal position; None: the commit that is being made
    since: int | None = None

    def note(self, position: int) -> None:
        """`position` is that of the commit before."""
        if self.waiting is not None and self.taken_at is None:
            self.taken_at = position
        if self.dialect.changed:
            self.dirty_from = position if self.dirty_from is None else self.dirty_from
            if self.waiting is not None and self.since is None:
                self.since = position

    def write(self, oldest: int | None) -> bytes | None:
        """What can be written now: every device memory is at least as young as `oldest` (None: as this commit)."""
        if oldest is None and self.dirty_from is not None:
            self.waiting, self.taken_at, self.since = self.dialect.pack(), 0, None
        if self.waiting is None or self.taken_at is None or (oldest is not None and oldest < self.taken_at):
            return None
        written, self.waiting, self.dirty_from, self.since = self.waiting, None, self.since, None
        return written

    def take(self) -> None:
        """Pack what the last written memory lacks, to be written when the devices have caught up."""
        if self.waiting is None and self.dirty_from is not None:
            self.waiting, self.taken_at, self.since = self.dialect.pack(), None, None


@dataclass(slots=True)
class Tongues:
    """The memories of all sources' dialects."""

    memories: dict[str, _Memory] = field(default_factory=dict)

    @classmethod
    def of(cls, dialects: Mapping[str, object]) -> Tongues:
        """Of those that have one (a plain function has not)."""
        return cls({name: _Memory(one) for name, one in dialects.items() if hasattr(one, "restore")})  # type: ignore[arg-type]

    def dirty_from(self) -> Iterator[int]:
        """Journal positions from which a restart must feed, for the sake of what is not written yet."""
        return (memory.dirty_from for memory in self.memories.values() if memory.dirty_from is not None)

    def slices(self, position: int, oldest: int | None) -> dict[tuple[str, str], bytes]:
        """What to save with this commit. `position` is that of the commit before, `oldest` the oldest change of a device that no
        snapshot holds."""
        chosen = {}
        for name, memory in self.memories.items():
            memory.note(position)
            written = memory.write(oldest)
            if written is not None:
                chosen[KEY, MARK + name] = written
            memory.take()
        return chosen

    def restore(self, snapshots: Mapping[tuple[str, str], tuple[int, bytes]]) -> None:
        """Take up saved memories."""
        for name, memory in self.memories.items():
            _, packed = snapshots.get((KEY, MARK + name), (0, b""))
            memory.dialect.restore(packed)

    def settle(self, start: int, end: int) -> None:
        """After the journal was fed from `start` to `end`: what the dialects learned from it waits to be written."""
        for memory in self.memories.values():
            if memory.dialect.changed:
                memory.dirty_from, memory.waiting, memory.taken_at, memory.since = start, memory.dialect.pack(), end, None
