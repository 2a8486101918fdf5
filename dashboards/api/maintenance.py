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
from daemon.core.windows import Span, Window, coming
from daemon.ports import Transaction
from dashboards import begun
from dashboards.api import find
from dashboards.api.bodies import Name, Words
from dashboards.api.once import Plan, once
from dashboards.api.times import seconds
from dashboards.auth import AnyStaff, Desk, Who
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json, name_of, words
from sensors.kit.words import Text

router = APIRouter(prefix="/maintenance", tags=["maintenance"])


AHEAD = 30 * 86_400.0  # s ahead that work may be planned here: what is further off, or recurs, belongs in the site's file


class Begin(BaseModel):
    """Work on a device or in a whole room, from now or a later time, for at most seven days."""

    model_config = ConfigDict(extra="forbid")

    place: Name
    until: str | float
    begins: str | float | None = None
    why: Words


class End(BaseModel):
    """The work is done."""

    model_config = ConfigDict(extra="forbid")

    note: Words = ""


@router.get("")
def listed(needs: Needs, who: AnyStaff, site: str | None = None) -> Json:
    """What is going on, what begins within a day, and all that people have planned."""
    where = find.site(needs, who, site)
    return {"items": listing(needs, where), "next": None}


def listing(needs: Shared, where: Site) -> list[Json]:
    """The earliest first."""
    now, zone = needs.clock.now(), where.timezone
    spans = coming(where.windows, zone, now, SOON) + coming(begun.begun(needs.store, where), zone, now, AHEAD)
    return [_told(where, span, now) for span in sorted(spans, key=lambda span: (span.begins, span.ends, span.window.id))]


@router.post("")
def begin(needs: Needs, who: Desk, request: Request, body: Begin, site: str | None = None) -> Response:
    """Nobody is called about these devices meanwhile, or until somebody says that the work is done."""
    where, now, until = find.site(needs, who, site), needs.clock.now(), seconds(body.until)
    begins = now if body.begins is None else max(now, seconds(body.begins))
    devices = devices_of(where, body.place)
    if not devices:
        raise Problem(404, "missing")
    if not begins < until <= begins + LONGEST or begins > now + AHEAD:
        raise Problem(422, "work")
    if not body.why.strip():
        raise Problem(422, "reason")
    why = Text(body.why.strip(), body.why.strip())
    work = Window(secrets.token_hex(6), devices, why, (begins, until), site=where.id, by=who.id)
    return once(needs, request, who, partial(_begin, who, where, work, now))


@router.post("/{work_id}/end")
def end(needs: Needs, who: Desk, request: Request, work_id: str, body: End, site: str | None = None) -> Response:
    """What still stands is told now; what was only planned will not be."""
    where = find.site(needs, who, site)
    return once(needs, request, who, partial(_end, needs, who, where, (work_id, body.note)))


def _begin(who: Who, where: Site, work: Window, now: float) -> Plan:
    assert work.once is not None  # noqa: S101 - made so above
    begins, until = work.once
    data = {"id": work.id, "devices": sorted(work.devices), "until": until, "why": work.why.zh}
    data |= {"begins": begins} if begins > now else {}

    def write(transaction: Transaction) -> None:
        begun.keep(transaction, where, [*begun.begun(transaction, where), work], now)
        transaction.act(_action(who, now, "begin", where, data))

    return Plan(write, _told(where, Span(work, begins, until), now))


def _end(needs: Shared, who: Who, where: Site, done: tuple[str, str]) -> Plan:
    (work_id, note), now = done, needs.clock.now()
    work = next((one for one in begun.begun(needs.store, where) if one.id == work_id), None)
    if work is None or work.once is None:
        raise Problem(404, "missing")
    over = replace(work, once=(min(work.once[0], now), now))

    def write(transaction: Transaction) -> None:
        begun.keep(transaction, where, [one for one in begun.begun(transaction, where) if one.id != work_id], now)
        transaction.act(_action(who, now, "end", where, {"id": work_id, "note": note}))

    return Plan(write, _told(where, Span(over, min(work.once[0], now), now), now))


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
        "by": work.by,
        "by_name": name_of(where, work.by),
        "configured": not work.by,
    }
