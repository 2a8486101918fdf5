"""`history.db`: its tables, and connections that write or read them.

`fresh` takes values as they come, one row each; when a channel has some hundreds they move into its newest `chunk`, until that is
full. `minute` and `minute_chunk` do the same for aggregates. `progress` holds the journal position that the values reach, written
in the same transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 1
_PATIENCE = 5.0
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF")
_TABLES = """
CREATE TABLE channel (id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, point TEXT NOT NULL, UNIQUE (site, device, point));
CREATE TABLE fresh (channel INTEGER, ts REAL, value, quality INTEGER NOT NULL, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE TABLE minute (channel INTEGER, start REAL, low REAL, mean REAL, high REAL, count INTEGER, PRIMARY KEY (channel, start)) WITHOUT ROWID;
CREATE TABLE chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX chunk_in_time ON chunk (channel, last, first);
CREATE TABLE minute_chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX minute_chunk_in_time ON minute_chunk (channel, last, first);
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), pos INTEGER NOT NULL);
INSERT INTO progress VALUES (1, 0);
"""  # noqa: E501 - a table a line


def prepare(path: Path) -> None:
    """Make the file and its tables where they are not there yet."""
    with write(path) as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise StoreBroken(f"the history has schema {found}, written by a newer Atrium; this program knows up to {VERSION}.")
        if found == 0:
            for statement in _TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit, usable from any thread, one at a time."""
    try:
        db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreBroken(f"the history can't be opened: {error}") from error
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        db.close()
        raise StoreBroken(f"the history can't be opened: {error}") from error
    return db


@contextmanager
def transaction(db: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    """Commit at the end, roll back on an exception. What SQLite refuses leaves as StoreBroken."""
    try:
        db.execute(begin)
        with db:  # commits or rolls back
            yield db
    except sqlite3.Error as error:
        raise StoreBroken(f"the history refused: {error}") from error


@contextmanager
def write(path: Path) -> Iterator[sqlite3.Connection]:
    """A write transaction on a connection of its own."""
    with closing(connect(path)) as db, transaction(db, "BEGIN IMMEDIATE"):
        yield db


@contextmanager
def read(path: Path) -> Iterator[sqlite3.Connection]:
    """One committed state, on a connection of its own."""
    with closing(connect(path)) as db, transaction(db, "BEGIN"):
        yield db
