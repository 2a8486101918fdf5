"""Turns one device into the telemetry it would send: its plant stepped through time, its points sampled as they say, its faults.

A device has random numbers of its own, made from (seed, site, device), and its own phase within ten seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from daemon.core.nouns import Message
from sensors.kit.plant import measure
from sensors.plants.flaws import LASTS, TOGGLES_EVERY, Flaw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from daemon.core.site import Channel, Device, Site
    from sensors.kit.plant import Plant, Value

WARM_UP = 900.0  # s of physics before the first message: a fault may begin that long before the start
EVER = float("inf")


class Unplayable(ValueError):  # noqa: N818 - what was asked for is wrong, not the program
    """A fault, device or site that cannot be simulated; the text says which exist."""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """A labelled fault of `device`, `at` seconds after the start (negative: before). `duration` None: as long as the fault lasts
    by its nature, else to the end."""

    device: str
    label: str
    at: float
    duration: float | None = None

    @property
    def ends(self) -> float:
        """Seconds after the start; infinity if it stays."""
        lasts = LASTS.get(self.label) if self.duration is None else self.duration
        return EVER if lasts is None else self.at + lasts


@dataclass(frozen=True, slots=True)
class Span:
    """When messages are wanted: `preroll` seconds of history before `start`, then `seconds` of it (None: without end). Without
    `noise` the instruments are ideal; the equipment differs from seed to seed as ever."""

    start: float
    preroll: float = 0.0
    seconds: float | None = None
    noise: bool = True


class Still(Random):
    """Draws no noise: every deviation is its mean."""

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:  # noqa: ARG002 - as Random has it
        """The mean."""
        return mu


class Rig:
    """One device on the test bench: its plant, the faults planned for it, and what it has sent. Instants are whole seconds `k`
    after `start + phase`."""

    def __init__(self, site: Site, device: Device, span: Span, seed: int, plans: Sequence[FaultPlan]) -> None:
        self.span, self.plans = span, list(plans)
        self.topic = f"atrium/{site.id}/{device.id}/telemetry"
        draw = _random(seed, site.id, device.id, "phase")
        self.phase, self.latency = draw.randrange(10_000) / 1000.0, draw.randrange(20, 200) / 1000.0
        self.noise = _random(seed, site.id, device.id, "noise") if span.noise else Still()
        self.sent: dict[str, Value] = {}
        self.first = -ceil(max(span.preroll, WARM_UP)) - 10
        self.playing: FaultPlan | None = None
        self.flaws: list[tuple[FaultPlan, Flaw]] = []
        make, draw = device.kind.plant, _random(seed, site.id, device.id, "plant")
        if make is None:
            raise Unplayable(f"nothing simulates {device.id}, a {device.kind.id}")
        offset = datetime.fromtimestamp(span.start, ZoneInfo(site.timezone)).utcoffset()
        begin = span.start + self.phase + self.first
        self.plant: Plant = make(device.params, device.instances, draw, begin, offset.total_seconds() if offset else 0.0)
        shown = self.plant.read().keys()
        self.channels = {name: channel for name, channel in device.channels.items() if name in shown and not channel.absent}
        self.groups = _groups(self.channels.values())
        self.changing = [channel for channel in self.channels.values() if channel.point.every is None]
        self.points = {name: channel.point for name, channel in self.channels.items()}

    def messages(self) -> Iterator[Message]:
        """Telemetry in order, from the preroll on: everything once, then what is due."""
        k, until = self.first, EVER if self.span.seconds is None else self.span.seconds
        while self.phase + k < until:
            self._play(self.phase + k)
            if k >= -self.span.preroll and (due := self._due(k)):
                yield self._message(k, due)
            following = self._next(k)
            self.plant.step(self.span.start + self.phase + following, following - k)
            k = following

    def _play(self, elapsed: float) -> None:
        """Begin and end the faults whose time has come."""
        if self.playing and self.playing.ends <= elapsed:
            self.plant.recover()
            self.playing = None
        self.flaws = [(plan, flaw) for plan, flaw in self.flaws if plan.ends > elapsed]
        while self.plans and self.plans[0].at <= elapsed:
            plan = self.plans.pop(0)
            if plan.label in LASTS:
                self.flaws.append((plan, Flaw(plan.label, self.points)))
            else:
                self.plant.inject(plan.label)
                self.playing = plan

    def _due(self, k: int) -> dict[str, Value]:
        """What is sent at this instant: everything at first, then by period, heartbeat and change. Off line: nothing."""
        true = self.plant.read()
        if not true:
            return {}
        if not self.sent:
            return self._sample(self.channels.values())
        due = {channel.name: channel for period, channels in self.groups if k % period == 0 for channel in channels}
        for name in (*sorted(self.plant.hurried()), *self._chattering(k)):  # the order of a set is each process's own
            if name in self.points:
                due[name] = self.channels[name]
        due.update((channel.name, channel) for channel in self.changing if true[channel.name] != self.sent[channel.name])
        return self._sample(due.values()) if due else {}

    def _chattering(self, k: int) -> list[str]:
        return [flaw.hurried for _, flaw in self.flaws if flaw.hurried and k % TOGGLES_EVERY == 0]

    def _sample(self, channels: Collection[Channel]) -> dict[str, Value]:
        true = self.plant.read()
        self.sent.update((channel.name, true[channel.name]) for channel in channels)
        return {channel.name: measure(channel.point, true[channel.name], self.noise) for channel in channels}

    def _next(self, k: int) -> int:
        """The next instant worth visiting: as far as the plant allows, not past a sample or a fault's edge."""
        ahead = [k + int(self.plant.pace()), *((k // period + 1) * period for period, _ in self.groups)]
        edges = [plan.at for plan in self.plans[:1]] + ([self.playing.ends] if self.playing else [])
        ahead += [k + 1 for _, flaw in self.flaws if flaw.hurried]
        ahead += [max(ceil(edge - self.phase), k + 1) for edge in edges if edge != EVER]
        return min(ahead)

    def _message(self, k: int, values: dict[str, Value]) -> Message:
        ts = self.span.start + self.phase + k
        for plan, flaw in self.flaws:
            flaw.bend(self.phase + k - plan.at, values)
        shown = {}
        for name, value in values.items():
            channel = self.channels[name]
            shown[channel.source or name] = _raw(channel, value)
        stamp = round((ts + sum(flaw.clock_error for _, flaw in self.flaws)) * 1000.0)
        return Message(self.topic, msgspec.json.encode({"ts": stamp, "values": shown}), round(ts + self.latency, 3))


def _groups(channels: Iterable[Channel]) -> list[tuple[int, list[Channel]]]:
    """Channels by their period in seconds, at rest where they have one: a plant that moves hurries them. For those sent on change
    the heartbeat takes its place."""
    groups: dict[int, list[Channel]] = {}
    for channel in channels:
        period = channel.point.rest or channel.point.every or channel.point.heartbeat
        if period:
            groups.setdefault(max(round(period), 1), []).append(channel)
    return sorted(groups.items())


def _raw(channel: Channel, value: Value) -> Value:
    """The number in the source's own unit: what the configuration will turn back by scale and offset."""
    if isinstance(value, bool | str) or (channel.scale == 1.0 and channel.offset == 0.0):
        return value
    return round((value - channel.offset) / channel.scale, 6)


def _random(seed: int, *names: str) -> Random:
    """Random numbers of one device's own: they depend on the seed and the names only."""
    digest = sha256("/".join((str(seed), *names)).encode()).digest()
    return Random(int.from_bytes(digest[:8]))  # noqa: S311 - a simulation, and it must repeat
