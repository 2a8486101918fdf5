"""What the demo community sends, as messages: full frames as the simulator makes them, and the same values one by one."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from daemon.config import load
from daemon.dialects import Source, families
from daemon.simulate import simulate

if TYPE_CHECKING:
    from daemon.core.nouns import Message
    from daemon.core.site import Configuration

CONFIG = Path(__file__).parent.parent.parent / "config"
SOURCES = {"main": families()["atrium"].open(Source())}


@cache
def demo() -> Configuration:
    """The demo community."""
    return load(CONFIG, environ={})


@cache
def frames(seconds: float = 1800.0) -> tuple[Message, ...]:
    """One message per device and instant, some ten values each."""
    return tuple(message for message in simulate(demo(), for_seconds=seconds) if message.topic.endswith("/telemetry"))


@cache
def singles(seconds: float = 600.0) -> tuple[Message, ...]:
    """One message per value."""
    return tuple(
        replace(message, payload=json.dumps({"ts": frame["ts"], name: value}).encode())
        for message in frames(seconds)
        for frame in [json.loads(message.payload)]
        for name, value in frame["values"].items()
    )
