"""Planned work → what residents read of it: in which room and until when; never why or by whom, which is the staff's to know."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.core.windows import DAY
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from daemon.core.public import PublicWork, Words
    from daemon.core.site import Device, Site
    from daemon.core.windows import Span

SOON = DAY  # s ahead that planned work is announced


def says(site: Site, span: Span, now: float) -> Text:
    """Why the device is neither well nor broken."""
    ends = _local(site, span.ends)
    clock = f"{ends:%H:%M}" if ends.date() == _local(site, now).date() else f"{ends:%Y-%m-%d %H:%M}"
    return Text(f"计划检修，预计 {clock} 结束", f"Planned work, expected to end at {clock}")


def works(site: Site, shown: Iterable[Device], spans: Mapping[str, Sequence[Span]], now: float) -> list[PublicWork]:
    """One entry for each room and time, the earliest first."""
    found = {(span.begins, span.ends, device.room) for device in shown for span in spans.get(device.id, ()) if now < span.ends}
    made: list[PublicWork] = []
    for begins, ends, room in sorted(found):
        name, times = site.rooms[room].name, [_local(site, at).isoformat(timespec="seconds") for at in (begins, ends)]
        title: Words = {"zh": f"{name.zh}：计划检修", "en": f"{name.en}: planned work"}
        made.append({"title": title, "begins": times[0], "ends": times[1]})
    return made


def _local(site: Site, at: float) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(site.timezone))
