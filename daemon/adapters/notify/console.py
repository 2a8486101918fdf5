"""Prints a notice on the watch's console, one line in both languages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.core.nouns import Notice

KIND = "console"


def send(notice: Notice, url: str) -> None:
    """Write the line. `url` is not used."""
    del url
    sys.stdout.write(f"🔔 {notice.person} · {notice.title.zh} · {notice.title.en}\n")
    sys.stdout.flush()
