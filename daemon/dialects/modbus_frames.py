"""Family 8, transparent DTUs such as Elfin EW11: raw Modbus answers, RTU with check sum or TCP with header, as bytes.

A frame says nothing about meaning: `mapping: registers:` says what stands where, `polls:` where answers begin if there are
several per slave. The device is a level of the topic, alone or with the slave (`dtu-7/1`), or `device:`. Questions, writes and
the DTU's own `options: {heartbeat: hex}` are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.dialects.kit.family import bytes_family
from daemon.dialects.kit.modbus import frames
from daemon.dialects.kit.registers import Map

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "modbus-frames"
NEEDS = ("registers",)
OPTIONS = {"heartbeat": "what the DTU sends to show that it lives, as hex or text"}


def open(source: Source) -> Dialect:
    """Devices by the topic's word with the slave, or alone."""
    registers, written = Map(source), str(source.options.get("heartbeat", ""))
    heartbeats = {written.encode(), _bytes(written)} - {b""}

    def read(report: Report, payload: bytes) -> None:
        if payload not in heartbeats:
            registers.tell(report, frames(payload))

    return bytes_family(source, read)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
