"""How long `atrium replay` takes for one day of one community: 0.76 million messages, every class of device in its own rhythm."""

from __future__ import annotations

import gzip
import heapq
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.bench import company
from tests.bench.measure import Figure, figure
from tests.bench.stream import community

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.stream import Template

DAY = 86_400.0
BEGIN = 1_767_196_800.0  # 2026-01-01 in Shanghai
RUNS = 3  # of a minute each


def bench(folder: Path) -> list[Figure]:
    """Write the day once, replay it a few times."""
    config, recording = company.write(folder / "config", 1), folder / "day.jsonl.gz"
    count = _record(recording)
    runs = [_replay(config, recording) for _ in range(RUNS)]
    return [
        figure("messages of the day", "messages", [count]),
        figure("replay of the day", "s", [wall for wall, _ in runs], most=90.0),
        figure("replay, processor time", "µs CPU/message", [cpu / count * 1e6 for _, cpu in runs]),
    ]


def _replay(config: Path, recording: Path) -> tuple[float, float]:
    """(wall seconds, processor seconds)."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "daemon", "replay", "--config", str(config), "--json", str(recording)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _record(path: Path) -> int:
    """The day of every device of one community, in order of time; how many messages."""
    count = 0
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as out:
        for at, topic, payload in heapq.merge(*_devices()):
            moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            out.write(json.dumps({"at": moment, "topic": topic, "payload": payload}) + "\n")
            count += 1
    return count


def _devices() -> list[Iterator[tuple[float, str, str]]]:
    devices = community(company.name_of(0))
    return [_day(said, one.periods[0], place / len(devices)) for place, (said, one) in enumerate(devices)]


def _day(said: Template, every: float, phase: float) -> Iterator[tuple[float, str, str]]:
    """Values that go slowly up and down around their middle."""
    for number in range(int(DAY / every)):
        at = BEGIN + (number + phase) * every
        part = 0.5 + (number % 7 - 3) / 6.0
        figures = [low + part * (high - low) for low, high in said.spans]
        yield at, said.topic, said.text % (int(at * 1000.0), *figures)
