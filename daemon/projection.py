"""A configuration → how much disk its values will take, and when the disk will be full: a finding of the doctor.

Bytes were measured (`tests/bench/history.py`): 1.2 for a value of the usual steps with its share of aggregates, up to 7 for one
of pure noise; counted are 1.5 a value and 4 an aggregate.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from daemon.finding import Finding, Level
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from daemon.core.site import Channel, Configuration, Settings, Site

DAY = 86_400.0
VALUE, AGGREGATE = 1.5, 4.0  # bytes
FAST = 10.0  # s: points that speak at least so often are summed up by the minute, others by the quarter of an hour
UNASKED = 3600.0  # s between changes of what has neither period nor heartbeat
SOON = 90.0  # days left that are worth a word


def disk_use(configuration: Configuration, data: Path) -> Finding:
    """Does the history fit? Counted with every device speaking at its usual period."""
    settings = configuration.settings
    daily = {site.id: (by_day(_channels(site)), aggregates_by_day(_channels(site))) for site in configuration.sites.values()}
    values, parts = (sum(pair[place] for pair in daily.values()) for place in (0, 1))
    says = _says(len(daily), values, values * VALUE + parts * AGGREGATE)
    if settings.history is not None:
        return Finding("history", Level.OK, says)
    free = shutil.disk_usage(data if data.exists() else data.absolute().parent).free
    return _judge(says, free, days_left(free, values * VALUE, parts * AGGREGATE, settings), whole(values, parts, settings))


def by_day(channels: Iterable[Channel]) -> float:
    """Values a day."""
    return sum(DAY / _period(channel) for channel in channels)


def aggregates_by_day(channels: Iterable[Channel]) -> float:
    """Minutes and quarters of an hour a day, of points that speak at least once in each."""
    periods = map(_period, channels)
    return sum(DAY / (60.0 if period <= FAST else max(900.0, period)) for period in periods)


def whole(values: float, parts: float, settings: Settings) -> float:
    """Bytes once nothing grows any more but days."""
    return values * VALUE * settings.raw_days + parts * AGGREGATE * settings.minute_days


def days_left(free: float, raw: float, parts: float, settings: Settings) -> float | None:
    """Days until `free` bytes are used up by so many bytes a day; None: it fits. Raw values stop growing first."""
    if raw * settings.raw_days + parts * settings.minute_days <= free:
        return None
    if (raw + parts) * settings.raw_days >= free:
        return free / (raw + parts)
    return (free - raw * settings.raw_days) / parts


def _period(channel: Channel) -> float:
    """Seconds between values; of a point that is sent on change its heartbeat, or an hour."""
    return channel.point.every or channel.point.heartbeat or UNASKED


def _channels(site: Site) -> list[Channel]:
    return [channel for device in site.devices.values() for channel in device.channels.values() if not channel.absent]


def _says(sites: int, values: float, size: float) -> Text:
    who = "community" if sites == 1 else "communities"
    each = size / max(1, sites) / 2**20
    return Text(
        f"历史数据每天约 {values / 1e6:.1f} 百万个值，{size / 2**20:.0f} MB（{sites} 个小区，平均每个 {each:.1f} MB）。",
        f"History takes about {size / 2**20:.0f} MB a day: {values / 1e6:.1f} million values of {sites} {who}, "
        f"{each:.1f} MB each.",
    )


def _judge(says: Text, free: float, left: float | None, most: float) -> Finding:
    gigabytes = most / 2**30
    if left is None:
        more = Text(f"最多 {gigabytes:.1f} GB，磁盘够用。", f" At most {gigabytes:.1f} GB: it fits.")
        return Finding("history", Level.OK, Text(says.zh + more.zh, says.en + more.en))
    more = Text(f"磁盘约 {left:.0f} 天后写满。", f" The disk is full in about {left:.0f} days.")
    level = Level.WARN if left < SOON else Level.OK
    do = Text(
        f"最终需要 {gigabytes:.1f} GB，现有 {free / 2**30:.1f} GB：扩大磁盘，或缩短 retention 里的天数。",
        f"In the end it needs {gigabytes:.1f} GB and {free / 2**30:.1f} GB are free: a larger disk, or fewer days in retention.",
    )
    return Finding("history", level, Text(says.zh + more.zh, says.en + more.en), do)
