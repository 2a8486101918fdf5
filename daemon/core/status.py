"""Devices, tickets and the newest data → what the public may see: four colours and grey, each with why, in both languages.

This is an allow-list. Every dict that leaves is written out here, key by key, in the shapes of `public`; names come from the
configuration, sentences from here and from the kind's texts through `plain`. No ticket text, reason, note, person or figure of a
rule is ever copied.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.core import plain, planned, sla, suppression
from daemon.core.nouns import Quality, TicketState
from sensors.kit.words import Severity, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daemon.core.nouns import Episode, Ticket, TicketEvent, Value
    from daemon.core.public import Headline, PublicDevice, PublicRoom, PublicStatus, PublicTicket, Step, Words
    from daemon.core.site import Device, Site
    from daemon.core.windows import Span

SILENT = 300.0  # seconds without any new data after which the page says that it stopped
_SETTING = re.compile("set_?point|_set$|^set_|limit|threshold")  # a value that somebody chose, not measured
WORD_EVERY = 3600.0  # seconds between two words to residents once every promise is past due


@dataclass(frozen=True, slots=True)
class DeviceCondition:
    """What the public page needs to know of one device. `newest`: event time of its newest good reading, None if there was none.

    `unknown`: nothing of it can be believed now (silent, stale, its gateway away). `episodes`: active ones; hidden and returned
    ones in it are ignored, and so is what operators acknowledged or shelved. `spans`: planned work, now or soon."""

    newest: float | None = None
    unknown: bool = False
    episodes: tuple[Episode, ...] = ()
    spans: tuple[Span, ...] = ()


NOTHING_KNOWN = DeviceCondition(unknown=True)
WORST_FIRST = ("red", "yellow", "grey", "blue", "green")
_COLOUR = {Severity.CRITICAL: "red", Severity.MAJOR: "yellow", Severity.MINOR: "blue", Severity.INFO: "green"}
_STEPS = (
    ("discovered", Text("发现", "Discovered"), "opened"),
    ("accepted", Text("接单", "Accepted"), "accepted"),
    ("on_site", Text("到场", "On site"), "arrived"),
    ("repaired", Text("修复", "Repaired"), "resolved"),
    ("verified", Text("复核", "Verified"), "closed"),
)
_COUNTED = (
    ("red", Text("处停用", "out of service")),
    ("yellow", Text("处受影响", "affected")),
    ("grey", Text("处没有数据", "without data")),
    ("blue", Text("处有小问题", "with a small defect")),
    ("green", Text("处正常", "working")),
)


@dataclass(frozen=True, slots=True)
class _View:
    """Everything one look at the site needs."""

    site: Site
    events: Mapping[str, Sequence[TicketEvent]]
    now: float

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    def open(self, device: Device) -> bool:
        """A public device in a public room."""
        room = self.site.rooms.get(device.room)
        return device.public and room is not None and room.public

    def shows(self, device: Device) -> bool:
        """Gateways are ours, not the residents': no place of their own, but a job like any other."""
        return self.open(device) and not device.is_gateway

    def clocks(self, ticket: Ticket) -> dict[str, sla.ServiceClock]:
        return sla.clocks(ticket, self.events.get(ticket.id, ()), self.site.terms, self.site.timezone)

    def over(self, ticket: Ticket) -> bool:
        return any(sla.state(clock, self.now) == "over" for clock in self.clocks(ticket).values())

    def time(self, at: float | None) -> str | None:
        return None if at is None else datetime.fromtimestamp(at, self.zone).isoformat(timespec="seconds")


def public_status(
    site: Site,
    devices: Mapping[str, DeviceCondition],
    tickets: Sequence[Ticket],
    events: Mapping[str, Sequence[TicketEvent]],
    now: float,
) -> PublicStatus:
    """The whole page. `devices` by device id, one that is not in it is unknown; `events` by ticket id."""
    view = _View(site, events, now)
    shown = [device for device in site.devices.values() if view.shows(device)]
    conditions = {device.id: devices.get(device.id, NOTHING_KNOWN) for device in shown}
    rooms = [_room(view, device, conditions[device.id], tickets) for device in shown]
    colours = {room["device"]: room["colour"] for room in rooms}
    newest = max((c.newest for c in conditions.values() if c.newest is not None), default=None)
    return {
        "site": site.id,
        "state": _overall(shown, colours, silent=_silent(newest, now)),
        "sentence": _sentence(view, colours, newest),
        "as_of": view.time(newest),
        "rooms": rooms,
        "dealing_with": _dealing(view, tickets),
        "planned": planned.works(site, shown, {name: one.spans for name, one in conditions.items()}, now),
    }


def device_public(  # noqa: PLR0913, PLR0917 - one look at one device
    site: Site,
    device: Device,
    condition: DeviceCondition,
    tickets: Sequence[Ticket],
    events: Mapping[str, Sequence[TicketEvent]],
    now: float,
    values: Mapping[str, tuple[float, Value, int]] | None = None,
) -> PublicDevice | None:
    """The page on the door; None where the public may not see the device. `values`: channel → (event time, value, quality)."""
    view = _View(site, events, now)
    if not view.shows(device):
        return None
    seen = _room(view, device, condition, tickets)
    return {
        "device": device.id,
        "name": seen["name"],
        "room": _words(site.rooms[device.room].name),
        "kind": _words(device.kind.says),
        "explains": _words(device.kind.explains),
        "colour": seen["colour"],
        "why": seen["why"],
        "as_of": seen["as_of"],
        "values": _headlines(view, device, values or {}),
        "dealing_with": _dealing(view, [ticket for ticket in tickets if ticket.device == device.id]),
    }


def ticket_public(site: Site, ticket: Ticket, events: Sequence[TicketEvent], now: float) -> PublicTicket | None:
    """One ticket by its public number, ended or not; None where the public may not see its device."""
    view = _View(site, {ticket.id: events}, now)
    device = site.devices.get(ticket.device)
    if device is None or not view.open(device):
        return None
    return {
        "public_id": ticket.public_id,
        "title": _words(_title(view, ticket, device)),
        "steps": _steps(view, ticket),
        "next_word_by": view.time(_next_word(view, ticket)),
    }


def _words(text: Text) -> Words:
    return {"zh": text.zh, "en": text.en}


def _dealing(view: _View, tickets: Sequence[Ticket]) -> list[PublicTicket]:
    live = [t for t in tickets if not t.state.ended and t.severity is not Severity.INFO]
    live.sort(key=lambda t: (t.severity.rank, t.opened_at, t.public_id))
    cards = [ticket_public(view.site, t, view.events.get(t.id, ()), view.now) for t in live]
    return [card for card in cards if card is not None]


def _room(view: _View, device: Device, condition: DeviceCondition, tickets: Sequence[Ticket]) -> PublicRoom:
    own = [ticket for ticket in tickets if ticket.device == device.id and not ticket.state.ended]
    causes = [("grey", _no_data(view, condition.newest))] if condition.unknown else []
    causes += [_ticket_cause(view, device, ticket, unknown=condition.unknown) for ticket in own]  # first: it knows if it is late
    causes += [(_COLOUR[e.severity], plain.wrong(device, e.rule)) for e in _active(condition)]
    causes += [("blue", planned.says(view.site, span, view.now)) for span in condition.spans if span.begins <= view.now]
    colour, why = min(causes, key=lambda cause: WORST_FIRST.index(cause[0]), default=("green", _WELL))
    if colour == "green":
        why = _WELL
    elif condition.unknown and colour != "grey":
        why = plain.both(why, _no_data(view, condition.newest))
    as_of = view.time(condition.newest)
    return {"device": device.id, "name": _words(device.name), "colour": colour, "why": _words(why), "as_of": as_of}


_WELL = Text("一切正常", "All well")


def _active(condition: DeviceCondition) -> list[Episode]:
    """What is wrong now, worst first, then oldest."""
    active = [e for e in condition.episodes if e.returned_at is None and suppression.stands(e)]
    active = [e for e in active if not (condition.unknown and plain.doubts(e.rule))]  # said better by "no data since"
    return sorted(active, key=lambda e: (e.severity.rank, e.raised_at, e.rule))


def _ticket_cause(view: _View, device: Device, ticket: Ticket, *, unknown: bool) -> tuple[str, Text]:
    """An open ticket keeps its colour until its signal is normal again; one that is later than promised is at least yellow."""
    back = ticket.origin == "alarm" and ticket.signal_normal_at is not None
    silent = unknown and bool(ticket.rules) and plain.doubts(ticket.rules[0])
    colour = "blue" if back else "grey" if silent else _COLOUR[ticket.severity]
    why = Text("已恢复，正在复核", "Back to normal, being checked") if back else _what(device, ticket)
    if view.over(ticket):
        colour = min(colour, "yellow", key=WORST_FIRST.index)
        why = plain.both(why, Text("处理晚于承诺的时间", "later than promised"))
    return colour, why


def _what(device: Device, ticket: Ticket) -> Text:
    return plain.wrong(device, ticket.rules[0] if ticket.rules else "")


def _no_data(view: _View, newest: float | None) -> Text:
    if newest is None:
        return Text("还没有收到数据", "No data received yet")
    local, today = datetime.fromtimestamp(newest, view.zone), datetime.fromtimestamp(view.now, view.zone).date()
    clock = f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
    return Text(f"{clock} 起没有数据", f"No data since {clock}")


def _silent(newest: float | None, now: float) -> bool:
    return newest is None or now - newest > SILENT


def _overall(shown: Sequence[Device], colours: Mapping[str, str], *, silent: bool) -> str:
    """Red and grey stand for a whole service (all devices of a kind); less than that is yellow, or blue for some missing data."""
    if silent:
        return "grey"
    kinds: dict[str, list[str]] = {}
    for device in shown:
        kinds.setdefault(device.kind.id, []).append(colours[device.id])
    whole = {max(seen, key=WORST_FIRST.index) for seen in kinds.values()}  # the best of each service
    some = set(colours.values())
    if "red" in whole:
        return "red"
    if some & {"red", "yellow"}:
        return "yellow"
    if "grey" in whole:
        return "grey"
    return "blue" if some & {"grey", "blue"} else "green"


def _sentence(view: _View, colours: Mapping[str, str], newest: float | None) -> Words:
    if _silent(newest, view.now):
        return _words(plain.both(Text("数据暂停更新", "Updates have stopped"), _no_data(view, newest)))
    if (count := Counter(colours.values()))["green"] == len(colours):
        return {"zh": f"全部 {len(colours)} 处正常", "en": f"All {len(colours)} working"}
    parts = [(count[colour], says) for colour, says in _COUNTED if count[colour]]
    return {"zh": "，".join(f"{n} {says.zh}" for n, says in parts), "en": ", ".join(f"{n} {says.en}" for n, says in parts)}


def _title(view: _View, ticket: Ticket, device: Device) -> Text:
    room, kind, what = view.site.rooms[device.room].name, device.kind.says, _what(device, ticket)
    again = Text("（再次出现）", " (came back)") if ticket.repeats else Text("", "")
    return Text(f"{room.zh} · {kind.zh}：{what.zh}{again.zh}", f"{room.en} · {kind.en}: {what.en}{again.en}")


def _steps(view: _View, ticket: Ticket) -> list[Step]:
    """After a reopening only the discovery stands; a repair that did not hold is not shown as done."""
    done: dict[str, float] = {"opened": ticket.opened_at}
    for event in sorted(view.events.get(ticket.id, ()), key=lambda event: event.seq):
        if event.type == "reopened":
            done = {"opened": ticket.opened_at}
        elif event.type == "signal_back":
            done.pop("resolved", None)
        elif event.type != "opened":
            done[event.type] = done.get(event.type, event.at)
    return [{"step": step, "label": _words(label), "at": view.time(done.get(type_))} for step, label, type_ in _STEPS]


def _next_word(view: _View, ticket: Ticket) -> float | None:
    """The next promise still due; once all are past, every hour after the last of them. None when nothing is owed."""
    if ticket.state in (TicketState.CLOSED, TicketState.CANCELLED):
        return None
    owed = [clock.due for clock in view.clocks(ticket).values() if clock.met_at is None]
    ahead = [due for due in owed if due >= view.now]
    if ahead or not owed:
        return min(ahead, default=None)
    last = max(owed)
    return last + ((view.now - last) // WORD_EVERY + 1) * WORD_EVERY


def _headlines(view: _View, device: Device, values: Mapping[str, tuple[float, Value, int]]) -> list[Headline]:
    """Up to three measured values of the kind's headline that may be believed: no set-point, no text, nothing about access."""
    made: list[Headline] = []
    for name, channel in device.channels.items():
        at, value, quality = values.get(name, (0.0, "", Quality.MISSING))
        if _safe(device, name) and quality == Quality.GOOD and not isinstance(value, str):
            as_of = view.time(at) or ""
            made.append({"says": _words(channel.point.says), "value": value, "unit": channel.point.unit, "as_of": as_of})
    return made[:3]


def _safe(device: Device, name: str) -> bool:
    point = device.channels[name].point
    told = not {name, point.name}.isdisjoint(device.kind.headline)
    return told and point.type in (Type.FLOAT, Type.INT, Type.BOOL) and not plain.private(name) and not _SETTING.search(name)
