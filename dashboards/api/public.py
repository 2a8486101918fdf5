"""What anybody may read, as JSON: exactly what `daemon.core.status` lets out."""

from fastapi import APIRouter

from daemon.core.public import PublicDevice, PublicRoom, PublicStatus, PublicTicket
from daemon.core.site import Site
from daemon.core.status import device_public, public_status, ticket_public
from dashboards import begun
from dashboards.conditions import conditions
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared

router = APIRouter(prefix="/public", tags=["public"])
MOST = 1000


@router.get("/status", response_model=None)
def status(needs: Needs, site: str | None = None) -> PublicStatus:
    """The whole page."""
    return look(needs, known(needs, site))


@router.get("/rooms", response_model=None)
def rooms(needs: Needs, site: str | None = None) -> dict[str, list[PublicRoom] | None]:
    """Every device the public may see, with its colour and why."""
    return {"items": look(needs, known(needs, site))["rooms"], "next": None}


@router.get("/tickets", response_model=None)
def tickets(needs: Needs, site: str | None = None) -> dict[str, list[PublicTicket] | None]:
    """What is being dealt with."""
    return {"items": look(needs, known(needs, site))["dealing_with"], "next": None}


def known(needs: Shared, name: str | None) -> Site:
    """A configured site; the first where none is named."""
    found = needs.site(name)
    if found is None:
        raise Problem(404, "missing")
    return found


def look(needs: Shared, site: Site) -> PublicStatus:
    """The present through the allow-list."""
    jobs = needs.store.tickets(site=site.id, ended=False, limit=MOST)
    events = {job.id: needs.store.ticket_events(job.id) for job in jobs}
    active = [row.episode for row in needs.store.episodes(site=site.id, active=True, limit=MOST)]
    now = needs.clock.now()
    seen = conditions(site, needs.live.values(site.id), active, now, begun.works(needs.store, site))
    return public_status(site, seen, jobs, events, now)


def room(needs: Shared, site: Site, device_id: str) -> PublicDevice | None:
    """The page of one device; None where there is none for the public."""
    device = site.devices.get(device_id)
    if device is None:
        return None
    jobs = [job for job in needs.store.tickets(site=site.id, ended=False, limit=MOST) if job.device == device_id]
    events = {job.id: needs.store.ticket_events(job.id) for job in jobs}
    rows = [row.episode for row in needs.store.episodes(site=site.id, active=True, limit=MOST)]
    values, now = needs.live.values(site.id).get(device_id, {}), needs.clock.now()
    own = [episode for episode in rows if episode.device == device_id]
    seen = conditions(site, {device_id: values}, own, now, begun.works(needs.store, site))[device_id]
    return device_public(site, device, seen, jobs, events, now, values)


def ticket(needs: Shared, public_id: str) -> tuple[Site, PublicTicket] | None:
    """One job by its public number only: ids and internal numbers of tickets find nothing here."""
    found = needs.store.ticket(public_id)
    if found is None or found.public_id != public_id or found.site not in needs.configuration.sites:
        return None
    site = needs.configuration.sites[found.site]
    seen = ticket_public(site, found, needs.store.ticket_events(found.id), needs.clock.now())
    return (site, seen) if seen else None
