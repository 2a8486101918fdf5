"""What is still to be told to people, and the part of the store that keeps it: rows that are due until sent or given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from daemon.core.nouns import Notice


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One delivery still due. `message`: the key under which it leaves together with others, "" where it leaves alone."""

    id: int
    notice: Notice
    attempts: int
    due_at: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries not yet made: how many, and the time of the oldest (None: none)."""

    many: int
    oldest: float | None


class Deliveries(Protocol):
    """The outbox of the `Store` port."""

    def outbox_due(self, now: float, limit: int = 100) -> list[OutboxRow]:
        """Critical first, then oldest."""

    def outbox_lane(
        self,
        channel: str,
        now: float,
        *,
        critical: bool,
        but: Collection[str] = (),
        who: tuple[str, str] | None = None,
        limit: int = 1000,
    ) -> list[OutboxRow]:
        """What is due on one channel, critical or the rest; not for the people in `but`; only for `who` (person, site)."""

    def outbox_strange(self, channels: Collection[str], now: float) -> list[OutboxRow]:
        """What is due on channels other than these."""

    def outbox_fold(self, ids: Sequence[int], message: str) -> None:
        """These leave as one message, under this key at every try."""

    def outbox_sent(self, ids: Sequence[int], at: float) -> None: ...

    def outbox_failed(self, ids: Sequence[int], *, retry_at: float | None, error: str, instead: Sequence[Notice] = ()) -> None:
        """`retry_at` None: given up. `instead`: the same news by other channels."""

    def outbox_later(self, ids: Sequence[int], due_at: float, why: str, *, instead: Sequence[Notice] = ()) -> None:
        """Not before then; no try was made."""

    def outbox_waiting(self) -> Waiting:
        """How much is not delivered yet, and since when."""

    def untold(self, now: float) -> dict[str, float]:
        """Open tickets of which nobody could be told yet → since when: their critical news has failed on every channel with an
        address, three times or for ten minutes."""

    def tell_again(self, tickets: Collection[str], at: float) -> None:
        """Put these tickets on the live log once more: what is shown of them has changed."""
