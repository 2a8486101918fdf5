"""Turns a payload into the JSON documents in it: one, or several behind one another, with or without line ends between."""

from __future__ import annotations

import re
from typing import Any

from daemon.dialects.kit.strict import Flaw, first, parse
from daemon.dialects.kit.text import text

MOST = 256  # documents of one payload
_BETWEEN = re.compile(r"[\s,\0\x1e]*")
_OPENING = (b"{", b"[")


def documents(payload: bytes, encoding: str = "") -> list[Any]:
    """The documents in order, each a tree or the `Flaw` that ended the reading. Never empty."""
    if payload[:1] in _OPENING:
        tree = parse(payload)
        if not isinstance(tree, Flaw):
            return [tree]
    told = text(payload, encoding)
    if isinstance(told, Flaw):
        return [told]
    return _several(told) or [Flaw("json", "an empty payload")]


def _several(told: str) -> list[Any]:
    found: list[Any] = []
    start = _gap(told, 0)
    while start < len(told):
        if len(found) == MOST:
            return [*found, Flaw("size", f"more than {MOST} documents in one payload")]
        tree, start = first(told, start)
        found.append(tree)
        start = _gap(told, start)
    return found


def _gap(told: str, start: int) -> int:
    between = _BETWEEN.match(told, start)
    return between.end() if between else start
