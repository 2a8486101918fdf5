"""Pages for residents: server HTML that works without JavaScript, made from the public allow-list only."""

from datetime import datetime
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from daemon.core.public import PublicRoom, PublicStatus, PublicTicket
from daemon.core.site import Site
from daemon.core.status import SILENT
from dashboards import language
from dashboards.api import public
from dashboards.pages.render import page
from dashboards.shared import Needs, Shared

router = APIRouter(include_in_schema=False)
COLOURS = ("green", "blue", "yellow", "red", "grey")


@router.get("/")
@router.get("/zh")
@router.get("/en")
def status(needs: Needs, request: Request, site: str | None = None, *, fragment: bool = False) -> Response:
    """How everything is. `fragment`: only what changes, for the page that is already open."""
    where = public.known(needs, site)
    seen = public.look(needs, where)
    stale = is_stale(needs, seen["as_of"])
    spoken = partial(language.say, language.choose(request, needs.configuration.settings.default_language))
    stopped = spoken("stale", time=seen["as_of"][11:16]) if seen["as_of"] else spoken("stale.never")
    return page(
        request,
        "status_main.html" if fragment else "status.html",
        site=where,
        status=seen,
        tally=tally(seen),
        stale=stale,
        headline=lambda: stopped if stale else language.pick(seen["sentence"], language.choose(request)),
        stopped=lambda: stopped,
        rooms=by_room(where, seen["rooms"]),
        colours=colours(needs, where, seen),
        current=current,
    )


@router.get("/rooms/{device}")
def room(needs: Needs, request: Request, device: str, site: str | None = None) -> Response:
    """The page on the door: what this is for, how it is, what is being done."""
    where = public.known(needs, site)
    seen = public.room(needs, where, device)
    if seen is None:
        return page(request, "tag.html", site=where, http_status=404)
    return page(request, "room.html", site=where, room=seen, current=current)


@router.get("/d/{code}")
def door(needs: Needs, request: Request, code: str) -> Response:
    """The short link on the door label. An old label leads to help, never to an error."""
    for where in needs.configuration.sites.values():
        for device in where.devices.values():
            if code and device.code.casefold() == code.casefold():
                first = next(iter(needs.configuration.sites))
                query = "" if where.id == first else f"?site={where.id}"
                return RedirectResponse(f"/rooms/{device.id}{query}", 302)
    return page(request, "tag.html", site=public.known(needs, None))


@router.get("/tickets")
def find(request: Request, needs: Needs, number: str = "") -> Response:
    """A form for the number on a card; with a number, on to its page."""
    wanted = tidy_number(number)
    if wanted:
        return RedirectResponse(f"/tickets/{wanted}", 303)
    return page(request, "find.html", site=public.known(needs, None), wrong=False, number="")


@router.get("/tickets/{public_id}")
def ticket(needs: Needs, request: Request, public_id: str) -> Response:
    """One job, ended or not."""
    found = public.ticket(needs, tidy_number(public_id))
    if found is None:
        return page(request, "find.html", site=public.known(needs, None), wrong=True, number=public_id[:32], http_status=404)
    where, seen = found
    done = seen["steps"][-1]["at"] is not None
    colour = (
        "green"
        if done
        else "grey"
        if not seen["next_word_by"]
        else colours(needs, where, public.look(needs, where))[seen["public_id"]]
    )
    return page(request, "ticket.html", site=where, ticket=seen, current=current, done=done, colour=colour)


def tidy_number(given: str) -> str:
    """As read aloud or copied: k7q4-2mxp, and O and I for 0 and 1 → K7Q42MXP."""
    kept = "".join(letter for letter in given.upper() if letter.isascii() and letter.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))[:16]


def tally(seen: PublicStatus) -> list[tuple[str, int]]:
    """How many of each colour, in the order of the page."""
    colours = [room["colour"] for room in seen["rooms"]]
    return [(colour, colours.count(colour)) for colour in COLOURS]


def by_room(site: Site, seen: list[PublicRoom]) -> list[dict[str, object]]:
    """Devices under the rooms they stand in; in a room where all are well, they are told in one line."""
    made = []
    for place in site.rooms.values():
        here = [one for one in seen if site.devices[one["device"]].room == place.id]
        if here:
            colours = [one["colour"] for one in here]
            worst = next(colour for colour in ("red", "yellow", "grey", "blue", "green") if colour in colours)
            made.append({"name": place.name, "devices": here, "colour": worst})
    return made


def colours(needs: Shared, site: Site, seen: PublicStatus) -> dict[str, str]:
    """Each job's colour is that of its device, which is public too."""
    shown = {one["device"]: one["colour"] for one in seen["rooms"]}
    return {job.public_id: shown.get(job.device, "yellow") for job in needs.store.tickets(site=site.id, ended=False, limit=1000)}


def is_stale(needs: Shared, as_of: str | None) -> bool:
    """Nothing new for five minutes: what is shown may have changed."""
    return as_of is None or needs.clock.now() - datetime.fromisoformat(as_of).timestamp() > SILENT


def current(ticket: PublicTicket) -> int:
    """The place of the first step not yet done; past the last when all are."""
    return next((n for n, step in enumerate(ticket["steps"]) if step["at"] is None), len(ticket["steps"]))
