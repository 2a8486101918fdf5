"""Turns findings into what people see: news of an incident that is open already, an entry of the desk's review list (which joins
an incident that comes after it), or, only where the site opted in, a minor ticket. What people decide there is recorded; a
dismissal teaches nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daemon.core.learned.finding import Finding, Key

GATHERS = 7 * 86400.0  # s: findings of one device within this of an open entry's last belong to that entry


class Decision(StrEnum):
    """What became of an entry."""

    OPEN = "open"
    ACCEPTED = "accepted"  # this is the new normal
    DISMISSED = "dismissed"
    TICKET = "ticket"
    JOINED = "joined"  # a line of the ticket that an alarm about the same points has opened since


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the review list: the findings of one device that belong together, the strongest of each detector and point."""

    id: str
    site: str
    device: str
    opened_at: float
    last_at: float
    findings: tuple[Finding, ...]
    state: Decision = Decision.OPEN
    by: str = ""
    decided_at: float | None = None
    note: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Joined:
    """A finding that adds to an incident people know of already; it never raises its severity nor takes its lead."""

    incident: str
    finding: Finding


@dataclass(slots=True)
class Filed:
    """What became of a commit's findings."""

    entries: list[Entry] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    tickets: list[Finding] = field(default_factory=list)


def file(
    findings: Iterable[Finding],
    review: dict[Key, Entry],
    incident_of: Callable[[Key], str],
    opted_in: Callable[[str], bool],
) -> Filed:
    """Each finding to its place, in order. `review`: the open entry of each device, kept up to date here; `incident_of`: the open
    incident of a device, "" for none; `opted_in`: may a finding that corroborates an entry of this site open a ticket?"""
    filed = Filed()
    for finding in findings:
        key = (finding.site, finding.device)
        incident = incident_of(key)
        if incident:
            filed.joined.append(Joined(incident, finding))
            continue
        entry = review.get(key)
        known = entry is not None and finding.at - entry.last_at <= GATHERS
        before = entry if known else None
        review[key] = _new(finding) if before is None else _more(before, finding)
        filed.entries.append(review[key])
        if opted_in(finding.site) and corroborated(review[key]) and not (before and corroborated(before)):
            filed.tickets.append(finding)
    return filed


def corroborated(entry: Entry) -> bool:
    """Have two detectors found the same point, each in its own way? One alone is worth a look, not a person's way to the room."""
    found = {(point, one.detector) for one in entry.findings for point in one.points}
    return len({point for point, _ in found}) < len(found)


def decide(entry: Entry, decision: Decision, *, by: str, at: float, note: str = "") -> Entry:
    """A person's word on an open entry. ValueError if it was decided already."""
    if entry.state is not Decision.OPEN or decision is Decision.OPEN:
        raise ValueError(f"entry {entry.id} is {entry.state} already")
    return replace(entry, state=decision, by=by, decided_at=at, note=note, version=entry.version + 1)


def _new(finding: Finding) -> Entry:
    return Entry(finding.id, finding.site, finding.device, finding.at, finding.at, (finding,))


def _more(entry: Entry, finding: Finding) -> Entry:
    """The entry with one more finding; of the same point and detector only the strongest is kept."""
    alike = [one for one in entry.findings if (one.detector, one.points[0]) == (finding.detector, finding.points[0])]
    kept = tuple(one for one in entry.findings if one not in alike)
    strongest = max([*alike, finding], key=lambda one: one.evidence)
    return replace(entry, findings=(*kept, strongest), last_at=finding.at, version=entry.version + 1)
