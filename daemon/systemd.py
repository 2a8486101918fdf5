"""Turns moments of a process into words for systemd: READY=1, WATCHDOG=1, STOPPING=1, on the socket that NOTIFY_SOCKET names."""

from __future__ import annotations

import os
import socket

VARIABLE = "NOTIFY_SOCKET"


def tell(words: str) -> bool:
    """Send `words` (`READY=1`, or several lines); False where nobody listens, which is how it is without systemd."""
    place = os.environ.get(VARIABLE, "")
    if not place:
        return False
    address = "\0" + place[1:] if place.startswith("@") else place  # @: an abstract socket
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(words.encode(), address)
    except OSError:
        return False  # systemd itself notices what it no longer hears
    return True
