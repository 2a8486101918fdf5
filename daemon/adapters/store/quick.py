"""SQL written once, with `?` → rows, straight through the database's own driver in the connection's open transaction: for what
every commit does.

Measured for a batch of ten messages: through SQLAlchemy each of a commit's statements took some 70 µs of CPU, this way 5.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import JSON

from daemon.adapters.store.engine import refused, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect, Select, Table
    from sqlalchemy.types import TypeEngine

Values = tuple[Any, ...]


def rows(connection: Connection, sql: str, values: Values = ()) -> list[Values]:
    """What the statement answers."""
    with refused(connection, sql):
        cursor = connection.connection.cursor()
        cursor.execute(_spelled(sql, connection.dialect.paramstyle), values)
        return list(cursor.fetchall())


def change(connection: Connection, sql: str, values: Values | list[Values]) -> int:
    """How many rows it changed; a list of tuples executes once for each, in one call."""
    with refused(connection, sql):
        cursor = connection.connection.cursor()
        run = cursor.executemany if isinstance(values, list) else cursor.execute
        run(_spelled(sql, connection.dialect.paramstyle), values)
        return int(cursor.rowcount)


def first(connection: Connection, wanted: Select[Any], names: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first row of a statement made once, by column; `names` are its bound parameters."""
    read = _read(wanted, connection.dialect, tuple(names))
    with refused(connection, read.sql):
        cursor = connection.connection.cursor()
        cursor.execute(read.sql, read.values(names))
        found = cursor.fetchall()
    return {name: plain(value) for (name, plain), value in zip(read.columns, found[0], strict=True)} if found else None


def add(connection: Connection, table: Table, given: Sequence[Mapping[str, Any]], *, more: str = "") -> list[Values]:
    """Insert these rows, all with the same columns. `more`: further words of the statement, and what one row then answers."""
    names = tuple(given[0])
    sql, values = _insert(table, names) + more, [_values(table, row) for row in given]
    if "RETURNING" in more:
        return rows(connection, sql, values[0])
    change(connection, sql, values)
    return []


def update(connection: Connection, table: Table, row: Mapping[str, Any], where: Mapping[str, Any]) -> int:
    """Set these columns where those are so; how many rows it changed."""
    return change(connection, _update(table, tuple(row), tuple(where)), (*_values(table, row), *where.values()))


def _values(table: Table, row: Mapping[str, Any]) -> Values:
    """As the driver takes them: what is nested, as JSON."""
    nested = _nested(table)
    return tuple(to_json(value) if name in nested else value for name, value in row.items())


class Read(NamedTuple):
    """A statement in the driver's own words. `order`: of its parameters, where they have no names there; `columns`: what each is
    called and how it is read."""

    sql: str
    order: Sequence[str] | None
    fixed: Mapping[str, Any]
    columns: tuple[tuple[str, Callable[[Any], Any]], ...]

    def values(self, names: Mapping[str, Any]) -> Values | Mapping[str, Any]:
        """As the driver takes them."""
        known = {**self.fixed, **names}
        return known if self.order is None else tuple(known[name] for name in self.order)


@cache
def _read(wanted: Select[Any], dialect: Dialect, names: tuple[str, ...]) -> Read:
    made: Any = wanted.compile(dialect=dialect)
    said = made.construct_expanded_state(made.construct_params(dict.fromkeys(names, "")))
    columns = tuple((column.key or "", _reader(column.type, dialect)) for column in wanted.selected_columns)
    return Read(said.statement, said.positiontup, said.parameters, columns)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """SQLite knows neither truths nor JSON; PostgreSQL's driver gives them as they are."""
    made = kind.dialect_impl(dialect).result_processor(dialect, None) if dialect.name == "sqlite" else None
    return made or _as_it_is


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a driver's value
    return value


@cache
def _nested(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.c if isinstance(column.type, JSON))


@cache
def _insert(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - names of the schema


@cache
def _update(table: Table, names: tuple[str, ...], known: tuple[str, ...]) -> str:
    setting = ", ".join(f'"{name}" = ?' for name in names)
    return f'UPDATE "{table.name}" SET {setting} WHERE {" AND ".join(f"{name} = ?" for name in known)}'  # noqa: S608 - likewise


@cache
def _spelled(sql: str, style: str) -> str:
    return sql if style == "qmark" else sql.replace("?", "%s")
