"""Devices and their points over HTTP: what there is, its values now, and a point's history."""

from typing import Annotated

from fastapi import APIRouter, Query

from daemon.core.site import Device, Site
from daemon.core.unjudged import Failed, unjudged
from dashboards import views
from dashboards.api import find, maintenance, trend
from dashboards.api.times import seconds
from dashboards.auth import AnyStaff
from dashboards.problems import Problem
from dashboards.shared import Needs, Shared
from dashboards.views import Json

router = APIRouter(tags=["devices"])
HOUR = 3600.0
TOLD = 1000  # of what could not be used, as many as are kept


@router.get("/devices")
def listed(
    needs: Needs,
    who: AnyStaff,
    site: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    before: str | None = None,
) -> Json:
    """In the order of the configuration; `before` is the id of the last device of the page before."""
    where = find.site(needs, who, site)
    values, names = needs.live.values(where.id), list(where.devices)
    active = needs.store.episodes(site=where.id, active=True, limit=1000)
    start = 0
    if before is not None:
        local = before.rpartition(".")[2]
        if local not in names:
            raise Problem(404, "missing")
        start = names.index(local) + 1
    page = names[start : start + limit]
    items = [
        views.device(where, where.devices[name], values.get(name, {}), [row for row in active if row.episode.device == name])
        for name in page
    ]
    return {"items": items, "next": f"{where.id}.{page[-1]}" if start + limit < len(names) else None}


@router.get("/devices/{device_id}")
def shown(needs: Needs, who: AnyStaff, device_id: str) -> Json:
    """One device with every point, the rules that cannot be judged now and why, its active alarms and its open tickets.
    `device_id`: `{site}.{device}`."""
    where, device = find.device(needs, who, device_id)
    values, now = needs.live.values(where.id).get(device.id, {}), needs.clock.now()
    active = [r for r in needs.store.episodes(site=where.id, active=True, limit=1000) if r.episode.device == device.id]
    jobs = [t for t in needs.store.tickets(site=where.id, ended=False, limit=1000) if t.device == device.id]
    return views.device(where, device, values, active) | {
        "points": [views.point(device, channel, values.get(name)) for name, channel in device.channels.items()],
        "unjudged": [views.unjudged(one) for one in unjudged(device, values, _failed(needs, where, device), now, where.timezone)],
        "alarms": [views.alarm(where, row, now) for row in active],
        "works": [work for work in maintenance.listing(needs, where) if device.id in work["devices"]],
        "tickets": [
            {"id": job.id, "number": job.number, "state": str(job.state), "title": views.words(job.title)} for job in jobs
        ],
    }


def _failed(needs: Shared, where: Site, device: Device) -> dict[str, Failed]:
    """Its rules that failed while they were evaluated, the newest word on each."""
    told = [one for one in reversed(needs.store.rejected(TOLD)) if one.code == "rule"]
    about = f"{where.id}/{device.id}/"
    return {
        one.topic.removeprefix(about): Failed(one.reason.partition("cannot be evaluated: ")[2] or one.reason, one.at)
        for one in told
        if one.topic.startswith(about)
    }


@router.get("/points/{point_id}/history")
def history(
    needs: Needs,
    who: AnyStaff,
    point_id: str,
    start: Annotated[str | None, Query(alias="from")] = None,
    end: Annotated[str | None, Query(alias="to")] = None,
    step: Annotated[float | None, Query(gt=0)] = None,
) -> Json:
    """The last hour by default. `step` 0/absent: every value while there are at most 5,000, else minutes; items of a step are
    [start, min, mean, max], raw items [ts, value, quality]. A gap in the items is a gap in the data."""
    where, device, channel = find.point(needs, who, point_id)
    until = seconds(end) if end else needs.clock.now()
    since = seconds(start) if start else until - HOUR
    if since >= until:
        raise Problem(422, "time")
    kind, items = trend.draw(needs.history, (where.id, device.id, channel.name), (since, until), step)
    return {
        "point": f"{where.id}.{device.id}.{channel.name}",
        "unit": views.point(device, channel, None)["unit"],
        "from": since,
        "to": until,
        "kind": kind,
        "items": items,
        "next": None,
    }
