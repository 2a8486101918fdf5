"""The embedded history: its bytes on disk, its speed, and how it dies."""

import math
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.adapters.history import behind, columns, file, levels, open_history
from daemon.core.nouns import Reading
from daemon.ports import StoreBroken

START = 1_763_740_800.0
NUMBERS = st.one_of(st.floats(allow_nan=False), st.integers(-(2**51), 2**51), st.decimals(-1000, 1000, places=3).map(float))
WORDS = st.one_of(st.booleans(), st.text(max_size=5), NUMBERS)

FLUSH_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from daemon.adapters.history import levels, open_history
from daemon.core.nouns import Reading

levels._TOGETHER, levels.FULL = (4, 2), 50  # merges and chunks at every turn
history = open_history(Path(sys.argv[1]))
for batch in count(1):
    history.append([Reading("s", "d", f"p{n % 3}", float(batch * 100 + n), 0.0, float(n)) for n in range(90)], batch)
    history.settle()
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
    history.prune(START + 8 * 86_400)  # whatever waits becomes chunks
    history.settle()
    pages = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    ((size,),) = query(tmp_path, pages)
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
    history.settle()
    counts = [count for (count,) in query(tmp_path, "SELECT count FROM chunk ORDER BY first")]
    assert min(counts) >= levels.FULL
    assert 17_280 - sum(counts) < 64 * 240


def test_points_of_one_message_share_their_times(history, tmp_path):
    for n in range(20_000):
        history.append([Reading("s", "d", f"p{c}", START + 5 * n + n % 7 / 10, 0.0, float(c)) for c in range(3)], n)
        if n % 100 == 99:
            history.flush()
    history.settle()
    ((chunks, times),) = query(tmp_path, "SELECT (SELECT count(*) FROM chunk), (SELECT count(*) FROM times)")
    assert chunks == 3 * times > 0


def test_values_of_a_sleepy_channel_do_not_stay_single_for_ever(history, tmp_path):
    store_day(history, [Reading("s", "d", "p", START + 3_600 * n, 0.0, n) for n in range(10)])
    history.prune(START + 9 * 86_400)
    history.settle()
    assert query(tmp_path, "SELECT (SELECT count(*) FROM slab), (SELECT sum(count) FROM chunk)") == [(0, 10)]
    assert [row[1] for row in history.raw("s", "d", "p", 0, math.inf)] == list(range(10))


def test_late_values_change_what_was_summed_up(history):
    store_day(history, day())
    history.settle()
    before = history.minutes("s", "d", "p", START, START + 60)
    store_day(history, [Reading("s", "d", "p", START + 5, START, 999.0), Reading("s", "d", "p", START + 7, START, 0.0)])
    ((_, low, _, high, count),) = history.minutes("s", "d", "p", START, START + 59)
    assert (low, high, count) == (0.0, 999.0, before[0][4] + 1)
    history.prune(START + 30 * 86_400)
    history.settle()
    ((_, low, _, high, count),) = history.minutes("s", "d", "p", START, START + 59)
    assert (low, high, count) == (0.0, 999.0, before[0][4] + 1)


def test_old_values_go_first_then_minutes_and_days_stay(tmp_path):
    with closing(open_history(tmp_path, raw_days=2, minute_days=10)) as history:
        store_day(history, day())
        history.prune(START + 2 * 86_400)
        history.settle()
        assert len(history.raw("s", "d", "p", 0, math.inf)) > 10_000
        history.prune(START + 5 * 86_400)
        history.settle()
        assert history.raw("s", "d", "p", 0, math.inf) == []
        minutes = history.minutes("s", "d", "p", START, START + 86_400)
        assert (len(minutes), sum(count for *_, count in minutes)) == (1_440, 17_280)
        history.prune(START + 20 * 86_400)
        history.settle()
        found = history.minutes("s", "d", "p", START - 86_400, START + 2 * 86_400)
    lows, highs = ([minute[place] for minute in minutes] for place in (1, 3))
    assert {start % 86_400 for start, *_ in found} == {0.0}
    assert (min(row[1] for row in found), max(row[3] for row in found)) == (min(lows), max(highs))
    assert sum(count for *_, count in found) == 17_280


def test_not_a_number_is_kept_as_such_and_not_summed_up(history):
    history.append([Reading("s", "d", "p", START, 0.0, math.nan)], 1)
    history.flush()
    assert math.isnan(history.raw("s", "d", "p", 0, math.inf)[0][1])
    assert history.minutes("s", "d", "p", 0, math.inf) == []


def test_a_killed_writer_leaves_values_and_position_that_agree(tmp_path):
    with subprocess.Popen([sys.executable, "-c", FLUSH_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        printed = [int(writer.stdout.readline()) for _ in range(150)]
        writer.kill()
        printed += [int(line) for line in writer.stdout if line.endswith("\n")]
    history = open_history(tmp_path)
    position = history.position()
    times = sorted(ts for n in range(3) for ts, _, _ in history.raw("s", "d", f"p{n}", 0, math.inf))
    history.close()
    assert position in (printed[-1], printed[-1] + 1)
    assert times == [float(batch * 100 + n) for batch in range(1, position + 1) for n in range(90)]


@pytest.fixture
def full(history, monkeypatch):
    """A disk without room for another page, for as long as the test wants."""
    with monkeypatch.context() as patch:
        patch.setattr(file, "_PRAGMAS", (*file._PRAGMAS, "max_page_count=1"))
        yield patch


def noise(count, first=0):
    return [Reading("s", "d", "p", START + first + n, 0.0, f"{random.Random(n).random()} " * 20) for n in range(count)]  # noqa: S311 - noise


def test_a_flush_that_fails_keeps_everything_for_the_next_one(history, full):
    history.append(noise(2_000), 5)
    with pytest.raises(StoreBroken, match="full"):
        history.flush()
    assert (history.position(), history.raw("s", "d", "p", 0, math.inf)) == (0, [])
    full.undo()
    history.flush()
    assert (history.position(), len(history.raw("s", "d", "p", 0, math.inf))) == (5, 2_000)


def test_too_much_for_memory_comes_again_from_the_journal(history, full, monkeypatch):
    monkeypatch.setattr(behind, "WAITING", 5_000)
    journal = [(n + 1, noise(1_000, n * 1_000)) for n in range(20)]
    history._behind._again = lambda after: [row for row in journal if row[0] > after]
    for position, readings in journal:
        history.append(readings, position)
    assert history._behind._count == 0
    full.undo()
    history.flush()
    assert (history.position(), len(history.raw("s", "d", "p", 0, math.inf))) == (20, 20_000)


def test_too_much_without_a_journal_waits_for_the_disk(history, monkeypatch):
    monkeypatch.setattr(behind, "WAITING", 5_000)
    monkeypatch.setattr(behind, "TOGETHER", 1_000)
    for n in range(20):
        history.append(noise(1_000, n * 1_000), n)
    history.flush()
    assert len(history.raw("s", "d", "p", 0, math.inf)) == 20_000


def test_too_much_without_a_journal_ends_the_watch_in_words(history, full, monkeypatch):
    monkeypatch.setattr(behind, "WAITING", 5_000)
    history.append(noise(4_000), 1)
    with pytest.raises(StoreBroken, match="full"):
        history.append(noise(2_000), 2)
    full.undo()


def test_a_history_of_a_newer_program_is_refused_in_words(history, tmp_path):
    query(tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(StoreBroken, match="schema 99, written by a newer Atrium"):
        open_history(tmp_path)
    query(tmp_path, "PRAGMA user_version = 2")


def test_a_file_that_is_no_history_is_refused_in_words(tmp_path):
    (tmp_path / "history.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreBroken, match="not a database"):
        open_history(tmp_path)


OLD = """
CREATE TABLE channel (id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, point TEXT NOT NULL, UNIQUE (site, device, point));
CREATE TABLE fresh (channel INTEGER, ts REAL, value, quality INTEGER NOT NULL, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE TABLE minute (channel INTEGER, start REAL, low REAL, mean REAL, high REAL, count INTEGER, PRIMARY KEY (channel, start)) WITHOUT ROWID;
CREATE TABLE chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE TABLE minute_chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), pos INTEGER NOT NULL);
INSERT INTO progress VALUES (1, 7);
INSERT INTO channel VALUES (1, 's', 'd', 'q'), (2, 's', 'd', 'p'), (3, 's', 'e', 'p');
INSERT INTO fresh VALUES (2, 1010.0, 1, 16), (2, 1020.0, 'auto', 2), (3, 1000.0, NULL, 0);
INSERT INTO minute VALUES (2, 960.0, 1.0, 2.0, 3.0, 4);
PRAGMA user_version = 1;
"""  # noqa: E501 - a table a line


def test_a_history_of_the_first_schema_is_brought_along(tmp_path):
    with closing(sqlite3.connect(tmp_path / "history.db")) as db:
        db.executescript(OLD)
        packed = columns.pack([[900.0, 905.0], [1.5, 2.5], [0, 1]])
        db.execute("INSERT INTO chunk VALUES (1, 2, 900.0, 905.0, 2, ?)", (packed,))
        db.commit()
    with closing(open_history(tmp_path)) as history:
        assert history.position() == 7
        expected = [(900.0, 1.5, 0), (905.0, 2.5, 1), (1010.0, True, 0), (1020.0, "auto", 2)]
        assert history.raw("s", "d", "p", 0, math.inf) == expected
        assert math.isnan(history.raw("s", "e", "p", 0, math.inf)[0][1])
        assert history.minutes("s", "d", "p", 0, math.inf) == [(960.0, 1.0, 2.0, 3.0, 4)]
