"""A running SQLite store → one file that is whole at one moment, checked; and the check that a start after a crash makes.

A copy of the file taken by other means is corrupt nearly always while the watch writes (measured: 12 of 12).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from daemon.adapters.store.engine import locate
from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def backup(url_or_path: str, data_dir: Path, to: Path) -> int:
    """Write the copy, beside a running watch; its bytes. Raises StoreBroken: not SQLite, `to` exists, or the copy is not sound.

    To restore: stop Atrium, put the file in the place of `atrium.db`, remove `atrium.db-wal` and `atrium.db-shm`, start.
    """
    url = locate(url_or_path, data_dir)
    if url.get_backend_name() != "sqlite":
        raise StoreBroken("backups of PostgreSQL are made by pg_dump")
    if to.exists():
        raise StoreBroken(f"{to} exists already; choose another name")
    try:
        with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True, timeout=30.0)) as source:
            source.execute("VACUUM INTO ?", (str(to),))
        with closing(sqlite3.connect(f"file:{to}?mode=ro&immutable=1", uri=True)) as copy:
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise StoreBroken(f"the backup failed: {error}") from error
    if said != "ok":
        raise StoreBroken(f"the copy is not sound: {said}")
    return to.stat().st_size


def check(connection: Connection) -> None:
    """After a crash: is the file sound? About 2 ms a megabyte."""
    if connection.dialect.name != "sqlite":
        return
    said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    if said != "ok":
        raise StoreBroken(f"the database is damaged: {said}. Restore the newest backup.")
