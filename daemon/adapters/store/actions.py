"""What people did ↔ action rows: appended by web, read on by the watch, told beside the alarm or ticket it was done to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from daemon.adapters.store import quick, rows
from daemon.adapters.store.schema import action
from daemon.core.nouns import Action

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_AFTER = 'SELECT pos, at, "by", kind, target, data FROM action WHERE pos > ? ORDER BY pos'


def append(connection: Connection, done: Action) -> int:
    """Returns its position."""
    fields = rows.plain(done)
    del fields["pos"]
    return int(quick.add(connection, action, [fields], more=" RETURNING pos")[0][0])


def after(connection: Connection, pos: int) -> list[Action]:
    """Behind a position, oldest first."""
    found = quick.rows(connection, _AFTER, (pos,))
    return [Action(place, at, by, kind, target, _decoded(data)) for place, at, by, kind, target, data in found]


def done_to(connection: Connection, target: str) -> list[Action]:
    """To one alarm or ticket, oldest first."""
    return _where(connection, action.c.target == target)


def _decoded(data: Any) -> Any:  # noqa: ANN401 - PostgreSQL's driver decodes JSON itself
    return msgspec.json.decode(data) if isinstance(data, str) else data


def _where(connection: Connection, wanted: ColumnElement[bool]) -> list[Action]:
    found = connection.execute(select(action).where(wanted).order_by(action.c.pos))
    return [Action(**row) for row in found.mappings()]
