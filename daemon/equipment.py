"""Turns the kinds of equipment into files: one page per kind, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.docs import pages
from sensors.registry import kinds as known_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sensors.kit.words import Kind


def write(directory: Path, kinds: Mapping[str, Kind] | None = None) -> list[Path]:
    """Write the pages of these kinds (default: all of Atrium's) into a directory, made if need be; returns the files."""
    directory.mkdir(parents=True, exist_ok=True)
    found = []
    for name, text in pages(known_kinds() if kinds is None else kinds).items():
        (directory / name).write_text(text, encoding="utf-8")
        found.append(directory / name)
    return found
