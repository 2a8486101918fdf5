"""Alarms and tickets of a span → figures. Few cases are told as few; nothing is estimated."""

from collections import Counter
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Annotated

from fastapi import APIRouter, Query

from daemon.core import sla
from daemon.core.nouns import Ticket
from daemon.core.site import Site
from daemon.ports import EpisodeRow
from dashboards import views
from dashboards.api import find
from dashboards.auth import Desk
from dashboards.shared import Needs, Shared
from dashboards.views import Json

router = APIRouter(prefix="/kpi", tags=["kpi"])
DAY = 86_400.0
STALE = DAY  # an alarm active for longer is stale (ISA-18.2 practice)
FEW = 5
FLOOD = 10  # alarms in ten minutes
MOST = 5000
Days = Annotated[float, Query(gt=0, le=92)]


@router.get("/alarms")
def alarms(needs: Needs, who: Desk, site: str | None = None, days: Days = 7.0) -> Json:
    """Alarms raised in the last `days`: how many, how fast, which most, which stand too long."""
    where, now = find.site(needs, who, site), needs.clock.now()
    rows = [row for row in _episodes(needs, where, now - days * DAY) if not row.episode.hidden_by]
    raised = [row.episode.raised_at for row in rows]
    per_ten = Counter(int((now - at) // 600) for at in raised)
    most = Counter((row.episode.device, row.episode.rule) for row in rows).most_common(10)
    standing = needs.store.episodes(site=where.id, active=True, limit=1000)
    return {
        "site": where.id,
        "days": days,
        "raised": len(rows),
        "per_day": round(len(rows) / days, 2),
        "last_10_min": per_ten[0],
        "worst_10_min": max(per_ten.values(), default=0),
        "flood_10_min": sum(count > FLOOD for count in per_ten.values()),
        "by_severity": dict(Counter(str(row.episode.severity) for row in rows)),
        "most": [
            {**views.place(where, device), "rule": rule, "title": views.words(views.title(where, device, rule)), "raised": count}
            for (device, rule), count in most
        ],
        "active": len(standing),
        "stale": [views.alarm(where, row, now) for row in standing if now - row.episode.raised_at > STALE],
    }


@router.get("/response")
def response(needs: Needs, who: Desk, site: str | None = None, days: Days = 92.0) -> Json:
    """Tickets opened in the last `days`: per promise how many were kept, and the time it took. Under five cases no statistics."""
    where, now = find.site(needs, who, site), needs.clock.now()
    jobs = _tickets(needs, where, now - days * DAY)
    clocks = [(job, sla.clocks(job, needs.store.ticket_events(job.id), where.terms, where.timezone)) for job in jobs]
    return {
        "site": where.id,
        "days": days,
        "tickets": len(jobs),
        "ended": sum(job.state.ended for job in jobs),
        "false_alarms": sum(str(job.state) == "cancelled" for job in jobs),
        "repeats": sum(job.repeats > 0 for job in jobs),
        "clocks": {
            name: _kept([made[name] for _, made in clocks if name in made], now) for name in ("accept", "on_site", "repair")
        },
    }


def _kept(clocks: Sequence[sla.ServiceClock], now: float) -> Json:
    took = [clock.met_at - clock.started for clock in clocks if clock.met_at is not None]
    states = Counter(sla.state(clock, now) for clock in clocks)
    enough = len(took) >= FEW
    return {
        "cases": len(clocks),
        "met": states["met"],
        "late": states["met_late"] + states["over"],
        "running": states["running"] + states["near"],
        "median_s": round(median(took), 1) if enough else None,
        "p90_s": round(quantiles(took, n=10)[-1], 1) if enough else None,
    }


def _episodes(needs: Shared, site: Site, since: float) -> list[EpisodeRow]:
    found: list[EpisodeRow] = []
    while len(found) < MOST:
        page = needs.store.episodes(site=site.id, limit=500, before=found[-1].episode.id if found else None)
        found += [row for row in page if row.episode.raised_at >= since]
        if len(page) < 500 or page[-1].episode.raised_at < since:
            break
    return found


def _tickets(needs: Shared, site: Site, since: float) -> list[Ticket]:
    found: list[Ticket] = []
    while len(found) < MOST:
        page = needs.store.tickets(site=site.id, limit=500, before=found[-1].id if found else None)
        found += [job for job in page if job.opened_at >= since]
        if len(page) < 500 or page[-1].opened_at < since:
            break
    return found
