"""Alarms over HTTP: what is active or was, and what people do about it. The condition itself is the watch's alone to change."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from daemon.core.nouns import Action
from daemon.ports import EpisodeRow, StaleVersion, Transaction
from dashboards import views
from dashboards.api import find
from dashboards.api.bodies import Deed, Remark
from dashboards.api.once import once
from dashboards.api.times import seconds
from dashboards.auth import AnyStaff, Desk, Who
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json

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

    def change(transaction: Transaction, row: EpisodeRow, now: float) -> EpisodeRow:
        if row.acknowledged_at is not None:
            raise _no("acknowledged", row)
        return transaction.acknowledge(alarm_id, by=who.id, at=now, version=deed.version)

    return _act(needs, who, request, alarm_id, deed, ("acknowledge", change))


@router.post("/{alarm_id}/shelve")
def shelve(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Deed) -> Response:
    """Off the list until a time within seven days, with a reason."""
    now = needs.clock.now()
    until = seconds(deed.until) if deed.until is not None else 0.0
    if not now < until <= now + LONGEST_SHELF:
        raise Problem(422, "until")
    if not deed.words.strip():
        raise Problem(422, "reason")

    def change(transaction: Transaction, _: EpisodeRow, now: float) -> EpisodeRow:
        return transaction.shelve(alarm_id, by=who.id, at=now, until=until, reason=deed.words.strip(), version=deed.version)

    return _act(needs, who, request, alarm_id, deed, ("shelve", change), until)


@router.post("/{alarm_id}/unshelve")
def unshelve(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Deed) -> Response:
    """Back on the list."""

    def change(transaction: Transaction, row: EpisodeRow, now: float) -> EpisodeRow:
        if row.shelved_until is None:
            raise _no("unshelved", row)
        return transaction.shelve(alarm_id, by=who.id, at=now, until=None, reason="", version=deed.version)

    return _act(needs, who, request, alarm_id, deed, ("unshelve", change))


@router.post("/{alarm_id}/comment")
def comment(needs: Needs, who: Desk, request: Request, alarm_id: str, deed: Remark) -> Response:
    """Words for whoever looks next."""
    if not deed.words.strip():
        raise Problem(422, "note")
    return _act(needs, who, request, alarm_id, deed, ("comment", lambda _, row, __: row))


def _act(  # noqa: PLR0913, PLR0917 - who does what, to what, with which words
    needs: Shared,
    who: Who,
    request: Request,
    alarm_id: str,
    deed: Deed,
    step: tuple[str, Callable[[Transaction, EpisodeRow, float], EpisodeRow]],
    until: float | None = None,
) -> Response:
    """The change and the record that somebody made it: one transaction. The watch reads the record."""
    name, change = step

    def whole(transaction: Transaction) -> Json:
        where, row = find.alarm(needs, who, transaction.episode(alarm_id))
        now = needs.clock.now()
        try:
            changed = change(transaction, row, now)
        except StaleVersion as error:
            raise _no("version", row) from error
        data = {"note": deed.words, "version": changed.version} | ({"until": until} if until is not None else {})
        transaction.act(Action(0, now, who.id, f"alarm.{name}", row.episode.id, data))
        return views.alarm(where, changed, now)

    return once(needs, request, who, whole)


def _no(code: str, row: EpisodeRow) -> Problem:
    """What can be done instead."""
    problem = Problem(409, code)
    possible = {"acknowledge": row.acknowledged_at is None, "unshelve": row.shelved_until is not None}
    problem.more = {"allowed": [name for name, may in possible.items() if may] + ["shelve", "comment"]}
    return problem
