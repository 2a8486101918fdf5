"""Entries of the review list ↔ rows, and what is learned of each device ↔ bytes.

The watch gathers findings into an open entry, people decide it: an entry that was decided is never written by the watch again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from daemon.adapters.store import quick, rows
from daemon.adapters.store.insert import insert
from daemon.adapters.store.schema import learned, review_entry
from daemon.core.learned.finding import Detector, Finding
from daemon.core.learned.review import Decision, Entry
from daemon.core.nouns import Reason
from daemon.ports import StaleVersion
from sensors.kit.words import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping

_ONE = select(review_entry).where(review_entry.c.id == bindparam("name"))
_KEEP = (
    "INSERT INTO learned (site, device, at, packed) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (site, device) DO UPDATE SET at = excluded.at, packed = excluded.packed"
)


def put(connection: Connection, entry: Entry) -> bool:
    """Insert, or bring an open entry up to date, be it for the last time. Older versions and decided entries: False."""
    row = rows.plain(entry)
    found = insert(connection, review_entry).values(row)
    newer = (review_entry.c.state == Decision.OPEN) & (review_entry.c.version < entry.version)
    put_down = found.on_conflict_do_update(index_elements=["id"], set_=row, where=newer).returning(review_entry.c.id)
    return connection.execute(put_down).first() is not None  # of an upsert PostgreSQL's driver tells no count here


def decide(connection: Connection, entry: Entry) -> None:
    """A person's word. StaleVersion where the open entry of the version before is not there any more."""
    known = update(review_entry).where(
        review_entry.c.id == entry.id, review_entry.c.version == entry.version - 1, review_entry.c.state == Decision.OPEN
    )
    done = known.values(state=entry.state, by=entry.by, decided_at=entry.decided_at, note=entry.note, version=entry.version)
    if connection.execute(done).rowcount != 1:
        raise StaleVersion(f"entry {entry.id} is not at version {entry.version - 1}")


def named(connection: Connection, name: str) -> Entry | None:
    """One entry."""
    row = connection.execute(_ONE, {"name": name}).mappings().one_or_none()
    return None if row is None else _entry(row)


def listed(connection: Connection, *, site: str | None, state: str | None, limit: int, before: str | None) -> list[Entry]:
    """The last seen first; `before` is the id of the last entry of the page before."""
    wanted = select(review_entry)
    for column, value in ((review_entry.c.site, site), (review_entry.c.state, state)):
        if value is not None:
            wanted = wanted.where(column == value)
    if before is not None:
        seen = select(review_entry.c.last_at).where(review_entry.c.id == before).scalar_subquery()
        same = (review_entry.c.last_at == seen) & (review_entry.c.id < before)
        wanted = wanted.where(or_(review_entry.c.last_at < seen, same))
    newest = wanted.order_by(review_entry.c.last_at.desc(), review_entry.c.id.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(newest).mappings()]


def keep(connection: Connection, packed: Mapping[tuple[str, str], bytes], at: float) -> None:
    """What is learned of these devices, in place of what was kept before."""
    for (site, device), memory in packed.items():
        quick.change(connection, _KEEP, (site, device, at, memory))


def kept(connection: Connection) -> dict[tuple[str, str], bytes]:
    """All that was kept."""
    found = connection.execute(select(learned.c.site, learned.c.device, learned.c.packed))
    return {(site, device): bytes(packed) for site, device, packed in found}


def _entry(row: RowMapping) -> Entry:
    fields: dict[str, Any] = dict(row)
    fields["findings"] = tuple(_finding(dict(one)) for one in fields["findings"])
    fields["state"] = Decision(fields["state"])
    return Entry(**fields)


def _finding(fields: dict[str, Any]) -> Finding:
    fields["detector"] = Detector(fields["detector"])
    fields["points"] = tuple(fields["points"])
    fields["reason"] = Reason(**fields["reason"])
    fields["severity"] = Severity(fields["severity"])
    return Finding(**fields)
