"""Turns one connection to a broker into packets and moments: from CONNECT to its end, all on the thread that calls `turn`.

MQTT 5 where the broker knows it, persistent session, manual acknowledgement, retained messages not repeated. Callbacks only note.
"""

from __future__ import annotations

import selectors
import socket
from dataclasses import dataclass, replace
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from daemon.adapters.bulk import client_class
from daemon.core.site import Broker
from daemon.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.adapters.stock import StockClient
    from daemon.core.nouns import Message

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
FOR_EVER = 0xFFFFFFFF  # session expiry
OWN = "$SYS/"  # what a broker tells of itself
LARGEST_PACKET = 131072  # bytes; a payload has at most 65536
DEAD_AFTER = 5000  # ms without a TCP acknowledgement (a black-holed link was seen after 5.5 s instead of 16.8 s)
CONNECT_WITHIN = 5.0  # s for TCP and TLS
FEW = 16384  # bytes; after a smaller read there is time for a pause
MOMENT = 0.002  # s
PATIENT = 0.01  # s that acknowledgements may wait; sending them costs as much as reading what they are for
TIDY = 0.2  # s between two looks at the keep-alive
_FATAL = {
    "Bad user name or password": "refuses the user name or password",
    "Not authorized": "does not let this user in; check the user name and the password",
    "Client identifier not valid": "does not accept the client id",
    "Banned": "has banned this client",
    "Bad authentication method": "does not know the way of signing in",
    "Session taken over": "says that another client signed in under the same id: is a second Atrium running?",
}
ROBBED = "lets us in and soon cuts us off again, time after time; is a second Atrium running?"


class Refused(Undelivered):
    """The broker will not have us, and trying again changes nothing. The reason is one sentence for people."""

    def __init__(self, reason: str, *, taken_over: bool = False) -> None:
        super().__init__(reason, for_good=True)
        self.taken_over = taken_over  # another client has our session: it may go away again


class Ended(Exception):  # noqa: N818 - a result, not a bug
    """The network thread is gone; nothing more will come."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says in our name, retained, when we are gone without a goodbye."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """How to hold a connection. `lasting`: the broker keeps the session, and what arrives, while we are away."""

    client_id: str
    keepalive: int = 10
    receive_maximum: int = 2000
    lasting: bool = True
    will: Will | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What becomes of what comes: its source's id, the time, who takes messages and canaries (see `StockClient`)."""

    id: str
    now: Callable[[], float]
    take: Callable[[list[Message], bytes, int], None]
    welcome: Callable[[bytes], None]


class Connection:
    """One connection. `accepted` after CONNACK, `subscribed` after SUBACK; `refused`, `wrong_version`, `taken_over`: why not."""

    def __init__(self, broker: Broker, link: Link, version: MQTTProtocolVersion, canary: str | None) -> None:
        self.broker, self.link, self.version, self.canary = broker, link, version, canary
        self.filters = (*broker.filters, canary) if canary else broker.filters
        self.accepted = self.subscribed = self.wrong_version = self.taken_over = self.session_present = self._asked = False
        self.opened = self.cut = False  # cut: the broker ended it, without a word
        self.on_accepted: Callable[[], None] = lambda: None  # called before anything of the session is handed over
        self.refused = ""
        self.heard = monotonic()
        self.taken: list[int] = []  # packet ids of our publications that the broker has
        self.client = _client(broker, link, version)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_publish = self._on_publish
        self.client.on_disconnect = self._on_disconnect
        self.client.on_socket_open = _harden
        self._selector, self._watched = selectors.DefaultSelector(), 0
        self._tidied = self._patient_until = 0.0

    def open(self, source: Source, wake: socket.socket) -> None:
        """TCP, TLS and CONNECT. Raises OSError. A byte on `wake` ends a waiting `turn`."""
        self.client.listen(source.id, source.now, self.canary)
        self.client.on_chunk, self.client.on_canary = source.take, source.welcome
        where = address(self.broker)
        if self.version == V5:
            self.client.connect(*where, self.link.keepalive, clean_start=not self.link.lasting, properties=_wishes(self.link))
        else:
            self.client.connect(*where, self.link.keepalive)
        self.heard, self.opened = monotonic(), True
        self._selector.register(wake, selectors.EVENT_READ)

    def turn(self, timeout: float, *, reading: bool = True) -> bool:
        """Wait for the socket, read and write what can be. False: the connection is over.

        Without `reading` the broker keeps what it has for us (TCP tells it to wait); acknowledgements still go out.
        """
        sock = cast("socket.socket | None", self.client.socket())
        if sock is None:
            return False
        self.client.last_read = 0
        self._watch(sock, reading=reading)
        for key, ready in self._selector.select(timeout):
            if key.fileobj is not sock:
                key.fileobj.recv(4096)  # type: ignore[union-attr]
            elif reading and ready & selectors.EVENT_READ:
                self._read(sock)
        if self.client.want_write():
            self.client.loop_write()
        self._tidy(reading=reading)
        return self.client.socket() is not None

    def confirm(self, acks: bytes) -> None:
        """Send acknowledgements."""
        self.client.confirm(acks)
        self._patient_until = monotonic() + PATIENT

    def patient(self) -> bool:
        """May acknowledgements wait for company? While messages trickle in, and the last ones were sent a moment ago."""
        return 0 < self.client.last_read < FEW and monotonic() < self._patient_until

    def pause(self) -> None:
        """After a small read, wait a moment: one wake-up for many messages, here and where they are saved."""
        if 0 < self.client.last_read < FEW:
            sleep(MOMENT)

    def unread(self) -> bool:
        """Has the broker not read all we said? It has when a ping behind it is answered. Who closes before may unsay it."""
        if not self._asked and not self.client.unanswered:
            self._asked = True
            self.client.ping()
        return self.client.want_write() or self.client.unanswered

    def silent(self) -> float:
        """Seconds since the broker was last heard."""
        return monotonic() - self.heard

    def close(self) -> None:
        """Say goodbye where possible and let go."""
        if self.client.socket() is not None:
            self.client.disconnect()
        self._selector.close()

    def _watch(self, sock: socket.socket, *, reading: bool) -> None:
        wants = (selectors.EVENT_READ if reading else 0) | (selectors.EVENT_WRITE if self.client.want_write() else 0)
        if wants == self._watched:
            return
        if wants and self._watched:
            self._selector.modify(sock, wants)
        elif wants:
            self._selector.register(sock, wants)
        else:
            self._selector.unregister(sock)
        self._watched = wants

    def _tidy(self, *, reading: bool) -> None:
        """Let paho look after its keep-alive, now and then. Who does not listen cannot call the other one silent, but must say
        that it is there itself: with nothing read, paho would take its first ping for unanswered."""
        now = monotonic()
        if not reading:
            self.heard = now
            if self.accepted and now - self._tidied > self.link.keepalive / 2:
                self._tidied = now
                self.client.ping(again=True)
        elif now - self._tidied > TIDY:
            self._tidied = now
            self.client.loop_misc()

    def _read(self, sock: Any) -> None:  # noqa: ANN401 - a socket, plain or TLS
        self.heard = monotonic()
        self.client.loop_read()
        while self.client.socket() is sock and getattr(sock, "pending", int)():  # TLS may hold bytes that select cannot see
            self.client.loop_read()

    def _on_connect(self, client: Any, _: object, flags: Any, reason: Any, __: object) -> None:  # noqa: ANN401 - paho's types
        if reason.is_failure:
            self._note_refusal(str(reason))
            return
        self.accepted, self.session_present = True, flags.session_present
        self.on_accepted()
        if not self.filters:
            self.subscribed = True
            return
        new = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
        wish = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=new) if self.version == V5 else 1
        client.subscribe([(topic, wish) for topic in self.filters])

    def _on_subscribe(self, _: object, __: object, ___: object, reasons: list[Any], ____: object) -> None:
        answers = zip(self.filters, reasons, strict=False)
        failed = [topic for topic, reason in answers if reason.is_failure and topic != self.canary and not topic.startswith(OWN)]
        if failed:
            self.refused = f"The broker at {self.broker.url} does not allow subscribing to {failed[0]}."
        self.subscribed = True

    def _on_publish(self, _: object, __: object, mid: int, ___: object, ____: object) -> None:
        self.taken.append(mid)

    def _on_disconnect(self, _: object, __: object, ___: object, reason: Any, ____: object) -> None:  # noqa: ANN401
        self.cut = str(reason) == "Unspecified error"
        self._note_refusal(str(reason))

    def _note_refusal(self, reason: str) -> None:
        self.wrong_version = self.wrong_version or reason == "Unsupported protocol version"
        self.taken_over = self.taken_over or reason == "Session taken over"
        if reason in _FATAL:
            why = f"The broker at {self.broker.url} {_FATAL[reason]}"
            self.refused = why if why.endswith("?") else f"{why}."


def broker_at(url: str, source: str = "main", filters: tuple[str, ...] = ()) -> Broker:
    """The broker that `mqtt://[user:password@]host[:port]` (or mqtts) names. Raises Refused."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise Refused("A broker is written mqtt://[user:password@]host[:port], or mqtts://….")
    bare = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return Broker(source, bare, unquote(parts.username or ""), unquote(parts.password or ""), filters=filters)


def address(broker: Broker) -> tuple[str, int]:
    """Host and port of `mqtt://host:port` or `mqtts://host:port`."""
    url = urlsplit(broker.url)
    return url.hostname or "127.0.0.1", url.port or (8883 if secure(broker) else 1883)


def modest(broker: Broker) -> Broker:
    """The same broker, asked for none of its own figures: some keep them to themselves."""
    return replace(broker, filters=tuple(topic for topic in broker.filters if not topic.startswith(OWN)))


def secure(broker: Broker) -> bool:
    """Is its line encrypted?"""
    return urlsplit(broker.url).scheme in ("mqtts", "ssl")


def _client(broker: Broker, link: Link, version: MQTTProtocolVersion) -> StockClient:
    client = client_class()(
        CallbackAPIVersion.VERSION2,
        client_id=link.client_id,
        clean_session=None if version == V5 else not link.lasting,
        protocol=version,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.connect_timeout = CONNECT_WITHIN
    client.max_inflight_messages_set(100)
    if broker.username:
        client.username_pw_set(broker.username, broker.password)
    if secure(broker):
        client.tls_set(ca_certs=broker.ca or None)
    if link.will:
        client.will_set(link.will.topic, link.will.payload, qos=1, retain=True)
    return client


def _wishes(link: Link) -> Properties:
    wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    wishes.SessionExpiryInterval = FOR_EVER if link.lasting else 0
    wishes.ReceiveMaximum = link.receive_maximum
    wishes.MaximumPacketSize = LARGEST_PACKET
    return wishes


def _harden(_: object, __: object, sock: Any) -> None:  # noqa: ANN401 - a socket, plain or TLS
    """A dead link must be noticed by the kernel too, and small acknowledgements must not wait for company."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER)
