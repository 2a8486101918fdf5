"""Turns what the watch notes about its sources into who may not be missed, and into alarms of what was lost with a session.

A source that is away excuses the silence only of what reports through it: a device belongs to the source it was last heard
through, before that to the one that the configuration names for it. A gap (the broker had forgotten our session) and messages
that a broker dropped are alarms of Atrium itself, one each on every site they concern: raised and over at once, because both are
known only afterwards.

Whoever was not heard since a source came back would be missed by all at the same moment: thousands of looks in one turn of the
loop. So each device has a turn of its own, some seconds apart at most, which its name alone decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zlib import crc32
from zoneinfo import ZoneInfo

from daemon.core.alarms import episode_id
from daemon.core.nouns import AlarmEvent, Episode, Reason
from sensors.kit.words import MAJOR, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.device import DeviceState
    from daemon.core.nouns import Message, Outcome, Value
    from daemon.core.site import Broker, Configuration, Site
    from daemon.core.state import State

SYSTEM = "$atrium"  # stands where an alarm names its device; no device is called that
NAME = Text("Atrium 系统", "Atrium itself")
FORGOTTEN, DROPPED = "DQ-GAP", "DQ-LOST"  # rules, each followed by ":" and the source
TOGETHER = 32  # devices, more or less, that are looked for in one turn
TURN = 1 / 32  # s between two turns
TURNS = 512  # at most: 300 communities are through in 16 s
TITLES = {
    FORGOTTEN: Text("数据中断：消息代理丢失会话", "Data gap: the broker had forgotten our session"),
    DROPPED: Text("数据丢失：消息代理丢弃消息", "Data lost: the broker dropped messages"),
}


def bound(configuration: Configuration) -> dict[tuple[str, str], str]:
    """(site, device) → its source, as far as the configuration says so. Where there is one source only, it is everybody's."""
    brokers = configuration.settings.sources
    main = configuration.settings.broker.id if configuration.settings.broker else "main"
    found = {} if brokers else {(s.id, d): main for s in configuration.sites.values() for d in s.devices}
    for broker in brokers:
        found |= dict.fromkeys(_places(broker), broker.id)
    return found


def _places(broker: Broker) -> Iterator[tuple[str, str]]:
    if broker.source is not None:
        yield from broker.source.devices.values()
        yield from (place for place in broker.source.points if place is not None)


def away(state: State, device: DeviceState) -> bool:
    """Can it not be heard now? What is bound to no source may be missed only while none is away."""
    if not state.deaf:
        return False
    known = _sources(device)
    return not known or not known.isdisjoint(state.deaf)


def since(state: State, device: DeviceState) -> float:
    """From when on its silence counts: when its source was last back, and its turn had come."""
    if device.source and not device.behind:  # as of nearly all
        return state.resumed.get(device.source, state.resumed_at) + turn(device, len(state.devices))
    known = _sources(device) or state.resumed.keys()
    back = max((state.resumed.get(source, state.resumed_at) for source in known), default=state.resumed_at)
    return back + turn(device, len(state.devices))


def turn(device: DeviceState, among: int) -> float:
    """Seconds until its turn, among so many devices. A few need none."""
    turns = min(TURNS, among // TOGETHER)
    return crc32("/".join(device.key).encode()) % turns * TURN if turns > 1 else 0.0


def concerns(source: str, device: DeviceState) -> bool:
    """Does the silence of this device count anew when `source` is back ("": always)? If it may report through it."""
    known = _sources(device) if source else None
    return not known or source in known


def _sources(device: DeviceState) -> set[str]:
    """A gateway speaks through its devices, too."""
    return {one.source for one in (device, *device.behind) if one.source}


def forgotten(state: State, source: str, outcome: Outcome) -> None:
    """The broker had no session for us: what was sent since we lost it, until now, is lost."""
    start, end = state.deaf.get(source), state.now
    values: dict[str, Value] = {"source": source, "to": round(end, 3)}
    if start:
        values["from"] = round(start, 3)
    for site in concerned(state.configuration, source):
        since, until = _hour(site, start) if start else "?", _hour(site, end)
        zh = f"消息代理 {source} 丢失了我们的会话：{since} 至 {until} 设备发出的数据可能缺失"
        en = f"Broker {source} had forgotten our session: what was sent from {since} to {until} may be missing"
        _tell(outcome, site, f"{FORGOTTEN}:{source}", Reason(zh, en, values), start or end, end)


def dropped(state: State, message: Message, outcome: Outcome) -> None:
    """The broker said that it dropped messages; the payload: how many, and how many seconds ago it began to say so."""
    source, end = message.source, state.now
    many, _, seconds = message.payload.decode().partition(" ")
    start = end - float(seconds)
    values: dict[str, Value] = {"source": source, "count": int(many), "from": round(start, 3), "to": round(end, 3)}
    for site in concerned(state.configuration, source):
        since, until = _hour(site, start), _hour(site, end)
        zh = f"消息代理 {source} 在 {since} 至 {until} 报告：队列已满，丢弃了 {int(many):,} 条消息"
        en = f"Broker {source} said between {since} and {until} that it dropped {int(many):,} messages: its queue was full"
        _tell(outcome, site, f"{DROPPED}:{source}", Reason(zh, en, values), start, end)


def _tell(outcome: Outcome, site: Site, rule: str, reason: Reason, start: float, end: float) -> None:
    identity = episode_id(site.id, SYSTEM, rule, start)
    raised = Episode(identity, site.id, SYSTEM, rule, MAJOR, start, start, reason, identity)
    over = Episode(identity, site.id, SYSTEM, rule, MAJOR, start, start, reason, identity, returned_at=end)
    outcome.alarms += [AlarmEvent("raised", end, raised), AlarmEvent("returned", end, over)]


def concerned(configuration: Configuration, source: str) -> list[Site]:
    """The sites whose devices the source names, or all: by configuration alone, so that a journal fed again says the same."""
    named = {site for broker in configuration.settings.sources if broker.id == source for site in _sites(broker)}
    return [site for site in configuration.sites.values() if not named or site.id in named]


def _sites(broker: Broker) -> set[str]:
    named = {site for site, _ in _places(broker)}
    return named | {broker.source.site} if broker.source is not None and broker.source.site else named


def _hour(site: Site, at: float) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(site.timezone)).strftime("%H:%M:%S")
