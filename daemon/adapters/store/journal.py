"""Batches of messages and packed device states ↔ journal and snapshot rows.

One batch is one row: topics, payloads, receive times and sources as msgpack under zstd (rows of before: zlib). States of another
configuration digest are dropped when the watch opens the store under a new one, so that every state found was saved under the
rules it is judged by, and so was every journal row after it.
"""

from __future__ import annotations

import threading
import zlib
from typing import TYPE_CHECKING

import msgspec
import zstandard
from sqlalchemy import delete, select

from daemon.adapters.store import quick
from daemon.adapters.store.schema import journal, snapshot
from daemon.core.nouns import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

_APPEND = "INSERT INTO journal (at, packed) VALUES (?, ?) RETURNING pos"
_PRUNE = "DELETE FROM journal WHERE pos < ? AND pos < (SELECT min(pos) FROM journal) + ?"
_KEEP = (
    "INSERT INTO snapshot (site, device, digest, pos, packed) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (site, device, digest) DO UPDATE SET pos = excluded.pos, packed = excluded.packed"
)
_threads = threading.local()


def append(connection: Connection, messages: Sequence[Message]) -> int:
    """Returns the position of the batch, or of the last one where there is nothing to append."""
    if not messages:
        return last_position(connection)
    return int(quick.rows(connection, _APPEND, (messages[-1].at, pack(messages)))[0][0])


def last_position(connection: Connection) -> int:
    """0 where nothing was ever appended."""
    return quick.rows(connection, "SELECT max(pos) FROM journal")[0][0] or 0


def after(connection: Connection, pos: int, limit: int) -> list[tuple[int, list[Message]]]:
    """Batches behind position `pos`, oldest first."""
    found = connection.execute(
        select(journal.c.pos, journal.c.packed).where(journal.c.pos > pos).order_by(journal.c.pos).limit(limit)
    )
    return [(row.pos, unpack(row.packed)) for row in found]


def prune(connection: Connection, before: int, most: int) -> bool:
    """Drop the oldest rows below position `before`, `most` at a time so that nobody waits long for the lock; whether there may be
    more. The last row stays: it remembers the position."""
    return quick.change(connection, _PRUNE, (min(before, last_position(connection)), most)) > 0


def keep_states(connection: Connection, states: Mapping[tuple[str, str], bytes], digest: str, pos: int) -> None:
    """Write the slice of states, each as of journal position `pos`."""
    if states:
        quick.change(connection, _KEEP, [(site, device, digest, pos, state) for (site, device), state in states.items()])


def drop_other_states(connection: Connection, digest: str) -> None:
    """Forget states of every other configuration."""
    connection.execute(delete(snapshot).where(snapshot.c.digest != digest))


def states(connection: Connection, digest: str) -> dict[tuple[str, str], tuple[int, bytes]]:
    """(site, device) → (journal position, packed state)."""
    found = connection.execute(select(snapshot).where(snapshot.c.digest == digest))
    return {(row.site, row.device): (row.pos, row.packed) for row in found}


def pack(messages: Sequence[Message]) -> bytes:
    """A batch as one blob."""
    return _squeeze().compress(msgspec.msgpack.encode(messages))


def unpack(packed: bytes) -> list[Message]:
    """The batch again."""
    plain = zstandard.decompress(packed) if packed.startswith(zstandard.FRAME_HEADER) else zlib.decompress(packed)
    return msgspec.msgpack.decode(plain, type=list[Message])


def _squeeze() -> zstandard.ZstdCompressor:
    """One for each thread, as they may not share. Level 1 takes 40 % of the time of zlib's and two thirds of its bytes."""
    if not hasattr(_threads, "squeeze"):
        _threads.squeeze = zstandard.ZstdCompressor(level=1)
    found: zstandard.ZstdCompressor = _threads.squeeze
    return found
