"""Turns raised and returned rules into episodes, gathers the episodes of one cause, and keeps exactly one ticket for them.

A cause is the device for now (one incident at a time per device). The lead of an incident is the rule that explains most:
signature before HH/LL/STATE before H/L before quality before learned, then severity, then time. People are told again only if it
gets worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict
from zoneinfo import ZoneInfo

from daemon.core import causes, notices, suppression, tickets
from daemon.core.alarms import episode_id
from daemon.core.nouns import AlarmEvent, Episode, TicketState
from daemon.core.reasons import first_step
from sensors.kit.words import INFO, Text

if TYPE_CHECKING:
    from daemon.core.detect import Change
    from daemon.core.nouns import Outcome, Reason, Ticket, TicketChange
    from daemon.core.rules import Rule
    from daemon.core.state import DeviceState, State
    from daemon.ports import Desk
    from sensors.kit.words import Severity

PATIENCE = 60.0  # s to wait for the rest of a backlog before an old episode that has not ended is told after all
STALE_NEWS = 600.0  # s: an episode that ended longer ago than this when it arrived is recorded, not paged
EVIDENCE = 600.0  # s of history before the breach that belong to a ticket's evidence


@dataclass(frozen=True, slots=True)
class Filing:
    """What filing needs at hand."""

    state: State
    desk: Desk
    outcome: Outcome


def settle(filing: Filing, changes: list[Change]) -> None:
    """Record each change as an episode raised or returned, then bring the ticket of its cause up to date."""
    for change in changes:
        filing.outcome.touched.add(change.device.key)
        _SETTLE[change.said](filing, change)


def catch_up(filing: Filing, device: DeviceState, *, at: float, lag: float) -> None:
    """The device's readings are (nearly) of now: what was raised from the backlog and still stands is told after all."""
    if lag < STALE_NEWS:
        for name in [name for name in device.episodes if name in device.waiting]:  # in the order in which they were raised
            if not causes.keeps(device, name) and not suppression.kept(filing.state, device, device.rules[name], at):
                tell(filing, device, name, at)


def tell(filing: Filing, device: DeviceState, name: str, at: float) -> None:
    """An episode that waited for the end of a backlog, or of planned work, becomes a ticket's business."""
    if device.waiting.pop(name, None) is None or name not in device.episodes:
        return
    filing.outcome.touched.add(device.key)
    kept = causes.kept(filing.state, device, device.rules[name], at)
    if kept is not None:
        suppression.wait(filing.state, device, name, kept.look(at))
        return
    freed = suppression.let_go(device, name)
    for one in freed:
        _renew(filing, device, one, at)
    _reveal(filing, device, at)
    for one in freed:
        _file(filing, device, device.rules[one], at)
        causes.gather(filing, device, device.rules[one], at)


def _renew(filing: Filing, device: DeviceState, name: str, at: float) -> None:
    """Nothing keeps it back any more. The ticket of its incident may have ended meanwhile: then it is an incident of its own."""
    episode = device.episodes[name]
    ticket = filing.desk.ticket_of_incident(episode.incident)
    over = ticket is not None and (ticket.state.ended or ticket.device != device.device.id)
    if over or suppression.is_kept(episode):
        incident = causes.apart(filing.desk, episode, at) if over else episode.incident
        device.episodes[name] = replace(episode, incident=incident, hidden_by=_explained_by(device, name))
        filing.outcome.alarms.append(AlarmEvent("hidden", at, device.episodes[name]))


def _raise(filing: Filing, change: Change) -> None:
    device, rule = change.device, change.rule
    identity = episode_id(device.site.id, device.device.id, rule.name, change.breach_ts)
    kept = causes.kept(filing.state, device, rule, change.at)
    episode = Episode(
        id=identity,
        site=device.site.id,
        device=device.device.id,
        rule=rule.name,
        severity=change.severity,
        breach_ts=change.breach_ts,
        raised_at=change.at,
        reason=rule.test.reason(device, _memory(device, rule), change.ts),
        incident=(kept and kept.incident) or _incident(filing, device, rule, change.at) or identity,
        hidden_by=_explained_by(device, rule.name) or (kept.by if kept else ""),
        paged=change.lag < STALE_NEWS,
    )
    device.episodes[rule.name] = episode
    filing.outcome.alarms.append(AlarmEvent("raised", change.at, episode))
    _reveal(filing, device, change.at)
    if kept is not None or not episode.paged:
        suppression.wait(filing.state, device, rule.name, kept.look(change.at) if kept else change.at + PATIENCE)
    else:
        _file(filing, device, rule, change.at)
        causes.gather(filing, device, rule, change.at)


def _memory(device: DeviceState, rule: Rule) -> list[Any]:
    life = device.lives.get(rule.name)
    return rule.blank if life is None else life.memory


def _incident(filing: Filing, device: DeviceState, rule: Rule, at: float) -> str:
    """The incident a new episode belongs to: of the open ticket, of the ticket it repeats, of its mates; "" for a new one."""
    ticket = filing.desk.open_ticket(device.site.id, device.device.id) or _repeated(filing, device, rule, at)
    if ticket is not None:
        return ticket.incident
    mates = [e.incident for e in device.episodes.values()]
    return mates[0] if mates and filing.desk.ticket_of_incident(mates[0]) is None else ""


def _repeated(filing: Filing, device: DeviceState, rule: Rule, at: float) -> Ticket | None:
    """The closed ticket that this rule's raise reopens as a repeat fault."""
    ended = filing.desk.last_ended(device.site.id, device.device.id)
    if ended is None or ended.state is not TicketState.CLOSED or rule.name not in ended.rules:
        return None
    return ended if at - (ended.closed_at or 0.0) <= device.site.terms.repeat_within else None


def _return(filing: Filing, change: Change) -> None:
    device, name = change.device, change.rule.name
    episode = device.episodes.pop(name, None)
    if episode is None:
        return
    causes.release(filing.state, episode, change.at)
    kept = suppression.is_kept(episode) or causes.kept(filing.state, device, change.rule, change.at) is not None
    news = change.lag < STALE_NEWS and not kept
    if device.waiting.pop(name, None) is not None and news:
        device.episodes[name] = episode
        _file(filing, device, change.rule, change.at)
        del device.episodes[name]
    filing.outcome.alarms.append(AlarmEvent("returned", change.at, replace(episode, returned_at=change.at)))
    _reveal(filing, device, change.at)
    _calm(filing, device, change.at)


def _escalate(filing: Filing, change: Change) -> None:
    """An active episode got worse: it never gets better before it returns. Its ticket follows, and people are told again."""
    device, rule = change.device, change.rule
    episode = device.episodes.get(rule.name)
    if episode is None or change.severity.rank >= episode.severity.rank:
        return
    reason = rule.test.reason(device, _memory(device, rule), change.ts)
    device.episodes[rule.name] = worse = replace(episode, severity=change.severity, reason=reason)
    filing.outcome.alarms.append(AlarmEvent("escalated", change.at, worse))
    _reveal(filing, device, change.at)
    if rule.name not in device.waiting:
        _file(filing, device, rule, change.at)


_SETTLE = {"raise": _raise, "return": _return, "worse": _escalate}


def _explained_by(device: DeviceState, name: str) -> str:
    """The active rule that explains this one, the one that explains most first."""
    hiders = [e for e in device.episodes.values() if name in device.rules[e.rule].hides]
    return min(hiders, key=lambda e: _importance(device, e)).rule if hiders else ""


def _reveal(filing: Filing, device: DeviceState, at: float) -> None:
    """Bring `hidden_by` of all active episodes up to date, and say where it changed."""
    for name, episode in device.episodes.items():
        hider = _explained_by(device, name) or (episode.hidden_by if suppression.is_kept(episode) else "")
        if hider != episode.hidden_by:
            device.episodes[name] = replace(episode, hidden_by=hider)
            filing.outcome.alarms.append(AlarmEvent("hidden", at, device.episodes[name]))


def _importance(device: DeviceState, episode: Episode) -> tuple[int, int, str]:
    return device.rules[episode.rule].grade, episode.severity.rank, episode.rule


def _lead(device: DeviceState) -> list[Rule]:
    """The rules of the device's told episodes that may open a ticket, the lead first."""
    told = [e for e in device.episodes.values() if e.rule not in device.waiting and e.severity is not INFO]
    told.sort(key=lambda e: (bool(e.hidden_by), *_importance(device, e)[:2], e.raised_at, e.rule))
    return [device.rules[e.rule] for e in told]


def _file(filing: Filing, device: DeviceState, rule: Rule, at: float) -> None:
    """Exactly one open ticket for the cause: open, join, or reopen."""
    if device.episodes[rule.name].severity is INFO:
        return
    ticket = filing.desk.open_ticket(device.site.id, device.device.id)
    if ticket is not None:
        _join(filing, device, ticket, rule, at)
        return
    repeated = _repeated(filing, device, rule, at)
    if repeated is not None:
        to = notices.assign(device.site, device.device, at)
        again = tickets.reopened(repeated, at=at, to=to, evidence=_evidence(device, device.episodes[rule.name]), **_words(device))
        _put(filing, again, "reopened", at, device)
    else:
        _open(filing, device, rule, at)


def _open(filing: Filing, device: DeviceState, rule: Rule, at: float) -> None:
    episode = device.episodes[rule.name]
    if filing.desk.ticket_of_incident(episode.incident) is not None:
        return  # told before a crash that lost only our memory of it
    day = datetime.fromtimestamp(at, ZoneInfo(device.site.timezone)).strftime("%Y%m%d")
    made = tickets.opened(
        site=device.site,
        device=device.device,
        incident=episode.incident,
        cause=device.device.id,
        at=at,
        number=filing.desk.next_number(device.site.id, device.site.prefix, day),
        evidence=_evidence(device, episode),
        **_words(device),
    )
    _put(filing, made, "opened", at, device)


def _join(filing: Filing, device: DeviceState, ticket: Ticket, rule: Rule, at: float) -> None:
    words = _words(device)
    worse = words["severity"].rank < ticket.severity.rank
    if words["rules"][0] != ticket.rules[0] or worse:
        if ticket.signal_normal_at is not None:
            ticket = _put(filing, tickets.signal_back(ticket, at), "", at, device)
        _put(filing, tickets.lead_changed(ticket, at=at, **words), "escalated" if worse else "", at, device)
    elif rule.name not in ticket.rules:
        _put(filing, tickets.joined(ticket, (rule.name,), at), "", at, device)
    elif ticket.signal_normal_at is not None:
        _put(filing, tickets.signal_back(ticket, at), "", at, device)


def _calm(filing: Filing, device: DeviceState, at: float) -> None:
    """Nothing of the cause is active any more: the first key to closing the ticket."""
    if any(e.severity is not INFO for e in device.episodes.values()):
        return
    ticket = filing.desk.open_ticket(device.site.id, device.device.id)
    if ticket is not None and ticket.origin == "alarm" and ticket.signal_normal_at is None:
        _put(filing, tickets.signal_normal(ticket, at), "", at, device)


def _put(filing: Filing, change: TicketChange, why: str, at: float, device: DeviceState) -> Ticket:
    filing.desk.put(change.ticket, change.events)
    filing.outcome.tickets.append(change)
    if why and not filing.state.is_shelved(device.key, change.ticket.rules[0], at):
        filing.outcome.notices.extend(notices.for_ticket(device.site, change.ticket, why, at))
    return change.ticket


class Words(TypedDict):
    """What a ticket says."""

    rules: tuple[str, ...]
    severity: Severity
    title: Text
    reason: Reason
    do_first: Text
    causes: tuple[Text, ...]


def _words(device: DeviceState) -> Words:
    """What a ticket says, from the lead of the device's active episodes."""
    lead = _lead(device)
    first = lead[0]
    says = first.do.signature if first.do else None
    return {
        "rules": tuple(rule.name for rule in lead),
        "severity": device.episodes[first.name].severity,
        "title": Text(f"{device.device.name.zh}：{first.title.zh}", f"{device.device.name.en}: {first.title.en}"),
        "reason": device.episodes[first.name].reason,
        "do_first": says.do if says else first_step(first.title),
        "causes": says.causes if says else (),
    }


def _evidence(device: DeviceState, episode: Episode) -> dict[str, object]:
    names = sorted({name for rule in _lead(device) for name in rule.inputs} or device.memories)
    values = {
        name: device.memories[name].value for name in names if name in device.memories and device.memories[name].at is not None
    }
    return {"values": values, "from": episode.breach_ts - EVIDENCE, "to": episode.raised_at}
