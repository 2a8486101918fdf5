"""A file that keeps some disk free for the hour when it is full: given back when a write finds no room, laid again when there is.

What was being written is not acknowledged then, the process ends and starts again, and critical work goes on in the room given
back while somebody makes more.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from pathlib import Path

LOG = structlog.get_logger("store")
SIZE = 64 << 20  # bytes: minutes of journal for a property company, days for a community
ROOM = 4  # times its size must be free before it is laid
BARE = 1 << 20  # bytes: less than that free, and a database cannot even be opened


class Ballast:
    """`size` 0: none is laid, and what an earlier process laid is left alone."""

    def __init__(self, folder: Path, size: int) -> None:
        self._file = folder / "ballast"
        self._size = size

    def lay(self) -> None:
        """Where there is plenty of room."""
        if not self._size or self._file.exists() or self._free() < ROOM * self._size:
            return
        with self._file.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, self._size)

    def ease(self) -> None:
        """Give it back at once where nothing could be opened without it."""
        if self._size and self._free() < BARE:
            LOG.error("the disk is full", reserve=self.drop())

    def drop(self) -> str:
        """Give it back; says so, as a sentence to add to a complaint."""
        if not self._size:
            return "Free some disk space."
        try:
            self._file.unlink()
        except FileNotFoundError:
            return "Its reserve is used up: free some disk space."
        return f"Its reserve of {self._size >> 20} MB has been given back, which will not last: free some disk space."

    def _free(self) -> int:
        return shutil.disk_usage(self._file.parent).free
