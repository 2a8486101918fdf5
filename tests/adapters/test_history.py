"""The embedded history: its bytes on disk, its speed, and how it dies."""

import math
import random
import sqlite3
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.adapters.history import columns, compact, open_history
from daemon.core.nouns import Reading
from daemon.ports import StoreBroken

START = 1_763_740_800.0
NUMBERS = st.one_of(st.floats(allow_nan=False), st.integers(-(2**51), 2**51), st.decimals(-1000, 1000, places=3).map(float))
WORDS = st.one_of(st.booleans(), st.text(max_size=5), NUMBERS)

FLUSH_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from daemon.adapters.history import open_history
from daemon.core.nouns import Reading

history = open_history(Path(sys.argv[1]))
for batch in count(1):
    history.append([Reading("s", "d", f"p{n % 3}", float(batch * 100 + n), 0.0, float(n)) for n in range(90)], batch)
    history.flush()
    print(batch, flush=True)
"""


@pytest.fixture
def history(tmp_path):
    opened = open_history(tmp_path)
    yield opened
    opened.close()


def day(device="d", point="p", seed=1):
    """A sensor of 0.01 steps, read every 5 s: a slow drift under noise."""
    rng, level = random.Random(seed), 50.0  # noqa: S311 - noise, not secrets
    for n in range(17_280):
        level += rng.gauss(0, 0.01)
        yield Reading("s", device, point, START + 5 * n, START + 5 * n, round(level + rng.gauss(0, 0.03), 2))


def store_day(history, readings, batch=240):
    readings = list(readings)
    for first in range(0, len(readings), batch):
        history.append(readings[first : first + batch], first)
        history.flush()


def query(path, statement):
    db = sqlite3.connect(path / "history.db", isolation_level=None)
    try:
        return db.execute(statement).fetchall()
    finally:
        db.close()


@given(st.lists(st.tuples(NUMBERS, WORDS), min_size=1, max_size=50))
def test_columns_come_back_as_they_were(rows):
    numbers, mixed = (list(column) for column in zip(*rows, strict=True))
    back, words = columns.unpack(columns.pack([numbers, mixed]))
    assert all(math.isclose(a, b, rel_tol=1e-15) or a == b for a, b in zip(back, numbers, strict=True))
    assert all(a == b or math.isclose(a, b, rel_tol=1e-15) for a, b in zip(words, mixed, strict=True))


@pytest.mark.parametrize("step", [0.01, 0.001, 0.000_1])
def test_times_of_today_come_back_to_the_microsecond(step):
    times = [round(1_795_329_507.279 + n * step, 6) for n in range(50)]
    (back,) = columns.unpack(columns.pack([times]))
    assert [round(ts, 6) for ts in back] == times


def test_a_value_takes_less_than_three_bytes_on_disk(history, tmp_path):
    for number in range(10):
        store_day(history, day(point=f"p{number}", seed=number))
    ((size,),) = query(tmp_path, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    assert size / (10 * 17_280) < 3.0


def test_a_day_of_one_channel_is_read_quickly(history):
    store_day(history, day())
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        assert len(history.raw("s", "d", "p", START, START + 86_400)) == 17_280
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.150  # 5 ms where it was measured; a loaded machine may take its time


def test_a_day_lies_in_few_full_chunks(history, tmp_path):
    store_day(history, day())
    counts = [count for (count,) in query(tmp_path, "SELECT count FROM chunk ORDER BY first")]
    assert min(counts[:-1]) >= compact.FULL
    assert query(tmp_path, "SELECT count(*) FROM fresh")[0][0] < 300


def test_a_flush_stays_short_when_all_channels_are_due_together(history, tmp_path):
    for n in range(200):
        history.append([Reading("s", "d", f"p{c}", START + 5 * n, 0.0, 1.0) for c in range(100)], n)
    history.flush()
    in_chunks = query(tmp_path, "SELECT count(DISTINCT channel) FROM chunk")[0][0]
    history.append([Reading("s", "d", "p0", START + 9_999, 0.0, 1.0)], 200)
    history.flush()
    assert query(tmp_path, "SELECT count(DISTINCT channel) FROM chunk")[0][0] - in_chunks <= 8


def test_values_of_a_sleepy_channel_do_not_stay_single_for_ever(history, tmp_path):
    store_day(history, [Reading("s", "d", "p", START + 3_600 * n, 0.0, n) for n in range(10)])
    history.prune(START + 3 * 86_400)
    assert query(tmp_path, "SELECT (SELECT count(*) FROM fresh), (SELECT sum(count) FROM chunk)") == [(0, 10)]
    assert [row[1] for row in history.raw("s", "d", "p", 0, math.inf)] == list(range(10))


def test_not_a_number_is_kept_as_such_and_not_summed_up(history):
    history.append([Reading("s", "d", "p", START, 0.0, math.nan)], 1)
    history.flush()
    assert math.isnan(history.raw("s", "d", "p", 0, math.inf)[0][1])
    assert history.minutes("s", "d", "p", 0, math.inf) == []


def test_a_killed_writer_leaves_values_and_position_that_agree(tmp_path):
    with subprocess.Popen([sys.executable, "-c", FLUSH_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        printed = [int(writer.stdout.readline()) for _ in range(60)]
        writer.kill()
        printed += [int(line) for line in writer.stdout if line.endswith("\n")]
    history = open_history(tmp_path)
    position = history.position()
    times = sorted(ts for n in range(3) for ts, _, _ in history.raw("s", "d", f"p{n}", 0, math.inf))
    history.close()
    assert position in (printed[-1], printed[-1] + 1)
    assert times == [float(batch * 100 + n) for batch in range(1, position + 1) for n in range(90)]


def test_a_flush_that_fails_keeps_everything_for_the_next_one(history, tmp_path):
    history._db.execute(f"PRAGMA max_page_count={query(tmp_path, 'PRAGMA page_count')[0][0] + 2}")
    readings = [Reading("s", "d", "p", START + n, 0.0, "x" * 500) for n in range(200)]
    history.append(readings, 5)
    with pytest.raises(StoreBroken, match="full"):
        history.flush()
    assert (history.position(), history.raw("s", "d", "p", 0, math.inf)) == (0, [])
    history._db.execute("PRAGMA max_page_count=100000")
    history.flush()
    assert (history.position(), len(history.raw("s", "d", "p", 0, math.inf))) == (5, 200)


def test_a_history_of_a_newer_program_is_refused_in_words(history, tmp_path):
    query(tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(StoreBroken, match="schema 99, written by a newer Atrium"):
        open_history(tmp_path)
    query(tmp_path, "PRAGMA user_version = 1")


def test_a_file_that_is_no_history_is_refused_in_words(tmp_path):
    (tmp_path / "history.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreBroken, match="not a database"):
        open_history(tmp_path)
