"""Current values and active alarms → what can be said of each device now: its newest good data, whether it is known at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from daemon.core.nouns import Quality
from daemon.core.planned import SOON
from daemon.core.status import DeviceCondition
from daemon.core.windows import coming

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from daemon.core.nouns import Episode
    from daemon.core.site import Device, Site
    from daemon.core.windows import Window
    from dashboards.live import Sample, Values

QUICK = 300.0  # s


def conditions(
    site: Site, values: Values, episodes: Iterable[Episode], now: float, works: Sequence[Window] = ()
) -> dict[str, DeviceCondition]:
    """By device id. `works`: planned work, configured or begun."""
    active: dict[str, list[Episode]] = {}
    for episode in episodes:
        active.setdefault(episode.device, []).append(episode)
    spans = coming(works, site.timezone, now, SOON)
    known = {
        device.id: condition(device, values.get(device.id, {}), tuple(active.get(device.id, ())), now)
        for device in site.devices.values()
    }
    busy = {name for span in spans for name in span.window.devices & known.keys()}
    return known | {name: replace(known[name], spans=tuple(s for s in spans if name in s.window.devices)) for name in busy}


def condition(device: Device, values: Mapping[str, Sample], episodes: tuple[Episode, ...], now: float) -> DeviceCondition:
    """Unknown when none of the points that speak often has spoken in time: what speaks rarely proves nothing about now."""
    newest = max((ts for ts, _, quality in values.values() if quality == Quality.GOOD), default=None)
    heard = any(name in values and is_fresh(values[name], after, now) for name, after in often(device).items())
    return DeviceCondition(newest, not heard, episodes)


def often(device: Device) -> dict[str, float]:
    """Fitted points → seconds after which they are stale, those of the quickest pace (five minutes, or the device's own)."""
    paces = {name: c.point.stale_after for name, c in device.channels.items() if not c.absent}
    known = {name: after for name, after in paces.items() if after is not None}
    quick = max(QUICK, min(known.values(), default=QUICK))
    return {name: after for name, after in known.items() if after <= quick}


def is_fresh(sample: Sample, after: float, now: float) -> bool:
    """A good value not older than it may be."""
    return sample[2] == Quality.GOOD and now - sample[0] <= after
