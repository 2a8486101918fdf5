"""How long `atrium simulate` takes: a healthy month of one device of each kind to a recording, and a whole community.

A day is simulated like any other, so three days are timed, in CPU seconds, and told as a month of thirty; the recording is
written, compressed, to a real disk, as the command does it.
"""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

from daemon.recording import write_recording
from daemon.simulate import simulate
from sensors.registry import kinds
from tests.bench.detection.trial import community
from tests.bench.measure import Figure, figure
from tests.bench.traffic import demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from daemon.core.site import Configuration

DAY = 86400.0
DAYS, MONTH = 3, 30
WHOLE, RUNS = 3600.0, 3  # s of the whole community, and how often
START = 1783440000.0  # 2026-07-08T00:00:00+08:00: a working day on which everything has something to do


def bench(folder: Path) -> Iterator[Figure]:
    """Each kind, then the community."""
    for name, kind in kinds().items():
        if kind.plant is not None:
            yield figure(f"a month of one {name}", "s CPU", [_month(folder, name)], most=60.0)
    speeds = [WHOLE / _timed(folder, demo(), WHOLE) for _ in range(RUNS)]
    devices = sum(device.kind.plant is not None for site in demo().sites.values() for device in site.devices.values())
    yield figure(f"the demo community of {devices} devices", "times real time", speeds, least=60.0)


def _month(folder: Path, kind: str) -> float:
    """Seconds for thirty days."""
    return _timed(folder, community(kind), DAYS * DAY, "gw" if kind == "gateway" else "device") * MONTH / DAYS


def _timed(folder: Path, configuration: Configuration, seconds: float, *devices: str) -> float:
    began = process_time()
    messages = simulate(configuration, devices=devices or None, start=START, for_seconds=seconds)
    write_recording(folder / "simulated.jsonl.gz", messages)
    return process_time() - began
