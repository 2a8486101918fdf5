"""The bell inside the technician's page: it rings by the live event log, which the notice's own transaction has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.core.nouns import Notice

KIND = "bell"


def send(notice: Notice, url: str) -> None:
    """Nothing is left to do: the page hears of the ticket from the event log, resumable, also after it was offline."""
    del notice, url
