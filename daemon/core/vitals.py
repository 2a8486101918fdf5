"""How the watch is, as it says itself every few seconds: checks with reasons, and figures; and the signs people see of it.

A `Vitals` is kept as JSON beside everything else the watch saves, so whoever reads it knows that it could be saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT_AS = "vitals"
STALE = 30.0  # s after which the watch's last word about itself says nothing any more
GAP_SHOWN = 3600.0  # s a loss, or a restart, is shown
CHECKS = ("connected", "committing", "clock", "disk", "history", "outbox", "canary")


class Check(msgspec.Struct, frozen=True):
    """One thing that must be so. `reason`: one sentence where it is not."""

    name: str
    ok: bool
    reason: str = ""


class Vitals(msgspec.Struct, frozen=True):
    """`wall` is the machine's clock when this was said. `facts`: figures for pages; `gaps`: source → when messages were lost
    with a session; `dropped`: source → how many its broker dropped, and when last."""

    wall: float
    checks: tuple[Check, ...]
    facts: dict[str, float] = {}
    gaps: dict[str, float] = {}
    dropped: dict[str, tuple[int, float]] = {}

    def pack(self) -> str:
        """As JSON."""
        return msgspec.json.encode(self).decode()


class Sign(msgspec.Struct, frozen=True):
    """What the wall shows about the system: its catalogue has the words for `code`."""

    code: str  # restarted clock gap dropped untold disk history outbox canary committing connected silent
    level: str  # bad warn
    values: dict[str, Any] = {}


def unpack(text: str | None) -> Vitals | None:
    """What was kept; None where there is none, or of another version."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Vitals)
    except msgspec.DecodeError:
        return None


def judge(vitals: Vitals | None, wall: float) -> list[Check]:
    """The watch's checks as somebody else may believe them: what is old says nothing."""
    if vitals is None:
        return [Check("watch", ok=False, reason="the watch has not reported yet")]
    age = wall - vitals.wall
    if abs(age) > STALE:
        return [Check("watch", ok=False, reason=f"no word from the watch for {age:.0f} s")]
    return [Check("watch", ok=True), *vitals.checks]


def signs(vitals: Vitals | None, wall: float, restarts: Mapping[str, Any]) -> list[Sign]:
    """What people in the control room should know, the worst first. `restarts`: what the supervisor has written down."""
    found = [*_ailments(vitals, wall), *_losses(vitals, wall), *_restarts(restarts, wall)]
    return sorted(found, key=lambda sign: sign.level)  # "bad" before "warn"


def _ailments(vitals: Vitals | None, wall: float) -> Iterator[Sign]:
    if vitals is None or abs(wall - vitals.wall) > STALE:
        return  # the page shows itself that the watch is silent
    failed = {check.name for check in vitals.checks if not check.ok}
    for name in CHECKS:
        if name in failed and name != "connected":  # the lines to the broker stand there already
            yield Sign("untold" if name == "outbox" else name, "bad", vitals.facts)
    if "disk" not in failed and vitals.facts.get("disk_low"):
        yield Sign("disk", "warn", vitals.facts)


def _losses(vitals: Vitals | None, wall: float) -> Iterator[Sign]:
    for source, at in (vitals.gaps if vitals else {}).items():
        if wall - at < GAP_SHOWN:
            yield Sign("gap", "bad", {"source": source, "at": at})
    for source, (count, at) in (vitals.dropped if vitals else {}).items():
        if wall - at < GAP_SHOWN:
            yield Sign("dropped", "bad", {"source": source, "at": at, "count": count})


def _restarts(told: Mapping[str, Any], wall: float) -> Iterator[Sign]:
    last = told.get("last")
    if last and wall - last["at"] < GAP_SHOWN:
        yield Sign("restarted", "warn", {**last, "count": sum(told.get("restarts", {}).values())})
