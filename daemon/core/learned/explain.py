"""Words for a learned finding, in both languages: what was seen, what is usual at this hour, how rare it is, when it was last
like this, which points."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from daemon.core.nouns import Reason
from daemon.core.reasons import name_of
from sensors.kit.say import duration, quantity
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daemon.core.learned.finding import Watched

USUAL = 3.0  # usual errors that still count as usual
SHAPES = 16  # samples in the shorter shape
MANY = 6  # digits beyond which a number of readings is told as a power of ten


def local(at: float, zone: float) -> datetime:
    """The site's wall clock."""
    return datetime.fromtimestamp(at, UTC).astimezone(timezone(timedelta(seconds=zone)))


def once_in(nats: float) -> str:
    """How many readings lie between two such, to two digits: e^7.5 → 1,800."""
    count = math.exp(min(nats, 60.0))
    digits = int(math.log10(count))
    if digits > MANY:
        return f"10^{digits}"
    unit = 10 ** max(0, digits - 1)
    return f"{round(count / unit) * unit:,}"


def band(one: Watched, usual: float, spread: float) -> Text:
    """The values that are usual."""
    low, high = quantity(one.point, usual - USUAL * spread), quantity(one.point, usual + USUAL * spread)
    return Text(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}")


def channel(one: Watched, verdict: dict[str, float], *, every: float, zone: float) -> Reason:
    """A channel unlike itself. `verdict`: value, at, usual, spread, level and shape (nats), nearest (epoch s or < 0).

    Level and shape depend on each other, so the rarer of the two says how rare it is, not their sum.
    """
    name, seen = name_of(one.point, one.instance), quantity(one.point, verdict["value"])
    clock, usual = local(verdict["at"], zone), band(one, verdict["usual"], verdict["spread"])
    zh = [f"{name.zh} {seen.zh}，{clock:%H} 时前后通常为 {usual.zh}"]
    en = [f"{name.en} {seen.en}; around {clock:%H}:00 it is usually {usual.en}"]
    nats = max(verdict["level"], verdict["shape"])
    if verdict["shape"] > 0.0:
        past = duration(every * SHAPES) if every else None
        zh.append(f"最近{past.zh if past else ' 16 次读数'}的变化走势少见")
        en.append(f"its course over the last {past.en if past else '16 readings'} is rare")
    zh.append(f"约每 {once_in(nats)} 次读数才有一次")
    en.append(f"seen about once in {once_in(nats)} readings")
    if verdict["nearest"] >= 0.0:
        like = local(verdict["nearest"], zone)
        zh.append(f"最相近的是 {like:%m-%d %H:%M}")
        en.append(f"most like {like:%m-%d %H:%M}")
    values = {one.name: verdict["value"], "usual": verdict["usual"], "spread": verdict["spread"], "nats": nats}
    return Reason("；".join(zh), "; ".join(en), values)


def device(one: Watched, mean: float, normal: float, *, spread: float, distance: float) -> Reason:
    """A point that has left its normal in this operating mode."""
    name, seen, usual = name_of(one.point, one.instance), quantity(one.point, mean), quantity(one.point, normal)
    times = f"{distance:.0f}"
    return Reason(
        f"{name.zh} {seen.zh}，此运行方式下通常为 {usual.zh}，偏离为平时波动的 {times} 倍",
        f"{name.en} {seen.en}; in this operating mode it is usually {usual.en}: {times} times its usual wandering",
        {one.name: mean, "usual": normal, "spread": spread, "spreads": round(distance, 2)},
    )


def system(points: Sequence[Watched], shares: Sequence[float], ratio: float) -> Reason:
    """Points that do not belong together as they used to."""
    names = [name_of(one.point, one.instance) for one in points]
    parts_zh = "、".join(f"{name.zh}（{share:.0%}）" for name, share in zip(names, shares, strict=True))
    parts_en = ", ".join(f"{name.en} ({share:.0%})" for name, share in zip(names, shares, strict=True))
    return Reason(
        f"各测点之间的关系与平时不同（为限值的 {ratio:.1f} 倍），主要在：{parts_zh}",
        f"the points do not go together as they used to ({ratio:.1f} times the limit), most of all: {parts_en}",
        {"ratio": round(ratio, 2)},
    )
