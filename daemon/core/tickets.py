"""What happened to a signal, or what a person does, turns a ticket into its next version and the events that say so.

Every function returns a TicketChange: the ticket with `version` + 1 and the new events, numbered on from `ticket.events`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from daemon.core import notices, rights
from daemon.core.nouns import Ticket, TicketChange, TicketEvent, TicketState
from daemon.core.rights import Refused, allowed, missing
from sensors.kit.words import Severity, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from daemon.core.nouns import Reason
    from daemon.core.site import Device, ServiceTerms, Site

__all__ = [
    "Refused",
    "act",
    "allowed",
    "joined",
    "lead_changed",
    "missing",
    "noticed",
    "opened",
    "reopened",
    "signal_back",
    "signal_normal",
]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I L O U: read aloud on the telephone without doubt


@dataclass(frozen=True, slots=True)
class _Line:
    """An event before it has a number."""

    type: str
    by: str = "system"
    note: str = ""
    data: Mapping[str, Any] | None = None


def _change(ticket: Ticket, at: float, lines: Collection[_Line], **fields: Any) -> TicketChange:  # noqa: ANN401 - fields of Ticket
    events = tuple(
        TicketEvent(ticket.id, ticket.events + n, at, line.type, line.by, line.note, line.data or {})
        for n, line in enumerate(lines, 1)
    )
    return TicketChange(replace(ticket, version=ticket.version + 1, events=ticket.events + len(events), **fields), events)


def ticket_id(incident: str) -> str:
    """The same in every run, 16 hex digits."""
    return blake2b(incident.encode(), digest_size=8, person=b"atrium ticket").hexdigest()


def public_id(incident: str) -> str:
    """Eight characters of Crockford base 32 (40 bits): tells neither order nor time."""
    bits = int.from_bytes(blake2b(incident.encode(), digest_size=5, key=b"atrium public id").digest())
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def opened(  # noqa: PLR0913 - a ticket is made from all of these, all by name
    *,
    site: Site,
    device: Device,
    incident: str,
    rules: tuple[str, ...],
    severity: Severity,
    title: Text,
    reason: Reason,
    do_first: Text,
    causes: tuple[Text, ...],
    at: float,
    number: str,
    evidence: Mapping[str, Any],
    cause: str,
    origin: str = "alarm",
    by: str = "system",
) -> TicketChange:
    """A new ticket, version 1, handed at once to whoever is on duty for it; `rules` lead first."""
    team, person = notices.assign(site, device, at)
    ticket = Ticket(
        id=ticket_id(incident),
        number=number,
        public_id=public_id(incident),
        incident=incident,
        site=site.id,
        device=device.id,
        room=device.room,
        cause=cause,
        rules=rules,
        severity=severity,
        title=title,
        reason=reason,
        do_first=do_first,
        causes=causes,
        opened_at=at,
        origin=origin,
        state=TicketState.ASSIGNED if person else TicketState.OPEN,
        work_class="short-term" if severity is Severity.MINOR else "immediate",
        team=team,
        assignee=person,
        evidence=evidence,
        version=0,
    )
    lines = [_Line("opened", by, data={"rules": list(rules), "severity": str(severity), "origin": origin})]
    return _change(ticket, at, lines + _handed(team, person))


def _handed(team: str, person: str) -> list[_Line]:
    return [_Line("assigned", data={"team": team, "assignee": person})] if person else []


def joined(ticket: Ticket, rules: tuple[str, ...], at: float) -> TicketChange:
    """More alarms of the same cause. An alarm that joins is active, so a signal that was normal is so no longer. Where it never
    was, a slower rule has only caught up with what is known: a repair already reported stays reported."""
    new = tuple(rule for rule in rules if rule not in ticket.rules)
    lines = [_Line("joined", data={"rules": list(new or rules)})]
    fields = {"rules": ticket.rules + new, "origin": _by_alarm(ticket)}
    if ticket.signal_normal_at is None:
        return _change(ticket, at, lines, **fields)
    return _change(ticket, at, [*lines, _Line("signal_back")], **fields, **_abnormal(ticket))


def noticed(
    ticket: Ticket, rules: tuple[str, ...], reason: Reason, at: float, *, by: str = "system", entry: str = ""
) -> TicketChange:
    """Something learned adds to what is known. It takes neither the lead nor a key, nor does it raise the severity. `entry`: of
    the review list, where it had stood there before."""
    new = tuple(rule for rule in rules if rule not in ticket.rules)
    data: dict[str, Any] = {"rules": list(new or rules), "reason": {"zh": reason.zh, "en": reason.en}}
    line = _Line("noticed", by, data=data | {"entry": entry} if entry else data)
    return _change(ticket, at, [line], rules=ticket.rules + new)


def _by_alarm(ticket: Ticket) -> str:
    """A ticket that something learned has opened is an alarm's from when one joins: its signal is the first key to closing."""
    return "alarm" if ticket.origin == "learned" else ticket.origin


def lead_changed(  # noqa: PLR0913 - everything that follows the lead, all by name
    ticket: Ticket,
    *,
    rules: tuple[str, ...],
    severity: Severity,
    title: Text,
    reason: Reason,
    do_first: Text,
    causes: tuple[Text, ...],
    at: float,
) -> TicketChange:
    """Another rule explains it better, or the lead itself got worse: title, first action, causes, severity follow `rules[0]`."""
    rules = _lead_first(rules, ticket.rules)
    says = "escalated" if rules[:1] == ticket.rules[:1] else "lead_changed"
    line = _Line(says, data={"rules": list(rules), "severity": str(severity)})
    words = {"severity": severity, "title": title, "reason": reason, "do_first": do_first, "causes": causes}
    return _change(ticket, at, [line], rules=rules, origin=_by_alarm(ticket), **words)


def _lead_first(rules: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules + before))


def duplicate(ticket: Ticket, at: float, *, of: str) -> TicketChange:
    """Its cause turned out to be another ticket's."""
    note = f"同一原因，并入 {of} / same cause as {of}"
    line = _Line("cancelled", note=note, data={"same_cause": of})
    return _change(ticket, at, [line], state=TicketState.CANCELLED, closed_at=at)


def signal_normal(ticket: Ticket, at: float) -> TicketChange:
    """The signal has been normal for its off-delay: the first key to closing."""
    return _change(ticket, at, [_Line("signal_normal")], signal_normal_at=at)


def signal_back(ticket: Ticket, at: float) -> TicketChange:
    """The signal is abnormal again: the first key is gone, and a repair already reported has not held."""
    return _change(ticket, at, [_Line("signal_back")], **_abnormal(ticket))


def _abnormal(ticket: Ticket) -> dict[str, Any]:
    state = TicketState.ON_SITE if ticket.state is TicketState.RESOLVED else ticket.state
    return {"signal_normal_at": None, "state": state}


def reopened(  # noqa: PLR0913 - everything that follows the lead, all by name
    ticket: Ticket,
    *,
    rules: tuple[str, ...],
    severity: Severity,
    title: Text,
    reason: Reason,
    do_first: Text,
    causes: tuple[Text, ...],
    at: float,
    evidence: Mapping[str, Any] | None = None,
    to: tuple[str, str] | None = None,
) -> TicketChange:
    """A repeat fault soon after the ticket ended. Both keys are asked for again, the clocks run on.

    `to` is (team, person or "") as `notices.assign` gives it: whoever closed it may be off duty by now. None keeps both.
    """
    if not ticket.state.ended:
        raise ValueError(f"ticket {ticket.number} is {ticket.state}, only an ended ticket is reopened")
    team, person = to or (ticket.team, ticket.assignee)
    line = _Line("reopened", data={"rules": list(rules), "severity": str(severity), "repeats": ticket.repeats + 1})
    lead = {"severity": severity, "title": title, "reason": reason, "do_first": do_first, "causes": causes}
    return _change(
        ticket,
        at,
        [line, *(_handed(team, person) if person != ticket.assignee else [])],
        rules=_lead_first(rules, ticket.rules),
        evidence=ticket.evidence if evidence is None else evidence,
        team=team,
        assignee=person,
        signal_normal_at=None,
        **lead,
        **_again(ticket),
    )


def _again(ticket: Ticket) -> dict[str, Any]:
    return {"state": TicketState.REOPENED, "repeats": ticket.repeats + 1, "closed_at": None, "photos": 0}


def act(  # noqa: PLR0913 - who, what, when and why, all by name
    ticket: Ticket,
    action: str,
    *,
    actor: str,
    roles: Collection[str],
    team: str,
    at: float,
    terms: ServiceTerms,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> TicketChange:
    """What a person does: assign accept arrive resolve close reopen cancel comment photo. Raises Refused.

    `data`: for assign {"assignee": person id or "", "team": team id}, for photo {"kind": "before"|"after", …}; kept in the event.
    `version`: what the person saw; another one now is refused, but for what a person says of themselves. That the named
    person exists is the caller's to check.
    """
    options = allowed(ticket, actor=actor, roles=roles, team=team)
    rights.check_version(ticket, action, version, options)
    rights.check(ticket, action, actor=actor, roles=roles, team=team)
    rights.check_words(action, note, options)
    if action == "close":
        rights.check_proof(ticket, terms, options)
    deed = _Deed(actor, at, data or {}, options)
    event, fields = _DEEDS[action]
    return _change(ticket, at, [_Line(event, actor, note.strip(), deed.data)], **fields(ticket, deed))


@dataclass(frozen=True, slots=True)
class _Deed:
    """An action that may go ahead."""

    actor: str
    at: float
    data: Mapping[str, Any]
    options: tuple[str, ...]


def _assign(ticket: Ticket, deed: _Deed) -> dict[str, Any]:
    person, team = deed.data.get("assignee", ""), deed.data.get("team", "")
    if not person and not team:
        raise Refused("illegal", Text("请选择派给谁。", "Say whom it goes to."), deed.options)
    return {"state": TicketState.ASSIGNED if person else TicketState.OPEN, "assignee": person, "team": team or ticket.team}


def _photo(ticket: Ticket, deed: _Deed) -> dict[str, Any]:
    kind = deed.data.get("kind", "after")
    if kind not in ("before", "after"):
        raise Refused("illegal", Text("照片须标明修复前或修复后。", "A photo is before or after the repair."), deed.options)
    return {"photos": ticket.photos + (kind == "after")}


# action → the event it leaves, and the fields it changes. A person who reopens says nothing about the signal, so that key stays.
_DEEDS: dict[str, tuple[str, Callable[[Ticket, _Deed], dict[str, Any]]]] = {
    "assign": ("assigned", _assign),
    "accept": ("accepted", lambda _, deed: {"state": TicketState.ACCEPTED, "assignee": deed.actor}),
    "arrive": ("arrived", lambda _, __: {"state": TicketState.ON_SITE}),
    "resolve": ("resolved", lambda _, __: {"state": TicketState.RESOLVED}),
    "close": ("closed", lambda _, deed: {"state": TicketState.CLOSED, "closed_at": deed.at}),
    "reopen": ("reopened", lambda ticket, _: _again(ticket)),
    "cancel": ("cancelled", lambda _, deed: {"state": TicketState.CANCELLED, "closed_at": deed.at}),
    "comment": ("comment", lambda _, __: {}),
    "photo": ("photo", _photo),
}
