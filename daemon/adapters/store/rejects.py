"""Messages that could not be used → the newest thousand of them, and how many ever by code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from daemon.adapters.store import quick
from daemon.adapters.store.schema import rejected_count, rejected_message
from daemon.core.nouns import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

KEPT = 1_000
PAYLOAD_BYTES = 2_048  # of one payload, from its beginning
TEXT_CHARS = 512  # of a topic or reason; a hostile topic may be 64 KB long
_COUNT = (
    "INSERT INTO rejected_count (code, total) VALUES (?, ?) "
    "ON CONFLICT (code) DO UPDATE SET total = rejected_count.total + excluded.total"
)
_FORGET = "DELETE FROM rejected_message WHERE pos <= (SELECT max(pos) FROM rejected_message) - ?"


def keep(connection: Connection, rejected: Sequence[Rejected]) -> None:
    """Count all, keep the newest."""
    if not rejected:
        return
    quick.change(connection, _COUNT, list(Counter(one.code for one in rejected).items()))
    quick.add(connection, rejected_message, [_row(one) for one in rejected[-KEPT:]])
    quick.change(connection, _FORGET, (KEPT,))


def newest(connection: Connection, limit: int) -> list[Rejected]:
    """Newest first."""
    found = connection.execute(select(rejected_message).order_by(rejected_message.c.pos.desc()).limit(limit))
    return [Rejected(row.topic, row.code, row.reason, row.at, row.payload) for row in found]


def counts(connection: Connection) -> dict[str, int]:
    """Code → how many ever."""
    return {row.code: row.total for row in connection.execute(select(rejected_count))}


def _row(one: Rejected) -> dict[str, object]:
    return {
        "topic": _clean(one.topic),
        "code": one.code,
        "reason": _clean(one.reason),
        "at": one.at,
        "payload": one.payload[:PAYLOAD_BYTES],
    }


def _clean(text: str) -> str:
    """Text a database takes: bounded, no NUL (PostgreSQL), no half of a surrogate pair (UTF-8)."""
    return text[:TEXT_CHARS].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
