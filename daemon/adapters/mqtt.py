"""Turns one broker into batches of messages that are acknowledged only when told so, for ever, whatever happens to the link.

The owner calls `take`, saves, then `acknowledge`. In the stream stand HOLD where a connection begins and the backlog comes,
RESUME where all that waited has been handed over (a canary published behind it came home), DEAF where the connection is lost.
An acknowledgement belongs to its connection; one that comes after a reconnect is dropped, because packet ids start anew there.
"""

from __future__ import annotations

import secrets
import socket
import sys
from collections import deque
from contextlib import suppress
from ssl import SSLCertVerificationError
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from daemon.adapters.connection import ROBBED, V5, V311, Connection, Ended, Link, Refused, Source, Will, modest
from daemon.adapters.inbox import Batch, Inbox, Receipt
from daemon.adapters.outgoing import Outgoing, Word
from daemon.adapters.patience import Patience
from daemon.adapters.witness import lives
from daemon.core.nouns import DEAF, GAP, HOLD, RESUME, Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.site import Broker
    from daemon.ports import Clock

__all__ = ["Batch", "Ended", "Intake", "Link", "Refused", "Will"]

CANARY_WITHIN = 10.0  # s after which the stream resumes even without the canary
NAMED_WITHIN = 40.0  # s that finding a broker's address may take, with its connection
TURN = 0.25  # s, the longest wait for the socket
FAREWELL_WITHIN = 1.0  # s


class Intake:
    """One broker. `state` is connected, closed (the broker is away) or silent (there is a link, nothing comes), `since` when.

    `news` is called on the network thread whenever `take` has something to give: who has several intakes waits for all at once.
    """

    def __init__(
        self,
        broker: Broker,
        link: Link,
        clock: Clock,
        *,
        on_end: Callable[[], None] | None = None,
        news: Callable[[], object] | None = None,
    ) -> None:
        self._broker, self._link, self._clock, self._on_end = broker, link, clock, on_end
        self.canary_topic = f"atrium-out/canary/{link.client_id}"
        self.state, self.since = "closed", clock.now()
        self.last_heard: float | None = None
        self.turned, self.generation = monotonic(), 0  # when the network thread last showed a sign of life, or will after a rest
        self.canary_home: float | None = None
        self.session_present, self.refused, self._taken_over = False, "", False
        self._error: BaseException | None = None
        self.version = V5
        self._modest = False  # ask for nothing of the broker's own: some end the connection then
        self._gap = False  # there was no session, and nobody was told
        self._inbox = Inbox(items=link.receive_maximum, news=news)
        self._receipts: deque[Receipt] = deque()
        self._outgoing = Outgoing()
        self._standing: Word | None = None  # our word on the will's topic, said again after the broker spoke the will
        self._token = secrets.token_hex(8)
        self._resume_by: float | None = None
        self._stopping, self._up = Event(), Event()
        self._awake = False  # the network thread is busy and will look by itself
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)  # noqa: FBT003 - the socket module's own way
        self._ear.setblocking(False)  # noqa: FBT003 - the socket module's own way
        self._thread = Thread(target=self._run, name=f"mqtt-{broker.id}", daemon=True)

    # -- for the owner, from any thread

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def ready(self, timeout: float) -> bool:
        """Wait until subscribed. False: not within `timeout` (it goes on trying). Raises Refused or Ended."""
        self._up.wait(timeout)
        self._speak_up()
        return self.state == "connected"

    def take(self, timeout: float) -> Batch:
        """Everything that has come, at most 1,000, in order; empty after `timeout` s. Raises Refused or Ended when it is over."""
        was_full = self._inbox.full
        batch = self._inbox.take(timeout)
        if was_full:
            self._ring()
        if not batch.messages:
            self._speak_up()
        return batch

    def acknowledge(self, batch: Batch) -> None:
        """These are saved: the broker may forget them. Call it in the order of taking, for batches without a message too."""
        if batch.receipt.acks:
            self._receipts.append(batch.receipt)
            self._ring()

    @property
    def waiting(self) -> int:
        """Messages that have come and were not taken yet."""
        return len(self._inbox)

    @property
    def unsent(self) -> int:
        """Publications the broker has not yet taken; who publishes much waits for it to fall."""
        return len(self._outgoing)

    @property
    def dropped(self) -> int:
        """Publications that were too many to keep while the broker was away."""
        return self._outgoing.dropped

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Say something. QoS 0 is for now only; QoS 1 waits (at most 10,000) for the broker and is repeated until it has it."""
        if "+" in topic or "#" in topic:
            raise ValueError(f"a topic to publish to has no wildcards: {topic}")
        word = Word(topic, payload, qos, retain)
        if self._link.will and topic == self._link.will.topic:
            self._standing = word
        if qos or self.state == "connected":
            self._outgoing.add(word)
            self._ring()

    def stop(self, timeout: float = 2.0) -> None:
        """Send what is still to be said and acknowledged, say goodbye, end the thread. The session stays with the broker."""
        if self._link.will and self._standing:
            self.publish(self._link.will.topic, self._link.will.payload, qos=1, retain=True)
        self._stopping.set()
        self._ring()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        self._bell.close()
        self._ear.close()

    # -- on the network thread

    def _run(self) -> None:
        try:
            self._hold_the_line()
        finally:
            self._error = sys.exc_info()[1]
            self._turn_to("closed")
            self._up.set()
            self._inbox.wake()
            if self._on_end and not self._stopping.is_set():
                self._on_end()

    def _hold_the_line(self) -> None:
        patience = Patience(lambda: lives(self._broker, self._link, self.version))
        while not self._stopping.is_set() and not self.refused:
            began, connection = monotonic(), self._attend()
            rest = patience.rest(subscribed=connection.subscribed, cut=connection.cut, lasted=monotonic() - began)
            if patience.robbed and not self.refused:
                self.refused, self._taken_over = f"The broker at {self._broker.url} {ROBBED}", True
            self.turned = monotonic() + rest
            self._stopping.wait(rest)

    def _attend(self) -> Connection:
        """One connection from beginning to end."""
        self.generation += 1
        self.turned = monotonic() + NAMED_WITHIN
        broker = modest(self._broker) if self._modest else self._broker
        connection = Connection(broker, self._link, self.version, self.canary_topic if self._link.lasting else None)
        try:
            connection.on_accepted = lambda: self._hold(connection)
            connection.open(self._source(connection), self._ear)
            while not self._stopping.is_set() and connection.turn(self._doze(connection), reading=not self._inbox.full):
                self._awake = True
                self.turned = monotonic()
                self._tend(connection)
                connection.pause()
            if self._stopping.is_set() and connection.subscribed:
                self._farewell(connection)
        except SSLCertVerificationError as error:
            connection.refused = f"The certificate of the broker at {self._broker.url} is not trusted: {error.verify_message}."
        except TimeoutError:
            self._turn_to("silent")
        except OSError:
            self._turn_to("closed")
        else:
            self._turn_to("silent" if connection.silent() > 0.9 * self._link.keepalive else "closed")
        self._part(connection)
        return connection

    def _doze(self, connection: Connection) -> float:
        """How long to wait for the socket. From here on who has something for this thread must ring."""
        self._awake = False
        due = connection.subscribed and (self._receipts or self._outgoing.due)
        return 0.0 if due or self._stopping.is_set() else TURN

    def _tend(self, connection: Connection) -> None:
        """What is due on a living connection: news of it, acknowledgements, publications, the canary's time limit, a ping."""
        self.last_heard = self._clock.now() - connection.silent()
        if connection.accepted and connection.silent() > self._link.keepalive / 2:
            connection.client.ping()
        if not connection.subscribed:
            return
        if self.state != "connected":
            self._welcome(connection)
        if not connection.patient():
            self._confirm(connection)
        self._outgoing.flow(connection)
        if self._resume_by is not None and monotonic() > self._resume_by:
            self._resume()

    def _welcome(self, connection: Connection) -> None:
        self.session_present = connection.session_present
        self._turn_to("connected")
        if self._standing and self._up.is_set():
            self._outgoing.add(self._standing)
        self._up.set()
        if self._link.lasting:
            self._resume_by = monotonic() + CANARY_WITHIN
            self._outgoing.add(Word(self.canary_topic, self._nonce()), first=True)

    def _part(self, connection: Connection) -> None:
        """The connection is over: what was not taken is said again next time, the version of the next one is chosen."""
        connection.close()
        self._outgoing.rewind(but=self.canary_topic)
        self._resume_by = None
        self._modest = connection.accepted and not connection.subscribed
        if connection.accepted:
            self._mark(DEAF)
        if connection.refused and (connection.taken_over or not self._up.is_set()):
            self.refused, self._taken_over = connection.refused, connection.taken_over
        early = connection.opened and not connection.accepted and self.state == "closed"
        if not self._up.is_set() and (connection.wrong_version or early):
            self.version = V311 if self.version == V5 else V5

    def _source(self, connection: Connection) -> Source:
        def arrive(messages: list[Message], acks: bytes, size: int) -> None:
            if self._link.lasting:
                self._inbox.put(messages, Receipt(generation, acks), size)
            else:
                self._inbox.put(messages, Receipt(generation), size)
                if acks:
                    connection.client.confirm(acks)

        generation = self.generation
        return Source(self._broker.id, self._clock.now, arrive, self._welcome_home)

    def _welcome_home(self, payload: bytes) -> None:
        self.canary_home = self._clock.now()
        if self._resume_by is not None and payload == self._nonce():
            self._resume()

    def _confirm(self, connection: Connection) -> None:
        """Acknowledge what the owner has saved, in its order: some brokers insist on that of arrival."""
        receipts = [self._receipts.popleft() for _ in range(len(self._receipts))]
        if acks := b"".join(receipt.acks for receipt in receipts if receipt.generation == self.generation):
            connection.confirm(acks)

    def _farewell(self, connection: Connection) -> None:
        """The last acknowledgements and words, and their way to the broker."""
        end = monotonic() + FAREWELL_WITHIN
        self._confirm(connection)
        self._outgoing.flow(connection)
        while (len(self._outgoing) or connection.unread()) and monotonic() < end and connection.turn(0.05):
            self._outgoing.flow(connection)

    def _hold(self, connection: Connection) -> None:
        self._mark(HOLD, b"" if connection.session_present else GAP)
        self._gap |= not connection.session_present

    def _resume(self) -> None:
        """The backlog is in; GAP if the broker had no session since the last time: told once, however often the link broke."""
        self._mark(RESUME, GAP if self._gap else b"")
        self._resume_by, self._gap = None, False

    def _mark(self, topic: str, payload: bytes = b"") -> None:
        if self._link.lasting:
            self._inbox.put([Message(topic, payload, self._clock.now(), self._broker.id)], Receipt(self.generation))

    def _nonce(self) -> bytes:
        return f"{self._token}/{self.generation}".encode()

    def _turn_to(self, state: str) -> None:
        if state != self.state:
            self.state, self.since = state, self._clock.now()

    def _ring(self) -> None:
        if not self._awake:
            with suppress(OSError):  # it is ringing already, or nobody listens any more
                self._bell.send(b"!")

    def _speak_up(self) -> None:
        if self.refused:
            raise Refused(self.refused, taken_over=self._taken_over)
        if self._thread.ident is not None and not self._thread.is_alive() and not self._stopping.is_set():
            raise Ended(f"The connection to {self._broker.url} has ended unexpectedly.") from self._error
