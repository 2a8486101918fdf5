"""A community that is alive, for browsers: a real broker, a watch and a web process, simulated devices, one fire pump by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import time

import yaml
from fixtures.broker import Mosquitto, free_port, until

from daemon.adapters.store import open_store
from daemon.clock import SystemClock
from daemon.config import load
from daemon.core.nouns import Message
from daemon.ports import User
from daemon.publish import Publisher, publish
from daemon.simulate import simulate
from dashboards import auth

ROOT = Path(__file__).parent.parent.parent
SITE = "hongshan"
PEOPLE = {"operator": "operator-day", "technician": "tech-day", "manager": "manager"}  # account → person
PASSWORD = "browsers only, never outside"  # noqa: S105 - of accounts that live for a minute
AT_REST = 1_781_000_000  # no pump runs: one that is seen running for ever is a fault after ten minutes (FP-06)
LONG = 40.0  # s: far more than anything here takes on an idle machine


class Town:
    """Everything beside the browser. Its processes may be killed and started again."""

    def __init__(self, folder):
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.broker = Mosquitto(folder / "mosquitto")
        self.config = hurried_copy(folder / "config")
        self.configuration = load(self.config, environ={})
        self.running, self.ended = {}, Event()
        self.pump = None

    def start(self):
        """Up to the moment at which the pages show values."""
        self.data.mkdir()
        self.broker.start()
        self.store(lambda store: [store.put_user(user) for user in accounts()])
        self.launch("watch")
        self.launch("web")
        assert until(lambda: self.answers("/readyz"), LONG), self.words
        self.pump = Pump(self)
        others = [one for one in self.configuration.sites[SITE].devices if one != "fire-pump"]
        messages = simulate(self.configuration, devices=others, start=time(), seed=20261122)
        self.publishing = Thread(target=publish, args=(messages, self.url), kwargs={"clock": SystemClock(), "stop": self.ended})
        self.publishing.start()
        return self

    def stop(self):
        self.ended.set()
        if self.pump:
            self.pump.stop()
            self.publishing.join(LONG)
        for role in list(self.running):
            self.kill(role)
        self.broker.kill()

    @property
    def url(self):
        return self.broker.broker.url

    def launch(self, role):
        """One process, as `atrium run` starts it."""
        command = [sys.executable, "-m", "daemon", "run", "--role", role, "--config", self.config, "--data", self.data]
        command += ["--mqtt", self.url, "--port", self.port]
        with (self.folder / "log").open("ab") as log:
            self.running[role] = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=log, stderr=log)

    def kill(self, role):
        """As a power cut would."""
        process = self.running.pop(role)
        process.kill()
        process.wait(10)

    def answers(self, path):
        """Does the web process say that this is fine?"""
        try:
            with urllib.request.urlopen(self.base + path, timeout=5) as answer:  # noqa: S310 - our own
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    @property
    def words(self):
        """What the processes said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def store(self, read):
        """`read(store)` on the store as it is now."""
        with closing(open_store("", self.data)) as store:
            return read(store)

    def ticket(self):
        """The fire pump's ticket as it is saved, None before there is one."""
        return next((one for one in self.store(lambda store: store.tickets(site=SITE)) if one.device == "fire-pump"), None)

    def send(self, topic, payload):
        """Any bytes on any topic."""
        self.pump.publisher.send(Message(topic, payload, time()))


class Pump:
    """The fire pump: it says all its values each second, those that were set and the healthy ones of its plant."""

    def __init__(self, town):
        first = next(simulate(town.configuration, devices=["fire-pump"], start=AT_REST, seed=1))
        self.topic, self.healthy, self.now = first.topic, json.loads(first.payload)["values"], {}
        self.publisher, self.ended = Publisher(town.url), Event()
        self.speaking = Thread(target=self.speak)
        self.speaking.start()

    def speak(self):
        while not self.ended.wait(1.0):
            self.tell()

    def tell(self):
        payload = {"ts": round(time() * 1000), "values": self.healthy | self.now}
        self.publisher.send(Message(self.topic, json.dumps(payload).encode(), time()), self.ended)

    def set(self, **values):
        """From now on; said at once."""
        self.now |= values
        self.tell()

    def heal(self):
        self.now = {}
        self.tell()

    def stop(self):
        self.ended.set()
        self.speaking.join(LONG)
        self.publisher.close()


def hurried_copy(folder):
    """The demo's configuration with one person per role, whatever the hour, and a fire main that is normal again after 30 s."""
    shutil.copytree(ROOT / "config", folder)

    def alone(content):
        kept = [person for person in content["people"] if person["id"] in PEOPLE.values()]
        content["people"] = [{key: value for key, value in person.items() if key != "shifts"} for person in kept]

    def quick(content):
        pump = next(device for device in content["devices"] if device["id"] == "fire-pump")
        pump["limits"] = {"main_pressure.L": {"off": 20}, "main_pressure.LL": {"off": 20}}

    for file, change in ((folder / "people.yaml", alone), (folder / "sites" / f"{SITE}.yaml", quick)):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def accounts():
    """One account per role."""
    hashed = auth.hash_password(PASSWORD)
    return [User(name, person, (name,), hashed) for name, person in PEOPLE.items()]
