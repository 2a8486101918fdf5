"""Names in a request → sites, devices, alarms and tickets the asker may see; anything else does not exist for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.problems import Problem

if TYPE_CHECKING:
    from daemon.core.nouns import Ticket
    from daemon.core.site import Channel, Device, Site
    from daemon.ports import EpisodeRow
    from dashboards.auth import Who
    from dashboards.shared import Shared


def site(needs: Shared, who: Who, name: str | None) -> Site:
    """The named site; without a name the first one this person sees."""
    if name:
        found = needs.configuration.sites.get(name)
        if found is None or not who.sees(found):
            raise Problem(404, "missing")
        return found
    first = next((one for one in needs.configuration.sites.values() if who.sees(one)), None)
    if first is None:
        raise Problem(404, "missing")
    return first


def sites(needs: Shared, who: Who, name: str | None) -> list[Site]:
    """The named site, or all this person sees."""
    return [site(needs, who, name)] if name else [one for one in needs.configuration.sites.values() if who.sees(one)]


def device(needs: Shared, who: Who, name: str) -> tuple[Site, Device]:
    """`{site}.{device}`, or `{device}` of the first site."""
    place, _, local = name.rpartition(".")
    where = site(needs, who, place or None)
    if local not in where.devices:
        raise Problem(404, "missing")
    return where, where.devices[local]


def point(needs: Shared, who: Who, name: str) -> tuple[Site, Device, Channel]:
    """`{site}.{device}.{point}`, or `{device}.{point}` of the first site."""
    owner, _, local = name.rpartition(".")
    where, found = device(needs, who, owner)
    if local not in found.channels:
        raise Problem(404, "missing")
    return where, found, found.channels[local]


def ticket(needs: Shared, who: Who, found: Ticket | None) -> tuple[Site, Ticket]:
    """A ticket of a site this person sees."""
    if found is None:
        raise Problem(404, "missing")
    return site(needs, who, found.site), found


def alarm(needs: Shared, who: Who, found: EpisodeRow | None) -> tuple[Site, EpisodeRow]:
    """An alarm of a site this person sees."""
    if found is None:
        raise Problem(404, "missing")
    return site(needs, who, found.episode.site), found
