"""What the history store costs: bytes a value and the time to read a day of one point, beside a plain SQLite table of rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from time import perf_counter
from typing import TYPE_CHECKING

from daemon.adapters.history import open_history
from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.simulate import simulate
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.traffic import SOURCES, demo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from daemon.core.nouns import Reading

DEVICES = ("fire-pump", "boiler-1", "ev-01")
HOURS = 24.0
POINT = ("hongshan", "fire-pump", "main_pressure")
BATCH = 5000  # readings between two flushes


def bench(folder: Path) -> list[Figure]:
    """A day of three devices, written and read."""
    readings = _day()
    ours, plain = folder / "ours", folder / "plain.db"
    ours.mkdir()
    written, plainly = _write(ours, readings), _write_plain(plain, readings)
    start, end = readings[0].at - 60.0, readings[-1].at + 60.0
    with closing(open_history(ours)) as history, closing(sqlite3.connect(plain)) as db:
        query = "SELECT ts, value, quality FROM v WHERE site = ? AND device = ? AND point = ? AND ts BETWEEN ? AND ? ORDER BY ts"
        slow = figure(
            "plain rows, read a day of one point", "ms", _times(lambda: db.execute(query, (*POINT, start, end)).fetchall())
        )
        fast = figure("history, read a day of one point", "ms", _times(lambda: history.raw(*POINT, start, end)), slow)
        minutes = figure("history, read its minutes", "ms", _times(lambda: history.minutes(*POINT, start, end)), slow)
    large = figure("plain rows, size", "bytes/value", [plain.stat().st_size / len(readings)])
    small = figure("history, size", "bytes/value", [_size(ours) / len(readings)], large)
    writes = figure("plain rows, write", "values/s", [len(readings) / plainly])
    return [slow, fast, minutes, large, small, writes, figure("history, write", "values/s", [len(readings) / written], writes)]


def _day() -> list[Reading]:
    watch, desk = state.start(demo(), silence_of_unheard=False), MemoryDesk()
    messages = list(simulate(demo(), devices=DEVICES, for_seconds=HOURS * 3600.0))
    return pipeline.feed(watch, messages, desk, SOURCES).readings


def _write(folder: Path, readings: list[Reading]) -> float:
    began = perf_counter()
    with closing(open_history(folder)) as history:
        for place in range(0, len(readings), BATCH):
            history.append(readings[place : place + BATCH], place)
            history.flush()
        history.prune(readings[-1].at)
    return perf_counter() - began


def _write_plain(path: Path, readings: list[Reading]) -> float:
    began = perf_counter()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        columns = "site TEXT, device TEXT, point TEXT, ts REAL, value, quality INT, PRIMARY KEY (site, device, point, ts)"
        db.execute(f"CREATE TABLE v ({columns}) WITHOUT ROWID")
        for place in range(0, len(readings), BATCH):
            rows = [(r.site, r.device, r.point, r.ts, r.value, int(r.quality)) for r in readings[place : place + BATCH]]
            with db:
                db.executemany("REPLACE INTO v VALUES (?, ?, ?, ?, ?, ?)", rows)
    return perf_counter() - began


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _times(read: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(RUNS):
        began = perf_counter()
        read()
        found.append((perf_counter() - began) * 1000.0)
    return found
