"""A database URL or path → two SQLAlchemy engines: one that writes, one that only reads committed state.

SQLite: write-ahead log, every commit on disk before it returns, and each write transaction takes the lock at its start
(BEGIN IMMEDIATE): a transaction that reads first and writes later would otherwise fail with "database is locked" as soon as
two run at once (measured: 169,197 such errors in 4 s with 8 threads, 0 this way).

SQLite flushes the log to disk while it still holds the lock. Who shares the database with a watch is to be brief: it gives the
lock back first and flushes then, before anybody is told that it is done. Until then others may see what a power cut could still
take; what any of them commits upon it is on disk with it, for the log is one file, flushed in order.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import contextmanager, nullcontext
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from daemon.adapters.store.turns import Turns
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOOK = 0.001  # s between looks whether it is our turn to write
AWAITED = 0.00005  # s for which a thread keeps the interpreter while one that holds the lock wants it
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",  # a log that a slow reader let grow shrinks again
)
_BRIEF = ("synchronous=NORMAL", "wal_autocheckpoint=4000")  # we flush; and the watch, who copies from 1000 pages on, tidies up


def locate(url_or_path: str, data_dir: Path) -> URL:
    """`""` → SQLite in the data directory; a path → that SQLite file (relative to the data directory); else a SQLAlchemy URL."""
    if "://" in url_or_path:
        return make_url(url_or_path)
    return URL.create("sqlite", database=str(data_dir / (url_or_path or "atrium.db")))


def open_writer(url: URL, patience: float, *, brief: bool = False) -> Engine | Alone:
    """Transactions on it may write. `patience`: seconds to wait for another writer; `brief`: nobody waits for our disk."""
    if url.get_backend_name() != "sqlite":
        return _create(url, pool_pre_ping=True)
    return Alone(url, patience, brief=brief)


def open_reader(url: URL, patience: float) -> Engine:
    """Statements on it see what is committed and can't write."""
    if url.get_backend_name() != "sqlite":
        return _create(url, pool_pre_ping=True, isolation_level="AUTOCOMMIT")
    engine = _create(url, pool_size=8, max_overflow=32, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", lambda raw, _record: _prepare(raw, patience, "query_only=ON"))
    return engine


class Alone:
    """The one connection to SQLite on which this process writes. Its threads queue for it, as all processes do for the file.

    BEGIN and COMMIT go straight to the driver: through SQLAlchemy they cost more CPU than a small commit itself. What is executed
    through SQLAlchemy in between takes part.
    """

    def __init__(self, url: URL, patience: float, *, brief: bool = False) -> None:
        self._engine = _create(url, pool_size=1, max_overflow=0)
        self._patience = patience
        self._brief = brief
        self._log = f"{url.database}-wal"
        self._turns = Turns()
        self._connection: Connection | None = None
        event.listen(self._engine, "connect", lambda raw, _record: _prepare(raw, patience))

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: committed at the end and on disk, rolled back on an exception."""
        with self._locked() as connection, quickly() if self._brief else nullcontext():
            yield connection
        if self._brief:
            flush(self._log)

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        if not self._turns.take(self._patience):
            raise StoreBroken("the database is busy: another write of this process did not end in time")
        try:
            connection = self._opened()
            raw: Any = connection.connection.dbapi_connection
            with refused(connection, "BEGIN IMMEDIATE"):
                _take(raw, self._patience)
            try:
                yield connection
                connection.commit()  # of what SQLAlchemy has begun, if anything
                with refused(connection, "COMMIT"):
                    raw.commit()
            finally:
                connection.rollback()
                raw.rollback()  # nothing where it is committed
        finally:
            self._turns.leave()

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            raw: Any = self._connection.connection.dbapi_connection
            raw.execute("PRAGMA busy_timeout=0")
            self._brief = self._brief and raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # not on every file system
            for pragma in _BRIEF if self._brief else ():
                raw.execute(f"PRAGMA {pragma}")
        return self._connection

    def dispose(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()


@contextmanager
def quickly() -> Iterator[None]:
    """Who holds the lock gets the interpreter back soon after each statement, for which SQLite lets it go, whatever other threads
    of this process work on."""
    habit = sys.getswitchinterval()
    if habit <= AWAITED:  # another store's does that
        yield
        return
    sys.setswitchinterval(AWAITED)
    try:
        yield
    finally:
        sys.setswitchinterval(habit)


def flush(log: str) -> None:
    """What was committed to this log is on disk when it returns. Raises StoreBroken."""
    try:
        file = os.open(log, os.O_RDONLY)
        try:
            os.fdatasync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise StoreBroken(f"the database's log can't be flushed to disk: {error.strerror}") from error


@contextmanager
def broken_aloud(relieve: Callable[[], str] | None = None) -> Iterator[None]:
    """What the database refuses for its own reasons (full, locked, unreadable) leaves as StoreBroken. `relieve` makes room on a
    full disk and says so."""
    try:
        yield
    except DBAPIError as error:
        relief = relieve() if relieve and _full(error) else ""
        raise StoreBroken(f"the database refused: {error.orig}. {relief}".strip()) from error


@contextmanager
def refused(connection: Connection, sql: str) -> Iterator[None]:
    """What the driver itself refuses leaves in SQLAlchemy's words."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(sql, None, error, driver.Error) from error


def _full(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _create(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own options
    return create_engine(url, json_serializer=to_json, json_deserializer=msgspec.json.decode, **options)


def to_json(value: object) -> str:
    """As columns of nested values hold it."""
    return msgspec.json.encode(value).decode()


def _prepare(raw: Any, patience: float, *further: str) -> None:  # noqa: ANN401 - a driver's connection
    raw.isolation_level = None  # sqlite3 begins nothing by itself; `_begin_immediate` does
    for pragma in (f"busy_timeout={int(patience * 1000)}", *_PRAGMAS, *further):
        raw.execute(f"PRAGMA {pragma}")


def _take(raw: Any, patience: float) -> None:  # noqa: ANN401 - a driver's connection
    """Begin to write. Waiting is ours: SQLite's own sleeps up to 100 ms between looks, and beside a watch that commits without a
    pause a step of somebody in the pages waited 2.8 s for its turn."""
    end = monotonic() + patience
    while _busy(raw) and monotonic() < end:
        sleep(LOOK)
    if not raw.in_transaction:
        raw.execute("BEGIN IMMEDIATE")


def _busy(raw: Any) -> bool:  # noqa: ANN401 - a driver's connection
    """Try to begin; whether waiting helps."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False
