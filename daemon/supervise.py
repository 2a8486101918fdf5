"""Keeps the processes of Atrium running: starts them, restarts what dies or hangs (loudly, ever slower), stops them on a signal.

A process that has a pipe to us shows a sign of life every second; one that shows none for `HUNG` seconds is killed. A broker of
our own is asked every few seconds and killed when it answers nobody for `MUTE` seconds. How often
each was restarted stands in a small file for the pages.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from daemon import systemd
from daemon.fork import Copy, die_with_parent
from daemon.pulse import ASLEEP, PIPE, READY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = structlog.get_logger("supervise")
GRACE = 2.8  # s a process has to end after SIGTERM: all of Atrium stops in less than three
STEADY = 60.0  # s of life after which a crash counts as the first again
HUNG = 20.0  # s without a sign of life; what hangs inside is found out after 15 by the process itself
MUTE = 60.0  # s a broker may leave unanswered who signs in: killing it sooner could lose what a slow disk is about to save
LONGEST = 60.0  # s between restarts of what never stays up; it is never given up
LOOK = 0.1  # s
CONFIGURATION = 2  # exit code of a process whose configuration is wrong: restarting at once is useless
WATCHDOG = 1.0  # s between words to systemd
_jitter = random.Random()  # noqa: S311 - spreads restarts, keeps no secret


class Process(Protocol):
    """A child of ours: a `Popen` or a copy of this process."""

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


@dataclass(slots=True)
class Worker:
    """One process to keep running. `beats`: it shows signs of life by itself (watch and pages do); `knock`: whether it has
    answered since it was asked last (a broker). One that shows none for `patience` seconds is killed; what is asked may take five
    times as long for its first answer, for a broker first reads what waits in it.

    `work`: what it does, started as a copy of us the first time, for we have loaded already what it would load. Whatever comes
    after a crash starts afresh, by its command.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    beats: bool = False
    knock: Callable[[float], bool] | None = None
    patience: float = HUNG
    saves: float = 0.0  # s more it may take to end: a broker writes down what waits in it
    work: Callable[[], int] | None = None
    process: Process | None = None
    started: float = 0.0
    heard: float = 0.0
    ready: bool = False
    crashes: int = 0  # in a row
    restarts: int = 0  # in all
    restart_at: float = 0.0
    pipe: int = -1
    why: str = ""

    def start(self) -> None:
        """Start it; it gets SIGTERM if we die first."""
        env = {name: value for name, value in os.environ.items() if name != systemd.VARIABLE} | self.environment
        ends: tuple[int, ...] = ()
        if self.beats:
            self.pipe, end = os.pipe()
            os.set_blocking(self.pipe, False)
            os.set_blocking(end, False)
            ends, env[PIPE] = (end,), str(end)
        self.process = self._process(env, ends)
        for end in ends:
            os.close(end)
        self.started = self.heard = time.monotonic()

    def _process(self, env: dict[str, str], ends: tuple[int, ...]) -> Process:
        if self.work and not self.started:
            return Copy(" ".join(self.command), self.work, env)
        return subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            env=env,
            start_new_session=True,
            pass_fds=ends,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - we have one thread
        )

    def listen(self, now: float) -> None:
        """Take in its signs of life."""
        try:
            signs = os.read(self.pipe, 4096) if self.pipe >= 0 else b""
        except BlockingIOError:
            return
        if signs:
            self.heard = now
            self.ready = self.ready or READY in signs
        elif self.knock and self.knock(now):
            self.heard, self.ready = now, True

    def hangs(self, now: float) -> bool:
        """Has it been silent for too long?"""
        patience = 5 * self.patience if self.knock and not self.ready else self.patience
        return (self.beats or self.knock is not None) and now - self.heard > patience

    def bury(self) -> None:
        """It has ended: let go of what belonged to it."""
        self.process = None
        self.ready = self.ready and self.knock is None
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1

    def stop(self, deadline: float) -> None:
        """Wait for its end, and SIGKILL at the deadline."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            LOG.warning("killed, it did not stop", process=self.name)
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs workers until SIGTERM or SIGINT, or until one says that its configuration is wrong. `report`: the file that tells how
    often each was restarted."""

    def __init__(self, workers: list[Worker], report: Path | None = None) -> None:
        self.workers, self.report = workers, report
        self.stopping = False
        self.looked = self.told = time.monotonic()
        self.ready = False

    def run(self) -> int:
        """Exit code: 0 after a signal, 2 after a configuration error of a worker."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        code = 0
        try:
            self._write()
            for worker in self.workers:
                worker.start()
            gc.enable()  # it rested while everything was loaded
            while not self.stopping and not code:
                time.sleep(LOOK)
                code = self._look()
        finally:
            systemd.tell("STOPPING=1")
            self._end()
        return code

    def _stop(self, number: int, frame: object) -> None:
        del number, frame
        self.stopping = True

    def _look(self) -> int:
        now = time.monotonic()
        slept, self.looked = now - self.looked > ASLEEP, now
        for worker in self.workers:
            if worker.process is None:
                if now >= worker.restart_at:
                    worker.start()
                continue
            worker.heard = now if slept else worker.heard  # who did not run himself has no right to judge
            worker.listen(now)
            code = worker.process.poll()
            if code == CONFIGURATION and not worker.restarts:  # once it has run, what is wrong may mend itself
                return CONFIGURATION
            if code is not None:
                self._bury(worker, code, now)
            elif worker.hangs(now):
                self._put_down(worker, now)
        self._tell(now)
        return 0

    def _put_down(self, worker: Worker, now: float) -> None:
        assert worker.process is not None  # noqa: S101 - looked at just now
        worker.why = f"hung for {now - worker.heard:.0f} s"
        LOG.error("process hangs, killed", process=worker.name, silent_s=round(now - worker.heard, 1))
        worker.process.kill()
        worker.process.wait()

    def _bury(self, worker: Worker, code: int, now: float) -> None:
        worker.crashes = 1 if now - worker.started > STEADY else worker.crashes + 1
        worker.restarts += 1
        wait = pause(worker.crashes)
        why, worker.why = worker.why or f"exit code {code}", ""
        worker.bury()
        worker.restart_at = now + wait
        LOG.error(
            "process ended, restarting", process=worker.name, why=why, code=code, after_s=round(wait, 1), restarts=worker.restarts
        )
        self._write(worker, why)

    def _tell(self, now: float) -> None:
        """Systemd hears that we are ready once all that can say so are, and every second that we are alive."""
        if not self.ready and all(worker.ready for worker in self.workers if worker.beats):
            self.ready = systemd.tell("READY=1") or True
        if now - self.told >= WATCHDOG:
            self.told = now
            systemd.tell("WATCHDOG=1")

    def _write(self, last: Worker | None = None, why: str = "") -> None:
        """Put the counts where the pages find them; a full disk is no reason to stop supervising."""
        if self.report is None:
            return
        told: dict[str, Any] = {"restarts": {worker.name: worker.restarts for worker in self.workers}}
        if last is not None:
            told |= {"last": {"process": last.name, "why": why, "at": time.time()}}
        try:
            fresh = self.report.with_suffix(".new")
            fresh.write_text(json.dumps(told), encoding="utf-8")
            fresh.replace(self.report)
        except OSError as error:
            LOG.warning("the restarts cannot be written down", reason=error.strerror)

    def _end(self) -> None:
        """Our own processes first: their last words and acknowledgements go to the broker."""
        deadline = time.monotonic() + GRACE
        for ours in (True, False):
            running = [w for w in self.workers if w.beats is ours and w.process is not None and w.process.poll() is None]
            for worker in running:
                assert worker.process is not None  # noqa: S101 - filtered above
                worker.process.terminate()
            for worker in running:
                worker.stop(deadline + (0.0 if ours else worker.saves))


def read(report: Path) -> dict[str, Any]:
    """What a supervisor has written: `restarts` by process, `last` with process, why and at. Empty where there is none."""
    try:
        told = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def pause(crashes: int) -> float:
    """Seconds before the next start: 0.5, 1, 2 … 60, each ± 25 %, so that many boxes do not come back in step."""
    return min(LONGEST, 0.5 * 2.0 ** min(crashes - 1, 10)) * _jitter.uniform(0.75, 1.25)
