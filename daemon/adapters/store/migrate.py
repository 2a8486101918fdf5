"""A database of any age → the schema of this program, in one transaction; a database from the future → a refusal in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Bring the schema up to this program's. `connection` is inside a transaction; nothing is half done after a failure."""
    config = Config()
    config.set_main_option("script_location", "daemon.adapters.store:migrations")
    script = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found == script.get_current_head():
        return
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreBroken(
            f"the database has schema {found}, written by a newer Atrium; this program knows up to {script.get_current_head()}. "
            "Install the newer Atrium again, or restore a backup made before the upgrade."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
