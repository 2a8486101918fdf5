"""Turns every way in which gateways write a time into epoch seconds: as `times` does, and local times without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from daemon.dialects.kit.strict import Flaw, shown
from daemon.dialects.kit.times import instant

if TYPE_CHECKING:
    from datetime import tzinfo

# 2026-05-18 10:00:00 · 2026/5/18 10:00 · 2026年05月18日 10时00分00秒 · 20260518T020000Z · 20260518100000 · with a fraction,
# with Z or an offset.
_WRITTEN = re.compile(
    r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?[T ]{0,3}([0-9]{1,2})[:时]?([0-9]{2})分?(?::?([0-9]{2})秒?)?"
    r"(?:[.,]([0-9]{1,9}))? ?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_RUN = re.compile(r"(?:19|20)[0-9]{12}")  # 20260518100000: as milliseconds it would be a time after the year 2570
_LONGEST = 40  # characters


def moment(written: Any, zone: str) -> float | Flaw:  # noqa: ANN401 - a JSON value
    """Epoch seconds, or why this is no time. `zone` holds for what is written without one."""
    if isinstance(written, int) and not isinstance(written, bool) and _RUN.fullmatch(str(written)):
        written = str(written)
    if not isinstance(written, str):
        return instant(written)
    told = written.strip()
    if len(told) > _LONGEST:
        return Flaw("time", f"no time: a text of {len(told)} characters")
    if told.replace(".", "", 1).isdecimal() and not _RUN.fullmatch(told):
        return instant(told)
    found = _WRITTEN.fullmatch(told)
    if found is None:
        return Flaw("time", f"not a time that can be read: {shown(told)}")
    return _calendar(told, found.groups(), zone)


def _calendar(told: str, parts: tuple[str | None, ...], zone: str) -> float | Flaw:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    micros = int((parts[6] or "0").ljust(6, "0")[:6])
    try:
        when = datetime(year, month, day, hour, minute, second, micros, tzinfo=_zone(parts[7] or zone))
        return when.timestamp()
    except (ValueError, OverflowError, OSError) as error:
        return Flaw("time", f"no such time: {shown(told)} ({error})")


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    if name in ("Z", "z", "UTC"):
        return UTC
    if name[0] in "+-":
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo
        assert zone is not None  # noqa: S101 - it was written with an offset
        return zone
    return ZoneInfo(name)
