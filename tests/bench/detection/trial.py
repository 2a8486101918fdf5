"""Plays one fault, or health, of one reference device through the whole core: what was raised, when, with which tickets.

A trial too long for its own sampling is played coarser: every period of its points is multiplied, states still come on change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from daemon.config import load
from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.dialects import Source, families
from daemon.rig import FaultPlan
from daemon.simulate import simulate
from sensors.kit.words import INFO
from sensors.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.nouns import AlarmEvent, Message, Outcome
    from daemon.core.site import Configuration, Device, Model
    from sensors.kit.words import Point

SITE = """
site: bench
name: {zh: 试验台, en: Bench}
timezone: Asia/Shanghai
prefix: BN
phone: 010-0000-0000
rooms: [{id: room, name: {zh: 机房, en: Room}}]
gateways:
  - {id: gw, room: room, name: {zh: 网关, en: Gateway}}
"""
DEVICE = "devices:\n  - {{id: device, kind: {kind}, room: room, name: {{zh: 设备, en: Device}}, gateway: gw}}\n"
CONFIG = Path(__file__).parents[3] / "config"
SOURCES = {"main": families()["atrium"].open(Source())}
SETTLE = 3600.0  # s a repaired fault is watched on


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault played: `onset` s after `start` (epoch s), repaired `lasts` s later; or health for `lasts` where there is no
    fault. `coarse` multiplies the sampling periods."""

    kind: str
    label: str
    start: float
    seed: int = 1
    onset: float = 7200.0
    lasts: float = 86400.0
    coarse: int = 1


@dataclass(slots=True)
class Found:
    """What came of a trial. Times are seconds after the onset."""

    raised: list[tuple[float, str]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # raised before the onset: false
    tickets: int = 0
    told: bool = False  # something worse than information was raised after the onset
    messages: int = 0
    rejected: list[str] = field(default_factory=list)

    def first(self, rules: tuple[str, ...]) -> tuple[float, str] | None:
        """The first raise that one of `rules` promised, instances aside."""
        return next(((at, rule) for at, rule in self.raised if plain(rule) in rules or rule in rules), None)


def plain(rule: str) -> str:
    """`FP-11[i=2]` → `FP-11`, `DQ-02:main_pressure` → `DQ-02`."""
    return rule.partition("[")[0].partition(":")[0]


def play(trial: Trial, *, noise: bool = True, until: tuple[str, ...] = ()) -> Found:
    """The trial through decode, quality, rules, incidents and tickets; with `until`, no further than the first raise of one of
    these rules. Without noise: when an ideal instrument would see it."""
    configuration = coarse(community(trial.kind), trial.coarse)
    watch, desk, found = state.start(configuration, silence_of_unheard=False), MemoryDesk(), Found()
    _begin(watch, trial.start)
    onset = trial.start + trial.onset
    for message in _messages(configuration, trial, noise=noise):
        found.messages += 1
        _keep(found, pipeline.feed(watch, (message,), desk, SOURCES), onset)
        if until and found.raised and found.first(until):
            break
    found.tickets = sum(ticket.opened_at >= onset or not trial.label for ticket in desk.tickets.values())
    return found


def _begin(watch: state.State, at: float) -> None:
    watch.now = watch.resumed_at = at
    watch.rearm(at)


def _messages(configuration: Configuration, trial: Trial, *, noise: bool) -> Iterator[Message]:
    plans = [FaultPlan("device", trial.label, trial.onset, trial.lasts)] if trial.label else []
    until = trial.onset + trial.lasts + SETTLE if trial.label else trial.lasts
    return simulate(configuration, start=trial.start, seed=trial.seed, faults=plans, for_seconds=until, noise=noise)


def _keep(found: Found, outcome: Outcome, onset: float) -> None:
    for event in outcome.alarms:
        if event.event == "raised":
            _note(found, event, onset)
    found.rejected += [rejected.reason for rejected in outcome.rejected]


def _note(found: Found, event: AlarmEvent, onset: float) -> None:
    if event.at < onset:
        found.before.append(event.episode.rule)
    else:
        found.raised.append((event.at - onset, event.episode.rule))
        found.told = found.told or event.episode.severity is not INFO


@cache
def community(kind: str) -> Configuration:
    """One reference device of a kind behind a gateway."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "sites").mkdir()
        for name in ("atrium", "people", "notices", "service"):
            copy(CONFIG / f"{name}.yaml", path)
        devices = "" if kind == "gateway" else DEVICE.format(kind=kind)
        (path / "sites" / "bench.yaml").write_text(SITE + devices, encoding="utf-8")
        return load(path, environ={})


def coarse(configuration: Configuration, factor: int) -> Configuration:
    """The same devices, read that much more rarely."""
    if factor == 1:
        return configuration
    site = configuration.sites["bench"]
    devices = {name: _slower(device, factor) for name, device in site.devices.items()}
    return replace(configuration, sites={"bench": replace(site, devices=devices)})


def _slower(device: Device, factor: int) -> Device:
    model: Model = device.model
    channels = {name: replace(channel, point=_rarer(channel.point, factor)) for name, channel in model.channels.items()}
    return replace(device, model=replace(model, channels=channels))


def _rarer(point: Point, factor: int) -> Point:
    """Samples and heartbeats come that much later; a change still at once."""
    return replace(point, every=point.every and point.every * factor, heartbeat=point.heartbeat and point.heartbeat * factor)


def slowest(kind: str, rules: tuple[str, ...]) -> float:
    """The longest sampling period among the points of a kind that these rules read (s); on-change points count 1."""
    device = community(kind).sites["bench"].devices["device"]
    named = [rule for rule in device.signatures if plain(rule.rule) in rules]
    texts = " ".join(rule.when for rule in named) + " ".join(rules)
    periods = [channel.point.every or 1.0 for name, channel in device.channels.items() if name in texts]
    return max(periods, default=max((point.every or 1.0 for point in kinds()[kind].points), default=1.0))
