"""Turns readings into the live frames that web processes get once a second, only for sites that somebody watches.

A web process announces its sites under `atrium-out/watching/{web_id}` (retained, a JSON list; empty when it is gone). New
interest is answered by one full frame, later ones carry what changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from daemon.core.nouns import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.nouns import Readings
    from daemon.core.state import State

WATCHING = "atrium-out/watching/"
SITES = 1000  # sites one web process may ask for


class Frames:
    """What was asked for, and what changed since the last frame."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.interest: dict[str, frozenset[str]] = {}  # web id → sites
        self.fresh: set[str] = set()  # sites owed a full frame
        self.news: dict[str, dict[str, set[str]]] = {}  # site → device → points

    def heed(self, topic: str, payload: bytes) -> None:
        """Take in who watches what. Nonsense is nobody's interest."""
        web = topic.removeprefix(WATCHING)
        wanted = _sites(payload) & self.state.configuration.sites.keys()
        self.fresh |= wanted
        if wanted:
            self.interest[web] = frozenset(wanted)
        else:
            self.interest.pop(web, None)

    def note(self, keys: Iterable[tuple[str, str, str]]) -> None:
        """Points (site, device, point) that changed."""
        watched = self.watched()
        for site, device, point in keys:
            if site in watched:
                self.news.setdefault(site, {}).setdefault(device, set()).add(point)

    def note_readings(self, readings: Readings) -> None:
        """The points of new readings changed. Only sites that somebody watches cost anything."""
        watched = self.watched()
        if not watched:
            return
        for part in readings.parts:
            site, device = part.key if type(part) is Frame else (part.site, part.device)
            if site in watched:
                points = part.values if type(part) is Frame else (part.point,)
                self.news.setdefault(site, {}).setdefault(device, set()).update(points)

    def watched(self) -> frozenset[str]:
        """Sites somebody watches now."""
        return frozenset().union(*self.interest.values()) if self.interest else frozenset()

    def take(self, now: float) -> list[tuple[str, bytes]]:
        """(topic, payload) of one frame per watched site, even where nothing changed: silence would look like a fault."""
        frames = []
        for site in sorted(self.watched()):
            full = site in self.fresh
            values = self._all(site) if full else self._changed(site)
            body = {"at": round(now, 3), "full": full, "values": values}
            frames.append((f"atrium-out/{site}/live", msgspec.json.encode(body)))
        self.fresh.clear()
        self.news.clear()
        return frames

    def _changed(self, site: str) -> dict[str, dict[str, object]]:
        return {
            device: {point: self._value(site, device, point) for point in sorted(points)}
            for device, points in self.news.get(site, {}).items()
        }

    def _all(self, site: str) -> dict[str, dict[str, object]]:
        devices = [self.state.devices[site, name] for name in self.state.configuration.sites[site].devices]
        return {
            d.device.id: {point: self._value(site, d.device.id, point) for point, m in d.memories.items() if m.at is not None}
            for d in devices
        }

    def _value(self, site: str, device: str, point: str) -> list[object]:
        memory = self.state.devices[site, device].memories[point]
        return [memory.ts, memory.value, int(memory.quality)]


def _sites(payload: bytes) -> set[str]:
    if not payload:
        return set()
    try:
        asked = json.loads(payload)
    except ValueError:
        return set()
    return {site for site in asked[:SITES] if isinstance(site, str)} if isinstance(asked, list) else set()
