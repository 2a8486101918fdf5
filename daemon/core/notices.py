"""A ticket and the roster → who gets it, and one notice per person and channel for those who must hear of it.

A person's channels are in order. What is critical goes out on all of them at once: a channel that hangs must cost no time.
Anything else goes to the first that has an address; the next follows where that one fails (`daemon.lane`). Logs and pages are
always told.
Quiet hours are applied when a notice is delivered, not here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.core.nouns import Notice
from sensors.kit.words import Severity, Text

if TYPE_CHECKING:
    from daemon.core.nouns import Ticket
    from daemon.core.site import Device, Person, Shift, Site

_WHY = {
    "opened": Text("新工单", "New"),
    "assigned": Text("派给你", "Assigned to you"),
    "escalated": Text("升级", "Escalated"),
    "reopened": Text("再次出现", "Back again"),
}
_SEVERITY = {
    Severity.CRITICAL: Text("紧急", "critical"),
    Severity.MAJOR: Text("重要", "major"),
    Severity.MINOR: Text("一般", "minor"),
    Severity.INFO: Text("提示", "info"),
}


def on_duty(site: Site, at: float) -> list[Person]:
    """Who is on duty at `at`, in the order of `people.yaml`. Who has no shifts at all is always on duty."""
    local = datetime.fromtimestamp(at, ZoneInfo(site.timezone))
    minute = local.hour * 60 + local.minute
    return [p for p in site.people.values() if not p.shifts or any(_covers(s, local.weekday(), minute) for s in p.shifts)]


def _covers(shift: Shift, weekday: int, minute: int) -> bool:
    """A shift over midnight belongs to the day on which it starts."""
    if shift.start < shift.end:
        return weekday in shift.days and shift.start <= minute < shift.end
    return (weekday in shift.days and minute >= shift.start) or ((weekday - 1) % 7 in shift.days and minute < shift.end)


def _skilled(person: Person, device: Device) -> bool:
    return "technician" in person.roles and not {device.kind.id, "*"}.isdisjoint(person.skills)


def assign(site: Site, device: Device, at: float) -> tuple[str, str]:
    """(team id, person id): the first technician on duty with the kind's skill; else ("team whose people have it", "")."""
    for person in on_duty(site, at):
        if _skilled(person, device):
            return person.team, person.id
    skilled = (p.team for p in site.people.values() if _skilled(p, device))
    anyone = (p.team for p in site.people.values() if "technician" in p.roles)
    return next(skilled, "") or next(anyone, "") or next(iter(site.teams), ""), ""


def for_ticket(site: Site, ticket: Ticket, why: str, at: float) -> list[Notice]:
    """`why`: opened assigned escalated reopened. To the assignee, or the whole team; critical also to operators on duty."""
    cause = _cause(ticket, why)
    title, body = _title(site, ticket, why), _body(site, ticket)
    return [
        Notice(
            _key(cause, person.id, channel),
            at,
            person.id,
            channel,
            ticket.id,
            ticket.severity,
            why,
            title,
            body,
            site.id,
            cause,
            further,
            _reaches(site, channel),
        )
        for person in _hearers(site, ticket, at)
        for channel, further in _ways(site, person, ticket.severity)
    ]


def instead(site: Site, notice: Notice) -> Notice | None:
    """The same news by the person's next channel; None where there is none."""
    if not notice.further:
        return None
    channel, *further = notice.further
    key = _key(notice.cause, notice.person, channel)
    return replace(notice, key=key, channel=channel, further=tuple(further), reaches=_reaches(site, channel))


def _ways(site: Site, person: Person, severity: Severity) -> list[tuple[str, tuple[str, ...]]]:
    """(channel, those to try after it)."""
    channels = _channels(site, person)
    if severity is Severity.CRITICAL:
        return [(channel, ()) for channel in channels]
    chain = tuple(channel for channel in channels if _reaches(site, channel))
    return [(channel, chain[1:] if channel in chain else ()) for channel in channels if channel not in chain[1:]]


def _reaches(site: Site, channel: str) -> bool:
    known = site.channels.get(channel)
    return bool(known and known.url)


def _hearers(site: Site, ticket: Ticket, at: float) -> list[Person]:
    """Nobody is no answer: without assignee and team, the operators hear of it, on duty or not."""
    people = list(site.people.values())
    heard = [p for p in people if p.id == ticket.assignee] or [p for p in people if ticket.team and p.team == ticket.team]
    if ticket.severity is Severity.CRITICAL or not heard:
        heard += [p for p in on_duty(site, at) if "operator" in p.roles]
    heard = heard or [p for p in people if "operator" in p.roles] or people
    return list({p.id: p for p in heard}.values())


def _channels(site: Site, person: Person) -> tuple[str, ...]:
    """The person's own channels, or else those of the team."""
    if person.channels or person.team not in site.teams:
        return tuple(dict.fromkeys(person.channels))
    return tuple(dict.fromkeys(site.teams[person.team].channels))


def _cause(ticket: Ticket, why: str) -> str:
    """The same in every run. A new lead, a higher severity or a reopening is news; so is each hand-over."""
    about = [ticket.id, why, ticket.rules[0] if ticket.rules else "", ticket.severity, str(ticket.repeats)]
    return _hash(*about, str(ticket.events)) if why == "assigned" else _hash(*about)


def _key(cause: str, person: str, channel: str) -> str:
    return _hash(cause, person, channel)


def _hash(*about: str) -> str:
    return blake2b("\x1f".join(about).encode(), digest_size=12, person=b"atrium notice").hexdigest()


def _where(site: Site, ticket: Ticket) -> Text:
    room = site.rooms.get(ticket.room)
    return room.name if room else Text(ticket.room, ticket.room)


def _title(site: Site, ticket: Ticket, why: str) -> Text:
    news, severity, where = _WHY.get(why, _WHY["opened"]), _SEVERITY[ticket.severity], _where(site, ticket)
    return Text(
        f"【{severity.zh}·{news.zh}】{where.zh}：{ticket.title.zh}",
        f"[{severity.en} · {news.en}] {where.en}: {ticket.title.en}",
    )


def _body(site: Site, ticket: Ticket) -> Text:
    where = _where(site, ticket)
    zh = [
        f"事情：{ticket.title.zh}",
        f"地点：{where.zh}",
        f"依据：{ticket.reason.zh}",
        f"先做：{ticket.do_first.zh}",
        f"工单：{ticket.number}",
    ]
    en = [
        f"What: {ticket.title.en}",
        f"Where: {where.en}",
        f"Why: {ticket.reason.en}",
        f"First: {ticket.do_first.en}",
        f"Ticket: {ticket.number}",
    ]
    return Text("\n".join(zh), "\n".join(en))
