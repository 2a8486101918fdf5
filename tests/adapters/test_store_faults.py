"""The machine fails under the database: no room, no lock, no disk, a dead process. What was confirmed is there."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
from alembic import command
from alembic.config import Config
from fixtures.machine import disk
from records import make_event, make_message, make_notice, make_ticket

from daemon.adapters.store import backup, open_store
from daemon.adapters.store.engine import locate, open_writer
from daemon.core.nouns import Outcome
from daemon.ports import StoreBroken

MB = 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 MB. It needs root; the test with a limit on file sizes runs for everybody."""
    with disk(tmp_path / "disk", 8) as place:
        yield place


def commit(store, number, size=40_000):
    with store.begin() as transaction:
        message = make_message(number)
        noise = os.urandom(size)
        transaction.save(Outcome(), [type(message)(message.topic, noise, message.at)], {})
    return number


def commit_until_it_breaks(store, kept):
    while True:
        kept.append(commit(store, len(kept)))


def stored(place):
    with closing(sqlite3.connect(place / "atrium.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return raw.execute("SELECT count(*) FROM journal").fetchone()[0]


def test_a_full_disk_is_said_its_reserve_given_back_and_nothing_confirmed_is_lost(small_disk):
    kept, store = [], open_store("", small_disk, digest="d", reserve=MB)
    assert (small_disk / "ballast").stat().st_size == MB
    with pytest.raises(StoreBroken, match=r"full\. Its reserve of 1 MB has been given back"):
        commit_until_it_breaks(store, kept)
    store.close()
    assert not (small_disk / "ballast").exists()
    again = open_store("", small_disk, digest="d", reserve=MB)  # as the supervisor does
    assert commit(again, len(kept)) == len(kept) > 20
    again.close()
    assert stored(small_disk) in (len(kept) + 1, len(kept) + 2)


def test_a_disk_that_stays_full_is_said_and_a_start_works_again_when_there_is_room(small_disk):
    store = open_store("", small_disk, digest="d", reserve=MB)
    filler = small_disk / "somebody-elses"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 65_536))
    for said in ("given back", "used up: free some disk space"):
        with pytest.raises(StoreBroken, match=said):
            commit_until_it_breaks(store, [])
    store.close()
    filler.unlink()
    again = open_store("", small_disk, digest="d", reserve=MB)
    commit(again, 1)
    again.close()
    assert (small_disk / "ballast").exists()


COMMIT_UNTIL_IT_BREAKS = """
import os, resource, sys
from pathlib import Path
from daemon.adapters.store import open_store
from daemon.core.nouns import Message, Outcome
from daemon.ports import StoreBroken

store = open_store("", Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    for number in range(10_000):
        with store.begin() as transaction:
            transaction.save(Outcome(), [Message("t", os.urandom(9_000), float(number))], {})
        print(number, flush=True)
except StoreBroken as broken:
    sys.exit(broken.reason)
"""


def test_a_disk_that_refuses_to_write_is_said_and_nothing_confirmed_is_lost(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", COMMIT_UNTIL_IT_BREAKS, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert "the database refused: d" in ended.stderr  # "disk I/O error" or "database or disk is full"
    confirmed = len(ended.stdout.splitlines())
    assert confirmed > 20
    open_store("", tmp_path, digest="d").close()
    assert stored(tmp_path) in (confirmed, confirmed + 1)


@contextmanager
def locked(place, seconds):
    """A tool holds the database."""
    with closing(sqlite3.connect(place / "atrium.db", isolation_level=None, check_same_thread=False)) as tool:
        tool.execute("BEGIN IMMEDIATE")
        freed = threading.Timer(seconds, tool.rollback)
        freed.start()
        yield
        freed.join()


def test_a_tool_that_locks_the_database_for_a_while_delays_a_commit(tmp_path):
    store = open_store("", tmp_path)
    with locked(tmp_path, 1.0):
        began = time.monotonic()
        commit(store, 1)
        assert time.monotonic() - began > 0.5
    store.close()
    assert stored(tmp_path) == 1


def test_a_tool_that_locks_the_database_too_long_ends_the_work_aloud_and_a_new_start_goes_on(tmp_path):
    store = open_store("", tmp_path, patience=0.3)
    with locked(tmp_path, 1.0), pytest.raises(StoreBroken, match="locked"):
        commit(store, 1)
    store.close()
    again = open_store("", tmp_path)
    commit(again, 1)
    again.close()
    assert stored(tmp_path) == 1


def test_pruning_never_holds_the_lock_for_long_and_ends_in_the_end(tmp_path):
    store = open_store("", tmp_path)
    last = 0
    for number in range(200):
        last = commit(store, number, size=100) + 1
    store.prune_journal(last)
    left = len(store.journal_after(0))
    assert 150 < left < 200  # some at once
    for number in range(60):
        commit(store, number, size=100)
    assert len(store.journal_after(0)) == 61  # the rest with the commits, a few each
    store.close()


def damage(place):
    with (place / "atrium.db").open("r+b") as file:
        for page in range(2, 12):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)


@pytest.mark.parametrize("in_order", [True, False])
def test_after_a_watch_that_did_not_end_in_order_the_database_is_checked(tmp_path, in_order):
    store = open_store("", tmp_path, digest="d")
    for number in range(20):
        commit(store, number)
    if in_order:
        store.close()
    else:
        store._broken = True  # as after a failed save, or no close at all
        store.close()
        damage(tmp_path)
        with pytest.raises(StoreBroken, match=r"damaged|malformed"):
            open_store("", tmp_path, digest="d")
        return
    open_store("", tmp_path, digest="d").close()


def test_a_backup_beside_a_writing_watch_is_whole_and_can_be_restored(tmp_path):
    store, stop = open_store("", tmp_path, digest="d"), threading.Event()
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [make_event("a", 1)])
        transaction.notify([make_notice("k1")])

    def write():
        number = 0
        while not stop.is_set():
            number = commit(store, number + 1, size=500)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.2)
    size = backup("", tmp_path, tmp_path / "copy.db")
    stop.set()
    writer.join()
    store.close()
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(tmp_path / "copy.db", restored / "atrium.db")
    again = open_store("", restored, digest="d")
    assert (again.ticket("a"), len(again.outbox_due(1e9)), size > 0) == (make_ticket("a"), 1, True)
    commit(again, 1)
    again.close()
    with pytest.raises(StoreBroken, match="exists already"):
        backup("", tmp_path, tmp_path / "copy.db")


def first_schema(place):
    """A database as the first release left it, with a notice in its outbox."""
    place.mkdir(exist_ok=True)
    config = Config()
    config.set_main_option("script_location", "daemon.adapters.store:migrations")
    engine = open_writer(locate("", place), 1.0)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            """INSERT INTO outbox
            (key, at, person, channel, ticket, severity, rank, why, title, body, state, attempts, due_at, error) VALUES
            ('k', 1, 'li', 'bell', 't', 'critical', 0, 'opened', '{"zh":"","en":""}', '{"zh":"","en":""}', 'due', 0, 1, '')"""
        )
    engine.dispose()


DIE_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from alembic import op
from daemon.adapters.store import open_store
op.create_index = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
open_store("", Path(sys.argv[1]))
"""


def test_a_migration_killed_in_the_middle_is_made_by_the_next_start(tmp_path):
    first_schema(tmp_path)
    killed = subprocess.run([sys.executable, "-c", DIE_IN_THE_MIDDLE, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(tmp_path / "atrium.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert "further" not in raw.execute("SELECT sql FROM sqlite_master WHERE name = 'outbox'").fetchone()[0]
    store = open_store("", tmp_path)
    (row,) = store.outbox_due(10.0)
    assert (row.notice.key, row.notice.further, row.notice.reaches, row.message) == ("k", (), False, "")
    store.close()
