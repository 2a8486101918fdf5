"""Turns a configuration into the messages its equipment would send: every device's plant, sampled as its points say.

Deterministic bit for bit: the same arguments give the same messages, and what a device sends does not depend on which others
were chosen. Each device has its own random numbers, made from (seed, site, device), and its own phase within ten seconds.
"""

from __future__ import annotations

import heapq
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from daemon.core.nouns import Message
from daemon.rig import EVER, WARM_UP, FaultPlan, Rig, Span, Unplayable
from sensors.plants.flaws import LASTS, SILENCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from daemon.core.site import Configuration, Device, Site

START = 1767196800.0  # 2026-01-01T00:00:00+08:00
FLUSH = 60.0  # s a gateway takes to send what it buffered
LAST_WILL = 15.0  # s after which the broker tells that a silent gateway is gone
_FAULT = re.compile(r"(?P<device>[^:@]+):(?P<label>[^:@]+)@(?P<at>-?\d+(?:\.\d+)?)(?:\+(?P<duration>\d+(?:\.\d+)?))?")


def plays(device: Device) -> tuple[str, ...]:
    """Labels of the faults this device can play, data faults included; none if nothing simulates it."""
    own = getattr(device.kind.plant, "plays", None)
    return () if own is None else (*own, *LASTS)


def parse_fault(text: str, devices: Mapping[str, Device]) -> FaultPlan:
    """`fire-pump:FP-F1@20+600`: device, label, seconds after the start, and, if it shall end, its duration. Raises Unplayable."""
    found = _FAULT.fullmatch(text.strip())
    if found is None:
        raise Unplayable(f"{text!r} is no fault; write DEVICE:LABEL@SECONDS or DEVICE:LABEL@SECONDS+DURATION")
    duration = found["duration"]
    plan = FaultPlan(found["device"], found["label"], float(found["at"]), None if duration is None else float(duration))
    _check(plan, devices)
    return plan


def _check(plan: FaultPlan, devices: Mapping[str, Device]) -> None:
    device = devices.get(plan.device)
    if device is None:
        raise Unplayable(f"there is no device {plan.device!r}; there are {', '.join(sorted(devices))}")
    if plan.label not in plays(device):
        raise Unplayable(f"{plan.device} cannot play {plan.label!r}; it can play {', '.join(plays(device)) or 'nothing'}")
    if plan.at < -WARM_UP:
        raise Unplayable(f"{plan.device}:{plan.label} begins {-plan.at:g} s before the start; at most {WARM_UP:g} s are possible")


def simulate(  # noqa: PLR0913 - one word for each option of the command
    configuration: Configuration,
    *,
    site: str | None = None,
    devices: Collection[str] | None = None,
    start: float = START,
    seed: int = 1,
    faults: Iterable[FaultPlan] = (),
    for_seconds: float | None = None,
    preroll: float = 0.0,
    noise: bool = True,
) -> Iterator[Message]:
    """Messages of all simulated devices (or those chosen) in order of `at`.

    `start` is epoch seconds; with `preroll` the last seconds of history come first, with their old times, to be sent at once.
    Without `noise` the instruments are ideal. Raises Unplayable before the first message if a site, device or fault does not
    exist.
    """
    span, plans = Span(start, preroll, for_seconds, noise), tuple(faults)
    sites = _sites(configuration, site)
    known = {device.id: device for place in sites for device in place.devices.values()}
    for plan in plans:
        _check(plan, known)
    if strange := sorted(set(devices or ()) - known.keys()):
        raise Unplayable(f"there is no device {strange[0]!r}; there are {', '.join(sorted(known))}")
    streams = [
        stream
        for place in sites
        for device in place.devices.values()
        if (devices is None or device.id in devices) and device.kind.plant
        for stream in _streams(place, device, span, seed, plans)
    ]
    return heapq.merge(*streams, key=lambda message: message.at)


def _sites(configuration: Configuration, site: str | None) -> list[Site]:
    if site is None:
        return list(configuration.sites.values())
    if site not in configuration.sites:
        raise Unplayable(f"there is no site {site!r}; there are {', '.join(sorted(configuration.sites))}")
    return [configuration.sites[site]]


def _streams(site: Site, device: Device, span: Span, seed: int, plans: Sequence[FaultPlan]) -> Iterator[Iterator[Message]]:
    """What one device sends: its telemetry, and for a gateway its status."""
    own = sorted((plan for plan in plans if plan.device == device.id), key=lambda plan: plan.at)
    _apart([plan for plan in own if plan.label not in LASTS])
    silences = [plan for plan in plans if plan.label == SILENCE and plan.device in (device.id, device.gateway)]
    yield _late(Rig(site, device, span, seed, own).messages(), span, silences)
    if device.is_gateway:
        yield _status(site, device, span, silences)


def _apart(plans: Sequence[FaultPlan]) -> None:
    """One fault of the equipment at a time: a plant knows only the one it plays."""
    for earlier, later in pairwise(plans):
        if later.at < earlier.ends:
            raise Unplayable(f"{later.device}: {later.label} begins before {earlier.label} has ended; one fault at a time")


def _late(messages: Iterator[Message], span: Span, silences: Sequence[FaultPlan]) -> Iterator[Message]:
    """Hold back what a silent gateway buffers, then deliver it in order within a minute, new samples queued behind old ones."""
    for message in messages:
        yield msgspec.structs.replace(message, at=_delivered(message.at - span.start, span, silences))


def _delivered(sent: float, span: Span, silences: Sequence[FaultPlan]) -> float:
    """When something sent `sent` seconds after the start arrives."""
    for plan in silences:
        if plan.at <= sent < plan.ends + FLUSH:
            sent = plan.ends + FLUSH * (sent - plan.at) / (plan.ends + FLUSH - plan.at)
    return round(span.start + sent, 3)


def _status(site: Site, device: Device, span: Span, silences: Sequence[FaultPlan]) -> Iterator[Message]:
    """`online` at the beginning; the broker's last will when it falls silent, `online` when it is back. Retained."""
    topic = f"atrium/{site.id}/{device.id}/status"
    moves = [(-span.preroll, b"online")]
    for plan in sorted(silences, key=lambda plan: plan.at):
        moves += [(plan.at + LAST_WILL, b"offline"), (plan.ends, b"online")]
    until = EVER if span.seconds is None else span.seconds
    for at, payload in moves:
        if -span.preroll <= at < until:
            yield Message(topic, payload, round(span.start + at, 3), retain=True)


def opening_fault(site: Site, device: str, *, start: float, seed: int, before: float = 22.0) -> FaultPlan:
    """An FP-F1 of `device` that began so early that its main pressure is first reported below `main_start` about `before`
    seconds ahead of the live start: with the 30 s of FP-01 the first ticket comes within seconds."""
    chosen = site.devices[device]
    at = -before - 90.0
    for _ in range(6):
        plan = FaultPlan(device, "FP-F1", at)
        fell = _fell(Rig(site, chosen, Span(start, WARM_UP, 60.0), seed, [plan]), chosen.params["main_start"], at)
        if -before - 3.0 <= fell <= -before + 7.0:
            break
        at = round(at - fell - before, 3)
    return plan


def _fell(rig: Rig, below: float, since: float) -> float:
    """Seconds after the start at which the simulated main pressure is first reported below `below`, not before `since`."""
    source = rig.channels["main_pressure"].source or "main_pressure"
    for message in rig.messages():
        content = msgspec.json.decode(message.payload)
        if message.at - rig.span.start >= since and content["values"].get(source, below) < below:
            return float(content["ts"]) / 1000.0 - rig.span.start
    return 60.0
