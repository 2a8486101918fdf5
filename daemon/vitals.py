"""Looks the watch over: from its parts and what it has seen of itself to checks, figures and metrics."""

from __future__ import annotations

import shutil
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daemon.clock import ALARM
from daemon.core.vitals import Check, Vitals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from daemon.core.state import State
    from daemon.losses import Losses
    from daemon.metrics import Metrics
    from daemon.service import Feed, Parts

COMMIT_WITHIN = 30.0  # s: something is saved every few seconds, even where nothing happens
CANARY_WITHIN = 150.0  # s: it flies every 60 s
HOUR = 3600.0
HISTORY_WITHIN = 300.0  # s that history may stand still while it is behind
AWAY_WITHIN = 15.0  # s that a server of history may be restarted in
FULL, LITTLE = 512 << 20, 0.15  # bytes left that are too few; share of the disk left that is little


@dataclass(slots=True)
class Seen:
    """What the watch has seen of itself. Times are monotonic."""

    started: float = field(default_factory=time.monotonic)
    committed_at: float = field(default_factory=time.monotonic)
    canary_at: float | None = None
    canary_took: float = 0.0
    drift: float = 0.0
    verdict: bool | None = None
    moves: int = 0
    connects: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
    history_position: int = -1
    history_moved_at: float = field(default_factory=time.monotonic)


def examine(parts: Parts, state: State, seen: Seen, losses: Losses) -> Vitals:
    """The watch as it is now."""
    now = time.monotonic()
    free, total = _disk(parts.data)
    checks = (
        _connected(parts.feeds, parts.clock.now()),
        _within("committing", now - seen.committed_at, COMMIT_WITHIN, "nothing was saved"),
        _clock(seen),
        Check("disk", free >= FULL, "" if free >= FULL else f"{free >> 20} MB of disk are left"),
        _history(parts, state, seen, now),
        _outbox(parts),
        _within("canary", now - (seen.canary_at or seen.started), CANARY_WITHIN, "no canary came through"),
    )
    facts = {
        "now": round(parts.clock.now(), 3),
        "drift": round(seen.drift, 3),
        "disk_free": free,
        "disk_low": float(free < LITTLE * total),
        "untold": len(parts.outbox.untold),
        "connections": float(sum(at > now - HOUR for at in seen.connects)),
        "behind": state.position - seen.history_position,
    }
    return Vitals(time.time(), checks, facts, losses.gaps, losses.dropped)


def show(metrics: Metrics, vitals: Vitals, parts: Parts, state: State, seen: Seen) -> None:
    """The same as metrics."""
    now, waiting = time.monotonic(), parts.store.outbox_waiting()
    levels = {
        "atrium_outbox_waiting": waiting.many,
        "atrium_outbox_oldest_seconds": 0.0 if waiting.oldest is None else max(0.0, parts.clock.now() - waiting.oldest),
        "atrium_outbox_untold": vitals.facts["untold"],
        "atrium_history_behind": vitals.facts["behind"],
        "atrium_history_bytes": sum(size for _, size in _files(parts.data, "history")),
        "atrium_database_bytes": sum(size for _, size in _files(parts.data, "atrium.db")),
        "atrium_disk_free_bytes": vitals.facts["disk_free"],
        "atrium_clock_drift_seconds": seen.drift,
        "atrium_canary_age_seconds": now - (seen.canary_at or seen.started),
        "atrium_canary_seconds": seen.canary_took,
        "atrium_tickets_open": parts.store.open_tickets(),
    }
    for name, value in levels.items():
        metrics.level(name, value)
    for check in vitals.checks:
        metrics.level("atrium_ready", float(check.ok), check.name)
    for source, feed in parts.feeds.items():
        metrics.level("atrium_connected", float(feed.state == "connected"), source)
        metrics.level("atrium_intake_waiting", feed.waiting, source)
    for source, feed in (*parts.feeds.items(), ("voice", parts.voice)):
        metrics.level("atrium_outgoing_dropped", feed.dropped, source)
    for severity, count in _active(state).items():
        metrics.level("atrium_alarms_active", count, severity)


def _connected(feeds: Mapping[str, Feed], now: float) -> Check:
    away = [f"{source}: {feed.state} for {now - feed.since:.0f} s" for source, feed in feeds.items() if feed.state != "connected"]
    return Check("connected", not away, "; ".join(away))


def _within(name: str, age: float, limit: float, what: str) -> Check:
    return Check(name, age <= limit, "" if age <= limit else f"{what} for {age:.0f} s")


def _clock(seen: Seen) -> Check:
    side = {True: "; the equipment agrees with the machine", False: "; the equipment agrees with Atrium", None: ""}[seen.verdict]
    fine = abs(seen.drift) <= ALARM
    return Check("clock", fine, "" if fine else f"the machine's clock is {seen.drift:+.1f} s away from the watch's{side}")


def _history(parts: Parts, state: State, seen: Seen, now: float) -> Check:
    position, away = parts.history.position(), parts.history.away_since()
    if away is not None and time.time() - away > AWAY_WITHIN:
        return Check(
            "history", ok=False, reason=f"its server takes nothing for {time.time() - away:.0f} s, readings wait on disk"
        )
    if position != seen.history_position or position >= state.position:
        seen.history_position, seen.history_moved_at = position, now
    return _within("history", now - seen.history_moved_at, HISTORY_WITHIN, "history stands still")


def _outbox(parts: Parts) -> Check:
    untold = len(parts.outbox.untold)
    return Check("outbox", not untold, f"nobody could be told of {untold} tickets" if untold else "")


def _disk(data: Path) -> tuple[int, int]:
    try:
        usage = shutil.disk_usage(data)
    except OSError:
        return 0, 1
    return usage.free, usage.total


def _files(data: Path, start: str) -> Iterator[tuple[str, int]]:
    for path in data.rglob(f"{start}*"):
        try:
            yield path.name, path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # it was removed while we looked


def _active(state: State) -> dict[str, int]:
    counts = dict.fromkeys(("critical", "major", "minor", "info"), 0)
    for device in state.devices.values():
        for episode in device.episodes.values():
            if not episode.hidden_by:
                counts[str(episode.severity)] += 1
    return counts
