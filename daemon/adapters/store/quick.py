"""SQL written once, with `?` → rows, without SQLAlchemy's building and caching of statements: for what every commit does.

Measured for a batch of 50 messages: the statements built each time cost more CPU than the transaction itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, CursorResult


def run(connection: Connection, sql: str, values: tuple[Any, ...] | Sequence[tuple[Any, ...]] = ()) -> CursorResult[Any]:
    """Execute; a list of tuples executes once for each, in one call."""
    given = values if isinstance(values, tuple) else list(values)
    return connection.exec_driver_sql(_spelled(sql, connection.dialect.paramstyle), given)


@cache
def _spelled(sql: str, style: str) -> str:
    return sql if style == "qmark" else sql.replace("?", "%s")
