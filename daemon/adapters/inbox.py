"""Turns what the network thread receives into batches for the thread that saves them; bounded in number and in bytes.

Nothing is locked: one thread puts, one takes, each counts on its own side, and a deque is safe for that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.nouns import Message

MOST = 1000  # messages in a batch


class Receipt(NamedTuple):
    """What is sent to the broker once a batch is saved: acknowledgements, and the connection (its generation) they belong to."""

    generation: int = 0
    acks: bytes = b""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages in order of arrival; `receipt` goes back to `Intake.acknowledge` with them. It may be all there is."""

    messages: list[Message]
    receipt: Receipt = field(default_factory=Receipt)


class _Chunk(NamedTuple):
    messages: list[Message]
    receipt: Receipt
    size: int


class Inbox:
    """A queue with one taker. It never refuses; who fills it asks `full` first and leaves the rest to the broker.

    `news` is called whenever something has come, on the thread that put it.
    """

    def __init__(self, items: int = 2000, size: int = 32 << 20, news: Callable[[], object] | None = None) -> None:
        self._chunks: deque[_Chunk] = deque()
        self._items, self._size = items, size
        self._put_items = self._put_bytes = self._took_items = self._took_bytes = 0
        self._filled = Event()
        self._news = news
        self._woken = False

    def put(self, messages: list[Message], receipt: Receipt, size: int = 0) -> None:
        """Append what one read of `size` bytes brought. The receipt of a large one stands behind its last message."""
        self._put_items += len(messages)
        self._put_bytes += size
        last = max(0, len(messages) - 1) // MOST * MOST
        for start in range(0, last, MOST):
            self._chunks.append(_Chunk(messages[start : start + MOST], Receipt(receipt.generation), 0))
        self._chunks.append(_Chunk(messages[last:] if last else messages, receipt, size))
        self._tell()

    def take(self, timeout: float) -> Batch:
        """At most `MOST` messages in order; none after `timeout` seconds or a `wake`."""
        self._filled.clear()
        if timeout and not self._chunks and not self._woken:
            self._filled.wait(timeout)
        self._woken = False
        return self._batch()

    def wake(self) -> None:
        """Lets a waiting `take` return."""
        self._woken = True
        self._tell()

    def __len__(self) -> int:
        return self._put_items - self._took_items

    @property
    def full(self) -> bool:
        """True when nothing more should be put before something was taken."""
        return self._put_items - self._took_items >= self._items or self._put_bytes - self._took_bytes >= self._size

    def _tell(self) -> None:
        self._filled.set()
        if self._news:
            self._news()

    def _batch(self) -> Batch:
        chunks, messages, generation, acks = self._chunks, list["Message"](), 0, list[bytes]()
        while chunks and len(messages) + len(chunks[0].messages) <= MOST:
            chunk = chunks.popleft()
            if messages:
                messages.extend(chunk.messages)
            else:
                messages = chunk.messages
            if chunk.receipt.generation != generation:  # acknowledgements of an older connection are worth nothing any more
                generation, acks = chunk.receipt.generation, []
            acks.append(chunk.receipt.acks)
            self._took_bytes += chunk.size
        self._took_items += len(messages)
        return Batch(messages, Receipt(generation, b"".join(acks)))
