"""Learned findings over HTTP: what waits for a person's word, and that word. The watch reads it from the record of actions."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from daemon.core import notices
from daemon.core.learned import ticket
from daemon.core.learned.review import Decision, Entry, decide
from daemon.core.nouns import Action, TicketChange
from daemon.core.reasons import name_of
from daemon.core.site import Site
from daemon.ports import Transaction
from dashboards import views
from dashboards.api import find
from dashboards.api.bodies import Deed
from dashboards.api.once import Plan, once
from dashboards.auth import Desk, Who
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json

router = APIRouter(prefix="/review", tags=["review"])
Limit = Annotated[int, Query(ge=1, le=200)]
State = Literal["open", "accepted", "dismissed", "ticket", "joined"]


@router.get("")
def listed(
    needs: Needs, who: Desk, site: str | None = None, state: State | None = None, limit: Limit = 50, before: str | None = None
) -> Json:
    """The last seen first."""
    return listing(needs, find.site(needs, who, site), state=state, limit=limit, before=before)


def listing(needs: Shared, where: Site, *, state: State | None, limit: int = 50, before: str | None = None) -> Json:
    """One page of the list; `next` is what `before` takes for the next one."""
    page = needs.store.review(site=where.id, state=state, limit=limit, before=before)
    items = [entry(where, one) for one in page if one.device in where.devices]
    return {"items": items, "next": page[-1].id if len(page) == limit else None}


@router.get("/{entry_id}")
def shown(needs: Needs, who: Desk, entry_id: str) -> Json:
    """One entry, with what somebody did about it."""
    where, found = _found(needs, who, entry_id)
    return entry(where, found) | {"actions": [views.action(where, one) for one in needs.store.actions(found.id)]}


@router.post("/{entry_id}/accept")
def accept(needs: Needs, who: Desk, request: Request, entry_id: str, deed: Deed) -> Response:
    """This is the new normal: the watch learns it anew from here."""
    return _decide(needs, who, request, entry_id, deed, Decision.ACCEPTED)


@router.post("/{entry_id}/dismiss")
def dismiss(needs: Needs, who: Desk, request: Request, entry_id: str, deed: Deed) -> Response:
    """Seen, nothing to do. It teaches nothing."""
    return _decide(needs, who, request, entry_id, deed, Decision.DISMISSED)


@router.post("/{entry_id}/ticket")
def make_ticket(needs: Needs, who: Desk, request: Request, entry_id: str, deed: Deed) -> Response:
    """Somebody goes and looks: a minor ticket, or a line in the one that is open for the device."""
    return _decide(needs, who, request, entry_id, deed, Decision.TICKET)


def _decide(needs: Shared, who: Who, request: Request, entry_id: str, deed: Deed, decision: Decision) -> Response:
    """The decision, what follows from it and the record of it: one transaction."""

    def plan() -> Plan:
        where, found = _found(needs, who, entry_id)
        now = needs.clock.now()
        if found.state is not Decision.OPEN:
            raise Problem(409, "decided")
        if deed.version != found.version:
            raise Problem(409, "version")
        done = decide(found, decision, by=who.id, at=now, note=deed.words.strip())
        return Plan(_writing(where, found, done), entry(where, done))

    return once(needs, request, who, plan)


def _writing(where: Site, found: Entry, done: Entry) -> Callable[[Transaction], None]:
    at, by = done.decided_at or 0.0, done.by
    points = list(dict.fromkeys(point for one in found.findings for point in one.points))
    data = {"note": done.note, "version": done.version, "site": found.site, "device": found.device, "points": points}

    def write(transaction: Transaction) -> None:
        transaction.decide(done)
        if done.state is Decision.TICKET:
            data["ticket"] = _ticket(where, done, transaction)
        transaction.act(Action(0, at, by, f"review.{done.state}", done.id, data))

    return write


def _ticket(where: Site, done: Entry, transaction: Transaction) -> str:
    made = ticket.make(where, done, transaction, at=done.decided_at or 0.0, by=done.by)
    if made is None:
        return ""
    change, new = made
    _put(transaction, where, change, new=new)
    return change.ticket.id


def _put(transaction: Transaction, where: Site, change: TicketChange, *, new: bool) -> None:
    transaction.put(change.ticket, change.events)
    if new:
        transaction.notify(notices.for_ticket(where, change.ticket, "opened", change.ticket.opened_at))


def _found(needs: Shared, who: Who, name: str) -> tuple[Site, Entry]:
    """An entry of a site this person sees, of a device that is still there."""
    found = needs.store.entry(name)
    if found is None:
        raise Problem(404, "missing")
    where = find.site(needs, who, found.site)
    if found.device not in where.devices:
        raise Problem(404, "missing")
    return where, found


def entry(where: Site, given: Entry) -> Json:
    """An entry with its findings, the one that leads first."""
    lead = ticket.strongest(given)
    findings = sorted(given.findings, key=lambda one: (one is not lead, one.at, one.id))
    return {
        "id": given.id,
        "site": given.site,
        **views.place(where, given.device),
        "title": views.words(ticket.title(where.devices[given.device], lead)),
        "opened_at": views.when(given.opened_at),
        "last_at": views.when(given.last_at),
        "state": str(given.state),
        "by": given.by,
        "by_name": views.name_of(where, given.by),
        "decided_at": views.when(given.decided_at),
        "note": given.note,
        "version": given.version,
        "findings": [
            {
                "detector": str(one.detector),
                "rule": one.rule,
                "points": [_point(where, given.device, name) for name in one.points],
                "at": views.when(one.at),
                "evidence": one.evidence,
                "severity": str(one.severity),
                "reason": {"zh": one.reason.zh, "en": one.reason.en, "values": dict(one.reason.values)},
            }
            for one in findings
        ],
    }


def _point(where: Site, device: str, name: str) -> Json:
    channel = where.devices[device].channels.get(name)
    said = views.words(name_of(channel.point, channel.instance)) if channel else {"zh": name, "en": name}
    return {"id": name, "name": said}
