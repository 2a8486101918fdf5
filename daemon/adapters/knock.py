"""Turns a broker's port into signs of life: now and then a client signs in, and a broker that answers lives.

A port that only accepts connections proves nothing: the kernel does that for a process that hangs. Nothing here ever waits.
"""

from __future__ import annotations

import socket
from contextlib import suppress

EVERY = 5.0  # s
WITHIN = 10.0  # s for one answer; then the next try
_NAME = b"atrium-knock"
_HELLO = b"\x00\x04MQTT\x04\x02\x00\x0a" + len(_NAME).to_bytes(2) + _NAME  # MQTT 3.1.1, clean session, keep-alive 10 s
CONNECT = bytes((0x10, len(_HELLO))) + _HELLO
CONNACK, DISCONNECT = b"\x20\x02", b"\xe0\x00"


class Knock:
    """One broker on this machine, asked again and again."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._line: socket.socket | None = None
        self._asked = False
        self._next = self._until = 0.0

    def __call__(self, now: float) -> bool:
        """Has it answered since the last call? To be called several times a second."""
        if self._line is None:
            if now >= self._next:
                self._begin(now)
            return False
        if now > self._until:
            self._end()
            return False
        try:
            return self._go_on(self._line)
        except BlockingIOError:
            return False
        except OSError:  # not there yet, or gone
            self._end()
            return False

    def _begin(self, now: float) -> None:
        self._next, self._until, self._asked = now + EVERY, now + WITHIN, False
        self._line = socket.socket()
        self._line.setblocking(False)  # noqa: FBT003 - the socket module's own way
        self._line.connect_ex(self._address)

    def _go_on(self, line: socket.socket) -> bool:
        if not self._asked:
            line.send(CONNECT)
            self._asked = True
        answered = line.recv(4).startswith(CONNACK)  # a refusal is a sign of life as well
        if answered:
            with suppress(OSError):
                line.send(DISCONNECT)
        self._end()
        return answered

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
