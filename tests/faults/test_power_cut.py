"""A power cut: of every file there is left what was flushed to disk, and of the rest nothing, or any half of its pages. Whatever
was acknowledged to a broker or confirmed to a person is still there."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import closing
from threading import Thread

import pytest
from fixtures.broker import until
from fixtures.machine import packaged
from fixtures.stage import LONG, ROOT
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

from daemon.adapters.store import open_store

pytestmark = [pytest.mark.broker, pytest.mark.slow]
PAGE, SEED = 4096, 20261122
SHARES = (0.0, 0.5)  # of the pages never flushed that reach the disk all the same
BURST, CUTS = 4000, 4

# People's steps and a watch's commits; each tells of a step when it is done. `flush` off: as if nobody looked after the disk.
STEPS = """
import sys, time
from pathlib import Path
from daemon.adapters.store import engine, open_store
from daemon.core.nouns import Action
if sys.argv[3] == "careless":
    engine.flush = lambda log: None
store, brief = open_store("", Path(sys.argv[1]), brief=sys.argv[2] == "brief"), sys.argv[2]
for step in range(1_000_000):
    with store.begin() as transaction:
        transaction.act(Action(0, 1.0, brief, "ticket.comment", "none", {"note": str(step)}))
    print(step, flush=True)
    time.sleep(0.002)  # else a log that nobody flushed is soon so long that SQLite does
"""


@pytest.fixture
def disk(tmp_path):
    """A data directory whose files may be cut off from power."""
    packaged(shutil.which("cc"), "cc", "gcc libc6-dev")
    library = tmp_path / "powercut.so"
    subprocess.run(["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library, ROOT / "tests/faults/powercut.c"], check=True)
    return Disk(tmp_path / "data", tmp_path / "flushed", library)


class Disk:
    """`cut` leaves of `data` what a power cut would."""

    def __init__(self, data, flushed, library):
        self.data, self.flushed = data, flushed
        self.environment = {"LD_PRELOAD": str(library), "ATRIUM_DISK": str(data), "ATRIUM_FLUSHED": str(flushed)}
        self.chance = random.Random(SEED)  # noqa: S311 - pages that repeat

    def cut(self, share):
        """Every process that wrote here must be dead."""
        for path in [one for one in self.data.rglob("*") if one.is_file()]:
            kept = self.flushed / path.relative_to(self.data)
            there = kept.read_bytes() if kept.is_file() else b""
            left = self._torn(path.read_bytes(), there, share)
            if path.name.endswith("-shm") or (not left and not kept.is_file()):
                path.unlink()  # shared memory, or never on disk
            else:
                path.write_bytes(left)

    def power(self):
        """It is on again: what is there, is on disk. To be called before anybody writes."""
        shutil.rmtree(self.flushed, ignore_errors=True)
        shutil.copytree(self.data, self.flushed)

    def _torn(self, written, flushed, share):
        """The flushed file with a share of the pages written since."""
        left = bytearray(flushed)
        for at in range(0, len(written), PAGE):
            page = written[at : at + PAGE]
            if page != flushed[at : at + PAGE] and self.chance.random() < share:
                left.extend(bytes(max(0, at - len(left))))
                left[at : at + PAGE] = page
        return bytes(left)


def steps(disk, *who):
    """Those processes do steps for a while, then the power goes; what each told to be done."""
    disk.power()
    env = os.environ | disk.environment
    commands = {name: [sys.executable, "-c", STEPS, str(disk.data), name, care] for name, care in who}
    running = {name: subprocess.Popen(one, cwd=ROOT, env=env, stdout=subprocess.PIPE) for name, one in commands.items()}
    told = {name: [] for name in running}
    readers = [Thread(target=lambda name=name, one=one: told[name].extend(one.stdout)) for name, one in running.items()]
    for reader in readers:
        reader.start()
    assert until(lambda: all(len(lines) > 30 for lines in told.values()), LONG), told
    time.sleep(disk.chance.uniform(0.0, 0.3))
    for one in running.values():
        one.kill()
    for reader, one in zip(readers, running.values(), strict=True):
        one.wait(LONG)
        reader.join(LONG)
        one.stdout.close()
    return {name: {line.decode().strip() for line in lines} for name, lines in told.items()}


def saved(disk, who):
    """The steps that the database has."""
    with closing(open_store("", disk.data)) as store, store.begin() as transaction:
        return {action.data["note"] for action in transaction.actions_after(0) if action.by == who}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("share", SHARES)
def test_no_step_that_was_confirmed_is_lost(disk, share):
    disk.data.mkdir()
    for _ in range(2):
        told = steps(disk, ("brief", "careful"), ("full", "careful"))
        disk.cut(share)
        for who, done in told.items():
            assert done - saved(disk, who) == set()


def test_steps_that_nobody_flushed_are_lost_in_such_a_cut(disk):
    disk.data.mkdir()
    told = steps(disk, ("brief", "careless"))
    disk.cut(0.0)
    assert told["brief"] - saved(disk, "brief") != set()


@pytest.mark.timeout(300)
def test_nothing_acknowledged_to_the_broker_is_lost(disk, atrium, device, community, tally):
    watch = atrium(community)
    assert watch.data == disk.data
    watch.environment = disk.environment
    disk.data.mkdir()
    disk.power()
    watch.start()
    ledger, burst = Ledger(watch), hours(watch.clock.now(), BURST)
    each = len(burst) // CUTS
    for number, start in enumerate(range(0, len(burst), each)):
        lot = Thread(target=lambda start=start: [device.send(one) for one in burst[start : start + each]], daemon=True)
        if start:
            before = watch.position
            disk.power()
            watch.launch()
            assert until(lambda: watch.position > before + 1, LONG), watch.words  # noqa: B023
        lot.start()
        time.sleep(disk.chance.uniform(0.0, 0.5))
        watch.kill()
        disk.cut(SHARES[number % len(SHARES)])
        ledger.take()
        lot.join(LONG)
    disk.power()
    watch.start()
    assert device.drain()
    assert until(lambda: calm(watch), 60), watch.words
    assert watch.stop()[0] == 0, watch.words
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(f"{ledger.figures(left, burst)}; {CUTS} power cuts")
