"""What people did ↔ action rows: appended by web, read on by the watch, told beside the alarm or ticket it was done to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from daemon.adapters.store import rows
from daemon.adapters.store.schema import action
from daemon.core.nouns import Action

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def append(connection: Connection, done: Action) -> int:
    """Returns its position."""
    fields = rows.plain(done)
    del fields["pos"]
    return int(connection.execute(action.insert().returning(action.c.pos), fields).scalar_one())


def after(connection: Connection, pos: int) -> list[Action]:
    """Behind a position, oldest first."""
    return _where(connection, action.c.pos > pos)


def done_to(connection: Connection, target: str) -> list[Action]:
    """To one alarm or ticket, oldest first."""
    return _where(connection, action.c.target == target)


def _where(connection: Connection, wanted: ColumnElement[bool]) -> list[Action]:
    found = connection.execute(select(action).where(wanted).order_by(action.c.pos))
    return [Action(**row) for row in found.mappings()]
