"""The disk is full or the database is locked: nothing is acknowledged that was not saved, and all comes back when it can."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from fixtures.broker import until
from fixtures.machine import disk
from fixtures.stage import LONG, Atrium
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

pytestmark = [pytest.mark.broker, pytest.mark.slow]
MESSAGES = 6000


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes for the data directory."""
    with disk(tmp_path / "data", 96) as place:
        yield place


def fill(place):
    """Use up what is left; answers the file to remove."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            pass
    return filler


def settle(watch, device, ledger):
    """Start it again, as the supervisor would, until everything published has been saved; then end it in order."""

    def running():
        if not watch.alive:
            ledger.take()
            watch.launch()
        return watch.alive

    assert until(lambda: running() and calm(watch), 90), watch.words
    assert device.drain()
    watch.kill()
    ledger.take()
    watch.start()
    assert until(lambda: calm(watch), 90), watch.words
    assert watch.stop()[0] == 0, watch.words


@pytest.mark.timeout(240)
def test_a_full_disk_stops_the_acknowledgements_and_loses_nothing(tmp_path, small_disk, community, mosquitto, device, tally):
    watch = Atrium(tmp_path, community, url=mosquitto.broker.url).start()
    burst = hours(watch.clock.now(), MESSAGES)
    third = len(burst) // 3
    for message in burst[:third]:
        device.send(message)
    filler = fill(small_disk)
    for message in burst[third:]:
        device.send(message)
    assert until(lambda: not watch.alive, LONG), watch.words  # what it can't save it must not keep in memory
    assert "full" in watch.words
    watch.launch()  # as the supervisor would
    assert until(lambda: not watch.alive, LONG), watch.words
    filler.unlink()
    ledger = Ledger(watch).take()
    settle(watch, device, ledger)
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(ledger.figures(left, burst))


@pytest.mark.timeout(240)
def test_a_database_locked_by_a_tool_delays_and_loses_nothing(atrium, community, device, tally):
    watch = atrium(community).start()
    burst, ledger = hours(watch.clock.now(), MESSAGES), Ledger(watch).follow()
    with closing(sqlite3.connect(watch.data / "atrium.db", isolation_level=None)) as tool:
        for place, seconds in ((0, 2.0), (2000, 12.0)):
            tool.execute("BEGIN IMMEDIATE")
            for message in burst[place : place + 2000]:
                device.send(message)
            time.sleep(seconds)
            tool.execute("ROLLBACK")
    for message in burst[4000:]:
        device.send(message)
    settle(watch, device, ledger)
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(ledger.figures(left, burst))
