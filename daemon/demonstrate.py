"""The demo: one command, a whole community alive. Prepares a data directory, accounts and a play of faults, then supervises.

The opening fault is rolled on before the first page, so that the first ticket comes within seconds; after it another device fails
every few minutes, for half a day.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from daemon import processes, publish
from daemon.cli import fail, here, load_or_fail
from daemon.core import notices, own
from daemon.ports import Undelivered, User
from daemon.rig import FaultPlan
from daemon.simulate import opening_fault, plays, simulate
from daemon.supervise import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daemon.core.site import Configuration, Device, Site

    Works = Callable[[processes.Place, Configuration], Mapping[str, Callable[[], int]]]  # what each role of a place does

SEED = 20261122
PREROLL = 300.0  # s of history that is there when the first page opens
WATCH_WITHIN = 30.0  # s
OPENING = 240.0  # s the opening fault lasts from the start
EVERY = 240.0  # s between later faults
LASTS = 420.0  # s a later fault lasts
HOURS = 12.0  # the programme is that long
# What fails next, round and round: faults that show within minutes.
PROGRAMME = (
    FaultPlan("ev-03", "EV-F1", 0.0, LASTS),
    FaultPlan("supply-high", "WS-F4", 0.0, LASTS),
    FaultPlan("boiler-1", "BO-F4", 0.0, LASTS),
    FaultPlan("ebike-02", "EB-F4", 0.0, LASTS),
    FaultPlan("fire-pump", "FP-F4", 0.0, LASTS),
    FaultPlan("supply-low", "WS-F3", 0.0, LASTS),
    FaultPlan("charging-feeder", "CG-F4", 0.0, LASTS),
    FaultPlan("lift-1", "EL-F1", 0.0, LASTS),
)
ACCOUNTS = ("operator", "technician", "manager")
CONFIGURATION = Path(__file__).parent.parent / "config"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be asked of a demo. `data`: where to keep what happens; None: a directory of its own, removed at the end."""

    port: int
    mqtt_port: int
    data: Path | None
    speed: float
    quiet: bool


def demo(wishes: Wishes, hashed: Callable[[str], str], works: Works) -> int:
    """Run it until Ctrl-C; answers the exit code."""
    config = here(CONFIGURATION if CONFIGURATION.is_dir() else None)
    configuration = load_or_fail(config)
    root = wishes.data or Path(tempfile.mkdtemp(prefix="atrium-demo-"))
    place = processes.Place(config, root, "", wishes.mqtt_port, wishes.port)
    os.environ[processes.DEMO] = "quiet" if wishes.quiet else "loud"
    os.environ[processes.CLOCK] = f"{time.time()}:{wishes.speed}"
    try:
        processes.prepare(place)
        password = _people(configuration, root, hashed)
        _greet(wishes.port, password)
        return processes.supervise(place, configuration, works(place, configuration), _plant(place))
    finally:
        if wishes.data is None:
            shutil.rmtree(root, ignore_errors=True)


def _people(configuration: Configuration, data: Path, hashed: Callable[[str], str]) -> str:
    """One account per role with one password, new at every start."""
    from daemon.cli import open_or_fail  # noqa: PLC0415 - the store is needed only here

    password = f"demo-{secrets.token_hex(3)}"
    site = next(iter(configuration.sites.values()))
    with open_or_fail(configuration, data) as store:
        for role in ACCOUNTS:
            store.put_user(User(role, _on_duty(site, role), (role,), hashed(password)))
    return password


def _on_duty(site: Site, role: str) -> str:
    """Whose account it is: who would be called now."""
    now = processes.clock().now()
    if role == "technician":
        return notices.assign(site, next(d for d in site.devices.values() if d.kind.id == "fire_pump"), now)[1]
    people = [p for p in notices.on_duty(site, now) if role in p.roles] or [p for p in site.people.values() if role in p.roles]
    return people[0].id if people else ""


def _greet(port: int, password: str) -> None:
    base = f"http://127.0.0.1:{port}"
    typer.echo(
        f"""
  Atrium 心房 — 红山郡 Hongshan

  居民 public      {base}/
  中控 control     {base}/control       operator   / {password}
  维修 technician  {base}/technician    technician / {password}
                   (manager / {password})

  Ctrl-C 停止 stops everything.
"""
    )


def _plant(place: processes.Place) -> Worker:
    """The simulator as a process of its own; it waits for the broker."""
    url = f"mqtt://127.0.0.1:{place.mqtt_port}"
    return Worker("plant", [sys.executable, "-m", "daemon", "demo-plant", "--config", str(place.config), "--mqtt", url])


def play(configuration: Configuration, url: str) -> None:
    """Publish the demo's equipment for ever: history at once, then as time goes by."""
    clock, stop = processes.clock(), processes.until_told()
    _await_watch(url)
    configuration = equipment(configuration)
    site, start = next(iter(configuration.sites.values())), clock.now()
    plans = programme(site, start)
    messages = simulate(configuration, site=site.id, start=start, seed=SEED, faults=plans, preroll=PREROLL)
    try:
        publish.publish(messages, url, clock=clock, stop=stop, client_id="atrium-demo-plant")
    except Undelivered as undelivered:
        fail(undelivered.reason, 1)


def equipment(configuration: Configuration) -> Configuration:
    """What there is to play: a control room without what the watch tells of itself."""
    return replace(configuration, sites={name: _played(site) for name, site in configuration.sites.items()})


def _played(site: Site) -> Site:
    rooms = {name: _without(device) for name, device in site.devices.items() if device.kind.id == own.KIND}
    return replace(site, devices={**site.devices, **rooms})


def _without(device: Device) -> Device:
    channels = {n: replace(one, absent=one.absent or n in own.POINTS) for n, one in device.channels.items()}
    return replace(device, model=replace(device.model, channels=channels))


def _await_watch(url: str) -> None:
    """History sent before the watch has subscribed would reach nobody. After a while the play begins all the same."""
    heard, where = threading.Event(), urlsplit(url)
    client = Client(CallbackAPIVersion.VERSION2)

    def listen(*_: object) -> None:
        client.subscribe("atrium-out/heartbeat/watch")

    def hear(_client: Client, _data: object, told: MQTTMessage) -> None:
        if told.payload == b"online":
            heard.set()

    client.on_connect, client.on_message = listen, hear
    client.connect_async(where.hostname or "", where.port or 1883)
    client.loop_start()
    heard.wait(WATCH_WITHIN)
    client.disconnect()
    client.loop_stop()


def programme(site: Site, start: float) -> list[FaultPlan]:
    """The opening fault, then one every few minutes."""
    opening = opening_fault(site, "fire-pump", start=start, seed=SEED)
    plans = [FaultPlan(opening.device, opening.label, opening.at, OPENING - opening.at)]
    at = OPENING
    while at < HOURS * 3600.0:
        for plan in PROGRAMME:
            if plan.device in site.devices and plan.label in plays(site.devices[plan.device]):
                plans.append(FaultPlan(plan.device, plan.label, at, plan.duration))
                at += EVERY
    return plans
