"""What the watch remembers: per device its channels, the lives of its rules, its active episodes; and every deadline in one heap.

A device's memory packs to one msgpack object (never a pickle): what a snapshot holds and what a stream worker keeps per key.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.core.alarms import Phase
from daemon.core.nouns import Episode, Quality, Reason
from daemon.core.rules import Rule, rules_of
from daemon.core.tongues import Tongues
from sensors.kit.words import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from daemon.core.nouns import Outcome, Value
    from daemon.core.site import Channel, Configuration, Device, Site

Key = tuple[str, str]  # (site, device)
GLOBAL: Key = ("", "")  # the key under which the watch's own memory is packed
PATIENCE = 60.0  # s to wait for the rest of a backlog before an old episode that has not ended is told after all
SLICE = 45.0  # s after which a changed device is due for a snapshot even if no rule moved: every state is ≤ 60 s old


class Memory:
    """One channel: its latest value as shown, and its latest good value as judged."""

    __slots__ = ("at", "channel", "flaw", "good", "good_at", "good_ts", "quality", "ts", "value")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.ts: float | None = None  # newest event time accepted
        self.at: float | None = None  # when it was received
        self.value: Value | None = None
        self.quality = Quality.MISSING
        self.flaw = ""
        self.good: Value | None = None
        self.good_ts = 0.0
        self.good_at: float | None = None  # None: never, or stale: unknown to every rule

    def pack(self) -> list[Any]:
        """Plain values in a fixed order."""
        return [self.ts, self.at, self.value, int(self.quality), self.flaw, self.good, self.good_ts, self.good_at]

    def restore(self, packed: list[Any]) -> None:
        """The reverse of `pack`."""
        self.ts, self.at, self.value, quality, self.flaw, self.good, self.good_ts, self.good_at = packed
        self.quality = Quality(quality)


class DeviceState:
    """One device: everything judged about it. `position` is the journal position its memory was restored from."""

    def __init__(self, site: Site, device: Device) -> None:
        self.site = site
        self.device = device
        self.key: Key = (site.id, device.id)
        self.memories = {channel.name: Memory(channel) for channel in device.channels.values() if not channel.absent}
        self.by_source = {memory.channel.source or name: memory for name, memory in self.memories.items()}
        self.rules = {rule.name: rule for rule in rules_of(device)}
        self.silences = {name: self.rules[f"DQ-01:{name}"] for name in self.memories if f"DQ-01:{name}" in self.rules}
        self.readers: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            for name in rule.inputs:
                self.readers.setdefault(name, []).append(rule)
        self.armed: dict[str, Rule] = {}  # rules with a deadline, in the order they armed
        self.episodes: dict[str, Episode] = {}
        self.waiting: dict[str, float] = {}  # rule → lag: raised from an old backlog, not yet told to anybody
        self.heard_at: float | None = None
        self.back_at = 0.0  # when it last spoke again after a silence
        self.position = 0
        self.saved_at = 0.0
        self.dirty_from: int | None = None  # journal position after which there are changes that no snapshot holds
        periods = [m.channel.point.stale_after for m in self.memories.values()]
        self.stale_after = min((p for p in periods if p is not None), default=None)

    def last(self, name: str) -> tuple[float, Value] | None:
        """(event time, value) of the latest good reading; None where it is unknown (never, stale)."""
        memory = self.memories.get(name)
        if memory is None or memory.good_at is None or memory.good is None:
            return None
        return memory.good_ts, memory.good

    def missed_at(self, memory: Memory, resumed_at: float) -> float | None:
        """When a point is missed if nothing usable comes: its stale time after its last good value, the device's return, or ours.
        None: it never had one, or may be silent for ever."""
        after = memory.channel.point.stale_after
        if after is None or memory.good is None:
            return None
        return max(memory.good_at or self.back_at, resumed_at) + after

    def pack(self) -> bytes:
        """The device's memory as one msgpack object."""
        return msgspec.msgpack.encode(
            {
                "channels": {name: m.pack() for name, m in self.memories.items() if m.at is not None},
                "rules": {name: rule.pack() for name, rule in self.rules.items() if rule.awake},
                "episodes": [episode_to_plain(e) for e in self.episodes.values()],
                "waiting": self.waiting,
                "heard_at": self.heard_at,
                "back_at": self.back_at,
            }
        )

    def restore(self, packed: bytes) -> None:
        """The reverse of `pack`. Names the configuration no longer knows are dropped."""
        plain = msgspec.msgpack.decode(packed)
        for name, values in plain["channels"].items():
            if name in self.memories:
                self.memories[name].restore(values)
        for name, values in plain["rules"].items():
            if name in self.rules:
                self.rules[name].restore(values)
        for values in plain["episodes"]:
            episode = episode_from_plain(values)
            self.episodes[episode.rule] = episode
        self.waiting = dict(plain["waiting"])
        self.heard_at, self.back_at = plain["heard_at"], plain["back_at"]


@dataclass(slots=True)
class State:
    """Everything the watch remembers. `now` never decreases; while `held` no deadline fires, while `deaf` no silence is
    judged."""

    configuration: Configuration
    devices: dict[Key, DeviceState]
    now: float = 0.0
    held: bool = False
    held_at: float = 0.0
    deaf: bool = False
    resumed_at: float = 0.0
    silence_of_unheard: bool = True  # judge devices never heard, too (replay: only with --all)
    failures: list[tuple[Key, str, str]] = field(default_factory=list)  # rules that failed, not yet told
    position: int = 0  # journal position up to which messages were fed
    heeded: int = 0  # position up to which people's actions were taken in
    shelved: dict[str, float] = field(default_factory=dict)  # "site/device/rule" → until
    heap: list[tuple[float, Key, str, str]] = field(default_factory=list)
    tongues: Tongues = field(default_factory=Tongues)  # what dialects remember

    def push(self, due_at: float, key: Key, what: str, name: str) -> None:
        """Remember a deadline. An entry is valid while the thing named still has this very `due_at`."""
        heapq.heappush(self.heap, (due_at, key, what, name))

    def due(self, at: float) -> Iterator[tuple[float, Key, str, str]]:
        """Pop deadlines due by `at`, in order of due time (ties: by name, so that a restart changes nothing)."""
        while self.heap and self.heap[0][0] <= at:
            yield heapq.heappop(self.heap)

    def shelve(self, key: Key, rule: str, until: float) -> None:
        """Tell nobody of this rule until then (0: end it)."""
        name = "/".join((*key, rule))
        self.shelved = {other: end for other, end in self.shelved.items() if other != name and end > self.now}
        if until > self.now:
            self.shelved[name] = until

    def is_shelved(self, key: Key, rule: str, at: float) -> bool:
        """Has somebody shelved this rule?"""
        return self.shelved.get("/".join((*key, rule)), 0.0) > at

    def pack(self) -> bytes:
        """The watch's own memory, saved under GLOBAL: among it the journal position from which a restart must feed (None: from
        the position this is saved at)."""
        covered = self._oldest_change()
        return msgspec.msgpack.encode([self.now, self.held, self.deaf, self.resumed_at, covered, self.heeded, self.shelved])

    def covered(self) -> int:
        """The journal position up to which snapshots hold everything: rows up to here are needed for nothing but looking back."""
        oldest = self._oldest_change()
        return self.position if oldest is None else oldest

    def _oldest_change(self) -> int | None:
        return min((one for one in (self._oldest_device(), *self.tongues.dirty_from()) if one is not None), default=None)

    def _oldest_device(self) -> int | None:
        return min((d.dirty_from for d in self.devices.values() if d.dirty_from is not None), default=None)

    def restore(self, snapshots: Mapping[Key, tuple[int, bytes]]) -> int:
        """Take up saved memories; returns the journal position after which the journal must be fed again. Time starts anew: it
        comes back with the journal, so that deadlines fire where they stood among the readings."""
        saved = 0.0
        for key, (position, packed) in snapshots.items():
            if key == GLOBAL:
                saved, self.held, self.deaf, self.resumed_at, covered, self.heeded, self.shelved = msgspec.msgpack.decode(packed)
                self.position = position if covered is None else covered
            elif key in self.devices:
                self.devices[key].restore(packed)
                self.devices[key].position = position
        self.tongues.restore(snapshots)
        self.rearm(saved)
        return self.position

    def rearm(self, past: float, *, backlog_in: bool = False) -> None:
        """Rebuild the heap from what the devices remember, in their fixed order. A point without a usable value was looked for if
        that was due by `past`: nobody looks again before its device is back. What waited for the end of a backlog is told at
        once when it is in."""
        self.heap.clear()
        for key, device in self.devices.items():
            device.armed.clear()
            for rule in device.rules.values():
                for what, due_at in rule.deadlines():
                    device.armed[rule.name] = rule
                    self.push(due_at, key, what, rule.name)
            for name, memory in device.memories.items():
                missed_at = device.missed_at(memory, self.resumed_at)
                if missed_at is not None and (memory.good_at is not None or missed_at > past):
                    self.push(missed_at, key, "stale", name)
            for name in device.waiting.keys() & device.episodes.keys():
                self.push(past if backlog_in else device.episodes[name].raised_at + PATIENCE, key, "tell", name)
            if device.stale_after is not None and (device.heard_at is not None or self.silence_of_unheard):
                self.push(max(device.heard_at or 0.0, self.resumed_at) + device.stale_after, key, "silent", "")

    def adopt(self, episodes: Iterable[Episode]) -> list[Episode]:
        """Take up episodes left open under another configuration: judged from the next reading. Answers those
        whose rule is gone."""
        gone = []
        for episode in episodes:
            device = self.devices.get((episode.site, episode.device))
            rule = device.rules.get(episode.rule) if device is not None else None
            if device is None or rule is None:
                gone.append(episode)
            elif episode.rule not in device.episodes:
                device.episodes[episode.rule] = episode
                rule.track.phase = Phase.ACTIVE
                rule.seen = episode.raised_at
        return gone

    def slices(self, outcome: Outcome, *, everything: bool = False) -> dict[Key, bytes]:
        """Memories to save with this commit: of devices whose rules moved, and of those whose last slice is growing old."""
        chosen = {
            key: device.pack()
            for key, device in self.devices.items()
            if key in outcome.touched or (device.dirty_from is not None and (everything or self.now - device.saved_at > SLICE))
        }
        for key in chosen:
            self.devices[key].dirty_from = None
            self.devices[key].saved_at = self.now
        if self.tongues.memories:
            chosen |= self.tongues.slices(self.position, self._oldest_device())
        chosen[GLOBAL] = self.pack()
        return chosen


def episode_to_plain(episode: Episode) -> dict[str, Any]:
    """An episode as plain msgpack values."""
    plain = msgspec.to_builtins(episode)
    assert isinstance(plain, dict)  # noqa: S101 - a dataclass becomes a dict
    return plain


def episode_from_plain(plain: Mapping[str, Any]) -> Episode:
    """The reverse of `episode_to_plain`."""
    fields = dict(plain)
    fields["severity"] = Severity(fields["severity"])
    fields["reason"] = Reason(**fields["reason"])
    return Episode(**fields)


def start(configuration: Configuration, *, silence_of_unheard: bool = True) -> State:
    """A watch that remembers nothing yet."""
    devices = {
        (site.id, device.id): DeviceState(site, device)
        for site in configuration.sites.values()
        for device in site.devices.values()
    }
    return State(configuration, devices, silence_of_unheard=silence_of_unheard)
