"""Nouns → the JSON objects of the staff API (DESIGN 4.4). Times of nouns are RFC 3339 in UTC; of samples epoch seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.core import gaps, rights, sla, suppression
from daemon.core.flaws import book
from daemon.core.isa import isa_state
from daemon.core.lines import moment
from daemon.core.nouns import Quality
from daemon.core.reasons import SILENT, limit_title, stale_title
from daemon.core.rules import scope_of
from sensors.kit.say import unit
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daemon.core.nouns import Action, Ticket, TicketEvent, Value
    from daemon.core.site import Channel, Device, Site
    from daemon.core.unjudged import Unjudged
    from daemon.ports import Attachment, EpisodeRow
    from dashboards.auth import Who
    from dashboards.live import Sample

Json = dict[str, Any]


def words(text: Text) -> dict[str, str]:
    """Both languages."""
    return {"zh": text.zh, "en": text.en}


def when(at: float | None) -> str | None:
    """Epoch seconds as RFC 3339, None stays None."""
    return None if at is None else moment(at)


def name_of(site: Site, person: str) -> str:
    """A person's name; the id itself for the system and for accounts of their own."""
    found = site.people.get(person)
    return found.name if found else person


def place(site: Site, device: str, room: str = "") -> Json:
    """Where it is, in words."""
    known = site.devices.get(device)
    room = room or (known.room if known else "")
    name = known.name if known else gaps.NAME if device == gaps.SYSTEM else Text(device, device)
    return {
        "device": device,
        "device_name": words(name),
        "room": room,
        "room_name": words(site.rooms[room].name if room in site.rooms else Text(room, room)),
    }


def ticket(
    site: Site,
    given: Ticket,
    events: Sequence[TicketEvent],
    now: float,
    who: Who | None = None,
    photos: Sequence[Attachment] | None = None,
) -> Json:
    """`allowed`: what `who` may start now; `missing`: what is not there yet for closing."""
    clocks = sla.clocks(given, events, site.terms, site.timezone)
    team = site.teams.get(given.team)
    may = rights.allowed(given, actor=who.id, roles=who.user.roles, team=who.team(site)) if who else ()
    body = {
        "id": given.id,
        "number": given.number,
        "public_id": given.public_id,
        "site": given.site,
        **place(site, given.device, given.room),
        "rules": list(given.rules),
        "severity": str(given.severity),
        "origin": given.origin,
        "class": given.work_class,
        "state": str(given.state),
        "title": words(given.title),
        "reason": {"zh": given.reason.zh, "en": given.reason.en, "values": dict(given.reason.values)},
        "do_first": words(given.do_first),
        "causes": [words(cause) for cause in given.causes],
        "opened_at": moment(given.opened_at),
        "closed_at": when(given.closed_at),
        "signal_normal_at": when(given.signal_normal_at),
        "team": given.team,
        "team_name": words(team.name) if team else None,
        "assignee": given.assignee,
        "assignee_name": name_of(site, given.assignee),
        "repeats": given.repeats,
        "clocks": {name: clock(one, now) for name, one in clocks.items()},
        "evidence": dict(given.evidence),
        "events": [event(site, one) for one in events],
        "missing": [words(key) for key in rights.missing(given, site.terms)],
        "allowed": list(may),
        "version": given.version,
    }
    return body if photos is None else body | {"photos": [photo(site, one) for one in photos]}


def told(untold: float | None) -> Json:
    """`untold`: since when nobody could be told of a critical ticket, null where somebody was."""
    return {"untold": when(untold)}


def clock(given: sla.ServiceClock, now: float) -> Json:
    """One promise. `state`: met, met_late, running, near, over."""
    return {
        "started": moment(given.started),
        "near_at": moment(given.near_at),
        "due": moment(given.due),
        "met_at": when(given.met_at),
        "working": given.working,
        "state": sla.state(given, now),
    }


def event(site: Site, given: TicketEvent) -> Json:
    """One line of a ticket's history."""
    return {
        "seq": given.seq,
        "at": moment(given.at),
        "type": given.type,
        "by": given.by,
        "by_name": name_of(site, given.by),
        "note": given.note,
        "data": dict(given.data),
    }


def photo(site: Site, given: Attachment) -> Json:
    """A photo and where staff may see it."""
    return {
        "id": given.id,
        "kind": given.kind,
        "at": moment(given.at),
        "by_name": name_of(site, given.by),
        "bytes": given.bytes,
        "url": f"/api/v1/tickets/{given.ticket}/photos/{given.id}",
    }


def alarm(site: Site, row: EpisodeRow, now: float) -> Json:
    """One episode with what people did, and its ISA-18.2 state."""
    episode = row.episode
    state = isa_state(
        active=episode.returned_at is None,
        acknowledged=row.acknowledged_at is not None,
        shelved_until=row.shelved_until,
        now=now,
        suppressed=bool(episode.hidden_by),
        out_of_service=episode.hidden_by == suppression.OUT,
    )
    return {
        "id": episode.id,
        "site": episode.site,
        **place(site, episode.device),
        "rule": episode.rule,
        "title": words(title(site, episode.device, episode.rule)),
        "incident": episode.incident,
        "clears_after": clears_after(site, episode.device, episode.rule),
        "severity": str(episode.severity),
        "isa_state": state,
        "raised_at": moment(episode.raised_at),
        "returned_at": when(episode.returned_at),
        "acknowledged_at": when(row.acknowledged_at),
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_by_name": name_of(site, row.acknowledged_by),
        "shelved_until": when(row.shelved_until),
        "shelved_by_name": name_of(site, row.shelved_by),
        "shelf_reason": row.shelf_reason,
        "hidden_by": episode.hidden_by,
        "kept_by": words(suppression.says(episode.hidden_by)) if suppression.is_kept(episode) else None,
        "reason": {"zh": episode.reason.zh, "en": episode.reason.en, "values": dict(episode.reason.values)},
        "ticket": row.ticket or None,
        "version": row.version,
    }


def title(site: Site, device: str, rule: str) -> Text:
    """What an alarm is called. A rule that is no longer configured keeps its own name."""
    known = site.devices.get(device)
    if known is None:
        return gaps.TITLES.get(rule.partition(":")[0], Text(rule, rule))
    for signature in known.signatures:
        if signature.rule == rule:
            return signature.signature.says
    for limit in known.limits:
        if limit.rule == rule:
            return limit_title(limit, scope_of(known))
    if rule.startswith("DQ-"):
        channel = known.channels.get(rule.partition(":")[2])
        if not rule.startswith("DQ-01"):
            return book.title(rule, channel)
        return stale_title(channel) if channel else SILENT
    return Text(rule, rule)


def clears_after(site: Site, device: str, rule: str) -> float:
    """For how long its values must be normal before it ends, seconds."""
    known = site.devices.get(device)
    if known is None:
        return 0.0
    return ({one.rule: one.off for one in known.limits} | {one.rule: one.off for one in known.signatures}).get(rule, 0.0)


def action(site: Site, given: Action) -> Json:
    """What somebody did to an alarm."""
    data = {name: value for name, value in given.data.items() if name in ("note", "reason", "until")}
    return {"at": moment(given.at), "by": given.by, "by_name": name_of(site, given.by), "kind": given.kind, "data": data}


def point(device: Device, channel: Channel, sample: Sample | None) -> Json:
    """One point with its limits and its value now."""
    declared = channel.point
    return {
        "name": channel.name,
        "says": words(_numbered(declared.says, channel.instance)),
        "unit": unit(declared),
        "type": str(declared.type),
        "span": declared.span,
        "normal": declared.normal,
        "resolution": declared.resolution,
        "states": list(declared.states),
        "state_words": [words(word) for word in declared.words],
        "limits": [[str(limit.level), _figure(limit.value)] for limit in device.limits if limit.channel == channel.name],
        "value": None if sample is None else list(sample),
        "stale_after": declared.stale_after,
        "absent": channel.absent,
    }


def unjudged(given: Unjudged) -> Json:
    """A rule that cannot be judged, and why. `partly`: it can still be raised, but not by all it looks at."""
    return {"rule": given.rule, "title": words(given.title), **words(given.why), "partly": given.partly}


def _numbered(says: Text, instance: int | None) -> Text:
    return says if instance is None else Text(f"{instance} 号{says.zh}", f"{says.en} {instance}")


def _figure(value: Value | tuple[str, ...]) -> Value | list[str]:
    return list(value) if isinstance(value, tuple) else value


def device(site: Site, given: Device, values: Mapping[str, Sample], active: Sequence[EpisodeRow]) -> Json:
    """One piece of equipment in short. `severity`: of its worst alarm that nothing hides."""
    seen = [row.episode.severity for row in active if suppression.stands(row.episode)]
    good = [ts for ts, _, quality in values.values() if quality == Quality.GOOD]
    return {
        "id": f"{site.id}.{given.id}",
        "site": site.id,
        **place(site, given.id),
        "name": words(given.name),
        "kind": given.kind.id,
        "kind_name": words(given.kind.says),
        "gateway": given.gateway,
        "is_gateway": given.is_gateway,
        "severity": str(min(seen, key=lambda one: one.rank)) if seen else None,
        "newest": max(good, default=None),
        "headline": [name for name, channel in given.channels.items() if is_headline(given, channel)],
    }


def is_headline(given: Device, channel: Channel) -> bool:
    """Worth showing first, and fitted here."""
    return not channel.absent and not {channel.name, channel.point.name}.isdisjoint(given.kind.headline)
