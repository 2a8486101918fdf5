"""The review list of a replay, in memory beside its tickets: what the store is to what is learned while it watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.learned.review import Decision
from daemon.core.memory_desk import MemoryDesk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.learned.finding import Key
    from daemon.core.learned.review import Entry


class MemoryReview(MemoryDesk):
    """A desk with a review list. Nobody is there to decide: an entry stays open unless a ticket is made of it by itself. `news`
    are the entries written since somebody last looked."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, Entry] = {}
        self.news: list[Entry] = []

    def put_entry(self, entry: Entry) -> bool:
        known = self.entries.get(entry.id)
        if known is not None and (known.state is not Decision.OPEN or known.version >= entry.version):
            return False
        self.entries[entry.id] = entry
        if entry.state is Decision.OPEN:
            self.news.append(entry)
        return True

    def decide(self, entry: Entry) -> None:
        self.entries[entry.id] = entry

    def keep_learned(self, packed: Mapping[Key, bytes], at: float) -> None:
        """A replay ends with nothing kept."""

    def review(
        self, *, site: str | None = None, state: str | None = None, limit: int = 100, before: str | None = None
    ) -> list[Entry]:
        known = [one for one in self.entries.values() if site in {None, one.site} and state in {None, one.state}]
        known.sort(key=lambda one: (one.last_at, one.id), reverse=True)
        begin = next((place + 1 for place, one in enumerate(known) if one.id == before), 0)
        return known[begin : begin + limit]

    def entry(self, entry_id: str) -> Entry | None:
        return self.entries.get(entry_id)

    def learned(self) -> dict[Key, bytes]:
        """It begins with nothing known."""
        return {}
