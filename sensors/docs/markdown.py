"""Turns texts into pieces of Markdown: cells, tables, both languages one above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sensors.kit.words import Text

SPECIAL = str.maketrans({"<": "&lt;", "*": "\\*", "\n": " "})
DASH = "—"


def plain(text: str) -> str:
    """Text in which nothing is taken for markup but code in backticks."""
    parts = text.split("`")
    return "`".join(part if index % 2 else part.translate(SPECIAL) for index, part in enumerate(parts))


def code(text: str) -> str:
    """Text as it is written in a program, on one line."""
    return f"`{text.replace(chr(10), ' ; ')}`" if text else DASH


def both(text: Text) -> str:
    """Chinese, and English below it: for a cell."""
    return plain(text.zh) if text.zh == text.en else f"{plain(text.zh)}<br>{plain(text.en)}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; empty cells show a dash. No rows, no table."""
    lines = [_row([cell.replace("|", "\\|") or DASH for cell in row]) for row in rows]
    return [_row(heads), _row(["---"] * len(heads)), *lines, ""] if lines else ["无 / none", ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def seconds(value: float) -> str:
    """A delay or period in short: 90 s, 5 min, 2 h, 1 d."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= size and value % size == 0:
            return f"{value / size:g} {unit}"
    return f"{value:g} s"
