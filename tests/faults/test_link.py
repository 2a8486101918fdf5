"""The way to the broker fails: frozen, cut, killed. Everything it delivered is stored once; what it lost itself is told."""

from __future__ import annotations

import os
import subprocess
import time
from threading import Thread

import pytest
from fixtures.broker import Mosquitto, until
from fixtures.machine import permitted
from fixtures.stage import LONG, Atrium
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

from daemon.core.nouns import DEAF, HOLD, RESUME
from daemon.ports import Undelivered
from daemon.publish import Publisher

pytestmark = [pytest.mark.broker, pytest.mark.slow]
MESSAGES = 6000


def in_thirds(device, messages, fault):
    """Publish a third, let the fault happen while the second third goes out, then the rest."""
    third = len(messages) // 3
    for message in messages[:third]:
        device.send(message)
    rest = Thread(target=lambda: [device.send(message) for message in messages[third : 2 * third]], daemon=True)
    rest.start()
    fault()
    rest.join(2 * LONG)
    for message in messages[2 * third :]:
        device.send(message)


def settle(watch, device):
    """Everything published has arrived and was saved, the watch has ended in order."""
    assert device.drain()
    assert until(lambda: calm(watch), 90), watch.words
    assert watch.stop()[0] == 0, watch.words


@pytest.mark.timeout(240)
def test_a_broker_frozen_for_half_a_minute_costs_nothing(atrium, device, community, mosquitto, tally):
    watch = atrium(community).start()
    burst, ledger = hours(watch.clock.now(), MESSAGES), Ledger(watch).follow()

    def freeze():
        mosquitto.freeze()
        assert until(lambda: DEAF in watch.topics(), 25), watch.words
        time.sleep(30 - 25 / 2)
        mosquitto.thaw()

    in_thirds(device, burst, freeze)
    settle(watch, device)
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(ledger.figures(left, burst))


class Cable:
    """The broker in a network of its own, at the end of a cable that can be pulled. Needs root."""

    def __init__(self, folder):
        self.name = f"atrium{os.getpid() % 100000}"
        self.near, self.far = f"an{os.getpid() % 100000}", f"af{os.getpid() % 100000}"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.name)
        run("ip", "address", "add", "10.213.77.1/30", "dev", self.near)
        run("ip", "link", "set", self.near, "up")
        for line in (f"address add 10.213.77.2/30 dev {self.far}", f"link set {self.far} up", "link set lo up"):
            run("ip", "-n", self.name, *line.split())
        self.broker = Mosquitto(folder)
        self.broker.config.write_text(self.broker.config.read_text().replace("127.0.0.1", "10.213.77.2"))
        self.broker.process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, "mosquitto", "-c", str(self.broker.config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"},
        )
        self.url = f"mqtt://10.213.77.2:{self.broker.port}"

    def pull(self):
        run("ip", "link", "set", self.near, "down")

    def plug(self):
        run("ip", "link", "set", self.near, "up")

    def remove(self):
        self.broker.kill()
        subprocess.run(["ip", "link", "delete", self.near], check=False)
        subprocess.run(["ip", "netns", "delete", self.name], check=False)


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def cable(tmp_path):
    probe = f"probe{os.getpid() % 100000}"
    permitted("ip", "netns", "add", probe)
    permitted("ip", "netns", "delete", probe)
    made = Cable(tmp_path / "mosquitto")
    try:
        yield made
    finally:
        made.remove()


@pytest.mark.timeout(240)
def test_a_pulled_cable_is_noticed_and_costs_nothing(tmp_path, cable, community, tally):
    assert until(lambda: reachable(cable), LONG)
    watch = Atrium(tmp_path, community, url=cable.url).start()
    inside = Publisher(cable.url)
    burst, ledger, noticed = hours(watch.clock.now(), MESSAGES), Ledger(watch).follow(), []

    def cut():
        cable.pull()
        begun = time.monotonic()
        assert until(lambda: DEAF in watch.topics(), LONG), watch.words
        noticed.append(time.monotonic() - begun)
        time.sleep(8)
        cable.plug()

    try:
        in_thirds(inside, burst, cut)
        settle(watch, inside)
    finally:
        inside.close()
        if watch.alive:
            watch.kill()
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(ledger.figures(left, burst))
    assert noticed[0] < 1.5 * 10 + 2  # 1.5 keep-alives of 10 s
    marks = [m.topic for m in ledger.messages if m.topic in (DEAF, HOLD, RESUME)]
    assert marks == [DEAF, HOLD, HOLD, RESUME, DEAF, HOLD, RESUME]  # the first two are of the start


def reachable(cable):
    try:
        Publisher(cable.url).close()
    except Undelivered:
        return False
    return True
