"""A connection handed in by `migrate` → the revisions run on it, inside its transaction."""

from __future__ import annotations

from alembic import context

from daemon.adapters.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True, transactional_ddl=True
)
context.run_migrations()
