"""Planned work over HTTP: what is planned or going on, and beginning and ending it. While it lasts alarms are recorded and nobody
is called; the watch reads what is done here as an action."""

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


class Begin(BaseModel):
    """Work on a device or in a whole room, from now until a time within seven days."""

    model_config = ConfigDict(extra="forbid")

    place: Name
    until: str | float
    why: Words


class End(BaseModel):
    """The work is done."""

    model_config = ConfigDict(extra="forbid")

    note: Words = ""


@router.get("")
def listed(needs: Needs, who: AnyStaff, site: str | None = None) -> Json:
    """What is going on, and what begins within a day."""
    where, now = find.site(needs, who, site), needs.clock.now()
    spans = coming(begun.works(needs.store, where), where.timezone, now, SOON)
    return {"items": [_told(where, span, now) for span in spans], "next": None}


@router.post("")
def begin(needs: Needs, who: Desk, request: Request, body: Begin, site: str | None = None) -> Response:
    """Nobody is called about these devices until then, or until somebody says that the work is done."""
    where, now, until = find.site(needs, who, site), needs.clock.now(), seconds(body.until)
    devices = devices_of(where, body.place)
    if not devices:
        raise Problem(404, "missing")
    if not now < until <= now + LONGEST:
        raise Problem(422, "until")
    if not body.why.strip():
        raise Problem(422, "reason")
    why = Text(body.why.strip(), body.why.strip())
    work = Window(secrets.token_hex(6), devices, why, (now, until), site=where.id, by=who.id)
    return once(needs, request, who, partial(_begin, who, where, work))


@router.post("/{work_id}/end")
def end(needs: Needs, who: Desk, request: Request, work_id: str, body: End, site: str | None = None) -> Response:
    """What still stands is told now."""
    where = find.site(needs, who, site)
    return once(needs, request, who, partial(_end, needs, who, where, (work_id, body.note)))


def _begin(who: Who, where: Site, work: Window) -> Plan:
    assert work.once is not None  # noqa: S101 - made so above
    now, until = work.once
    data = {"id": work.id, "devices": sorted(work.devices), "until": until, "why": work.why.zh}

    def write(transaction: Transaction) -> None:
        begun.keep(transaction, where, [*begun.begun(transaction, where), work], now)
        transaction.act(_action(who, now, "begin", where, data))

    return Plan(write, _told(where, Span(work, now, until), now))


def _end(needs: Shared, who: Who, where: Site, done: tuple[str, str]) -> Plan:
    (work_id, note), now = done, needs.clock.now()
    work = next((one for one in begun.begun(needs.store, where) if one.id == work_id), None)
    if work is None or work.once is None:
        raise Problem(404, "missing")
    over = replace(work, once=(work.once[0], now))

    def write(transaction: Transaction) -> None:
        begun.keep(transaction, where, [one for one in begun.begun(transaction, where) if one.id != work_id], now)
        transaction.act(_action(who, now, "end", where, {"id": work_id, "note": note}))

    return Plan(write, _told(where, Span(over, work.once[0], now), now))


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
