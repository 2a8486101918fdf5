"""Turns the kinds into pages for people (`docs/equipment/`): Markdown, Chinese and English side by side, complete.

`page` is one kind, `tables` its tables, `signatures` its failures in words, `sources` where figures marked [S] were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.docs.page import index, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sensors.kit.words import Kind

__all__ = ["pages"]


def pages(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """File name → text: one page for each kind, and README.md with all of them."""
    return {"README.md": index(kinds.values())} | {f"{kind.id}.md": page(kind) for kind in kinds.values()}
