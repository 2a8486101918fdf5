"""A database of any age → the schema of this program, in one transaction; a database from the future → a refusal in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSIONS = Path(__file__).parent / "migrations" / "versions"  # rNNNN_name.py holds revision NNNN


def migrate(connection: Connection) -> None:
    """Bring the schema up to this program's. `connection` is inside a transaction; nothing is half done after a failure."""
    known, found = revisions(), _found(connection)
    if found == known[-1]:
        return
    if found is not None and found not in known:
        raise StoreBroken(
            f"the database has schema {found}, written by a newer Atrium; this program knows up to {known[-1]}. "
            "Install the newer Atrium again, or restore a backup made before the upgrade."
        )
    from alembic import command  # noqa: PLC0415 - a quarter of a second, and most starts find nothing to do
    from alembic.config import Config  # noqa: PLC0415 - same

    config = Config()
    config.set_main_option("script_location", "daemon.adapters.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revisions() -> list[str]:
    """The revisions this program knows, oldest first."""
    return sorted(path.name[1:5] for path in VERSIONS.glob("r*.py"))


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
