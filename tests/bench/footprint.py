"""Start-up and memory: the configuration alone, then `atrium run` as a whole, with 1 and with 300 communities; bytes a channel.

The clock runs from the command, on an empty data directory, until the watch's first heartbeat, and until the pages say "ready".

`python -m tests.bench.footprint CONFIG` measures one configuration in a process of its own.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from tests.bench import company, stage
from tests.bench.ear import Ear
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.rig import free_port

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
    start_few = [_start(folder / f"few-{turn}", small) for turn in range(RUNS)]
    start_many = [_start(folder / f"many-{turn}", large) for turn in range(SHARES)]
    return [
        figure("configuration of 1 community", "s", [one["load"] for one in few]),
        figure("configuration of 300", "s", [one["load"] for one in many]),
        *_starts("1 community", start_few, 3.0),
        *_starts("300", start_many, 20.0),
        figure("300: memory of the watch", "MB", [one.memory / 1e6 for one in start_many], most=2000.0),
        figure("channels of 300", "channels", [many[0]["channels"]]),
        figure("memory a channel, every channel heard", "bytes", [one["bytes"] for one in many], most=600.0),
    ]


def _starts(name: str, starts: list[Start], most: float) -> list[Figure]:
    return [
        figure(f"{name}: command to heartbeat", "s", [one.watching for one in starts], most=most),
        figure(f"{name}: command to pages ready", "s", [one.ready for one in starts], most=most),
        figure(f"{name}: all processes, until then", "s CPU", [one.cpu for one in starts]),
    ]


@dataclass(frozen=True, slots=True)
class Start:
    """One start of `atrium run`: seconds from the command, processor time of all its processes, memory of its watch."""

    watching: float  # the watch's first heartbeat: connected, subscribed, the backlog in, the first batch saved
    ready: float  # the pages answer /readyz with 200, which asks the same of the watch through the database
    cpu: float  # s, until it was stopped right after that
    memory: int  # resident bytes


def _start(folder: Path, config: Path) -> Start:
    """On an empty data directory, with the broker it runs itself."""
    folder.mkdir()
    mqtt, web, before, began = free_port(), free_port(), os.times(), time.monotonic()
    where = ["--config", str(config), "--data", str(folder / "data"), "--mqtt-port", str(mqtt), "--port", str(web)]
    with stage.started([sys.executable, "-m", "daemon", "run", *where], folder / "log") as running:
        stage.answers(mqtt, stage.STARTS_WITHIN)
        ear = Ear(mqtt, "atrium-out/heartbeat/watch")
        stage.wait_for(ear, "heartbeat", running, stage.STARTS_WITHIN)
        watching = time.monotonic() - began
        ear.close()
        while not _ready(web):
            time.sleep(0.02)
        ready = time.monotonic() - began
        memory = stage.memory_of(_watch_of(running.process.pid))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Start(watching, ready, cpu, memory)


def _ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30.0) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _watch_of(supervisor: int) -> int:
    """The process id of the watch it runs."""
    for place in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text(encoding="ascii").split():
        if b"--role watch" in Path(f"/proc/{place}/cmdline").read_bytes().replace(b"\0", b" "):
            return int(place)
    raise AssertionError("there is no watch")


def _measured(config: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.footprint", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def examine(config: Path) -> dict[str, float]:
    """Load it, start a watch on it, let every channel be heard once; what that takes."""
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
