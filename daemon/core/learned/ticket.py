"""An entry of the review list → a minor ticket, or a line in the one that is open for the device already, or opens after it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.core import tickets
from daemon.core.learned.review import GATHERS, Decision, decide
from daemon.core.reasons import name_of
from daemon.core.rulebook import rulebook
from sensors.kit.words import MINOR, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.core.learned.finding import Finding
    from daemon.core.learned.review import Entry, Joined
    from daemon.core.nouns import Ticket, TicketChange
    from daemon.core.site import Device, Site
    from daemon.ports import Desk

BEFORE = 600.0  # s of history before the first finding that belong to a ticket's evidence
LOOK = Text(
    "到现场看看这台设备：听声音、看仪表、问最近做过什么。一切正常就写进工单。",
    "Go and look at this equipment: listen, read the gauges, ask what was done lately. If all is well, say so in the ticket.",
)


def strongest(entry: Entry) -> Finding:
    """What leads: the channel's finding where there is one, for only it says how rare; then the one seen first."""
    return min(entry.findings, key=lambda one: (one.detector != "channel", one.at, one.id))


def make(site: Site, entry: Entry, desk: Desk, *, at: float, by: str = "system") -> tuple[TicketChange, bool] | None:
    """(the change, whether it is a new ticket); None where this entry has had its ticket. Nothing is written."""
    rules = tuple(dict.fromkeys(one.rule for one in entry.findings))
    device, lead = site.devices[entry.device], strongest(entry)
    known = desk.open_ticket(site.id, entry.device)
    if known is not None:
        return tickets.noticed(known, rules, lead.reason, at, by=by), False
    if desk.ticket_of_incident(entry.id) is not None:
        return None
    day = datetime.fromtimestamp(at, ZoneInfo(site.timezone)).strftime("%Y%m%d")
    change = tickets.opened(
        site=site,
        device=device,
        incident=entry.id,
        cause=entry.device,
        at=at,
        number=desk.next_number(site.id, site.prefix, day),
        rules=rules,
        severity=MINOR,
        title=title(device, lead),
        reason=lead.reason,
        do_first=LOOK,
        causes=(),
        evidence=_evidence(entry),
        origin="learned",
        by=by,
    )
    return change, True


def join(joined: Joined, desk: Desk) -> TicketChange | None:
    """A finding → a line of its incident's ticket, once per point."""
    ticket = desk.ticket_of_incident(joined.incident)
    finding = joined.finding
    if ticket is None or ticket.state.ended or finding.rule in ticket.rules:
        return None
    return tickets.noticed(ticket, (finding.rule,), finding.reason, finding.at)


def merge(entry: Entry, ticket: Ticket, at: float) -> tuple[Entry, TicketChange]:
    """An open entry → the same as a line of the ticket that an alarm about its points has opened since. Nothing is written."""
    rules, lead = tuple(dict.fromkeys(one.rule for one in entry.findings)), strongest(entry)
    joined = decide(entry, Decision.JOINED, by="system", at=at, note=ticket.number)
    return joined, tickets.noticed(ticket, rules, lead.reason, at, entry=entry.id)


def same(device: Device, rules: Iterable[str], entry: Entry, opened_at: float) -> bool:
    """Is an entry of the days before `opened_at` about a point that one of these rules of its device reads?"""
    found = {point for one in entry.findings for point in one.points}
    return opened_at - entry.last_at <= GATHERS and not found.isdisjoint(_points(device, set(rules)))


def _points(device: Device, rules: set[str]) -> set[str]:
    known = rulebook(device.model).rules
    read = (known[rule].inputs for rule in rules & known.keys())
    return {rule.partition(":")[2] for rule in rules}.union(*read)  # learned:…, DQ-…:… name their point


def title(device: Device, finding: Finding) -> Text:
    """Which point of which device is unlike itself."""
    channel = device.channels.get(finding.points[0])
    name = name_of(channel.point, channel.instance) if channel else Text(finding.points[0], finding.points[0])
    return Text(f"{device.name.zh}：{name.zh}与平时不同", f"{device.name.en}: {name.en} is not as usual")


def _evidence(entry: Entry) -> dict[str, object]:
    values = {p: one.reason.values[p] for one in entry.findings for p in one.points if p in one.reason.values}
    return {"values": values, "from": entry.opened_at - BEFORE, "to": entry.last_at}
