"""A function → a process that begins as a copy of this one: what is loaded here need not be loaded there again.

Behind the words of `subprocess.Popen` that a supervisor needs. Only for Linux, and only while this process has one thread.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
from multiprocessing import get_context
from typing import TYPE_CHECKING

from setproctitle import setproctitle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POSSIBLE = sys.platform == "linux"


def die_with_parent() -> None:
    """On Linux, ask the kernel to end this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Copy:
    """A copy of this process that lives in a session of its own, does `work` and ends with the code it answers."""

    def __init__(self, title: str, work: Callable[[], int], environment: Mapping[str, str]) -> None:
        gc.freeze()  # nobody looks for cycles in what both hold, which would write to pages they share
        self._process = get_context("fork").Process(target=_live, args=(title, work, environment))
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative where a signal ended it; None: it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises TimeoutExpired."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


def _live(title: str, work: Callable[[], int], environment: Mapping[str, str]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # until the work has its own
    os.setsid()
    die_with_parent()
    setproctitle(title)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(work())
