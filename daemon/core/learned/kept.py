"""What learned normal needs kept, as Protocols: the review list, the bytes of what is learned. The store's ports include them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.learned.finding import Key
    from daemon.core.learned.review import Entry


class Reviewing(Protocol):
    """Inside one write transaction."""

    def put_entry(self, entry: Entry) -> bool:
        """A learned finding for the review list, or more of it, or what became of it. What was decided stays as it is: False."""

    def decide(self, entry: Entry) -> None:
        """A person's word on an entry that was open at the version before; StaleVersion where it is not."""

    def keep_learned(self, packed: Mapping[Key, bytes], at: float) -> None:
        """What is learned of devices."""


class Reviews(Protocol):
    """Committed state."""

    def review(
        self, *, site: str | None = None, state: str | None = None, limit: int = 100, before: str | None = None
    ) -> list[Entry]:
        """The review list, the last seen first. `state`: open accepted dismissed ticket joined."""

    def entry(self, entry_id: str) -> Entry | None: ...

    def learned(self) -> dict[Key, bytes]:
        """All that is kept of what was learned, whatever the configuration."""
