"""Everything that must not be lost, in SQLite or PostgreSQL: `open_store` → the `Store` port."""

from daemon.adapters.store.backup import backup
from daemon.adapters.store.store import SqlStore, open_store

__all__ = ["SqlStore", "backup", "open_store"]
