"""Learned normal as the watch uses it: the readings of a commit become findings; state per device becomes bytes and comes back.

Order and times decide, never how readings are cut into batches. A device with an alarm of a limit or signature teaches nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daemon.core.learned import explain, layout, tracker
from daemon.core.learned.bank import Bank, cost
from daemon.core.learned.device import Device
from daemon.core.learned.finding import Detector, Finding, Tier, tiers, watched_analogue
from daemon.core.nouns import Quality

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from numpy.typing import NDArray

    from daemon.core.learned.device import Said
    from daemon.core.learned.finding import Key, Place, Site, Watched
    from daemon.core.nouns import Reading, Reason, Value

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Accepted:
    """An operator said: this is the new normal. `points` empty: the device as a whole."""

    site: str
    device: str
    points: tuple[str, ...]
    at: float
    by: str


class Normal:
    """The detectors of all sites that learn."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.sites = {site.id: site for site in sites}
        self.points: dict[Key, dict[str, Watched]] = {}
        self.devices: dict[Key, Device] = {}
        self.banks: dict[str, Bank] = {}
        self.newest: dict[Key, dict[str, float]] = {}
        for site in self.sites.values():
            self._open(site)

    def _open(self, site: Site) -> None:
        settings = site.settings
        places: list[Place] = []
        for name, watched in site.devices.items():
            key, learned = (site.id, name), watched_analogue(watched)
            self.points[key] = {one.name: one for one in watched if one.on}
            states = tuple(one.name for one in watched if one.on and not one.analogue and one.point.states + one.point.words)
            self.devices[key] = Device(learned, states, settings, site.zone)
            self.newest[key] = {}
            places += [(*key, one.name) for one in learned]
        chosen = tiers(places, settings.memory, cost())
        bank = Bank(chosen, warm_readings=settings.warm_readings, warm_seconds=settings.warm_seconds)
        for place in places:
            count, step = len(self.devices[place[:2]].points), self.points[place[:2]][place[2]].step
            threshold, margin = settings.threshold(count), settings.above(count, shapes=chosen[place] > Tier.LEVEL)
            bank.setting(place, every=settings.every, zone=site.zone, threshold=threshold, margin=margin, step=step)
        self.banks[site.id] = bank

    def observe(self, readings: Sequence[Reading], alarms_active: Container[Key]) -> list[Finding]:
        """The readings of one commit in order, and the devices that have an alarm on: those are judged, but not learned."""
        batches: dict[str, list[tuple[Place, float, float, bool]]] = {}
        found = []
        for reading in readings:
            key = (reading.site, reading.device)
            if reading.quality is not Quality.GOOD or not self._news(key, reading):
                continue
            learn = key not in alarms_active
            if self.points[key][reading.point].analogue:
                one = ((*key, reading.point), reading.ts, float(reading.value), learn)
                batches.setdefault(reading.site, []).append(one)
            told = self.devices[key].take(reading.ts, reading.point, reading.value, learn=learn)
            found += [self._of_device(key, said) for said in told]
        for site, batch in batches.items():
            found += [self._of_channel(place, verdict) for place, verdict in self.banks[site].observe(batch)]
        return sorted(found, key=lambda one: (one.at, one.site, one.device, one.id))

    def _news(self, key: Key, reading: Reading) -> bool:
        """Is this point learned, and the reading newer than its last?"""
        points = self.points.get(key)
        if points is None or reading.point not in points or not _fits(points[reading.point], reading.value):
            return False
        newest = self.newest[key]
        if reading.ts <= newest.get(reading.point, -1.0):
            return False
        newest[reading.point] = reading.ts
        return True

    def _of_channel(self, place: Place, verdict: NDArray[np.float64]) -> Finding:
        site, device, point = place
        settings, zone = self.sites[site].settings, self.sites[site].zone
        nearest = float(verdict[layout.NEAREST])
        figures = {
            "value": float(verdict[layout.VALUE]),
            "at": float(verdict[layout.AT]),
            "usual": float(verdict[layout.USUAL]),
            "spread": float(verdict[layout.SPREAD]),
            "level": float(max(verdict[layout.BY_HOUR], verdict[layout.BY_WEEK])),
            "shape": float(max(verdict[layout.BY_SHORT], verdict[layout.BY_LONG])),
            "nearest": nearest * 60.0 if nearest >= 0.0 else -1.0,
        }
        reason = explain.channel(self.points[site, device][point], figures, every=settings.every, zone=zone)
        evidence = float(verdict[layout.EVIDENCE])
        return _finding((site, device), Detector.CHANNEL, (point,), at=figures["at"], evidence=evidence, reason=reason)

    def _of_device(self, key: Key, said: Said) -> Finding:
        points = [self.devices[key].points[p] for p in said.points]
        if said.detector is Detector.SYSTEM:
            reason = explain.system(points, said.figures, said.evidence)
        else:
            mean, normal, spread = said.figures
            reason = explain.device(points[0], mean, normal, spread=spread, distance=said.evidence)
        names = tuple(one.name for one in points)
        return _finding(key, said.detector, names, at=said.at, evidence=said.evidence, reason=reason)

    def accept(self, accepted: Accepted) -> None:
        """Take in what an operator said; the caller records it."""
        key = (accepted.site, accepted.device)
        for point in accepted.points or tuple(one.name for one in self.devices[key].points):
            self.banks[accepted.site].accept((*key, point))
        self.devices[key].accept()

    def rouse(self, finding: Finding) -> None:
        """The finding was right (somebody made a ticket of it): should it come again, it is told again."""
        if finding.detector is Detector.CHANNEL:
            self.banks[finding.site].rouse((finding.site, finding.device, finding.points[0]))

    def pack(self, key: Key) -> bytes:
        """All that is learned of one device."""
        bank = self.banks[key[0]]
        return msgspec.msgpack.encode([FORMAT, bank.pack(key), self.devices[key].pack(), self.newest[key]])

    def restore(self, key: Key, packed: bytes) -> list[str]:
        """The reverse of `pack`. Answers what did not fit and learns anew: points, and "" for the device as a whole."""
        version, bank, device, newest = msgspec.msgpack.decode(packed)
        if version != FORMAT:
            return ["", *(one.name for one in self.devices[key].points)]
        self.newest[key] = newest
        lost = self.banks[key[0]].restore(key, bank)
        return lost if self.devices[key].restore(device) else ["", *lost]


def ready() -> None:
    """Have all kernels compiled (some 20 s once per installation, then a moment): to be called before the watch listens."""
    bank = Bank({("", "", str(tier)): tier for tier in Tier})
    bank.observe([(place, 0.0, 0.0, True) for place in bank.where])
    for place in bank.where:
        bank.accept(place)
    tracks = tracker.tracks(1, 1)
    tracker.follow(tracks, 0, (0.0, True), np.zeros(1), 1)


def _fits(watched: Watched, value: Value) -> bool:
    return not watched.analogue or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _finding(key: Key, detector: Detector, points: tuple[str, ...], *, at: float, evidence: float, reason: Reason) -> Finding:
    text = "|".join((*key, detector, points[0], f"{at:.3f}"))
    identity = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Finding(identity, *key, detector, points, at, evidence, reason)
