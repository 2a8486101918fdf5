"""Tickets over HTTP: lists, one ticket, and each step a person takes. Every change goes through `daemon.core.tickets.act`."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from daemon.core import notices, rights, tickets
from daemon.core.nouns import Action, Ticket
from daemon.core.site import Site
from daemon.ports import Attachment, Transaction
from dashboards import photos, views
from dashboards.api import find
from dashboards.api.bodies import Deed, Hand, Remark
from dashboards.api.once import REPLAYED, Plan, once
from dashboards.auth import AnyStaff, Who
from dashboards.headers import LARGEST_PHOTO
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json
from sensors.kit.words import CRITICAL

router = APIRouter(prefix="/tickets", tags=["tickets"])
_TOLD = {"assign": "assigned", "reopen": "reopened"}  # action → why somebody must hear of it
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("")
def listed(  # noqa: PLR0913, PLR0917 - the filters of the list
    needs: Needs,
    who: AnyStaff,
    site: str | None = None,
    state: str | None = None,
    assignee: str | None = None,
    team: str | None = None,
    limit: Limit = 50,
    before: str | None = None,
) -> Json:
    """Newest first. `state`: open (not ended), ended, or one state. `assignee=me` is the asker, `team=mine` their team."""
    where = find.site(needs, who, site)
    ended = {"open": False, "ended": True}.get(state or "")
    page = needs.store.tickets(
        site=where.id,
        ended=ended,
        assignee=who.id if assignee == "me" else assignee,
        team=who.team(where) if team == "mine" else team,
        limit=limit,
        before=before,
    )
    named = [one for one in page if ended is not None or not state or one.state == state]
    following = page[-1].id if len(page) == limit else None
    return {"items": [look(needs, where, who, one) for one in named], "next": following}


@router.get("/{ticket_id}")
def shown(needs: Needs, who: AnyStaff, ticket_id: str) -> Json:
    """By id, number or public id, with its whole history and photos."""
    where, found = find.ticket(needs, who, needs.store.ticket(ticket_id))
    return look(needs, where, who, found, photos=needs.store.attachments(found.id))


def look(needs: Shared, site: Site, who: Who, ticket: Ticket, photos: list[Attachment] | None = None) -> Json:
    """A ticket as this person sees it now."""
    now = needs.clock.now()
    seen = views.ticket(site, ticket, needs.store.ticket_events(ticket.id), now, who, photos)
    return seen | views.told(needs.store.untold(now).get(ticket.id) if ticket.severity is CRITICAL else None)


@router.get("/{ticket_id}/photos/{photo_id}", response_class=FileResponse)
def photo(needs: Needs, who: AnyStaff, ticket_id: str, photo_id: str) -> FileResponse:
    """The cleaned picture; for staff only."""
    _, found = find.ticket(needs, who, needs.store.ticket(ticket_id))
    kept = next((one for one in needs.store.attachments(found.id) if one.id == photo_id), None)
    if kept is None or not (needs.photos / kept.path).is_file():
        raise Problem(404, "missing")
    return FileResponse(needs.photos / kept.path, media_type="image/jpeg", headers={"cache-control": "private, max-age=86400"})


@router.post("/{ticket_id}/assign")
def assign(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, hand: Hand) -> Response:
    """Hand it to a person, or to a team."""
    return _act(needs, who, request, ticket_id, "assign", hand, {"assignee": hand.assignee, "team": hand.team})


@router.post("/{ticket_id}/accept")
def accept(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """Take it."""
    return _act(needs, who, request, ticket_id, "accept", deed)


@router.post("/{ticket_id}/arrive")
def arrive(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """On site."""
    return _act(needs, who, request, ticket_id, "arrive", deed)


@router.post("/{ticket_id}/resolve")
def resolve(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """Repaired; the note says what was done."""
    return _act(needs, who, request, ticket_id, "resolve", deed)


@router.post("/{ticket_id}/close")
def close(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """Both keys are there: the signal is normal, the proof is in."""
    return _act(needs, who, request, ticket_id, "close", deed)


@router.post("/{ticket_id}/reopen")
def reopen(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """It did not hold."""
    return _act(needs, who, request, ticket_id, "reopen", deed)


@router.post("/{ticket_id}/cancel")
def cancel(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Deed) -> Response:
    """A false alarm, with its reason."""
    return _act(needs, who, request, ticket_id, "cancel", deed)


@router.post("/{ticket_id}/comment")
def comment(needs: Needs, who: AnyStaff, request: Request, ticket_id: str, deed: Remark) -> Response:
    """Words for whoever reads it next."""
    return _act(needs, who, request, ticket_id, "comment", deed)


@router.post("/{ticket_id}/photos")
def photograph(
    needs: Needs,
    who: AnyStaff,
    request: Request,
    ticket_id: str,
    file: Annotated[UploadFile, File()],
    kind: Annotated[str, Form(pattern="^(before|after)$")] = "after",
) -> Response:
    """Proof. Cleaned before it is kept: no place, no camera, no comment."""
    find.ticket(needs, who, needs.store.ticket(ticket_id))
    raw = file.file.read(LARGEST_PHOTO + 1)
    if len(raw) > LARGEST_PHOTO:
        raise Problem(413, "large", limit="10 MB")
    jpeg = photos.tidy(needs, raw)

    kept: list[Attachment] = []

    def decide() -> Plan:
        site, found = find.ticket(needs, who, needs.store.ticket(ticket_id))
        rights.check(found, "photo", actor=who.id, roles=who.user.roles, team=who.team(site))
        if not kept:
            kept.append(photos.keep(needs, jpeg, ticket=found.id, kind=kind, by=who.id))
            undo.callback(photos.drop, needs, kept[0])
        return _step(needs, who, ticket_id, "photo", data={"kind": kind, "photo": kept[0].id}, extra=kept)

    with ExitStack() as undo:
        answer = once(needs, request, who, decide)
        if REPLAYED not in answer.headers:
            undo.pop_all()
    return answer


def _act(  # noqa: PLR0913, PLR0917 - who does what, to what, with which words
    needs: Shared, who: Who, request: Request, ticket_id: str, action: str, deed: Deed, data: Mapping[str, Any] | None = None
) -> Response:
    return once(
        needs,
        request,
        who,
        lambda: _step(needs, who, ticket_id, action, note=deed.words, version=deed.version, data=data or {}),
    )


def _step(  # noqa: PLR0913 - a step with everything that belongs to it
    needs: Shared,
    who: Who,
    ticket_id: str,
    action: str,
    *,
    data: Mapping[str, Any],
    note: str = "",
    version: int | None = None,
    extra: Sequence[Attachment] = (),
) -> Plan:
    """The change, the record that somebody made it, and who must hear of it: one transaction."""
    site, found = find.ticket(needs, who, needs.store.ticket(ticket_id))
    _check_hand(site, data)
    now = needs.clock.now()
    change = tickets.act(
        found,
        action,
        actor=who.id,
        roles=who.user.roles,
        team=who.team(site),
        at=now,
        terms=site.terms,
        note=note,
        data=data,
        version=version,
    )
    done = Action(0, now, who.id, f"ticket.{action}", found.id, {"version": change.ticket.version, "note": note, **data})
    told = notices.for_ticket(site, change.ticket, _TOLD[action], now) if action in _TOLD else []
    events = [*needs.store.ticket_events(found.id), *change.events]
    seen = [*needs.store.attachments(found.id), *extra]

    def write(transaction: Transaction) -> None:
        transaction.put(change.ticket, change.events)
        for photo in extra:
            transaction.attach(photo)
        transaction.act(done)
        transaction.notify(told)

    return Plan(write, views.ticket(site, change.ticket, events, now, who, seen))


def _check_hand(site: Site, data: Mapping[str, Any]) -> None:
    """A ticket goes to somebody who exists."""
    person, team = data.get("assignee", ""), data.get("team", "")
    if (person and person not in site.people) or (team and team not in site.teams):
        raise Problem(422, "person")
