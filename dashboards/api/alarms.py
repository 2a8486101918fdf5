"""Alarms over HTTP: what is active or was, and what people do about it. The condition itself is the watch's alone to change."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from daemon.core.nouns import Action
from daemon.ports import EpisodeRow, Transaction
from dashboards import views
from dashboards.api import find
from dashboards.api.bodies import Deed, Remark
from dashboards.api.once import Plan, once
from dashboards.api.times import seconds
from dashboards.auth import AnyStaff, Desk, Who
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json

Step = tuple[EpisodeRow, Callable[[Transaction], object] | None]  # as it will be, and what is written for it

router = APIRouter(prefix="/alarms", tags=["alarms"])
LONGEST_SHELF = 7 * 86_400.0
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("")
def listed(
    needs: Needs, who: AnyStaff, site: str | None = None, state: str | None = None, limit: Limit = 50, before: str | None = None
) -> Json:
    """Newest first. `state`: active, returned, or ISA-18.2 letters such as `BD`."""
    where, now = find.site(needs, who, site), needs.clock.now()
    active = {"active": True, "returned": False}.get(state or "")
    page = needs.store.episodes(site=where.id, active=active, limit=limit, before=before)
    items = [views.alarm(where, row, now) for row in page]
    if state and active is None:
        items = [item for item in items if item["isa_state"] in state]
    return {"items": items, "next": page[-1].episode.id if len(page) == limit else None}


@router.get("/{alarm_id}")
def shown(needs: Needs, who: AnyStaff, alarm_id: str) -> Json:
    """One alarm, with everything people did about it."""
    where, row = find.alarm(needs, who, needs.store.episode(alarm_id))
    done = [views.action(where, one) for one in needs.store.actions(row.episode.id)]
    return views.alarm(where, row, needs.clock.now()) | {"actions": done}


@router.post("/{alarm_id}/acknowledge")
def acknowledge(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Deed) -> Response:
    """Somebody has seen it. Returned alarms too: that ends them."""

    def step(row: EpisodeRow, now: float) -> Step:
        if row.acknowledged_at is not None:
            raise _no("acknowledged", row)
        changed = replace(row, acknowledged_at=now, acknowledged_by=who.id)
        return changed, lambda transaction: transaction.acknowledge(row.episode.id, by=who.id, at=now, version=row.version)

    return _act(needs, who, request, alarm_id, deed, ("acknowledge", step))


@router.post("/{alarm_id}/shelve")
def shelve(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Deed) -> Response:
    """Off the list until a time within seven days, with a reason."""
    now = needs.clock.now()
    until = seconds(deed.until) if deed.until is not None else 0.0
    if not now < until <= now + LONGEST_SHELF:
        raise Problem(422, "until")
    if not deed.words.strip():
        raise Problem(422, "reason")
    step = partial(_shelve, who, until, deed.words.strip())
    return _act(needs, who, request, alarm_id, deed, ("shelve", step), until)


@router.post("/{alarm_id}/unshelve")
def unshelve(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Deed) -> Response:
    """Back on the list."""

    def step(row: EpisodeRow, now: float) -> Step:
        if row.shelved_until is None:
            raise _no("unshelved", row)
        return _shelve(who, None, "", row, now)

    return _act(needs, who, request, alarm_id, deed, ("unshelve", step))


@router.post("/{alarm_id}/comment")
def comment(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Remark) -> Response:
    """Words for whoever looks next."""
    if not deed.words.strip():
        raise Problem(422, "note")
    return _act(needs, who, request, alarm_id, deed, ("comment", lambda row, _: (row, None)))


def _shelve(who: Who, until: float | None, reason: str, row: EpisodeRow, now: float) -> Step:
    by = who.id if until is not None else ""
    changed = replace(row, shelved_until=until, shelved_by=by, shelf_reason=reason)
    return changed, lambda transaction: transaction.shelve(
        row.episode.id, by=who.id, at=now, until=until, reason=reason, version=row.version
    )


def _act(  # noqa: PLR0913, PLR0917 - who does what, to what, with which words
    needs: Shared,
    who: Who,
    request: Request,
    alarm_id: str,
    deed: Deed,
    named: tuple[str, Callable[[EpisodeRow, float], Step]],
    until: float | None = None,
) -> Response:
    """The change and the record that somebody made it: one transaction. The watch reads the record."""
    name, step = named

    def decide() -> Plan:
        where, row = find.alarm(needs, who, needs.store.episode(alarm_id))
        now = needs.clock.now()
        changed, change = step(row, now)
        if change is not None:
            if deed.version != row.version:
                raise _no("version", row)
            changed = replace(changed, version=row.version + 1)
        data = {"note": deed.words, "version": changed.version} | ({"until": until} if until is not None else {})
        done = Action(0, now, who.id, f"alarm.{name}", row.episode.id, data)

        def write(transaction: Transaction) -> None:
            if change is not None:
                change(transaction)
            transaction.act(done)

        return Plan(write, views.alarm(where, changed, now))

    return once(needs, request, who, decide)


def _no(code: str, row: EpisodeRow) -> Problem:
    """What can be done instead."""
    problem = Problem(409, code)
    possible = {"acknowledge": row.acknowledged_at is None, "unshelve": row.shelved_until is not None}
    problem.more = {"allowed": [name for name, may in possible.items() if may] + ["shelve", "comment"]}
    return problem
