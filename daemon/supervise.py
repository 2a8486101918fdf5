"""Keeps the processes of Atrium running: starts them, restarts what dies (loudly, with back-off), stops them all on a signal."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import structlog

LOG = structlog.get_logger("supervise")
GRACE = 3.0  # s a process has to end after SIGTERM
STEADY = 60.0  # s of life after which a crash counts as the first again
CONFIGURATION = 2  # exit code of a process whose configuration is wrong: restarting at once is useless


@dataclass(slots=True)
class Worker:
    """One process to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    restart_at: float = 0.0

    def start(self) -> None:
        """Start it; it gets SIGTERM if we die first."""
        env = os.environ | self.environment
        self.process = subprocess.Popen(self.command, env=env, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: S603, PLW1509 - our own commands, and we have one thread
        self.started = time.monotonic()

    def stop(self, deadline: float) -> None:
        """SIGTERM, and SIGKILL at the deadline."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            LOG.warning("killed, it did not stop", process=self.name)
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs workers until SIGTERM or SIGINT, or until one says that its configuration is wrong."""

    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers
        self.stopping = False

    def run(self) -> int:
        """Exit code: 0 after a signal, 2 after a configuration error of a worker."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        code = 0
        try:
            for worker in self.workers:
                worker.start()
            while not self.stopping and not code:
                time.sleep(0.1)
                code = self._look()
        finally:
            self._end()
        return code

    def _stop(self, number: int, frame: object) -> None:
        del number, frame
        self.stopping = True

    def _look(self) -> int:
        now = time.monotonic()
        for worker in self.workers:
            if worker.process is None:
                if now >= worker.restart_at:
                    worker.start()
                continue
            code = worker.process.poll()
            if code == CONFIGURATION and not worker.crashes:  # once it has run, what is wrong may mend itself
                return CONFIGURATION
            if code is not None:
                self._bury(worker, code, now)
        return 0

    def _bury(self, worker: Worker, code: int, now: float) -> None:
        worker.crashes = 1 if now - worker.started > STEADY else worker.crashes + 1
        wait = min(30.0, 0.5 * 2 ** (worker.crashes - 1))
        worker.process, worker.restart_at = None, now + wait
        LOG.error("process ended, restarting", process=worker.name, code=code, after_s=wait)

    def _end(self) -> None:
        running = [w for w in self.workers if w.process is not None and w.process.poll() is None]
        for worker in running:
            assert worker.process is not None  # noqa: S101 - filtered above
            worker.process.terminate()
        deadline = time.monotonic() + GRACE
        for worker in running:
            worker.stop(deadline)


def _die_with_parent() -> None:
    """On Linux, ask the kernel to end this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
