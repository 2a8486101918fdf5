"""Turns what the network thread receives into batches for the thread that saves them; bounded in number and in bytes."""

from __future__ import annotations

from collections import deque
from threading import Condition
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.nouns import Message

MOST = 1000  # messages in a batch
FEW = 50  # after a smaller take, wait a moment so that one wake-up carries many messages
MOMENT = 0.002  # s


class Delivery(NamedTuple):
    """One message and what its acknowledgement needs: (generation of the connection, packet id); None: nothing to acknowledge."""

    message: Message
    ack: tuple[int, int] | None = None


class Inbox:
    """A queue with one taker. It never refuses; who fills it asks `full` first and leaves the rest to the broker."""

    def __init__(self, items: int = 2000, size: int = 32 << 20) -> None:
        self._queue: deque[Delivery] = deque()
        self._bytes = 0
        self._items, self._size = items, size
        self._filled = Condition()
        self._woken = False

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Append all of them."""
        arrived = list(deliveries)
        if not arrived:
            return
        with self._filled:
            self._queue.extend(arrived)
            self._bytes += _weight(arrived)
            self._filled.notify()

    def take(self, timeout: float) -> list[Delivery]:
        """At most `MOST` deliveries in order; empty after `timeout` seconds or a `wake`."""
        with self._filled:
            if not self._queue and not self._woken:
                self._filled.wait(timeout)
            self._woken = False
            waiting = len(self._queue)
        if 0 < waiting < FEW:
            sleep(MOMENT)
        with self._filled:
            batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
            self._bytes -= _weight(batch)
        return batch

    def wake(self) -> None:
        """Lets a waiting `take` return."""
        with self._filled:
            self._woken = True
            self._filled.notify()

    @property
    def full(self) -> bool:
        """True when nothing more should be put before something was taken."""
        return len(self._queue) >= self._items or self._bytes >= self._size


def _weight(deliveries: list[Delivery]) -> int:
    return sum([len(delivery.message.payload) + len(delivery.message.topic) for delivery in deliveries])
