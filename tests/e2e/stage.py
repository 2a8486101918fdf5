"""Atrium as users run it, for tests: real processes in a data directory of their own, and what they saved."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import yaml
from fixtures.broker import until

from daemon.adapters.history import open_history
from daemon.adapters.store import open_store
from daemon.clock import ScaledClock, SystemClock
from daemon.core.nouns import RESUME, Message
from daemon.processes import CLOCK

ROOT = Path(__file__).parent.parent.parent
SITE = "hongshan"
PUMP = f"atrium/{SITE}/fire-pump/telemetry"
QUIET = {"main_pressure": 0.9, "pump1_run": 0, "pump2_run": 0}
LONG = 30.0  # s: far more than anything here takes on an idle machine


def small_site(folder, *, devices=("fire-pump",), gateways=("gw-1",), **edits):
    """The demo's configuration with few devices. `edits`: file name without `.yaml` → a function that changes its content."""

    def few(site):
        site["devices"] = [d for d in site["devices"] if d["id"] in devices]
        site["gateways"] = [g for g in site["gateways"] if g["id"] in gateways]
        edits.get(SITE, bool)(site)

    shutil.copytree(ROOT / "config", folder, dirs_exist_ok=True)
    for name, edit in {**edits, SITE: few}.items():
        (place,) = folder.rglob(f"{name}.yaml")
        content = yaml.safe_load(place.read_text(encoding="utf-8"))
        edit(content)
        place.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def telemetry(ts, topic=PUMP, **values):
    """One message of a device."""
    return Message(topic, msgspec.json.encode({"ts": round(ts * 1000), "values": values}), ts)


def call(*arguments, timeout=60, **more):
    """Run the `atrium` command to its end."""
    command = [sys.executable, "-m", "daemon", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False, **more)


def children(pid):
    """Process ids whose parent is `pid`, with their command lines."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):
            continue  # it ended while we looked
        if parent == pid:
            found[int(place.name)] = line
    return found


class Atrium:
    """`atrium run` in `folder`, its words in `folder/log`; it may be killed and started again."""

    def __init__(self, folder, config, *, url="", role="watch", speed=1.0):
        self.data, self.config, self.url, self.role = folder / "data", config, url, role
        self.log = folder / "log"
        self.wall, self.speed = time.time(), speed
        self.clock = SystemClock() if speed == 1.0 else ScaledClock(self.wall, speed)
        self.process = None

    def launch(self, *more):
        """Start it and return at once."""
        told = [
            "--config",
            self.config,
            "--data",
            self.data,
            "--role",
            self.role,
            *(["--mqtt", self.url] if self.url else []),
            *more,
        ]
        env = os.environ | ({} if self.speed == 1.0 else {CLOCK: f"{self.wall}:{self.speed}"})
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "daemon", "run", *map(str, told)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        return self

    def start(self, *more):
        """Start it and wait until it has heard everything that waited for it."""
        before = self.position
        self.launch(*more)
        assert until(lambda: not self.alive or RESUME in self.topics(before), LONG), self.words
        assert self.process.poll() is None, self.words
        return self

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait(LONG)

    def stop(self):
        """SIGTERM; answers (exit code, seconds it took)."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG), time.monotonic() - begun

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def words(self):
        """What it said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    # -- what it saved

    def look(self, read):
        """`read(store)` on the store as it is now."""
        with closing(open_store("", self.data)) as store:
            return read(store)

    def ask(self, sql, *arguments):
        """Rows of the ticket database; none while there is no database yet."""
        if not (self.data / "atrium.db").exists():
            return []
        with closing(sqlite3.connect(self.data / "atrium.db", timeout=10)) as db:
            made = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outbox'").fetchone()[0]
            return db.execute(sql, arguments).fetchall() if made else []

    @property
    def position(self):
        """Of the newest batch it saved."""
        return (self.ask("SELECT max(pos) FROM journal") or [(0,)])[0][0] or 0

    def topics(self, after=0):
        """Topics of all messages saved behind that position, in order."""
        if not self.ask("SELECT 1 FROM journal LIMIT 1"):
            return []
        return self.look(lambda store: [m.topic for _, batch in store.journal_after(after, limit=1_000_000) for m in batch])

    def tickets(self, device="fire-pump"):
        return [t for t in self.look(lambda store: store.tickets(site=SITE)) if t.device == device]

    def episodes(self, *, active=None, device="fire-pump"):
        """Rule → its newest episode."""
        rows = self.look(lambda store: store.episodes(site=SITE, active=active, limit=1000))
        return {row.episode.rule: row.episode for row in reversed(rows) if row.episode.device == device}

    def outbox(self):
        """(person, channel, ticket, state, attempts) of every notice."""
        return self.ask("SELECT person, channel, ticket, state, attempts FROM outbox ORDER BY id")

    def history(self, point="main_pressure", device="fire-pump"):
        """Raw values of a point: (ts, value, quality)."""
        with closing(open_history(self.data)) as history:
            return history.raw(SITE, device, point, 0.0, 4e9)
