"""Turns publications of any thread into PUBLISH packets on the network thread; QoS 1 is repeated until the broker has it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from daemon.adapters.connection import Connection

MOST_UNSENT = 10_000  # publications kept while the broker is away
MOST_IN_FLIGHT = 1000  # publications handed to the broker and not yet taken


class Word(NamedTuple):
    """Something to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Outgoing:
    """What is to be said, and what was said but not yet confirmed. `dropped` counts what was too much to keep."""

    def __init__(self) -> None:
        self.dropped = 0
        self._words: deque[Word] = deque()
        self._unconfirmed: dict[int, Word] = {}

    def __len__(self) -> int:
        return len(self._words) + len(self._unconfirmed)

    @property
    def due(self) -> bool:
        """Something is to be said, and there is room for it."""
        return bool(self._words) and len(self._unconfirmed) < MOST_IN_FLIGHT

    def add(self, word: Word, *, first: bool = False) -> None:
        """Any thread: say this, before everything else where it is `first`. The oldest is dropped when too much waits."""
        if len(self._words) >= MOST_UNSENT:
            self._words.popleft()
            self.dropped += 1
        if first:
            self._words.appendleft(word)
        else:
            self._words.append(word)

    def flow(self, connection: Connection) -> None:
        """Network thread: forget what the broker has taken, say what there is room for."""
        while connection.taken:
            self._unconfirmed.pop(connection.taken.pop(), None)
        while self._words and len(self._unconfirmed) < MOST_IN_FLIGHT:
            word = self._words.popleft()
            info = connection.client.publish(word.topic, word.payload, word.qos, word.retain)
            if word.qos:
                self._unconfirmed[info.mid] = word

    def rewind(self, but: str) -> None:
        """The connection is lost: what was not taken is said again on the next one, except QoS 0 and the topic `but`."""
        self._words.extendleft(reversed(self._unconfirmed.values()))
        self._unconfirmed.clear()
        for word in [self._words.popleft() for _ in range(len(self._words))]:
            if word.qos and word.topic != but:
                self._words.append(word)
