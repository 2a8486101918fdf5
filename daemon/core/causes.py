"""One physical cause across devices: alarms that another device's failure explains travel with it, as one incident, one ticket.

A *root* is an active signature whose kind says which alarms it explains downstream (`explains_downstream`), on a device that
others are fed by; or, in one room, the first of several devices to report its supply lost. What it explains is kept back like
alarms during planned work: recorded, in the root's incident, told to nobody. What still stands a while after the root is over is
told for itself. A ticket that was opened before its root was known is cancelled as a duplicate while nobody is on site for it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from daemon.core import suppression, tickets
from daemon.core.alarms import episode_id
from daemon.core.nouns import AlarmEvent, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.incidents import Filing
    from daemon.core.nouns import Episode, Ticket
    from daemon.core.rules import Rule
    from daemon.core.state import DeviceState, State
    from daemon.ports import Desk

SUPPLY = ("power_main_ok.STATE", "power_ok.STATE", "voltage*.L", "voltage*.LL")  # what lost power looks like
ROOM = 60.0  # s within which devices of one room that lose their supply lose it together
BEFORE = 600.0  # s that what follows from a root may be told before the root is known
GRACE = 120.0  # s after the root is over in which what it explained may end as well
WAITING = frozenset({TicketState.OPEN, TicketState.ASSIGNED, TicketState.ACCEPTED, TicketState.REOPENED})


def root(state: State, device: DeviceState, rule: str, at: float) -> Episode | None:
    """The active alarm of another device that explains this one."""
    for feeder in _feeders(state, device):
        for episode in feeder.episodes.values():
            if episode.rule not in feeder.waiting and _matches(rule, _explains(feeder, episode.rule)):
                return episode
    return _of_room(state, device, rule, at) if _matches(rule, SUPPLY) else None


def kept(state: State, device: DeviceState, rule: Rule, at: float) -> suppression.Kept | None:
    """What keeps this alarm back: work and tests, or another device's failure that explains it."""
    found = suppression.kept(state, device, rule, at)
    if found is not None:
        return found
    first = root(state, device, rule.name, at)
    return None if first is None else suppression.Kept(_by(first), at + suppression.LOOK, first.incident)


def keeps(device: DeviceState, rule: str) -> bool:
    """Is it kept back by another device's failure? Then its own readings do not free it, time does."""
    return device.episodes[rule].hidden_by.startswith(suppression.CAUSE)


def apart(desk: Desk, episode: Episode, at: float) -> str:
    """An incident of its own: the episode's, or where that had a ticket once, another."""
    if desk.ticket_of_incident(episode.id) is None:
        return episode.id
    return episode_id(episode.site, episode.device, episode.rule, at)


def gather(filing: Filing, device: DeviceState, rule: Rule, at: float) -> None:
    """A root has been told: what follows from it and was told shortly before comes under it."""
    state, here = filing.state, device.device
    if rule.name in device.waiting or rule.name not in device.episodes:
        return
    if _explains(device, rule.name):
        names = [other.id for other in device.site.devices.values() if other.fed_by and other.id != here.id]
        for other in (state.devices[device.site.id, name] for name in names):
            if device in _feeders(state, other):
                _come_under(filing, other, device.episodes[rule.name], at)


def release(state: State, episode: Episode, at: float) -> None:
    """A root is over: what it explained has a while to end as well."""
    by = _by(episode)
    if _explains(state.devices[episode.site, episode.device], episode.rule) or _matches(episode.rule, SUPPLY):
        for name in state.configuration.sites[episode.site].devices:
            device = state.devices[episode.site, name]
            for rule in [rule for rule in device.waiting if rule in device.episodes and device.episodes[rule].hidden_by == by]:
                suppression.wait(state, device, rule, at + GRACE)
                state.urge(device)


def _feeders(state: State, device: DeviceState) -> Iterator[DeviceState]:
    """Where its power comes from, the nearest first."""
    seen, feeder = {device.device.id}, device.device.fed_by
    while feeder and feeder not in seen:
        seen.add(feeder)
        found = state.devices[device.site.id, feeder]
        yield found
        feeder = found.device.fed_by


def _of_room(state: State, device: DeviceState, rule: str, at: float) -> Episode | None:
    own = device.episodes.get(rule)
    raised = at if own is None else own.raised_at
    for other in device.site.devices.values():
        if other.room == device.device.room and other.id != device.device.id:
            mate = state.devices[device.site.id, other.id]
            for episode in mate.episodes.values():
                told = episode.rule not in mate.waiting and _matches(episode.rule, SUPPLY)
                if told and abs(raised - episode.raised_at) <= ROOM:
                    return episode
    return None


def _explains(device: DeviceState, rule: str) -> tuple[str, ...]:
    known = device.rules[rule].do
    return known.signature.explains_downstream if known else ()


def _matches(rule: str, patterns: tuple[str, ...]) -> bool:
    """`*` stands for anything."""
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), rule) for pattern in patterns)


def _by(episode: Episode) -> str:
    return f"{suppression.CAUSE}:{episode.device}/{episode.rule}"


def _come_under(filing: Filing, device: DeviceState, first: Episode, at: float) -> None:
    """Its alarms of now that the root explains; its ticket where they are all there is, and nobody is there yet."""
    ticket = filing.desk.open_ticket(device.site.id, device.device.id)
    told = [e for e in device.episodes.values() if e.rule not in device.waiting]
    explained = [e for e in told if root(filing.state, device, e.rule, at) is first and at - e.raised_at <= BEFORE]
    if not explained or (ticket is not None and (len(explained) < len(told) or not _is_young(ticket, at))):
        return
    for episode in explained:
        device.episodes[episode.rule] = replace(episode, hidden_by=_by(first), incident=first.incident)
        filing.outcome.alarms.append(AlarmEvent("hidden", at, device.episodes[episode.rule]))
        suppression.wait(filing.state, device, episode.rule, at + suppression.LOOK)
    filing.state.urge(device)
    kept = filing.desk.ticket_of_incident(first.incident)
    if ticket is not None and kept is not None:
        change = tickets.duplicate(ticket, at, of=kept.number)
        filing.desk.put(change.ticket, change.events)
        filing.outcome.tickets.append(change)


def _is_young(ticket: Ticket, at: float) -> bool:
    return ticket.state in WAITING and ticket.origin == "alarm" and at - ticket.opened_at <= BEFORE
