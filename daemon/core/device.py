"""One device as the watch remembers it: its channels' values, the lives of its rules, its active episodes.

It packs to one msgpack object (never a pickle): what a snapshot holds and what a stream worker keeps per key.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from daemon.core import company, gaps
from daemon.core.alarms import Life  # noqa: TC001 - msgspec reads it
from daemon.core.flaws import walk
from daemon.core.flaws.trace import Trace  # noqa: TC001 - msgspec reads it
from daemon.core.nouns import Episode, Quality, Value
from daemon.core.rulebook import rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daemon.core.rulebook import Sense
    from daemon.core.rules import Rule
    from daemon.core.site import Device, Site
    from daemon.core.state import Deadline, State

NEVER = math.inf
MANY = 2  # devices behind a gateway whose common silence is the gateway's, whatever that says of itself


_Fields = tuple[float | None, float | None, Value | None, Quality, str, Value | None, float, float | None]


class Memory:
    """One channel: its latest value as shown, and its latest good value as judged. A plain class: every value that comes writes
    six of its attributes, which a Struct does ten times as slowly."""

    __slots__ = ("at", "flaw", "good", "good_at", "good_ts", "quality", "ts", "value")

    def __init__(self) -> None:
        self.ts: float | None = None  # newest event time accepted
        self.at: float | None = None  # when it was received
        self.value: Value | None = None
        self.quality = Quality.MISSING
        self.flaw = ""
        self.good: Value | None = None
        self.good_ts = 0.0
        self.good_at: float | None = None  # None: never, or stale: unknown to every rule

    def pack(self) -> _Fields:
        """As it is saved."""
        return self.ts, self.at, self.value, self.quality, self.flaw, self.good, self.good_ts, self.good_at

    def restore(self, fields: _Fields) -> None:
        """The reverse of `pack`."""
        self.ts, self.at, self.value, self.quality, self.flaw, self.good, self.good_ts, self.good_at = fields


class Packed(msgspec.Struct, array_like=True, gc=False):
    """A device's memory as it is saved."""

    memories: dict[str, _Fields]
    lives: dict[str, Life]
    episodes: list[Episode]
    waiting: dict[str, float]
    missed: tuple[str, ...]
    heard_at: float | None
    back_at: float
    judged: bool
    source: str = ""
    flaws: dict[str, Trace] = {}
    samples: dict[str, list[float]] = {}


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Packed).decode


class DeviceState:
    """One device: everything judged about it. `position` is the journal position its memory was restored from."""

    __slots__ = (
        "attentive", "back_at", "behind", "book", "company", "device", "episodes", "flaws", "gateway", "heard_at",
        "judged", "key", "lives", "look_at", "memories", "missed", "near", "newest", "next_ts", "position", "samples",
        "silent_at", "site", "skew", "source", "unsaved", "waiting",
    )  # fmt: skip

    def __init__(self, site: Site, device: Device) -> None:
        self.site = site
        self.device = device
        self.key = (site.id, device.id)
        self.book = rulebook(device.model)
        self.gateway: DeviceState | None = None
        self.behind: tuple[DeviceState, ...] = ()  # of a gateway: the devices that report through it
        self.near: Mapping[tuple[str, str], tuple[DeviceState, ...]] = {}  # (kind, what they share) → these, itself among them
        self.company: tuple[DeviceState, ...] = ()  # itself and those that are saved whenever it is
        self.memories = {name: Memory() for name in self.book.senses}
        self.lives: dict[str, Life] = {}  # of the rules that are not at rest
        self.attentive = self.book.attentive(())  # the rules among these that a message must ask, by the names it brings
        self.episodes: dict[str, Episode] = {}
        self.waiting: dict[str, float] = {}  # rule → when it is told: raised from an old backlog, not yet told to anybody
        self.missed: tuple[str, ...] = ()  # points told to be silent; "": the whole device
        self.heard_at: float | None = None
        self.source = ""  # through which it was last heard, or is expected
        self.flaws: dict[str, Trace] = {}  # doubts about its data, by rule
        self.samples: dict[str, list[float]] = {}  # what those look back at
        self.skew: float | None = None  # by which the time of the frame just read had to be put right
        self.back_at = 0.0  # when it last spoke again after a silence
        self.judged = True  # False: its values were only remembered, all rules must be asked
        self.newest = 0.0  # event time of the newest good value
        self.next_ts = NEVER  # event time at which something is to be seen to whatever is read
        self.look_at = NEVER  # the valid entries of the heap: when its points are looked for next
        self.silent_at = NEVER  # and the device itself
        self.position = 0
        self.unsaved: tuple[int, float, DeviceState] | None = None

    @property
    def rules(self) -> Mapping[str, Rule]:
        """All rules of its model."""
        return self.book.rules

    def begin(self, rule: Rule, now: float) -> Life:
        """The rule is not at rest any more."""
        life = self.lives[rule.name] = rule.begin(now)
        self.attentive = self.book.attentive(self.lives)
        return life

    def end(self, rule: Rule) -> None:
        """It is again."""
        del self.lives[rule.name]
        self.attentive = self.book.attentive(self.lives)

    def last(self, name: str) -> tuple[float, Value] | None:
        """(event time, value) of the latest good reading; None where it is unknown (never, stale)."""
        memory = self.memories.get(name)
        if memory is None or memory.good_at is None or memory.good is None:
            return None
        return memory.good_ts, memory.good

    @property
    def cut_off(self) -> bool:
        """Is its gateway away? Then its silence says nothing of the device itself."""
        if self.gateway is None:
            return False
        told = self.gateway.memories.get("gateway_online")
        return "" in self.gateway.missed or (told is not None and told.good is not None and not told.good)

    def known(self, name: str) -> Value | None:
        """The value alone."""
        memory = self.memories.get(name)
        return memory.good if memory is not None and memory.good_at is not None else None

    def offset(self, now: float) -> float:
        """Seconds that the site's clocks are ahead of UTC."""
        return company.offset(self.site.timezone, int(now // company.QUARTER))

    def others(self, kind: str, same: str) -> list[DeviceState]:
        """The other devices of this kind in the site that share this with it: the present values of a group. One that was never
        heard may not be connected yet, and says nothing."""
        return [one for one in self.near[kind, same] if one is not self and one.heard_at is not None]

    def newest_of(self, rule: Rule) -> float:
        """Event time of the newest good value among a rule's inputs: what it was last asked about, if it is at rest."""
        return max((self.memories[name].good_ts for name in rule.inputs if name in self.memories), default=0.0)

    def rearm(self) -> None:
        """Bring `next_ts` up to date with the lives."""
        times = [when for life in self.lives.values() if (when := life.next_ts()) is not None]
        forgot = self.heard_at is not None and walk.GLANCE not in self.samples  # the clock was moved
        if not self.judged or forgot or any(trace.keen for trace in self.flaws.values()):
            self.next_ts = -NEVER
        else:
            self.next_ts = min(times, default=NEVER)
            if walk.GLANCE in self.samples:
                self.next_ts = min(self.next_ts, self.samples[walk.GLANCE][0])

    def soonest(self, resumed_at: float, past: float) -> float:
        """When the first of its points is missed if nothing usable comes: its stale time after its last good value, the device's
        return, or ours. One that is unknown is looked for once: not again if that was due by `past`. Hot: once a minute."""
        soonest = NEVER
        for after, memory in zip(self.book.afters, self.memories.values(), strict=True):
            since = memory.good_at or self.back_at
            when = (since if since > resumed_at else resumed_at) + after  # noqa: FURB136 - twice as fast as max
            if when < soonest and memory.good is not None and (memory.good_at is not None or when > past):
                soonest = when
        return soonest

    def missed_by(self, due_at: float, resumed_at: float) -> list[tuple[Sense, Memory]]:
        """The points whose wait is over at `due_at`, by name."""
        found = []
        for sense, memory in zip(self.book.senses.values(), self.memories.values(), strict=True):
            if sense.after is not None and memory.good is not None:
                when = max(memory.good_at or self.back_at, resumed_at) + sense.after
                if when == due_at or (when < due_at and memory.good_at is not None):
                    found.append((sense, memory))
        return sorted(found, key=lambda pair: pair[0].name)

    def deadlines(self, state: State, past: float) -> Iterator[Deadline]:
        """All that this device waits for; its silence is counted anew."""
        self.look_at = self.soonest(gaps.since(state, self), past)
        self.silent_at = NEVER
        after = self.book.stale_after
        if after is not None and (self.heard_at is not None or state.silence_of_unheard):
            self.silent_at = next_look(self.spoke_at(state), after, past)
        return self.pending()

    def pending(self) -> Iterator[Deadline]:
        """All that this device waits for."""
        for name, life in self.lives.items():
            for what, due_at in life.deadlines():
                yield due_at, self.key, what, name
        for name, due_at in self.waiting.items():
            yield due_at, self.key, "tell", name
        if self.look_at < NEVER:
            yield self.look_at, self.key, "stale", ""
        if self.silent_at < NEVER:
            yield self.silent_at, self.key, "silent", ""

    def spoke_at(self, state: State) -> float:
        """When it was last heard. A gateway speaks through its devices; what it says of itself counts only where that can't
        hide that nothing comes from them: with one of them or none, whose silence is its own."""
        speakers = self.behind if len(self.behind) >= MANY else (self, *self.behind)
        return max([gaps.since(state, self), *(other.heard_at or 0.0 for other in speakers)])

    def shift(self, seconds: float) -> None:
        """Move all that is measured on the watch's clock, and the event times of what goes by it."""
        self._move_events(seconds)
        for memory in self.memories.values():
            memory.at = None if memory.at is None else memory.at + seconds
            memory.good_at = None if memory.good_at is None else memory.good_at + seconds
        for life in self.lives.values():
            life.due_at = None if life.due_at is None else life.due_at + seconds
            life.wake_at = None if life.wake_at is None else life.wake_at + seconds
        self.waiting = {name: due_at + seconds for name, due_at in self.waiting.items()}
        self.heard_at = None if self.heard_at is None else self.heard_at + seconds
        self.back_at += seconds
        walk.forget(self)
        self.rearm()

    def _move_events(self, seconds: float) -> None:
        """Where the time of receipt is the event time, or the equipment's clock went back with ours, every reading to come would
        be a late one."""
        moving = {name for name, memory in self.memories.items() if _goes_by(memory.ts, memory.at, seconds)}
        for memory in (self.memories[name] for name in moving):
            memory.ts = None if memory.ts is None else memory.ts + seconds
            memory.good_ts += seconds if _goes_by(memory.good_ts, memory.good_at, seconds) else 0.0
        for name, life in self.lives.items():
            if not moving.isdisjoint(self.rules[name].inputs):
                life.move(seconds)
                self.rules[name].test.move(life.memory, seconds)

    def pack(self) -> bytes:
        """The device's memory as one msgpack object."""
        heard = {name: memory.pack() for name, memory in self.memories.items() if memory.at is not None}
        told = self.waiting, self.missed, self.heard_at, self.back_at, self.judged, self.source, self.flaws, self.samples
        return _encode(Packed(heard, self.lives, [*self.episodes.values()], *told))

    def restore(self, packed: bytes) -> None:
        """The reverse of `pack`. Names the configuration no longer knows are dropped."""
        plain = _decode(packed)
        for name in self.memories.keys() & plain.memories.keys():
            self.memories[name].restore(plain.memories[name])
        self.lives = {rule.name: plain.lives[rule.name] for rule in self.rules.values() if rule.name in plain.lives}
        self.attentive = self.book.attentive(self.lives)
        for life in self.lives.values():
            life.broken = False
        self.episodes = {episode.rule: episode for episode in plain.episodes}
        self.waiting, self.missed = plain.waiting, plain.missed
        self.heard_at, self.back_at, self.judged, self.source = plain.heard_at, plain.back_at, plain.judged, plain.source
        self.flaws = {key: trace for key, trace in plain.flaws.items() if key.partition(":")[2] in ("", *self.memories)}
        self.samples = plain.samples
        self.newest = max((memory.good_ts for memory in self.memories.values()), default=0.0)
        self.rearm()


def next_look(heard: float, after: float, past: float) -> float:
    """When a silent device is looked at next: whole multiples of its stale time after it was heard, later than `past`."""
    times = max(1.0, (past - heard) // after)
    while heard + times * after <= past:
        times += 1.0
    return heard + times * after


def _goes_by(ts: float | None, at: float | None, seconds: float) -> bool:
    """Was this event time the clock's that is moved by so many seconds? A time of the equipment's own is if the clock is moved
    back and it was nearer to the old one."""
    if ts is None or at is None:
        return False
    return ts == at or (seconds < 0.0 and ts - at > seconds / 2)
