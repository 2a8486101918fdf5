"""INSERT … ON CONFLICT in the words of the database at hand: SQLite and PostgreSQL spell it alike, in two classes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.dml import ReturningInsert


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _insert(connection.dialect.name, table)


def add(connection: Connection, table: Table) -> ReturningInsert[tuple[object]]:
    """An insert that leaves alone what is there under this `id`; it answers the id of a row that is new. Built once."""
    return _add(connection.dialect.name, table)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _add(dialect: str, table: Table) -> ReturningInsert[tuple[object]]:
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)
