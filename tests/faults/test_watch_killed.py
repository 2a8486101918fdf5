"""kill -9 of the watch, again and again in a burst of QoS 1 messages: nothing delivered is lost, nothing is told twice."""

from __future__ import annotations

import random
import time
from threading import Thread

import pytest
from fixtures.broker import until
from fixtures.stage import LONG
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

from daemon.core.nouns import RESUME

pytestmark = [pytest.mark.broker, pytest.mark.slow]
BURST, KILLS, SEED = 20_000, 20, 20261122


def flow(device, messages):
    """Some 1,200 a second: there is always a commit in flight."""
    for message in messages:
        device.send(message)
        time.sleep(0.0006)


@pytest.mark.timeout(480)
def test_twenty_kills_in_a_burst_of_twenty_thousand_lose_and_double_nothing(atrium, device, community, receiver, tally):
    watch, chance = atrium(community).start(), random.Random(SEED)  # noqa: S311 - moments that repeat
    ledger, burst, midway = Ledger(watch), hours(watch.clock.now(), BURST), 0
    each = len(burst) // KILLS + 1
    for start in range(0, len(burst), each):
        before, lot = watch.position, Thread(target=flow, args=(device, burst[start : start + each]), daemon=True)
        if start:
            watch.launch()
            behind = chance.random() < 0.5  # has it heard what waited, or is it just reading that?
            assert until(lambda: RESUME in watch.topics(before) if behind else watch.position > before + 1, LONG), watch.words  # noqa: B023
        lot.start()
        time.sleep(chance.uniform(0.0, 0.5))
        watch.kill()
        midway += lot.is_alive()
        ledger.take()
        lot.join(LONG)
    watch.launch()
    assert device.drain()
    watch.kill()
    ledger.take()
    watch.start()
    assert until(lambda: calm(watch), 60), watch.words
    assert watch.stop()[0] == 0, watch.words

    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    assert set(left.notices) == set(receiver.told)
    extra = sum(len(bodies) - 1 for bodies in receiver.told.values())
    assert extra <= KILLS
    assert len(left.tickets) >= 3  # how many depends on the hour: what lies in one room is one cause
    assert midway >= KILLS // 2
    tally(f"{ledger.figures(left, burst)}; {KILLS} kills of the watch, {midway} of them midway, {extra} extra sends")
