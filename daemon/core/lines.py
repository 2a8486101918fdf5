"""Turns what happened into plain objects for programs: what `atrium replay` prints and what integrators get over MQTT."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.learned.review import Entry
    from daemon.core.nouns import AlarmEvent, Notice, Reason, Rejected, Ticket, TicketChange

Line = dict[str, Any]

# Which ticket events are told: those that signals cause.
_TOLD = {
    "opened": "opened",
    "joined": "joined",
    "lead_changed": "joined",
    "escalated": "escalated",
    "reopened": "reopened",
    "signal_normal": "signal_normal",
}


def moment(at: float) -> str:
    """Epoch s as RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(round(at, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alarm(event: AlarmEvent) -> Line:
    """An alarm raised, escalated or returned."""
    episode = event.episode
    return {
        "type": "alarm",
        "event": event.event,
        "at": moment(event.at),
        "site": episode.site,
        "device": episode.device,
        "rule": episode.rule,
        "severity": str(episode.severity),
        "reason": _reason(episode.reason),
    }


def _reason(reason: Reason) -> Line:
    return {"zh": reason.zh, "en": reason.en, "values": dict(reason.values)}


def ticket(change: TicketChange) -> Iterator[Line]:
    """What signals did to a ticket, one line per event."""
    job = change.ticket
    for event in change.events:
        if event.type in _TOLD:
            yield {
                "type": "ticket",
                "event": _TOLD[event.type],
                "at": moment(event.at),
                "key": job.incident,
                "site": job.site,
                "device": job.device,
                "rules": list(job.rules),
                "severity": str(job.severity),
            }


def review(entry: Entry) -> Line:
    """Something is not as usual: a new entry of the review list, or more of an open one, with what its newest finding says."""
    newest = max(entry.findings, key=lambda one: (one.at, one.id))
    reason = {"zh": newest.reason.zh, "en": newest.reason.en}
    return _review("opened" if entry.version == 1 else "added", newest.at, entry, [newest.rule], reason)


def noticed(change: TicketChange) -> Iterator[Line]:
    """The same of equipment that has an open ticket: a line of that instead of an entry."""
    for event in change.events:
        if event.type == "noticed":
            yield _review("joined", event.at, change.ticket, event.data["rules"], event.data["reason"])


def _review(event: str, at: float, of: Entry | Ticket, rules: list[str], reason: Line) -> Line:
    where = {"at": moment(at), "site": of.site, "device": of.device}
    return {"type": "review", "event": event, **where, "rules": rules, "reason": reason}


def notice(told: Notice) -> Line:
    """Who is told, by which channel, and why."""
    return {"type": "notice", "at": moment(told.at), "to": f"{told.person}/{told.channel}", "why": told.why}


def rejected(refused: Rejected) -> Line:
    """What could not be used, and why."""
    return {"type": "rejected", "topic": refused.topic, "reason": f"{refused.code}: {refused.reason}"}
