"""Tells a site's control room what the watch knows of itself: state and parts → messages for the core, only what is known.

How long the oldest critical alarm waits for an operator, whether the brokers are there, how many gateways are, how many messages
come, how full the disk is, how far the machine's clock is off. Each by the period that its point declares; what is a state or a
count, as soon as it changes. Where equipment sends such a point itself, it is believed and the watch says nothing about it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daemon.core import gaps, own
from daemon.core.nouns import Frame, parts_of
from sensors.kit.words import CRITICAL, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Message, Outcome, Value
    from daemon.core.state import State
    from daemon.service import Parts

LOOK = 10.0  # s between looks
EARLY = LOOK / 2  # s: a point is due at the look nearest to its period
SELDOM = 3600.0  # s after which a point without a period is told again
ALOOF = 86_400.0  # s to stand back from a point without a period that equipment has sent
CLOCK_STEP = 10.0  # ms: reading two clocks one after the other is no surer
FAR = 3_600_000.0  # ms: the end of the point's range
LEAPS = {"ntp_offset_ms": 1000.0}  # a figure that has moved so far is news before its period is over


@dataclass(slots=True)
class Room:
    """One control room. By point: when the watch told it last, and what; when it was last received, from whomever; and when it
    was seen that equipment had sent it. Times are the watch's."""

    device: DeviceState
    points: tuple[str, ...]
    told: dict[str, float] = field(default_factory=dict)
    said: dict[str, Value] = field(default_factory=dict)
    seen: dict[str, float | None] = field(default_factory=dict)
    others: dict[str, float] = field(default_factory=dict)
    heard: int = 0  # messages for its site since `since`
    since: float = 0.0


class SelfWatch:
    """One watch's; for its thread only. `drift` answers how far the machine's clock is off, seconds, or None."""

    def __init__(self, parts: Parts, state: State, drift: Callable[[], float | None]) -> None:
        self._parts, self._state, self._drift = parts, state, drift
        told = ((device, own.points(device)) for device in state.devices.values())
        self._rooms = [Room(device, points, since=parts.clock.now()) for device, points in told if points]
        self._sites = {room.device.site.id for room in self._rooms}
        self._facts: Mapping[str, Callable[[Room, float], Value | None]] = {
            "broker_connected": self._brokers,
            "gateways_online": self._gateways,
            "gateways_total": self._registered,
            "msg_rate": self._rate,
            "disk_used_pct": self._disk,
            "ntp_offset_ms": self._clock,
            "operator_ack_s": self._wait,
        }
        self._answered: set[str] = set()  # critical episodes that an operator has acknowledged
        self.forget()

    def forget(self) -> None:
        """What was received until now says nothing of who sends it: after a start, and after the clock was moved."""
        for room in self._rooms:
            room.seen = {point: room.device.memories[point].at for point in room.points}

    def count(self, messages: Sequence[Message], outcome: Outcome) -> None:
        """A batch was taken in. Where there is one site, all are its; of several, those whose values became its readings."""
        if not self._rooms or not messages or messages[0].source == own.SOURCE:
            return
        alone = len(self._state.configuration.sites) == 1
        heard = Counter(dict.fromkeys(self._sites, len(messages)) if alone else _by_site(outcome))
        for room in self._rooms:
            room.heard += heard[room.device.site.id]

    def look(self) -> list[Message]:
        """What is due, a message for each room that has something to say. While the backlog comes nothing is known."""
        if self._state.held:
            return []
        at = max(self._parts.clock.now(), self._state.now)
        due = [(room, self._due(room, at)) for room in self._rooms]
        return [own.message(room.device.key, values, at) for room, values in due if values]

    def _due(self, room: Room, at: float) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for point in room.points:
            if self._is_ours(room, point, at):
                value = self._facts[point](room, at)
                if value is not None and _is_due(room, point, value, at):
                    values[point] = value
                    room.told[point], room.said[point] = at, value
        return values

    def _is_ours(self, room: Room, point: str, at: float) -> bool:
        """Has no equipment sent this point lately?"""
        received = room.device.memories[point].at
        if received not in (room.seen[point], room.told.get(point)):
            room.others[point] = at
        room.seen[point] = received
        patience = room.device.book.senses[point].after or ALOOF
        return at - room.others.get(point, -ALOOF) > patience

    def _brokers(self, room: Room, _at: float) -> Value | None:
        """Are all brokers there that concern the site?"""
        site = room.device.site
        feeds = [feed for source, feed in self._parts.feeds.items() if site in gaps.concerned(self._state.configuration, source)]
        return all(feed.state == "connected" for feed in feeds) if feeds else None

    def _gateways(self, room: Room, _at: float) -> Value | None:
        """How many are online; None while one of them is unknown: just started, or its broker is away."""
        known = [self._is_online(gateway) for gateway in self._of_site(room)]
        return None if None in known or not known else sum(online is True for online in known)

    def _is_online(self, gateway: DeviceState) -> bool | None:
        told = gateway.memories.get("gateway_online")
        if gaps.away(self._state, gateway):
            return None
        if "" in gateway.missed:
            return False
        if told is not None and told.good is not None:
            return bool(told.good)
        return True if any(one.heard_at is not None for one in (gateway, *gateway.behind)) else None

    def _registered(self, room: Room, _at: float) -> Value | None:
        return len(list(self._of_site(room)))

    def _of_site(self, room: Room) -> Iterator[DeviceState]:
        """The gateways of its site that somebody expects to work."""
        site = room.device.site
        for name, device in site.devices.items():
            if device.is_gateway and device.out_of_service is None:
                yield self._state.devices[site.id, name]

    def _rate(self, room: Room, at: float) -> Value | None:
        """Messages a second since this was told last."""
        every = room.device.book.senses["msg_rate"].period
        if at - room.since < every - EARLY:
            return None
        rate = round(room.heard / (at - room.since), 1)
        room.heard, room.since = 0, at
        return rate

    def _disk(self, _room: Room, _at: float) -> Value | None:
        try:
            usage = shutil.disk_usage(self._parts.data)
        except OSError:
            return None
        return round(100.0 * usage.used / max(1, usage.used + usage.free), 1)

    def _clock(self, _room: Room, _at: float) -> Value | None:
        """How far the machine's clock is from the watch's. A play's clock follows no machine's: nobody knows."""
        drift = self._drift()
        if drift is None:
            return None
        return max(-FAR, min(FAR, CLOCK_STEP * round(drift * 1000.0 / CLOCK_STEP)))

    def _wait(self, room: Room, at: float) -> Value | None:
        """How long the oldest critical alarm has waited for an operator; 0 where none does."""
        for raised, episode in sorted(self._critical(room, at)):
            if not self._is_answered(episode):
                return float(round(max(0.0, at - raised)))
        return 0.0

    def _critical(self, room: Room, at: float) -> Iterator[tuple[float, str]]:
        """Told to people and still so. That nobody answers is not counted as an alarm that nobody answers."""
        site = room.device.site
        for name in site.devices:
            device = self._state.devices[site.id, name]
            for rule, episode in device.episodes.items():
                told = episode.severity is CRITICAL and not episode.hidden_by and rule not in device.waiting
                of_ours = device is room.device and "operator_ack_s" in device.rules[rule].inputs
                if told and not of_ours and not self._state.is_shelved(device.key, rule, at):
                    yield episode.raised_at, episode.id

    def _is_answered(self, episode: str) -> bool:
        if episode not in self._answered:
            row = self._parts.store.episode(episode)
            if row is None or row.acknowledged_at is None:
                return False
            self._answered.add(episode)
        return True


def _by_site(outcome: Outcome) -> Iterator[str]:
    """The site of each message whose values were taken in: values of one device, received at once, came together."""
    last = None
    for part in parts_of(outcome.readings):
        one = (*part.key, part.at) if type(part) is Frame else (part.site, part.device, part.at)
        if type(part) is Frame or one != last:
            yield one[0]
        last = one


def _is_due(room: Room, point: str, value: Value, at: float) -> bool:
    """Never told, its period is over; or a state or a count that is another now, or a figure that leapt."""
    declared = room.device.book.senses[point].point
    since = at - room.told.get(point, -SELDOM)
    said = room.said.get(point)
    moved = value != said and (declared.every is None or declared.type in (Type.BOOL, Type.INT))
    leapt = point in LEAPS and said is not None and abs(float(value) - float(said)) >= LEAPS[point]
    return moved or leapt or since >= (declared.every or SELDOM) - EARLY
