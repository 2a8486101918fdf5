"""Pages that share the database with a watch give the write lock back before they wait for the disk, and answer after it."""

import errno
import os
import sqlite3
import sys
from contextlib import closing

import pytest
from sqlalchemy import make_url

from daemon.adapters.store import engine, open_store
from daemon.adapters.store.engine import open_writer
from daemon.ports import StoreBroken


@pytest.fixture
def pages(tmp_path):
    """The database as the pages open it."""
    with closing(open_store("", tmp_path, brief=True)) as opened:
        yield opened


def note(store, value):
    with store.begin() as transaction:
        transaction.remember("noted", value)


def test_the_disk_is_waited_for_without_the_lock_and_before_the_answer(pages, tmp_path, monkeypatch):
    flushed, path = [], tmp_path / "atrium.db"

    def flush(file):
        """Another process writes now, and sees what was written."""
        with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert other.execute("SELECT value FROM mark WHERE name = 'noted'").fetchone() == ("1",)
        flushed.append(os.path.samestat(os.fstat(file), (tmp_path / "atrium.db-wal").stat()))

    monkeypatch.setattr(engine.os, "fdatasync", flush)
    note(pages, "1")
    assert flushed == [True]


def test_a_disk_that_refuses_is_said(pages, monkeypatch):
    def refuse(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    note(pages, "1")
    monkeypatch.setattr(engine.os, "fdatasync", refuse)
    with pytest.raises(StoreBroken, match="Input/output error"):
        note(pages, "2")


def test_what_fails_is_taken_back_and_nothing_is_flushed(pages, monkeypatch):
    monkeypatch.setattr(engine.os, "fdatasync", None)
    with pytest.raises(StoreBroken, match="bind"):
        note(pages, object())
    assert pages.recall("noted") is None


@pytest.mark.parametrize(("brief", "flushes"), [(True, 1), (False, 2)])
def test_only_the_pages_commit_without_a_flush_of_the_database_itself(tmp_path, brief, flushes):
    with closing(open_store("", tmp_path, brief=brief)) as store, store._write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == flushes


def test_who_holds_the_lock_of_the_pages_gets_the_interpreter_back_soon(tmp_path):
    habit = sys.getswitchinterval()
    with closing(open_store("", tmp_path / "pages", brief=True)) as pages, closing(open_store("", tmp_path / "watch")) as watch:
        with watch.begin():
            assert sys.getswitchinterval() == habit
        with pages.begin():
            assert sys.getswitchinterval() < habit / 10
        with pytest.raises(StoreBroken, match="bind"):
            note(pages, object())
        assert sys.getswitchinterval() == habit


def test_without_a_log_the_database_flushes_by_itself(tmp_path):
    """A file system on which processes can't share memory has no write-ahead log."""
    writer = open_writer(make_url(f"sqlite:///file:{tmp_path}/plain.db?vfs=unix-dotfile&uri=true"), 1.0, brief=True)
    with writer.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    writer.dispose()
