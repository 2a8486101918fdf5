"""Turns a connection that a broker has just cut into an answer: does the broker live?

One that crashed lets nobody in at this moment; one that gave our session to somebody else lets a stranger in. A port that only
accepts connections proves nothing (a proxy does that for a dead broker), so the stranger signs in.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from daemon.adapters.connection import Connection, Link, Source

if TYPE_CHECKING:
    from paho.mqtt.enums import MQTTProtocolVersion

    from daemon.core.site import Broker

WITHIN = 2.0  # s


def lives(broker: Broker, link: Link, version: MQTTProtocolVersion) -> bool:
    """Does it answer a client of another name? A refusal is an answer as well."""
    stranger = Link(f"{link.client_id}-witness", keepalive=link.keepalive, lasting=False)
    connection = Connection(replace(broker, filters=()), stranger, version, None)
    bell, ear = socket.socketpair()
    end = monotonic() + WITHIN
    try:
        connection.open(Source(broker.id, monotonic, lambda *_: None, lambda _: None), ear)
        while not connection.accepted and not connection.refused and monotonic() < end and connection.turn(0.05):
            pass
    except OSError:
        return False
    finally:
        connection.close()
        bell.close()
        ear.close()
    return connection.accepted or bool(connection.refused)
