"""Turns one read of a socket into one batch of messages: paho's client with a receive path of its own.

Stock paho makes four system calls and several objects per message. Everything but PUBLISH with QoS 0 and 1 goes through paho's
own handlers. It leans on names of paho-mqtt 2.2 that begin with an underscore; `NEEDED` lists them. Where another 2.x lacks one,
`client_class` answers with the stock client (`daemon.adapters.stock`), which is slower and otherwise alike.
"""

from __future__ import annotations

import ssl
import struct
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from daemon.adapters.stock import PUBACK, StockClient
from daemon.core.nouns import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG = structlog.get_logger("mqtt")
NEEDED = (
    *("_create_socket", "_in_packet", "_last_bytes_received", "_loop_rc_handle", "_msgtime_mutex", "_packet_handle"),
    *("_packet_queue", "_ping_t", "_protocol", "_send_pingreq", "_sock", "_sock_recv"),
)
_RECV = 1 << 16  # bytes per read: some 500 messages
_LARGEST = 1 << 20  # bytes of a packet; the broker is asked for at most 128 KiB, which MQTT 3.1.1 has no word for
_ENOUGH = 1 << 18  # bytes kept of a larger one: enough for its packet id, and for its dialect to refuse it
_MALFORMED = (MalformedPacket, IndexError, struct.error, UnicodeDecodeError)


def client_class() -> type[StockClient]:
    """The bulk reader, or the stock client with a line in the log where the installed paho is not the one we know."""
    client = Client(CallbackAPIVersion.VERSION2)
    gone = [name for name in NEEDED if not hasattr(client, name)]
    if gone:
        LOG.warning("this paho-mqtt is unknown, its own slower receive path is used", missing=gone)
    return StockClient if gone else BulkClient


class BulkClient(StockClient):
    """A client that hands over what one read brought as one chunk."""

    _rest = b""
    _skip = 0  # bytes still to come of a packet that is too large
    last_read = 0  # bytes

    def confirm(self, acks: bytes) -> None:
        """Send these acknowledgements, as they were handed over, in one write."""
        self._packet_queue(PUBACK[0], acks, 0, 0)

    def ping(self, *, again: bool = False) -> None:
        """PINGREQ unless one is under way, or `again`; paho by itself waits for a whole keep-alive of silence first."""
        if again or not self._ping_t:
            self._send_pingreq()

    @property
    def unanswered(self) -> bool:  # type: ignore[override]
        """Is a ping under way?"""
        return bool(self._ping_t)

    def _create_socket(self) -> Any:  # noqa: ANN401 - paho's own union of socket types
        self._rest, self._skip = b"", 0
        return super()._create_socket()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read once, handle every whole packet in it. Same results as paho's own."""
        del max_packets  # paho reads packet by packet; one read here may hold thousands
        self.last_read = 0
        if self._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        data = self._receive()
        if data is None:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        if not data:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        with self._msgtime_mutex:
            self._last_bytes_received = monotonic()
        self.last_read = len(data)
        if self._skip:
            self._skip, data = max(0, self._skip - len(data)), data[self._skip :]
        return self._digest(self._rest + data if self._rest else data)

    def _receive(self) -> bytes | None:
        """What there is to read; None: nothing yet, empty: the connection is over. TLS gives record by record: take many."""
        parts, room = list[bytes](), _RECV
        try:
            while room > 0 and (part := self._sock_recv(room)):
                parts.append(part)
                room -= len(part)
                if not isinstance(self._sock, ssl.SSLSocket):
                    break
        except BlockingIOError:
            return b"".join(parts) or None
        except OSError:
            pass  # the next read, which finds it again, ends the connection
        return b"".join(parts)

    def _digest(self, data: bytes) -> MQTTErrorCode:  # noqa: C901, PLR0912 - the hot loop: a call per message would double its price
        """Hand over all messages of `data`, other packets to paho in between; keep what is not whole yet."""
        messages: list[Message] = []
        mids: list[bytes] = []
        add, note, topics = messages.append, mids.append, self.topics
        at, source, v5, start, size = self.now(), self.source, self._protocol == MQTTv5, 0, len(data)
        try:
            while start + 1 < size:
                header, length, body = data[start], data[start + 1], start + 2
                if length > 127:
                    length, body = _length(data, start)
                end = body + length
                if end > size:
                    if length <= _LARGEST or size - start < _ENOUGH:
                        break
                    self._skip, end = _rest_of(header, end, size)
                if header & 0xF4 == 0x30:
                    after = body + 2 + (data[body] << 8 | data[body + 1])
                    raw = data[body + 2 : after]
                    if header & 2:
                        note(data[after : after + 2])
                        after += 2
                    if v5:
                        after = after + 1 + data[after] if data[after] < 128 else _beyond(data, after)
                    if after > end:
                        raise MalformedPacket
                    topic = topics.get(raw)
                    if topic is None and (topic := self.name(raw)) is None:
                        self._flush(messages, mids, start)
                        self.on_canary(data[after:end])
                    else:
                        add(Message(topic, data[after:end], at, source, header & 1 == 1))
                else:
                    self._flush(messages, mids, start)
                    rc = self._other(header, data[body:end])
                    if rc != MQTTErrorCode.MQTT_ERR_SUCCESS or self._sock is None:
                        return self._loop_rc_handle(rc)
                start = end
            self._rest = data[start:]
            self._flush(messages, mids, start)
        except _MALFORMED:
            self._flush(messages, [], start)
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_PROTOCOL)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _flush(self, messages: list[Message], mids: list[bytes], size: int) -> None:
        """Hand over what has gathered, if anything, and empty both lists."""
        if messages or mids:
            self.on_chunk(messages.copy(), pubacks(mids), size)
            messages.clear()
            mids.clear()

    def _other(self, header: int, body: bytes) -> MQTTErrorCode:
        packet = self._in_packet
        packet["command"], packet["packet"], packet["remaining_length"], packet["pos"] = header, bytearray(body), len(body), 0
        return self._packet_handle()


def pubacks(mids: Sequence[bytes]) -> bytes:
    """PUBACK packets for these packet ids (two bytes each). A packet id of zero is against the protocol."""
    if b"\0\0" in mids:
        raise MalformedPacket
    return PUBACK + PUBACK.join(mids) if mids else b""


def _length(data: bytes, start: int) -> tuple[int, int]:
    """(bytes of the body, where it begins); a body beyond all data where the length itself is not all there yet."""
    length = 0
    for place in range(4):
        if start + 1 + place >= len(data):
            return len(data), len(data)
        byte = data[start + 1 + place]
        length |= (byte & 127) << (7 * place)
        if byte < 128:
            return length, start + 2 + place
    raise MalformedPacket  # a length of more than four bytes


def _rest_of(header: int, end: int, size: int) -> tuple[int, int]:
    """(bytes to pass over, where the packet is taken to end) of a message that is too large; anything else is malformed."""
    if header & 0xF4 != 0x30:
        raise MalformedPacket
    return end - size, size


def _beyond(data: bytes, at: int) -> int:
    """Where the properties at `at` end."""
    length = 0
    for place in range(4):
        byte = data[at + place]
        length |= (byte & 127) << (7 * place)
        if byte < 128:
            return at + place + 1 + length
    raise MalformedPacket
