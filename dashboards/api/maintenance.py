"""Planned work over HTTP: what is planned or going on, and beginning, planning and ending it. While it lasts alarms are recorded
and nobody is called; the watch reads what is done here as an action."""

import secrets
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from daemon.core.lines import moment
from daemon.core.nouns import Action
from daemon.core.planned import SOON
from daemon.core.site import Site
from daemon.core.suppression import LONGEST, devices_of
from daemon.core.windows import Span, Window, coming, next_of
from daemon.ports import Transaction
from dashboards import begun
from dashboards.api import find
from dashboards.api.bodies import Name, Words
from dashboards.api.once import Plan, once
from dashboards.api.times import seconds
from dashboards.auth import AnyStaff, Desk, Who
from dashboards.problems import Problem
from dashboards.recurring import Again, recurring, told
from dashboards.shared import Needs, Shared
from dashboards.views import Json, name_of, words
from sensors.kit.words import Text

router = APIRouter(prefix="/maintenance", tags=["maintenance"])


AHEAD = 30 * 86_400.0  # s ahead that work may be planned here: what is further off belongs in the site's file


class Begin(BaseModel):
    """Work on a device or in a whole room, from now or a later time: until a time within seven days, or again and again."""

    model_config = ConfigDict(extra="forbid")

    place: Name
    until: str | float | None = None
    begins: str | float | None = None
    again: Again | None = None
    why: Words


class End(BaseModel):
    """The work is done. `once`: what recurs goes on, only this time is over."""

    model_config = ConfigDict(extra="forbid")

    note: Words = ""
    once: bool = False


@router.get("")
def listed(needs: Needs, who: AnyStaff, site: str | None = None) -> Json:
    """What is going on, what begins within a day, and all that people have planned; of what recurs the next time only."""
    where = find.site(needs, who, site)
    return {"items": listing(needs, where), "next": None}


def listing(needs: Shared, where: Site) -> list[Json]:
    """The earliest first."""
    now, zone = needs.clock.now(), where.timezone
    first: dict[str, Span] = {}
    for span in coming(where.windows, zone, now, SOON):
        first.setdefault(f"/{span.window.id}", span)  # in the site's file there may be the same id
    others = [next_of(work, zone, now) for work in begun.begun(needs.store, where)]
    first |= {span.window.id: span for span in others if span is not None}
    return [_told(where, span, now) for span in sorted(first.values(), key=lambda span: (span.begins, span.ends, span.window.id))]


@router.post("")
def begin(needs: Needs, who: Desk, request: Request, body: Begin, site: str | None = None) -> Response:
    """Nobody is called about these devices meanwhile, or until somebody says that the work is done."""
    where, now = find.site(needs, who, site), needs.clock.now()
    work = replace(_asked(where, body, now), id=secrets.token_hex(6), site=where.id, by=who.id)
    span = next_of(work, where.timezone, now)
    if span is None:
        raise Problem(422, "never")
    return once(needs, request, who, partial(_begin, who, where, span, now))


def _asked(where: Site, body: Begin, now: float) -> Window:
    begins = now if body.begins is None else max(now, seconds(body.begins))
    devices = devices_of(where, body.place)
    if not devices:
        raise Problem(404, "missing")
    if begins > now + AHEAD or (body.until is None) is (body.again is None):
        raise Problem(422, "work")
    why = Text(body.why.strip(), body.why.strip())
    if not why.zh:
        raise Problem(422, "reason")
    if body.again is not None:
        return recurring(body.again, where, devices, why, begins)
    until = seconds(body.until or 0.0)
    if not begins < until <= begins + LONGEST:
        raise Problem(422, "work")
    return Window("", devices, why, (begins, until))


@router.post("/{work_id}/end")
def end(needs: Needs, who: Desk, request: Request, work_id: str, body: End, site: str | None = None) -> Response:
    """What still stands is told now; what was only planned will not be."""
    where = find.site(needs, who, site)
    return once(needs, request, who, partial(_end, needs, who, where, (work_id, body)))


def _begin(who: Who, where: Site, span: Span, now: float) -> Plan:
    work = span.window
    data = {"id": work.id, "devices": sorted(work.devices), "until": work.until, "why": work.why.zh} | _times(work, now)

    def write(transaction: Transaction) -> None:
        begun.keep(transaction, where, [*begun.begun(transaction, where), work], now)
        transaction.act(_action(who, now, "begin", where, data))

    return Plan(write, _told(where, span, now))


def _times(work: Window, now: float) -> Json:
    """When it is, for the watch."""
    if work.once is not None:
        begins, until = work.once
        return {"until": until} | ({"begins": begins} if begins > now else {})
    days = {"weekdays": sorted(work.weekdays), "monthdays": sorted(work.monthdays), "start": work.start, "length": work.length}
    return days | {"begins": work.since}


def _end(needs: Shared, who: Who, where: Site, done: tuple[str, End]) -> Plan:
    (work_id, body), now = done, needs.clock.now()
    work = next((one for one in begun.begun(needs.store, where) if one.id == work_id), None)
    span = None if work is None else next_of(work, where.timezone, now)
    if work is None or span is None:
        raise Problem(404, "missing")
    if body.once and (work.once is not None or span.begins > now):
        raise Problem(422, "going")
    left = [replace(work, since=span.ends)] if body.once else []
    data = {"id": work_id, "note": body.note} | ({"again_from": span.ends} if body.once else {})

    def write(transaction: Transaction) -> None:
        others = [one for one in begun.begun(transaction, where) if one.id != work_id]
        begun.keep(transaction, where, [*others, *left], now)
        transaction.act(_action(who, now, "end", where, data))

    over = Span(work.ended(now), min(span.begins, now), now)
    return Plan(write, _told(where, (next_of(left[0], where.timezone, now) or over) if left else over, now))


def _action(who: Who, at: float, kind: str, where: Site, data: dict[str, Any]) -> Action:
    return Action(0, at, who.id, f"maintenance.{kind}", where.id, data)


def _told(where: Site, span: Span, now: float) -> Json:
    work = span.window
    return {
        "id": work.id,
        "devices": sorted(work.devices),
        "why": words(work.why),
        "begins": moment(span.begins),
        "ends": moment(span.ends),
        "going_on": span.begins <= now < span.ends,
        "again": told(work, where),
        "by": work.by,
        "by_name": name_of(where, work.by),
        "configured": not work.by,
    }
