"""Turns what paho receives into messages one by one, through its public interface only: the slow and safe way in.

Topics are decoded once each and remembered. A message on the canary's topic is none: it goes to `on_canary`, in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client

from daemon.core.nouns import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

PUBACK, PUBCOMP = b"\x40\x02", b"\x70\x02"  # each is followed by a packet id of two bytes
KNOWN = 1 << 17  # topics remembered: 300 communities have 129,000 devices
_LONG = 256  # bytes; a longer topic is not remembered, so that a hostile device cannot fill the memory


class StockClient(Client):
    """A paho client with manual acknowledgement. `on_chunk(messages, acks, bytes)`: send `acks` once the messages are saved."""

    on_chunk: Callable[[list[Message], bytes, int], None]
    on_canary: Callable[[bytes], None]
    now: Callable[[], float]
    source = ""
    last_read = 0
    unanswered = False  # is a ping of ours under way? What paho does by itself does not count

    def listen(self, source: str, now: Callable[[], float], canary: str | None) -> None:
        """Say where messages come from, what time it is when they come, and which topic is the canary's."""
        self.source, self.now, self.topics = source, now, dict[bytes, str]()
        self._canary = canary.encode() if canary else None
        self.on_message = self._one

    def name(self, raw: bytes) -> str | None:
        """The topic these bytes are, None for the canary's. What is not UTF-8 is spelled out, to be refused by its dialect."""
        if raw == self._canary:
            return None
        topic = raw.decode("utf-8", "backslashreplace")
        if len(raw) <= _LONG:
            if len(self.topics) >= KNOWN:
                self.topics.clear()
            self.topics[raw] = topic
        return topic

    def confirm(self, acks: bytes) -> None:
        """Send these acknowledgements, as they were handed over."""
        for at in range(0, len(acks), 4):
            self.ack(int.from_bytes(acks[at + 2 : at + 4]), 1 if acks[at] == PUBACK[0] else 2)

    def ping(self, *, again: bool = False) -> None:
        """Nothing: paho pings by itself after a keep-alive of silence, and never again before it was answered."""

    def _one(self, _: object, __: object, message: MQTTMessage) -> None:
        raw, payload, acks = _topic(message), bytes(message.payload), b""
        if message.qos:
            acks = (PUBACK if message.qos == 1 else PUBCOMP) + message.mid.to_bytes(2)
        topic = self.topics.get(raw) or self.name(raw)
        found = [] if topic is None else [Message(topic, payload, self.now(), self.source, message.retain)]
        if found or acks:
            self.on_chunk(found, acks, len(payload))
        if topic is None:
            self.on_canary(payload)


def _topic(message: Any) -> bytes:  # noqa: ANN401 - MQTTMessage, whose `topic` raises where it is not UTF-8
    raw: bytes = message._topic if hasattr(message, "_topic") else message.topic.encode()  # noqa: SLF001 - as said
    return raw
