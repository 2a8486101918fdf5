"""A device and an instant → whether its alarms are told to anybody then, and if not, by what they are kept back and until when.

Kept back by design are alarms of a device out of service, of one in planned maintenance (configured, or begun by somebody), and
of one whose own switch says that it is under test or that authorised work goes on. They are recorded all the same. An episode
kept back carries the reason where others carry the rule that explains them (`hidden_by`), and waits to be told: what still stands
when the reason ends is told then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from daemon.core.windows import FOREVER, Window, covering
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daemon.core.nouns import Action, Episode
    from daemon.core.rules import Rule
    from daemon.core.site import Device, Site
    from daemon.core.state import DeviceState, State

OUT, PLANNED, TEST, CAUSE = "$out", "$planned", "$test", "$cause"  # no rule begins with $
SWITCHES = ("test_mode", "work_order_active")
LOOK = 60.0  # s after which a reason without a known end is asked for again
LONGEST = 7 * 86_400.0  # s that work begun by somebody may last
SAYS = {
    OUT: Text("设备停用", "Out of service"),
    PLANNED: Text("计划检修", "Planned maintenance"),
    TEST: Text("试验或授权作业", "Under test or authorised work"),
    CAUSE: Text("另一处的故障所致", "Follows from a failure elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept back by this, until then (as far as one knows)."""

    by: str
    until: float
    incident: str = ""  # of the cause, where it is another device's

    def look(self, at: float) -> float:
        """When to ask again whether it still is."""
        return min(self.until, at + LOOK)


def kept(state: State, device: DeviceState, rule: Rule, at: float) -> Kept | None:
    """What keeps this alarm of the device back at `at`, the widest first. A switch keeps back only what no signature says: a test
    is run to find failures, and where a test explains what a signature looks for, its condition says so itself."""
    since = device.device.out_of_service
    if since is not None and since <= at:
        return Kept(OUT, at + FOREVER)
    span = covering(windows(device.site, state.works.values()), device.device.id, device.site.timezone, at)
    if span is not None:
        return Kept(f"{PLANNED}:{span.window.id}", span.ends)
    for name in () if rule.do is not None else SWITCHES:
        if device.known(name):
            return Kept(f"{TEST}:{name}", at + LOOK)
    return None


def is_kept(episode: Episode) -> bool:
    """Is it kept back by design, not explained by another rule?"""
    return episode.hidden_by.startswith("$")


def stands(episode: Episode) -> bool:
    """Is it shown as wrong: kept back by nothing, or by another device's failure that explains it?"""
    return not episode.hidden_by or episode.hidden_by.startswith(CAUSE)


def says(hidden_by: str) -> Text:
    """What keeps it back, in words."""
    return SAYS.get(hidden_by.partition(":")[0], SAYS[PLANNED])


def windows(site: Site, works: Iterable[Window]) -> list[Window]:
    """What is configured, and what people have begun."""
    return [*site.windows, *(work for work in works if work.site == site.id)]


def devices_of(site: Site, place: str) -> frozenset[str]:
    """The devices meant by the id of a device or of a room."""
    if place in site.devices:
        return frozenset({place})
    return frozenset(device.id for device in site.devices.values() if device.room == place)


def out_of_service(device: Device, at: float) -> bool:
    """Does nobody expect it to work?"""
    return device.out_of_service is not None and device.out_of_service <= at


def wait(state: State, device: DeviceState, rule: str, until: float) -> None:
    """The episode is told at `until`, if nothing keeps it back then."""
    device.waiting[rule] = until
    state.push(until, device.key, "tell", rule)


def let_go(device: DeviceState, rule: str) -> list[str]:
    """This rule's episode waits no longer, and nor does any other that was kept back with it: they are told together."""
    others = [name for name in device.waiting if name in device.episodes and is_kept(device.episodes[name])]
    for name in others:
        del device.waiting[name]
    return [rule, *others]


def heed(state: State, action: Action) -> None:
    """Somebody has begun or planned work, or ended it. What waits for it is looked at anew: at once where the work is over."""
    if action.kind == "maintenance.begin":
        begun = max(min(action.at, state.now), float(action.data.get("begins") or 0.0))
        work = replace(_work(action.data, begun), site=action.target, by=action.by)
        state.works = {name: old for name, old in state.works.items() if _is_recent(old, state.now)} | {work.id: work}
    elif action.kind == "maintenance.end":
        known = state.works.get(str(action.data["id"]))
        if known is not None:
            again = action.data.get("again_from")  # of what recurs only this time is over
            state.works[known.id] = known.ended(state.now) if again is None else replace(known, since=float(again))
            _recall(state, known)


def _work(data: Mapping[str, Any], begun: float) -> Window:
    """Planned work as people begin it: once, or again and again where it says how long each time."""
    why, until = str(data.get("why") or ""), data.get("until")
    work = Window(id=str(data["id"]), devices=frozenset(data.get("devices") or ()), why=Text(why, why))
    if "length" not in data:
        return replace(work, once=(begun, min(float(until or 0.0), begun + LONGEST)))
    return replace(
        work,
        weekdays=frozenset(data["weekdays"]),
        monthdays=frozenset(data["monthdays"]),
        start=int(data["start"]),
        length=min(float(data["length"]), LONGEST),
        since=begun,
        until=None if until is None else float(until),
    )


def _is_recent(work: Window, now: float) -> bool:
    """May a journal fed again after a crash still ask for it?"""
    return now - work.ends < LONGEST


def _recall(state: State, over: Window) -> None:
    for device in (state.devices[over.site, name] for name in sorted(over.devices) if (over.site, name) in state.devices):
        for rule in list(device.waiting):
            wait(state, device, rule, state.now)
            state.soil(device)
