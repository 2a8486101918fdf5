"""What the watch remembers, as a whole: its devices, every deadline in one heap, and which devices no snapshot holds yet."""

from __future__ import annotations

import heapq
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.core import company, gaps, suppression
from daemon.core.alarms import Phase
from daemon.core.device import DeviceState, Memory
from daemon.core.tongues import Tongues
from daemon.core.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from daemon.core.decode import Routes
    from daemon.core.nouns import Episode, Outcome
    from daemon.core.site import Configuration

__all__ = ["GLOBAL", "DeviceState", "Key", "Memory", "State", "start"]

Key = tuple[str, str]  # (site, device)
Standing = tuple[bool, dict[str, float], float, dict[str, float]]  # held, deaf, resumed at, by source
Deadline = tuple[float, Key, str, str]  # when, whose, what: delay silent stale tell wake, name of the rule
GLOBAL: Key = ("", "")  # the key under which the watch's own memory is packed
FORMAT = 7  # of packed memories; others can't be read
SLICE = 30.0  # s after its first change that a device may be saved, even if no rule moved
LATEST = 50.0  # s after which it must be: every state is ≤ 60 s old
QUOTA = 200  # devices saved in one commit before they must be, so that no commit is held up by thousands


@dataclass(slots=True)
class State:
    """Everything the watch remembers. `now` never decreases; while `held` no deadline fires; `deaf`: sources that are away, since
    when, and `resumed`: when those that are not were back, from where on silence counts."""

    configuration: Configuration
    devices: dict[Key, DeviceState]
    now: float = 0.0
    held: bool = False
    held_at: float = 0.0
    fired: float = 0.0  # until when deadlines were seen to before it was held
    holders: set[str] = field(default_factory=set)  # sources that held since the last RESUME
    deaf: dict[str, float] = field(default_factory=dict)
    resumed_at: float = 0.0  # the same for sources that were never back
    resumed: dict[str, float] = field(default_factory=dict)
    silence_of_unheard: bool = True  # judge devices never heard, too (replay: only with --all)
    failures: list[tuple[Key, str, str]] = field(default_factory=list)  # rules that failed, not yet told
    position: int = 0  # journal position up to which messages were fed
    heeded: int = 0  # position up to which people's actions were taken in
    past: float = 0.0  # until when deadlines were seen to before a restart: what came of it is saved
    shelved: dict[str, float] = field(default_factory=dict)  # "site/device/rule" → until
    works: dict[str, Window] = field(default_factory=dict)  # planned work that people began, by its id
    heap: list[Deadline] = field(default_factory=list)
    unsaved: deque[tuple[int, float, DeviceState]] = field(default_factory=deque)  # position and time of the first change
    urgent: set[Key] = field(default_factory=set)  # devices to be saved with the next commit, whatever it caused
    marks: list[tuple[int, *Standing]] = field(default_factory=list)  # journal position → how things stand from there on
    routes: dict[str, Routes] = field(default_factory=dict)  # source id → which topic is which device's
    tongues: Tongues = field(default_factory=Tongues)  # what dialects remember

    def push(self, due_at: float, key: Key, what: str, name: str) -> None:
        """Remember a deadline. An entry is valid while the thing named still has this very `due_at`."""
        heapq.heappush(self.heap, (due_at, key, what, name))

    def due(self, at: float) -> Iterator[Deadline]:
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
        the position this is saved at), and whether it was held or deaf then: later marks are fed again with the rest."""
        covered = self._oldest_change()
        while len(self.marks) > 1 and (covered is None or self.marks[1][0] < covered):
            del self.marks[0]
        standing = self.marks[0][1:] if self.marks else self._standing()
        return msgspec.msgpack.encode(
            [FORMAT, self.fired if self.held else self.now, *standing, covered, self.heeded, self.shelved, self._works()]
        )

    def _works(self) -> Any:  # noqa: ANN401 - plain values
        return msgspec.to_builtins(list(self.works.values()))

    def _standing(self) -> Standing:
        return self.held, self.deaf, self.resumed_at, self.resumed

    @contextmanager
    def marking(self) -> Iterator[None]:
        """A mark of the stream may change how things stand; from which journal position on is remembered."""
        self.marks = self.marks or [(-1, *self._standing())]
        yield
        if self._standing() != self.marks[-1][1:]:
            self.marks.append((self.position, *self._standing()))

    def urge(self, device: DeviceState) -> None:
        """Save it with this very commit: others' messages moved it, which its own position can't tell when fed again."""
        self.soil(device)
        self.urgent.add(device.key)

    def soil(self, device: DeviceState) -> None:
        """From here on the device has changes that no snapshot holds."""
        if device.unsaved is None:
            device.unsaved = (self.position, self.now, device)
            self.unsaved.append(device.unsaved)

    def covered(self) -> int:
        """The journal position up to which snapshots hold everything: rows up to here are needed for nothing but looking back."""
        oldest = self._oldest_change()
        return self.position if oldest is None else oldest

    def _oldest_change(self) -> int | None:
        return min((one for one in (self._oldest_device(), *self.tongues.dirty_from()) if one is not None), default=None)

    def _oldest_device(self) -> int | None:
        while self.unsaved and self.unsaved[0][2].unsaved is not self.unsaved[0]:
            self.unsaved.popleft()
        return self.unsaved[0][0] if self.unsaved else None

    def restore(self, snapshots: Mapping[Key, tuple[int, bytes]]) -> int:
        """Take up saved memories; returns the journal position after which the journal must be fed again. Time starts anew: it
        comes back with the journal, so that deadlines fire where they stood among the readings."""
        for key, (position, packed) in snapshots.items():
            if key == GLOBAL:
                self._take_up(position, packed)
            elif key in self.devices:
                self.devices[key].restore(packed)
                self.devices[key].position = position
        self.tongues.restore(snapshots)
        self.rearm(self.past)
        return self.position

    def _take_up(self, position: int, packed: bytes) -> None:
        own = msgspec.msgpack.decode(packed)[1:]
        self.past, self.held, self.deaf, self.resumed_at, self.resumed, covered, self.heeded, self.shelved, works = own
        self.fired = self.past
        self.works = {work.id: work for work in msgspec.convert(works, list[Window])}
        self.position = position if covered is None else covered

    def rearm(self, past: float, source: str = "") -> None:
        """Rebuild the heap from what the devices remember. A point without a usable value was looked for if that was due by
        `past`: nobody looks again before its device is back. With `source`, only what belongs to it is looked for anew."""
        self.heap = [
            deadline
            for device in self.devices.values()
            for deadline in (device.deadlines(self, past) if gaps.concerns(source, device) else device.pending())
        ]
        heapq.heapify(self.heap)

    def shift(self, seconds: float, position: int | None) -> None:
        """The watch's clock was moved: what waits goes on waiting for as long as before. Event times are the equipment's. Fed
        again after a restart (`position`), only what was saved before that has still to follow."""
        self.now += seconds
        self.held_at += seconds
        self.fired += seconds
        self.resumed_at += seconds
        self.deaf = {source: since + seconds for source, since in self.deaf.items()}
        self.resumed = {source: at + seconds for source, at in self.resumed.items()}
        self.unsaved = deque((first, since + seconds, device) for first, since, device in self.unsaved)
        for entry in self.unsaved:
            entry[2].unsaved = entry
        for device in self.devices.values():
            if (device.heard_at is not None or device.newest) and (position is None or device.position < position):
                self.soil(device)
                device.shift(seconds)
        self.rearm(self.now)

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
                life = device.lives.get(rule.name) or device.begin(rule, episode.raised_at)
                life.phase, life.seen = Phase.ACTIVE, episode.raised_at
                if suppression.is_kept(episode):
                    device.waiting[episode.rule] = episode.raised_at  # asked anew when the backlog is in
                self.soil(device)
        return gone

    def slices(self, outcome: Outcome, *, everything: bool = False) -> dict[Key, bytes]:
        """Memories to save with this commit: of devices whose rules moved, and of those whose changes are growing old."""
        chosen = {key: self.devices[key] for key in outcome.touched | self.urgent}
        self.urgent.clear()
        while self._oldest_device() is not None:
            _, since, device = self.unsaved[0]
            age = self.now - since
            if not everything and (age <= SLICE or (age <= LATEST and len(chosen) >= QUOTA)):
                break
            chosen[device.key] = device
            device.unsaved = None
        chosen |= {mate.key: mate for device in chosen.values() for mate in device.company if mate.unsaved}
        for device in chosen.values():
            device.unsaved = None
        packed = {key: device.pack() for key, device in chosen.items()}
        if self.tongues.memories:
            packed |= self.tongues.slices(self.position, self._oldest_device())
        packed[GLOBAL] = self.pack()
        return packed


def start(configuration: Configuration, *, silence_of_unheard: bool = True) -> State:
    """A watch that remembers nothing yet."""
    devices = {
        (site.id, device.id): DeviceState(site, device)
        for site in configuration.sites.values()
        for device in site.devices.values()
    }
    sources = gaps.bound(configuration)
    for device in devices.values():
        device.source = sources.get(device.key, "")
        gateway = devices.get((device.site.id, device.device.gateway)) if device.device.gateway else None
        if gateway is not None:
            device.gateway = gateway
            gateway.behind += (device,)
    for site in configuration.sites.values():
        company.introduce(devices[site.id, name] for name in site.devices)
    return State(configuration, devices, silence_of_unheard=silence_of_unheard)


def legible(snapshots: Mapping[Key, tuple[int, bytes]]) -> bool:
    """Were these memories packed as this program packs them?"""
    own = snapshots.get(GLOBAL)
    return own is not None and msgspec.msgpack.decode(own[1])[0] == FORMAT
