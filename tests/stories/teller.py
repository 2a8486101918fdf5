"""Plays a story against the real kinds, the demo configuration and the pure core: values change, time passes, people act, and
what the story expects is compared with what is. The shape of a story stands in `README.md` beside this file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from daemon.core import pipeline, state, status, tickets
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import HOLD, RESUME, Action, Message
from daemon.dialects import Source, families
from daemon.simulate import parse_fault, simulate
from dashboards.conditions import often
from sensors.kit.words import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from daemon.core.nouns import Outcome, Ticket, TicketChange, Value
    from daemon.core.site import Configuration, Device, Site

LATENCY = 0.2  # s between measuring and receiving
SOURCES = {"main": families()["atrium"].open(Source())}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) (d|h|min|s)")
_SECONDS = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0}


def seconds(text: str) -> float:
    """`1 h 5 min 30 s` → 3930."""
    found = _SPAN.findall(text)
    assert found, f"{text!r} is no time; write 1 h 5 min 30 s"
    assert not _SPAN.sub("", text).strip(), f"{text!r} is no time; write 1 h 5 min 30 s"
    return sum(float(number) * _SECONDS[unit] for number, unit in found)


def healthy(device: Device) -> dict[str, Value]:
    """Every point of a device as it usually is: the middle of its band, or its first normal state."""
    return {name: _usual(channel.point) for name, channel in device.channels.items() if not channel.absent}


def _usual(point: Any) -> Value:
    if point.normal:
        return round(sum(point.normal) / 2, 3)
    word = re.split(r"[/ ]", point.normal_text)[0]
    if point.type in (Type.ENUM, Type.TEXT):
        return word
    return float(word) if word and point.type is not Type.BOOL else int(word or 0)


@dataclass
class Stage:
    """One device on stage: its present values, and what it has measured but not yet sent while it is `silent`."""

    device: Device
    values: dict[str, Value]
    silent: bool = False
    kept: list[tuple[float, dict[str, Value]]] = field(default_factory=list)


class Teller:
    """The watch, its desk, and the equipment of one story."""

    def __init__(self, configuration: Configuration, story: dict[str, Any]) -> None:
        self.site: Site = configuration.sites["hongshan"]
        self.start = datetime.fromisoformat(story["from"]).replace(tzinfo=ZoneInfo(self.site.timezone)).timestamp()
        self.every = seconds(story.get("every", "10 s"))
        self.state = state.start(configuration, silence_of_unheard=False)
        self.state.now = self.state.resumed_at = self.start
        self.desk = MemoryDesk()
        self.stages = self._cast(story)
        self.script = self._script(configuration, story)
        self.ahead: Message | None = next(self.script, None)
        self.now, self.beat = self.start, self.start
        self.told: list[tuple[str, str]] = []
        self.log: list[str] = []
        self.rejected: list[str] = []

    def _cast(self, story: dict[str, Any]) -> dict[str, Stage]:
        cast = {name: Stage(self.site.devices[name], healthy(self.site.devices[name])) for name in story.get("devices", ())}
        for name, values in story.get("usually", {}).items():
            cast[name].values |= _known(cast[name], values)
        return cast

    def _script(self, configuration: Configuration, story: dict[str, Any]) -> Iterator[Message]:
        """Messages of simulated equipment, where the story lets a fault play."""
        plays = story.get("simulate")
        if not plays:
            return iter(())
        faults = [parse_fault(text, self.site.devices) for text in plays.get("faults", ())]
        chosen = plays.get("devices") or [plan.device for plan in faults]
        return simulate(configuration, devices=chosen, start=self.start, seed=plays.get("seed", 1), faults=faults)

    def go(self, until: float) -> None:
        """Let time pass: simulated messages and periodic frames in order of receipt."""
        while min(self._next_frame(), self._next_scripted()) <= until:
            if self._next_scripted() < self._next_frame():
                assert self.ahead is not None
                self.feed(self.ahead)
                self.ahead = next(self.script, None)
            else:
                for stage in self.stages.values():
                    self.send(stage, stage.values, self.beat)
                self.beat += self.every
        self.keep(pipeline.tick(self.state, until, self.desk))
        self.now = until

    def _next_frame(self) -> float:
        return self.beat + LATENCY if self.stages else float("inf")

    def _next_scripted(self) -> float:
        return self.ahead.at if self.ahead else float("inf")

    def send(self, stage: Stage, values: dict[str, Value], ts: float, at: float | None = None) -> None:
        """One frame of one device, or its place in the backlog."""
        if stage.silent:
            stage.kept.append((ts, dict(values)))
            return
        payload = json.dumps({"ts": round(ts * 1000), "values": values}).encode()
        topic = f"atrium/{self.site.id}/{stage.device.id}/telemetry"
        self.feed(Message(topic, payload, ts + LATENCY if at is None else at))

    def feed(self, message: Message) -> None:
        """One message through the whole core."""
        self.keep(pipeline.feed(self.state, (message,), self.desk, SOURCES))

    def keep(self, outcome: Outcome) -> None:
        """Remember what was said since the story last looked."""
        self.told += [(notice.why, notice.person) for notice in outcome.notices]
        self.log += [f"{e.event} {e.episode.device} {e.episode.rule}" for e in outcome.alarms if e.event != "hidden"]
        self.rejected += [rejected.code for rejected in outcome.rejected]

    # what may happen at a step

    def set(self, changes: dict[str, dict[str, Value]]) -> None:
        """Values change and are reported at once."""
        for name, values in changes.items():
            stage = self.stages[name]
            stage.values |= _known(stage, values)
            self.send(stage, {point: stage.values[point] for point in values}, self.now)

    def silent(self, names: list[str]) -> None:
        """These devices fall silent; naming a gateway silences all behind it."""
        for stage in self._behind(names):
            stage.silent = True

    def speak(self, how: dict[str, bool]) -> None:
        """Devices speak again: with their backlog (true), sent in order within the second, or without (false)."""
        for name, backlog in how.items():
            for stage in self._behind([name]):
                stage.silent, kept = False, stage.kept if backlog else []
                stage.kept = []
                for n, (ts, values) in enumerate(kept):
                    self.send(stage, values, ts, self.now + n / max(len(kept), 1))

    def _behind(self, names: list[str]) -> list[Stage]:
        return [stage for stage in self.stages.values() if {stage.device.id, stage.device.gateway} & set(names)]

    def status(self, words: dict[str, str]) -> None:
        """A gateway's last will or its return."""
        for name, word in words.items():
            self.feed(Message(f"atrium/{self.site.id}/{name}/status", word.encode(), self.now, retain=False))

    def watch(self, word: str) -> None:
        """The watch itself loses and regains its broker."""
        self.feed(Message({"away": HOLD, "back": RESUME}[word], b"", self.now))

    def act(self, deeds: list[dict[str, Any]]) -> None:
        """People act; `refused` names the code of the refusal that must follow."""
        for deed in deeds:
            if "refused" not in deed:
                change = self._act(deed)
                self.desk.put(change.ticket, change.events)
                continue
            with pytest.raises(tickets.Refused, match=deed.get("because")) as refused:
                self._act(deed)
            assert refused.value.code == deed["refused"], f"{deed['do']}: {refused.value.reason.en}"

    def _act(self, deed: dict[str, Any]) -> TicketChange:
        person = self.site.people[deed["by"]]
        return tickets.act(
            self.ticket(deed["ticket"]),
            deed["do"],
            actor=person.id,
            roles=person.roles,
            team=person.team,
            at=self.now,
            terms=self.site.terms,
            note=deed.get("note", ""),
            data=deed.get("data"),
        )

    def shelve(self, what: dict[str, str]) -> None:
        """An operator shelves an alarm for a while."""
        device = self.state.devices[self.site.id, what["device"]]
        data = {"until": self.now + seconds(what["for"])}
        action = Action(self.state.heeded + 1, self.now, "operator-day", "alarm.shelve", device.episodes[what["rule"]].id, data)
        pipeline.heed(self.state, action)

    # what may be asked

    def ticket(self, device: str) -> Ticket:
        """The newest ticket of a device."""
        found = [ticket for ticket in self.desk.tickets.values() if ticket.device == device]
        assert found, f"no ticket for {device}; there are {sorted(t.device for t in self.desk.tickets.values())}"
        return max(found, key=lambda ticket: (ticket.opened_at, ticket.id))

    def public(self) -> dict[str, Any]:
        """The public page as it stands."""
        conditions = {d.device.id: self._condition(d) for d in self.state.devices.values() if d.site is self.site}
        return status.public_status(self.site, conditions, list(self.desk.tickets.values()), self.desk.events, self.now)

    def _condition(self, device: state.DeviceState) -> status.DeviceCondition:
        stamps = [memory.good_ts for memory in device.memories.values() if memory.good is not None]
        gateway = self.state.devices.get((self.site.id, device.device.gateway or ""))
        quiet = [d for d in (device, gateway) if d is not None and {"DQ-01", "gateway_online.STATE"} & d.episodes.keys()]
        usable = any(device.known(name) is not None for name in often(device.device))
        return status.DeviceCondition(max(stamps, default=None), bool(quiet) or not usable, tuple(device.episodes.values()))


def _known(stage: Stage, values: dict[str, Value]) -> dict[str, Value]:
    strange = values.keys() - stage.values.keys()
    assert not strange, f"{stage.device.id} has no point {sorted(strange)}"
    return values


def read(path: Path) -> list[dict[str, Any]]:
    """The stories of one file, parted by `---`."""
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def tell(configuration: Configuration, story: dict[str, Any], judge: Callable[[Teller, dict[str, Any], str], None]) -> None:
    """Play all steps in order; `judge` compares what each step expects."""
    teller = Teller(configuration, story)
    for step in story["steps"]:
        step = dict(step)  # noqa: PLW2901 - taken apart below
        at, said, expected = step.pop("at"), step.pop("says", ""), step.pop("expect", {})
        teller.go(teller.start + seconds(at))
        for verb in list(step):
            assert verb in ("set", "silent", "speak", "status", "watch", "act", "shelve"), f"at {at}: no verb {verb!r}"
            getattr(teller, verb)(step.pop(verb))
        judge(teller, expected, f"{story['story']}, at {at}{', ' if said else ''}{said}")
