"""Work that people have begun: kept by name in the store, beside the action that the watch reads, for the pages to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from daemon.core.lines import moment
from daemon.core.windows import Window, covering
from dashboards.recurring import told
from dashboards.views import name_of, words

if TYPE_CHECKING:
    from daemon.core.site import Site
    from daemon.ports import Store, Transaction
    from dashboards.views import Json

_read = msgspec.json.Decoder(list[Window]).decode


def _name(site: Site) -> str:
    return f"maintenance/{site.id}"


def begun(store: Store | Transaction, site: Site) -> list[Window]:
    """What somebody has begun and nobody has ended, over or not."""
    kept = store.recall(_name(site))
    return _read(kept) if kept else []


def keep(transaction: Transaction, site: Site, works: list[Window], now: float) -> None:
    """What is over is let go."""
    live = [work for work in works if work.ends > now]
    transaction.remember(_name(site), msgspec.json.encode(live).decode())


def works(store: Store, site: Site) -> list[Window]:
    """All planned work: configured, and begun."""
    return [*site.windows, *begun(store, site)]


def present(store: Store, site: Site, now: float) -> dict[str, Json]:
    """Device → the work on it now: until when, why and by whom. Out of service: until nobody knows when."""
    known = works(store, site)
    found: dict[str, Json] = {}
    for device in site.devices.values():
        span = covering(known, device.id, site.timezone, now)
        if device.out_of_service is not None and device.out_of_service <= now:
            found[device.id] = {"until": None, "why": {"zh": "停用", "en": "Out of service"}, "by_name": ""}
        elif span is not None:
            by_name = name_of(site, span.window.by)
            again = told(span.window, site)
            found[device.id] = {"until": moment(span.ends), "why": words(span.window.why), "by_name": by_name, "again": again}
    return found
