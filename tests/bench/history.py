"""What the history costs: CPU a value from append to the last compaction, bytes a value on disk, a day of one point read, beside
a plain SQLite table of rows on the same values; and for how long its thread keeps another one waiting, in all the watch's speed
(8,000 messages of 8 values a second, in step with the clock).

The values: 96 points of 12 devices, one message a device each 5 s with up to 0.4 s of jitter, in steps of 0.01, a slow drift
under noise of three steps; of twelve points one is a boolean, one a word and two are counters or constant. `python -m
tests.bench.history 5000 24` measures so many points for so many hours.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from daemon.adapters.history import columns, open_history, slab
from daemon.adapters.history.names import Names
from daemon.core.nouns import Reading
from tests.bench.measure import RUNS, Figure, figure, percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from daemon.adapters.history import EmbeddedHistory

    _Delay = tuple[float, float]

START = 1_763_740_800.0
PERIOD = 5.0
POINTS = 12  # of a device
TICK = 0.001  # s: the sleep of a thread that wants to be punctual
SPEED, TOGETHER, VALUES, DEVICES = 8000, 100, 8, 320  # messages a second, in a batch; of 8 values; of so many devices
LASTS = 60.0  # s: until channels have left for their chunks
_WORDS = ("auto", "manual", "off")


def bench(folder: Path, points: int = 96, hours: float = 24.0) -> list[Figure]:
    """Written, compacted and read."""
    ours, plain = folder / "ours", folder / "plain.db"
    ours.mkdir()
    with closing(sqlite3.connect(plain)) as rows, closing(open_history(ours)) as history:
        written = _Written(history, rows)
        for step in _steps(points, int(hours * 3600 / PERIOD)):
            written.take(step)
        written.end()
        span = ("s", "d7", "p3", START, START + 86_400.0)
        wanted = "SELECT ts, value, quality FROM v WHERE site = ? AND device = ? AND point = ? AND ts BETWEEN ? AND ? ORDER BY ts"
        slow = figure("plain rows without index, read a day", "ms", _times(lambda: rows.execute(wanted, span).fetchall(), 1))
        fast = figure("history, read a day of one point", "ms", _times(lambda: history.raw(*span)), slow)
        minutes = figure("history, read its minutes", "ms", _times(lambda: history.minutes(*span)), slow)
    cold = figure("the same, opened anew, file not in memory", "ms", _times(lambda: _cold(ours, span)), slow)
    large = figure("plain rows, size", "bytes/value", [plain.stat().st_size / written.count])
    small = figure("history, size", "bytes/value", [_size(ours) / written.count], large)
    return [*written.figures(), large, small, slow, fast, cold, minutes, *_stalls(folder / "fast")]


def _stalls(folder: Path) -> list[Figure]:
    """How the thread that commits fares at full speed. A busy machine delays it anyway, so beside the whole delay stands how
    much of it history's thread was computing: more it cannot have caused."""
    folder.mkdir()
    with closing(open_history(folder, again=lambda _position: [(1 << 40, [])])) as history:
        took, late = _at_speed(history)
    found = list(_keeps())
    for what, pairs in (("an append at 64,000 values/s takes", took), ("the next batch comes late", late)):
        for name, values in (("", [delay for delay, _ in pairs]), (", through history", [min(pair) for pair in pairs])):
            found.append(figure(f"{what}, p99{name}", "ms", [percentile(values, 0.99)]))
            found.append(figure(f"{what}, at most{name}", "ms", [max(values)], most=20.0 if name else None))
    return found


def _keeps() -> Iterator[Figure]:
    """What can keep the interpreter from the thread that commits: single steps of the largest merge there is."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript("CREATE TABLE device (id, site, device); CREATE TABLE point (id, name)")
        names = Names(empty)
    some = [one for n in range(3) for one in _batch(n)][:2000]
    pieces = [slab.gather(_batch(n), names) for n in range(313)]
    whole = slab.join(pieces)
    order = np.lexsort((whole.ts, whole.channel))
    alone, packed = whole.of(int(whole.channel[0])), slab.pack(whole)
    for name, step in {
        "2,000 readings into columns": lambda: slab.gather(some, names),
        "250,000 values put in order": lambda: np.lexsort((whole.ts, whole.channel)),
        "250,000 values cut": lambda: whole.cut(order),
        "250,000 values packed": lambda: slab.pack(whole),
        "250,000 values unpacked": lambda: slab.unpack(packed),
        "a channel packed": lambda: columns.pack([slab.column(alone), slab.quality(alone)]),
    }.items():
        yield figure(f"one step of history, {name}", "CPU ms", [_cpu(step) for _ in range(RUNS)], most=20.0)


def _cpu(step: Callable[[], object]) -> float:
    began = time.thread_time()
    step()
    return (time.thread_time() - began) * 1000.0


def _at_speed(history: EmbeddedHistory) -> tuple[list[_Delay], list[_Delay]]:
    """A minute of 8,000 messages a second in batches of 100, handed over in step with the clock: how long each took, and by how
    much the thread woke up late for it."""
    took: list[_Delay] = []
    late: list[_Delay] = []
    began = time.perf_counter()
    for number in range(int(LASTS * SPEED / TOGETHER)):
        readings, due = _batch(number), began + number * TOGETHER / SPEED
        if due > time.perf_counter():
            late.append(_delay(due, lambda due=due: time.sleep(max(0.0, due - time.perf_counter()))))
        took.append(_delay(time.perf_counter(), lambda readings=readings, to=number + 1: history.append(readings, to)))
    return took, late


def _delay(since: float, do: Callable[[], object]) -> _Delay:
    """(ms from `since` until it is done, ms of them at most that history's thread computed)."""
    before = _theirs()
    do()
    return (time.perf_counter() - since) * 1000.0, (_theirs() - before) * 1000.0


def _theirs() -> float:
    """Seconds of processor time of history's thread."""
    known = [thread.ident for thread in threading.enumerate() if thread.name == "history" and thread.ident]
    return time.clock_gettime(time.pthread_getcpuclockid(known[0])) if known else 0.0


def _batch(number: int) -> list[Reading]:
    ts = START + number * TOGETHER / SPEED
    devices = (f"d{n % DEVICES}" for n in range(number * TOGETHER, (number + 1) * TOGETHER))
    return [Reading("s", device, f"p{n}", ts, ts, 50.0 + (number + n) % 100 / 100.0) for device in devices for n in range(VALUES)]


class _Written:
    """Both stores fed with the same values, and the CPU each took."""

    def __init__(self, history, rows) -> None:
        self.history, self.rows = history, rows
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("CREATE TABLE v (site TEXT, device TEXT, point TEXT, ts REAL, value, quality INT)")
        self.count = self.position = 0
        self.appended = self.total = self.plainly = 0.0
        self._punctual = _Punctual()

    def take(self, batches: list[list[Reading]]) -> None:
        """Some batches, as commits hand them over; then the background does what it can."""
        before, mine = time.process_time(), time.thread_time()
        for batch in batches:
            self.position += 1
            self.history.append(batch, self.position)
        self.appended += time.thread_time() - mine
        with self._punctual:
            self.history.flush()
        self.total += time.process_time() - before - self._punctual.cpu
        self.count += sum(map(len, batches))
        before = time.process_time()
        for batch in batches:
            with self.rows:
                rows = [(r.site, r.device, r.point, r.ts, r.value, int(r.quality)) for r in batch]
                self.rows.executemany("INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.plainly += time.process_time() - before

    def end(self) -> None:
        """All that was put off."""
        before = time.process_time()
        with self._punctual:
            self.history.settle()
        self.total += time.process_time() - before - self._punctual.cpu
        self.rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def figures(self) -> list[Figure]:
        """What it took a value, and how late another thread woke up."""
        each = 1e6 / self.count
        plain = figure("plain rows, write", "CPU µs/value", [self.plainly * each])
        late, calm = sorted(self._punctual.late), sorted(_calm())
        p99 = figure("a thread wakes up late, nothing else runs, p99", "ms", [calm[len(calm) * 99 // 100]])
        return [
            plain,
            figure("history, append", "CPU µs/value", [self.appended * each], plain),
            figure("history, append to the last compaction", "CPU µs/value", [self.total * each], plain),
            p99,
            figure("the same while history is written, p99", "ms", [late[len(late) * 99 // 100]], p99),
            figure("the same, at most", "ms", [late[-1]], figure("at most without", "ms", [calm[-1]])),
        ]


class _Punctual:
    """A thread that sleeps a millisecond and notes by how much it overslept, as the commit loop would. `cpu`: what it used."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.cpu = 0.0

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.thread_time()
        while not self._over.is_set():
            before = time.perf_counter()
            time.sleep(TICK)
            self.late.append((time.perf_counter() - before - TICK) * 1000.0)
        self.cpu = time.thread_time() - began


def _calm() -> list[float]:
    """How late such a thread is on this machine anyway."""
    with _Punctual() as punctual:
        time.sleep(3.0)
    return punctual.late


def _steps(points: int, steps: int, together: int = 24) -> Iterator[list[list[Reading]]]:
    """Two minutes at a time: a batch for each period, with a message of every device."""
    rng, devices = np.random.default_rng(1), points // POINTS
    level = np.full((devices, POINTS), 50.0)
    for first in range(0, steps, together):
        made = []
        for step in range(first, min(steps, first + together)):
            level += rng.normal(0, 0.01, level.shape)
            shown = np.round(level + rng.normal(0, 0.03, level.shape), 2)
            jitter = np.round(rng.uniform(0, 0.4, devices), 3)
            made.append([one for n in range(devices) for one in _message(n, step, START + PERIOD * step + jitter[n], shown[n])])
        yield made


def _message(device: int, step: int, ts: float, shown: np.ndarray) -> list[Reading]:
    values = shown.tolist()
    values[-1], values[-2], values[-3], values[-4] = step // 700 % 3 == 1, _WORDS[step // 2000 % 3], step // 12, 0.0
    return [Reading("s", f"d{device}", f"p{n}", round(float(ts), 3), float(ts), value) for n, value in enumerate(values)]


def _cold(folder: Path, span: tuple[str, str, str, float, float]) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with closing(open_history(folder)) as history:
        history.raw(*span)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _times(read: Callable[[], object], runs: int = RUNS) -> list[float]:
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        read()
        found.append((time.perf_counter() - began) * 1000.0)
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for one in bench(Path(place), int(sys.argv[1]), float(sys.argv[2])):
            beside = "" if one.ratio is None else f"{one.ratio:.3f} × {one.beside}"
            print(f"{one.name:45} {one.median:12,.3f} {one.unit:14} {beside}")
