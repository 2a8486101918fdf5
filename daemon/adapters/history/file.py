"""`history.db`: its tables, and connections that write or read them.

`slab` takes the values of many channels together as they come; level by level slabs are merged into larger ones, until a channel
has enough for a `chunk` of its own. `times` holds columns of time, which the channels of one message share. `minute_chunk` sums
up the chunk of the same id, `day_chunk` what is left of it in the end. `progress` holds the journal position that the values
reach, written in the same transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from daemon.adapters.history import singles
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 2
_PATIENCE = 5.0
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF")
_NEW = """
CREATE TABLE device (id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, UNIQUE (site, device));
CREATE TABLE point (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE slab (id INTEGER PRIMARY KEY, level INTEGER NOT NULL, shelf INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX slab_at ON slab (shelf, level);
CREATE TABLE times (id INTEGER PRIMARY KEY, last REAL NOT NULL, packed BLOB NOT NULL);
"""  # noqa: E501 - a table a line
_CHUNKS = """
CREATE TABLE chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL, times INTEGER);
CREATE INDEX chunk_in_time ON chunk (channel, last, first);
CREATE TABLE minute_chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX minute_chunk_in_time ON minute_chunk (channel, last, first);
"""  # noqa: E501 - a table a line
_DAYS = """
CREATE TABLE day_chunk (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL, count INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX day_chunk_in_time ON day_chunk (channel, last, first);
"""  # noqa: E501 - a table a line
_PROGRESS = """
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), pos INTEGER NOT NULL);
INSERT INTO progress VALUES (1, 0);
"""
# From schema 1, which held one row a value and numbered channels as they came. Its aggregates lie before all ids of chunks.
_FROM_1 = """
ALTER TABLE chunk ADD COLUMN times INTEGER;
INSERT INTO device (site, device) SELECT DISTINCT site, device FROM channel;
INSERT INTO point (name) SELECT DISTINCT point FROM channel;
CREATE TABLE moved AS SELECT channel.id AS old, device.id << 16 | point.id AS new FROM channel JOIN device USING (site, device) JOIN point ON name = point;
CREATE UNIQUE INDEX moved_old ON moved (old);
UPDATE chunk SET channel = (SELECT new FROM moved WHERE old = channel);
UPDATE minute_chunk SET id = id - 1099511627776, channel = (SELECT new FROM moved WHERE old = channel);
UPDATE fresh SET channel = (SELECT new FROM moved WHERE old = channel);
UPDATE minute SET channel = (SELECT new FROM moved WHERE old = channel);
DROP TABLE moved; DROP TABLE channel
"""  # noqa: E501 - a table a line


def prepare(path: Path) -> None:
    """Make the file and its tables where they are not there yet."""
    with write(path) as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise StoreBroken(f"the history has schema {found}, written by a newer Atrium; this program knows up to {VERSION}.")
        if found == 0:
            _run(db, _NEW + _CHUNKS + _DAYS + _PROGRESS)
        if found == 1:
            _run(db, _NEW + _DAYS + _FROM_1)
            singles.move(db)
        if found != VERSION:
            db.execute(f"PRAGMA user_version = {VERSION}")


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        db.execute(statement)


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
