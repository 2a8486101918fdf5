"""Alarm events and what people do about alarms → episode, incident and shelf rows, each change told to the live log.

Repeats are harmless: an episode raised again is the same row, a return is written once, and only a real change is told. `version`
counts what people did; the condition's own changes leave it alone, so that a return does not refuse an acknowledgement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, or_, select, update

from daemon.adapters.store import live, quick, rows
from daemon.adapters.store.insert import add, insert
from daemon.adapters.store.schema import alarm_episode, shelf
from daemon.ports import EpisodeRow, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from daemon.core.nouns import AlarmEvent, Episode

_CASE = "INSERT INTO incident (id, site, device, opened_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_ONE = rows.EPISODES.where(alarm_episode.c.id == bindparam("name"))


def record(connection: Connection, changes: Sequence[AlarmEvent]) -> None:
    """Write the transitions of one batch, in order."""
    for change in changes:
        if _write(connection, change):
            found = episode(connection, change.episode.id)
            if found is not None:
                live.tell_alarm(connection, change.at, found)


def episode(connection: Connection, episode_id: str) -> EpisodeRow | None:
    """One episode with what people did."""
    row = quick.first(connection, _ONE, {"name": episode_id})
    return None if row is None else rows.episode_of(row)


def episodes(
    connection: Connection, *, site: str | None, active: bool | None, limit: int, before: str | None
) -> list[EpisodeRow]:
    """Newest first; `before` is the id of the last episode of the page before."""
    wanted = rows.EPISODES
    if site is not None:
        wanted = wanted.where(alarm_episode.c.site == site)
    if active is not None:
        wanted = wanted.where(alarm_episode.c.returned_at.is_(None) if active else alarm_episode.c.returned_at.is_not(None))
    if before is not None:
        raised = select(alarm_episode.c.raised_at).where(alarm_episode.c.id == before).scalar_subquery()
        same = (alarm_episode.c.raised_at == raised) & (alarm_episode.c.id < before)
        wanted = wanted.where(or_(alarm_episode.c.raised_at < raised, same))
    newest = wanted.order_by(alarm_episode.c.raised_at.desc(), alarm_episode.c.id.desc()).limit(limit)
    return [rows.episode_of(row) for row in connection.execute(newest).mappings()]


def acknowledge(connection: Connection, episode_id: str, *, by: str, at: float, version: int) -> EpisodeRow:
    """Somebody has seen it. StaleVersion where somebody else did something in between."""
    _step(connection, episode_id, version, acknowledged_at=at, acknowledged_by=by)
    return _told(connection, episode_id, at)


def put_on_shelf(connection: Connection, episode_id: str, version: int, at: float, placed: dict[str, Any] | None) -> EpisodeRow:
    """`placed`: until, by, reason; None takes it off."""
    _step(connection, episode_id, version)
    if placed is None:
        connection.execute(delete(shelf).where(shelf.c.episode == episode_id))
    else:
        row = insert(connection, shelf).values(episode=episode_id, **placed)
        connection.execute(row.on_conflict_do_update(index_elements=["episode"], set_=placed))
    return _told(connection, episode_id, at)


def _write(connection: Connection, change: AlarmEvent) -> bool:
    """True where something changed."""
    if _added(connection, change.episode):
        return True
    known = update(alarm_episode).where(alarm_episode.c.id == change.episode.id)
    if change.event == "returned":
        ended = known.where(alarm_episode.c.returned_at.is_(None)).values(returned_at=change.episode.returned_at)
        return connection.execute(ended).rowcount == 1
    if change.event == "hidden":
        said = {"hidden_by": change.episode.hidden_by, "incident": change.episode.incident}
        news = or_(*(alarm_episode.c[name] != value for name, value in said.items()))
        return connection.execute(known.where(news).values(said)).rowcount == 1
    if change.event == "escalated":
        now = rows.episode_to_row(change.episode)
        worse = known.where(alarm_episode.c.severity != now["severity"]).values(severity=now["severity"], reason=now["reason"])
        return connection.execute(worse).rowcount == 1
    return False


def _added(connection: Connection, new: Episode) -> bool:
    quick.change(connection, _CASE, (new.incident, new.site, new.device, new.raised_at))
    return connection.execute(add(connection, alarm_episode), rows.episode_to_row(new)).first() is not None


def _step(connection: Connection, episode_id: str, version: int, **values: object) -> None:
    """One version on, if nobody was faster."""
    row = update(alarm_episode).where(alarm_episode.c.id == episode_id, alarm_episode.c.version == version)
    if connection.execute(row.values(version=version + 1, **values)).rowcount != 1:
        raise StaleVersion(f"alarm {episode_id} is not at version {version}")


def _told(connection: Connection, episode_id: str, at: float) -> EpisodeRow:
    found = rows.episode_of(connection.execute(_ONE, {"name": episode_id}).mappings().one())
    live.tell_alarm(connection, at, found)
    return found
