"""Values over time, behind the `History` port: `open_history` → the embedded store in the data directory."""

from daemon.adapters.history.embedded import EmbeddedHistory, open_history

__all__ = ["EmbeddedHistory", "open_history"]
