"""What these tests need: a real broker, Atrium beside it, and a device that publishes with QoS 1."""

from __future__ import annotations

from fixtures.broker import mosquitto
from fixtures.stage import atrium, device

__all__ = ["atrium", "device", "mosquitto"]
