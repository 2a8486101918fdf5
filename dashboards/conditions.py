"""Current values and active alarms → what can be said of each device now: its newest good data, whether it is known at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.core.nouns import Quality
from daemon.core.status import DeviceCondition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daemon.core.nouns import Episode
    from daemon.core.site import Device, Site
    from dashboards.live import Sample, Values


def conditions(site: Site, values: Values, episodes: Iterable[Episode], now: float) -> dict[str, DeviceCondition]:
    """By device id."""
    active: dict[str, list[Episode]] = {}
    for episode in episodes:
        active.setdefault(episode.device, []).append(episode)
    return {
        device.id: condition(device, values.get(device.id, {}), tuple(active.get(device.id, ())), now)
        for device in site.devices.values()
    }


def condition(device: Device, values: Mapping[str, Sample], episodes: tuple[Episode, ...], now: float) -> DeviceCondition:
    """Unknown when none of the points that speak regularly has spoken in time; a switch that only tells changes proves nothing."""
    newest = max((ts for ts, _, quality in values.values() if quality == Quality.GOOD), default=None)
    return DeviceCondition(newest, not any(fresh(device, name, sample, now) for name, sample in values.items()), episodes)


def fresh(device: Device, name: str, sample: Sample, now: float) -> bool:
    """A good value of a point that speaks regularly, not older than it may be."""
    channel = device.channels.get(name)
    after = channel.point.stale_after if channel else None
    return after is not None and sample[2] == Quality.GOOD and now - sample[0] <= after
