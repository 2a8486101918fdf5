"""Values over time, behind the `History` port: in the data directory (`open_history`) or on a server (`open_influx`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.adapters.history.embedded import EmbeddedHistory, open_history

if TYPE_CHECKING:
    from pathlib import Path

    from daemon.adapters.history.behind import Again
    from daemon.adapters.history.influx import InfluxHistory
    from daemon.core.site import Settings

__all__ = ["EmbeddedHistory", "open_configured", "open_history"]


def open_configured(data_dir: Path, settings: Settings, *, again: Again | None = None) -> EmbeddedHistory | InfluxHistory:
    """As the configuration says. Raises StoreBroken where files can't be used; a server that is away is no hindrance."""
    if settings.history is None:
        return open_history(data_dir, raw_days=settings.raw_days, minute_days=settings.minute_days, again=again)
    from daemon.adapters.history.influx import open_influx  # noqa: PLC0415 - the client takes a while to load

    return open_influx(data_dir, settings.history, again=again)
