"""The stage of the benchmarks that run whole processes: a broker, a watch on the real file system, what a process has used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.adapters.broker import ready
from tests.bench.ear import Ear
from tests.bench.stream import packet, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.stream import Sender

STARTS_WITHIN = 600.0  # s
ENDS_WITHIN = 120.0  # s
BREACH = '{"ts":%d,"values":{"residual_current":%.3f}}'  # of a charging pile, above 30: alarms at once


@dataclass(slots=True)
class Running:
    """A process under test."""

    process: subprocess.Popen[bytes]
    log: Path
    took: float = 0.0  # s until it was ready
    commits: list[float] = field(default_factory=list)  # ms, known when it has ended
    saved: int = 0  # messages of equipment that it committed, known when it has ended
    links: int = 0  # connections it began, known when it has ended

    def cpu(self) -> float:
        """Seconds of processor time it and its threads have used."""
        return cpu_of(self.process.pid)

    def memory(self) -> int:
        """Resident bytes."""
        return memory_of(self.process.pid)


def cpu_of(pid: int) -> float:
    """Seconds of processor time a process and its threads have used: Linux keeps a clock for each process, in nanoseconds."""
    return time.clock_gettime(~pid << 3 | 2)


def memory_of(pid: int) -> int:
    """Resident bytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def started(command: Sequence[str], log: Path) -> Iterator[Running]:
    """A process of our own; ended politely, then by force."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        yield Running(process, log)
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def watch(folder: Path, port: int, config: Path, *, profile: Path | None = None) -> Iterator[tuple[Running, Ear]]:
    """A watch that is in its stride, and an ear for what it says: alarms, tickets, heartbeats."""
    stats, began = folder / "stats.json", time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    ear = Ear(port, "atrium-out/+/alarm/+", "atrium-out/+/ticket/+", "atrium-out/heartbeat/+")
    options = ["--config", str(config), "--data", str(folder / "data"), "--mqtt", f"mqtt://127.0.0.1:{port}"]
    timed = [sys.executable, "-m", "tests.bench.watched", str(stats), *(["--profile", str(profile)] if profile else [])]
    try:
        with started([*timed, "--", "run", "--role", "watch", *options], folder / "watch.log") as running:
            wait_for(ear, "heartbeat", running, STARTS_WITHIN)
            running.took = time.monotonic() - began
            yield running, ear
    finally:
        ear.close()
    told = json.loads(stats.read_text(encoding="utf-8"))
    running.commits, running.saved, running.links = told["commits"], told["saved"], told["links"]


def wait_for(ear: Ear, part: str, running: Running, within: float) -> float:
    """When the word came; a watch that died is told at once."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        assert running.process.poll() is None, f"the watch ended:\n{running.log.read_text(encoding='utf-8')[-2000:]}"
        try:
            return ear.wait(part, 1.0)
        except LookupError:
            continue
    raise AssertionError(f"nothing about {part} came within {within:g} s:\n{running.log.read_text(encoding='utf-8')[-2000:]}")


def fence(sender: Sender, ear: Ear, running: Running, pile: tuple[str, str], *, word: str = "", within: float = 300.0) -> float:
    """Publish a breach behind everything sent and wait for its alarm (or `word`): all before it is done. Seconds that took."""
    began = time.perf_counter()
    sender.line.settimeout(ENDS_WITHIN)
    sender.line.sendall(breach(*pile))
    sender.sent += 1
    wait_for(ear, word or f"{pile[0]}/{pile[1]}/residual_current.HH", running, within)
    sender.settle()
    return time.perf_counter() - began


def breach(site: str, device: str, value: float = 40.0) -> bytes:
    """The packet of a residual current that alarms at once."""
    payload = BREACH % (time.time() * 1000.0, value)
    return packet(0x32, text(f"atrium/{site}/{device}/telemetry") + b"\xff\xff" + payload.encode())


def answers(port: int, within: float) -> None:
    """Wait until something listens on the loopback port."""
    assert ready(port, within), f"nothing answers on port {port}"


def real_folder() -> str | None:
    """Where to put what must lie on a real file system: None for the usual place, unless that is kept in memory."""
    kinds = {line.split()[1]: line.split()[2] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()}
    return "/var/tmp" if kinds.get("/tmp") == "tmpfs" else None  # noqa: S108 - asked about, not written to
