"""The machine's clock jumps by an hour (a preloaded library; the monotonic clock is left alone): alarms keep their delays, nobody
is blind or stale, it is told; and only a clock that the equipment agrees with is followed."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec
import pytest
from fixtures.broker import free_port, running, until
from fixtures.machine import packaged
from fixtures.stage import LONG, ROOT, SITE, Atrium, small_site
from ledger import Ledger

from daemon.clock import LISTEN
from daemon.config import load
from daemon.core.nouns import CLOCK, Message
from daemon.publish import Publisher
from daemon.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.broker, pytest.mark.slow]
HOUR, EVERY = 3600.0, 2.0
DEVICES = ("fire-pump", "supply-low", "supply-high", "boiler-1")
DELAYS = {"main_pressure.LL": 5.0, "power_main_ok.STATE": 30.0, "main_pressure.L": 60.0}
SCENES = [(jump, follows) for jump in (HOUR, -HOUR) for follows in (True, False)]
LATE = 8.0  # s an alarm may be seen late on a busy machine
STARTING = Lock()  # four at once would take their time


# libfaketime 0.9.10 breaks sleeps that end at a time of the monotonic clock, as Python's do.
def library(folder):
    """The library that sets a process's wall clock."""
    packaged(shutil.which("cc"), "cc", "gcc libc6-dev")
    made = folder / "wallclock.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", made, ROOT / "tests/faults/wallclock.c", "-ldl", "-lm"], check=True)
    return made


def usual(config):
    """Device → all of its values on a quiet day."""
    values = {}
    for message in simulate(load(config, environ={}), site=SITE, start=1_795_000_000.0, for_seconds=700, faults=[], seed=1):
        *_, device, leaf = message.topic.split("/")
        if leaf == "telemetry":
            values.setdefault(device, {}).update(msgspec.json.decode(message.payload)["values"])
    return {device: values[device] for device in DEVICES}


@dataclass
class Room:
    """Four devices that tell all of their values every two seconds, and a watch whose clock can be set."""

    folder: Path
    url: str
    library: Path
    port: int = field(default_factory=free_port)
    shift: float = 0.0  # how far the equipment's own clock is off

    def __post_init__(self):
        config = small_site(
            self.folder / "config",
            devices=DEVICES,
            gateways=("gw-1", "gw-2", "gw-3"),
            atrium=lambda words: words.update(metrics={"port": self.port}),
        )
        self.values, self.over, self.file = usual(config), Event(), self.folder / "time"
        self.speaker = Thread(target=self.talk, daemon=True)
        self.set(0)
        self.watch = Atrium(self.folder, config, url=self.url)
        self.watch.environment = {"LD_PRELOAD": str(self.library), "ATRIUM_WALL": str(self.file)}
        self.device = Publisher(self.url)

    def set(self, seconds):
        """The machine's clock is so far off from now on."""
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("d", seconds))

    def tell(self, **edits):
        """The pump's values are so from now on, and told at once; answers when (monotonic)."""
        self.values["fire-pump"] = self.values["fire-pump"] | edits
        self._send("fire-pump")
        return time.monotonic()

    def _send(self, device):
        body = msgspec.json.encode({"ts": round((time.time() + self.shift) * 1000), "values": self.values[device]})
        self.device.send(Message(f"atrium/{SITE}/{device}/telemetry", body, 0.0))

    def talk(self):
        while not self.over.wait(EVERY):
            for device in DEVICES:
                self._send(device)

    def check(self, name="clock"):
        try:
            answer = urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5)
        except HTTPError as error:
            answer = error
        with answer:
            return json.load(answer)["checks"].get(name, {"ok": False, "reason": "not looked at yet"})

    def raised(self, rule, since, timeout=LONG):
        """Seconds from `since` (monotonic) until the alarm was there."""
        end = time.monotonic() + timeout
        while rule not in self.watch.episodes(active=True):
            assert time.monotonic() < end, (rule, self.watch.words)
            time.sleep(0.25)
        return time.monotonic() - since

    def close(self):
        self.over.set()
        if self.watch.alive:
            self.watch.kill()
        self.device.close()

    def play(self, jump, *, follows):
        """The clock jumps a second after a fault; the equipment's own clock jumps too where it `follows`. Rule → seconds."""
        with STARTING:
            self.watch.start()
        ledger = Ledger(self.watch).follow()
        self.speaker.start()
        assert until(lambda: self.check()["ok"], LONG)
        fault = self.tell(main_pressure=0.7, power_main_ok=0)
        time.sleep(1.0)
        self.set(jump)
        self.shift = jump if follows else 0.0
        jumped = time.monotonic()
        assert until(lambda: "the machine's clock is" in self.check().get("reason", ""), LONG), self.check()
        took = {rule: self.raised(rule, fault, delay + LONG) for rule, delay in DELAYS.items()}
        assert time.monotonic() - jumped > LISTEN
        assert self.check() == ({"ok": True} if follows else {"ok": False, "reason": self.check()["reason"]})
        took["power_source.STATE"] = self.raised("power_source.STATE", self.tell(power_source="none"))
        self.end(ledger, follows=follows)
        return took

    def end(self, ledger, *, follows):
        """Nobody was called silent, the clock was moved only with the equipment, and a replay of the journal says the same."""
        if not follows:
            assert "the equipment agrees with Atrium" in self.check()["reason"]
            self.set(0)
            assert until(lambda: self.check()["ok"], LONG)
        self.over.set()
        self.speaker.join()
        silent = {(d, rule) for d in DEVICES for rule in self.watch.episodes(device=d) if rule.startswith("DQ")}
        assert silent == set()
        assert self.watch.stop()[0] == 0, self.watch.words
        ledger.assert_undisturbed()
        marks = [message.payload for message in ledger.messages if message.topic == CLOCK]
        assert len(marks) == int(follows), marks


def scene(folder, made, jump, *, follows):
    """One room in a world of its own."""
    with running(folder / "mosquitto") as broker:
        room = Room(folder, broker.broker.url, made)
        try:
            return room.play(jump, follows=follows)
        finally:
            room.close()


@pytest.mark.timeout(240)
def test_a_clock_that_jumps_by_an_hour_makes_no_alarm_early_or_lost(tmp_path, tally):
    made = library(tmp_path)
    places = [tmp_path / str(number) for number in range(len(SCENES))]
    with ThreadPoolExecutor(len(SCENES)) as pool:
        played = [
            pool.submit(scene, place, made, jump, follows=follows) for place, (jump, follows) in zip(places, SCENES, strict=True)
        ]
    for (jump, follows), one in zip(SCENES, played, strict=True):
        took = one.result()
        delays = DELAYS | {"power_source.STATE": 5.0}
        tally(f"{jump:+.0f} s, followed: {follows}: " + ", ".join(f"{rule} after {took[rule]:.1f} s" for rule in delays))
        late = {rule: took[rule] - delay for rule, delay in delays.items()}
        assert all(-0.5 < seconds < LATE for seconds in late.values()), (jump, follows, late)
