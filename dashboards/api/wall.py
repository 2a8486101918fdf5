"""One community → everything the wall shows at first, in one answer."""

from collections.abc import Mapping

from fastapi import APIRouter

from daemon.core.nouns import Quality
from daemon.core.site import Device, Site
from daemon.core.suppression import stands
from daemon.ports import EpisodeRow
from dashboards import begun, views
from dashboards.api import find, maintenance
from dashboards.api.tickets import look
from dashboards.auth import Desk, Who
from dashboards.conditions import condition
from dashboards.live import Sample
from dashboards.shared import Needs, Shared
from dashboards.views import Json
from sensors.kit.words import CRITICAL

router = APIRouter(tags=["wall"])
MOST = 1000
FLOOD = 20_000
ENDED = 12  # tickets that ended last, for the last column
REJECTED = 20


@router.get("/wall")
def wall(needs: Needs, who: Desk, site: str | None = None) -> Json:
    """Rooms with devices and points, active and unacknowledged alarms, tickets, and what could not be used."""
    return first_state(needs, find.site(needs, who, site), who)


def first_state(needs: Shared, site: Site, who: Who) -> Json:
    """`seq`: resume the event stream from here."""
    seq = needs.store.last_event_seq()
    now, line = needs.clock.now(), needs.live.line()
    rows = listed_alarms(needs, site)
    jobs = needs.store.tickets(site=site.id, ended=False, limit=MOST) + needs.store.tickets(site=site.id, ended=True, limit=ENDED)
    return {
        "site": site.id,
        "name": views.words(site.name),
        "timezone": site.timezone,
        "learns": site.learned is not None,
        "rooms": _rooms(needs, site, rows, now),
        "people": {person.id: person.name for person in site.people.values()},
        "roster": [{"id": p.id, "name": p.name, "team": p.team, "roles": list(p.roles)} for p in site.people.values()],
        "teams": [{"id": team.id, "name": views.words(team.name)} for team in site.teams.values()],
        "alarms": [views.alarm(site, row, now) for row in rows],
        "tickets": [look(needs, site, who, job) for job in jobs],
        "rejected": _rejected(needs),
        "broker": line.broker,
        "watch": line.watch,
        "system": needs.system.signs,
        "works": maintenance.listing(needs, site),
        "newest": needs.live.newest(site.id),
        "now": now,
        "seq": seq,
    }


def listed_alarms(needs: Shared, site: Site) -> list[EpisodeRow]:
    """What belongs on an alarm list: active, or returned and not yet acknowledged."""
    active = needs.store.episodes(site=site.id, active=True, limit=FLOOD)
    active = sorted(active, key=lambda row: row.episode.severity is not CRITICAL)[:MOST]  # no flood drowns what is critical
    returned = needs.store.episodes(site=site.id, active=False, limit=200)
    return active + [row for row in returned if row.acknowledged_at is None and not row.episode.hidden_by]


def _rooms(needs: Shared, site: Site, rows: list[EpisodeRow], now: float) -> list[Json]:
    values = needs.live.values(site.id)
    busy = begun.present(needs.store, site, now)
    made = {
        device.id: _device(device, values.get(device.id, {}), [r for r in rows if r.episode.device == device.id], now)
        | {"planned": busy.get(device.id)}
        for device in site.devices.values()
    }
    return [
        {
            "id": room.id,
            "name": views.words(room.name),
            "devices": [made[device.id] for device in site.devices.values() if device.room == room.id],
        }
        for room in site.rooms.values()
    ]


def _device(device: Device, values: Mapping[str, Sample], rows: list[EpisodeRow], now: float) -> Json:
    """`state`: alarm where something is wrong, unknown where nothing can be believed, else normal."""
    active = [row.episode for row in rows if row.episode.returned_at is None and stands(row.episode)]
    unknown = condition(device, values, (), now).unknown
    worst = min((episode.severity for episode in active), key=lambda one: one.rank, default=None)
    return {
        "id": device.id,
        "name": views.words(device.name),
        "kind": device.kind.id,
        "is_gateway": device.is_gateway,
        "gateway": device.gateway,
        "headline": [name for name, channel in device.channels.items() if views.is_headline(device, channel)],
        "points": [views.point(device, channel, values.get(name)) for name, channel in device.channels.items()],
        "good": sum(sample[2] == Quality.GOOD for sample in values.values()),
        "state": "alarm" if active else "unknown" if unknown else "normal",
        "severity": str(worst) if worst else None,
    }


def _rejected(needs: Shared) -> Json:
    counts = needs.store.rejected_counts()
    newest = [
        {"at": one.at, "topic": one.topic, "code": one.code, "reason": one.reason} for one in needs.store.rejected(REJECTED)
    ]
    return {"total": sum(counts.values()), "by_code": counts, "newest": newest}
