"""What a commit costs: CPU a batch beside the same rows by statements that are built each time, and beside bare sqlite3; and how
long people's steps in the web process wait for the lock, and hold it, while another process commits.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select

from daemon.adapters.store import journal as ours
from daemon.adapters.store import open_store
from daemon.adapters.store.insert import insert
from daemon.adapters.store.schema import action, journal, snapshot
from daemon.core.nouns import Action, Message, Outcome
from tests.bench.measure import RUNS, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from daemon.adapters.store import SqlStore
    from tests.bench.measure import Figure

ROUNDS = 60
SECONDS = 6.0
STATES = {("hongshan", f"dev-{number}"): bytes(700) for number in range(20)}

WATCH = """
import sys, time
from pathlib import Path
from daemon.adapters.store import open_store
from daemon.core.nouns import Outcome
from tests.bench.store import STATES, batch

store, pause, messages = open_store("", Path(sys.argv[1])), float(sys.argv[2]), batch(300, 8)
print("ready", flush=True)
while True:
    with store.begin() as transaction:
        transaction.actions_after(0)
        transaction.save(Outcome(), messages, STATES)
    time.sleep(pause)
"""


def bench(folder: Path) -> list[Figure]:
    """CPU of a commit, then two processes."""
    with closing(open_store("", folder, digest="bench")) as store, closing(sqlite3.connect(folder / "bare.db")) as bare:
        found = list(_commits(store, bare))
    calm = _together(folder, pause=0.06)
    busy = _together(folder, pause=0.0)
    return [*found, *_waits("1,000 commits a minute beside it", calm), *_waits("commits without a pause beside it", busy)]


def batch(many: int, values: int) -> list[Message]:
    """Messages of `values` values each, no two alike."""
    return [
        Message(f"atrium/hongshan/dev-{n % 300}/telemetry", _payload(n, values), 1_795_330_800.0 + n / 1000) for n in range(many)
    ]


def _payload(number: int, values: int) -> bytes:
    told = ",".join(f'"point_{n}":{(number * 7919 + n * 104_729) % 10_000 / 100}' for n in range(values))
    return f'{{"ts":{1_795_330_800_000 + number},"values":{{{told}}}}}'.encode()


def _commits(store: SqlStore, bare: sqlite3.Connection) -> Iterator[Figure]:
    bare.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE journal (pos INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, packed BLOB)")
    for name, messages in (("50 messages of 8 values", batch(50, 8)), ("1,000 messages of 1 value", batch(1000, 1))):
        packed = ours.pack(messages)
        floor = figure(f"bare sqlite3, one row, {name}", "CPU µs a commit", _cpu(lambda p=packed: _bare(bare, p)))
        built = figure(f"statements built each time, {name}", "CPU µs a commit", _cpu(lambda m=messages: _built(store, m)), floor)
        yield from (floor, built)
        yield figure(f"ours, {name}", "CPU µs a commit", _cpu(lambda m=messages: _ours(store, m)), floor)
    yield figure(
        "packing the journal row, 1,000 of 1 value", "CPU µs a message", [t / 1000 for t in _cpu(lambda: ours.pack(messages))]
    )


def _ours(store: SqlStore, messages: list[Message]) -> None:
    with store.begin() as transaction:
        transaction.actions_after(0)
        transaction.save(Outcome(), messages, STATES)


def _built(store: SqlStore, messages: list[Message]) -> None:
    """The same rows in the usual way."""
    with store._write() as connection:
        connection.execute(select(action).where(action.c.pos > 0).order_by(action.c.pos)).mappings().all()
        row = {"at": messages[-1].at, "packed": ours.pack(messages)}
        pos = connection.execute(journal.insert().returning(journal.c.pos), row).scalar_one()
        keep = insert(connection, snapshot)
        keep = keep.on_conflict_do_update(
            index_elements=["site", "device", "digest"], set_={"pos": keep.excluded.pos, "packed": keep.excluded.packed}
        )
        slices = [{"site": s, "device": d, "digest": "bench", "pos": pos, "packed": state} for (s, d), state in STATES.items()]
        connection.execute(keep, slices)


def _bare(bare: sqlite3.Connection, packed: bytes) -> None:
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("INSERT INTO journal (at, packed) VALUES (1.0, ?)", (packed,))
    bare.execute("COMMIT")


def _cpu(work: Callable[[], object]) -> list[float]:
    """µs of CPU a call, for each of some runs."""
    work()
    found = []
    for _ in range(RUNS):
        began = time.thread_time()
        for _ in range(ROUNDS):
            work()
        found.append((time.thread_time() - began) / ROUNDS * 1e6)
    return found


def _together(folder: Path, pause: float) -> tuple[list[float], list[float]]:
    """(ms waited for the lock, ms held) of steps that people take."""
    command = [sys.executable, "-c", WATCH, str(folder), str(pause)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as watch, closing(open_store("", folder)) as store:
        watch.stdout.readline()
        end, waited, held = time.monotonic() + SECONDS, [], []
        while time.monotonic() < end:
            began = time.monotonic()
            with store.begin() as transaction:
                taken = time.monotonic()
                transaction.ticket("none")
                transaction.act(Action(0, 1.0, "li", "ticket.comment", "none", {"note": "看过"}))
                transaction.remember("bench", "1")
            held.append((time.monotonic() - taken) * 1e3)
            waited.append((taken - began) * 1e3)
            time.sleep(0.02)
        watch.kill()
    return waited, held


def _waits(beside: str, measured: tuple[list[float], list[float]]) -> list[Figure]:
    names = ("waits for the lock", "holds the lock, fsync included")
    return [
        figure(f"a step {name}, {what}: {beside}", "ms", [_quantile(values, part)])
        for name, values in zip(names, measured, strict=True)
        for what, part in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    ]


def _quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
