"""Start-up and memory: `atrium check` and the first heartbeat of a watch with 1 and with 300 communities, bytes for each channel.

`python -m tests.bench.footprint CONFIG` measures one configuration in a process of its own.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import company, stage
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.rig import broker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.site import Device

FEW, MANY = 1, 300
SHARES = 3  # runs of the large company: minutes each


def bench(folder: Path) -> list[Figure]:
    """Both companies; the small one five times."""
    small, large = company.write(folder / "small", FEW), company.write(folder / "large", MANY)
    few = [_measured(small) for _ in range(RUNS)]
    many = [_measured(large) for _ in range(SHARES)]
    starts = {config: [_start(folder / f"{config.name}-{turn}", config) for turn in range(SHARES)] for config in (small, large)}
    return [
        figure("configuration of 1 community", "s", [one["load"] for one in few]),
        figure("configuration of 300", "s", [one["load"] for one in many]),
        figure("1 community: command to heartbeat", "s", [took for took, _ in starts[small]], most=3.0),
        figure("300: command to heartbeat", "s", [took for took, _ in starts[large]], most=20.0),
        figure("300: memory of the watch", "MB", [memory / 1e6 for _, memory in starts[large]], most=2000.0),
        figure("channels of 300", "channels", [many[0]["channels"]]),
        figure("memory a channel, every channel heard", "bytes", [one["bytes"] for one in many], most=600.0),
    ]


def _start(folder: Path, config: Path) -> tuple[float, int]:
    """(s from the command to the first word of the watch, resident bytes then)."""
    folder.mkdir()
    with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, _):
        return running.took, running.memory()


def _measured(config: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.footprint", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def examine(config: Path) -> dict[str, float]:
    """Load it, start a watch on it, let every channel be heard once; what that takes."""
    import os  # noqa: PLC0415 - this process only

    from daemon.config import load  # noqa: PLC0415 - measured from here

    began = time.perf_counter()
    configuration = load(config, environ={})
    loaded = time.perf_counter()
    from daemon.core import state  # noqa: PLC0415 - same

    before = stage.memory_of(os.getpid())
    watch = state.start(configuration, silence_of_unheard=False)
    started = time.perf_counter()
    devices = [device for site in configuration.sites.values() for device in site.devices.values()]
    _hear(watch, devices)
    gc.collect()
    channels = sum(not channel.absent for device in devices for channel in device.channels.values())
    used = stage.memory_of(os.getpid()) - before
    return {"load": loaded - began, "start": started - loaded, "bytes": used / channels, "channels": channels}


def _hear(watch: Any, devices: Iterable[Device]) -> None:
    """A healthy value of every numeric channel of every device, as one message each."""
    from daemon.core import pipeline  # noqa: PLC0415 - measured from here
    from daemon.core.memory_desk import MemoryDesk  # noqa: PLC0415 - same
    from daemon.core.nouns import Message  # noqa: PLC0415 - same
    from tests.bench.traffic import SOURCES  # noqa: PLC0415 - same

    desk, now = MemoryDesk(), 1.8e9
    for device in devices:
        fitted = [(name, channel.point.normal) for name, channel in device.channels.items() if not channel.absent]
        values = {name: sum(span) / 2.0 for name, span in fitted if span is not None}
        payload = json.dumps({"ts": now * 1000.0, "values": values}).encode()
        pipeline.feed(watch, [Message(f"atrium/{device.site}/{device.id}/telemetry", payload, now)], desk, SOURCES)


if __name__ == "__main__":
    print(json.dumps(examine(Path(sys.argv[1]))))
