"""kill -9 of the broker, and a broker whose queue overflows: what it delivered is stored, what it lost is told and counted."""

from __future__ import annotations

import random
import re
import time
from threading import Thread
from urllib.request import urlopen

import pytest
from fixtures.broker import PLAIN, free_port, running, until
from fixtures.stage import LONG, small_site, telemetry
from ledger import Ledger, assert_stored_once, calm, values_in
from traffic import hours

from daemon.core.gaps import SYSTEM
from daemon.core.nouns import GAP, RESUME
from daemon.core.vitals import KEPT_AS, signs, unpack
from daemon.losses import QUIET
from daemon.publish import Publisher

pytestmark = [pytest.mark.broker, pytest.mark.slow]
MESSAGES, KILLS, SEED = 4000, 6, 20261122
SAVING = f"{PLAIN}autosave_on_changes true\nautosave_interval 20\n"  # what mosquitto 2.0 has: every 20 changes
AT_MOST = 40  # messages a kill may cost with that: two saves' worth


def told(watch):
    """Code → values of what the wall says about the system itself."""
    vitals = unpack(watch.look(lambda store: store.recall(KEPT_AS)))
    return {sign.code: sign.values for sign in signs(vitals, time.time(), {}) if sign.code in ("gap", "dropped")}


def alarms(watch):
    """Rule → reasons of the alarms about the watch itself, each over as soon as it is known."""
    found = [
        row.episode
        for row in watch.look(lambda store: store.episodes(site="hongshan", limit=100))
        if row.episode.device == SYSTEM
    ]
    assert all(episode.returned_at for episode in found)
    return {rule: [e.reason.values for e in found if e.rule == rule] for rule in {e.rule for e in found}}


def counted(port, name):
    """The sum of a metric of the watch."""
    lines = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def many(values):
    return sum(len(found) for found in values.values())


@pytest.fixture
def site(tmp_path):
    """A small site whose watch shows its figures on `site.port`."""
    port = free_port()
    return small_site(tmp_path / "config", atrium=lambda words: words.update(metrics={"port": port})), port


@pytest.mark.timeout(240)
def test_what_a_killed_broker_delivered_is_stored_once_and_its_own_loss_is_small(tmp_path, atrium, community, tally):
    with running(tmp_path / "saving", settings=SAVING) as broker:
        watch, chance = atrium(community, url=broker.broker.url).start(), random.Random(SEED)  # noqa: S311 - moments that repeat
        device, burst, ledger = Publisher(broker.broker.url), hours(watch.clock.now(), MESSAGES), Ledger(watch).follow()
        each = len(burst) // KILLS + 1
        for start in range(0, len(burst), each):
            before = watch.position
            lot = Thread(target=lambda start=start: [device.send(m) for m in burst[start : start + each]], daemon=True)
            lot.start()
            assert until(lambda before=before: watch.position > before + 1, LONG), watch.words
            time.sleep(chance.uniform(0.0, 0.5))
            broker.kill()
            broker.start()
            lot.join(LONG)
        assert device.drain()
        device.close()
        assert until(lambda: calm(watch), 90), watch.words
        assert watch.stop()[0] == 0, watch.words
    ledger.assert_undisturbed()
    came = [message for message in ledger.messages if not message.topic.startswith("$")]
    assert_stored_once(watch, came)
    lost = many(values_in(burst)) - many(values_in(came))
    tally(f"{len(burst)} messages, {KILLS} kills of the broker, {len(came)} came, {lost} values lost by the broker")
    assert 0 <= lost <= KILLS * AT_MOST * 10
    assert [m.payload for m in ledger.messages if m.topic == RESUME].count(GAP) == 0
    assert alarms(watch) == {}
    assert told(watch) == {}


@pytest.mark.timeout(120)
def test_a_session_that_a_killed_broker_lost_is_told_and_counted_once(atrium, site, mosquitto, device):
    """With mosquitto's own default, half an hour between saves."""
    config, port = site
    watch = atrium(config).start()
    first = watch.clock.now() - 60
    device.send(telemetry(first, main_pressure=0.9))
    assert until(lambda: len(watch.history()) == 1, LONG), watch.words
    assert told(watch) == {}
    before = watch.position
    mosquitto.kill()
    mosquitto.start()
    assert until(lambda: RESUME in watch.topics(before), LONG), watch.words
    device.send(telemetry(first + 1, main_pressure=0.91))
    assert until(lambda: len(watch.history()) == 2, LONG), watch.words
    assert until(lambda: "gap" in told(watch), LONG)
    assert counted(port, "atrium_gaps_total") == 1
    gap, lost = told(watch), alarms(watch)
    assert list(lost) == ["DQ-GAP:main"]
    assert len(lost["DQ-GAP:main"]) == 1
    watch.kill()
    watch.start()
    time.sleep(6)  # it has looked itself over since
    assert (told(watch), alarms(watch)) == (gap, lost)
    assert counted(port, "atrium_gaps_total") == 0  # none in this life
    assert watch.words.count("had forgotten our session") == 1


@pytest.mark.timeout(120)
def test_what_the_broker_dropped_from_a_full_queue_is_told_with_its_count(tmp_path, atrium, site, tally):
    config, port = site
    with running(tmp_path / "small", queued=100, settings=f"{PLAIN}sys_interval 1\n") as broker:
        watch, device = atrium(config, url=broker.broker.url).start(), Publisher(broker.broker.url)
        assert watch.stop()[0] == 0
        first = watch.clock.now() - 3000
        for n in range(2000):
            device.send(telemetry(first + n, main_pressure=round(0.85 + n % 50 / 1000, 3)))
        assert device.drain()
        device.close()
        assert device.counts.acknowledged == 2000  # nobody told the publisher
        watch.start()
        assert until(lambda: "dropped" in told(watch), LONG), watch.words
        assert until(lambda: calm(watch), LONG)
        lost = 2000 - len(watch.history())
        tally(f"2000 messages, {lost} dropped by the broker, {told(watch)['dropped']['count']} told")
        assert lost >= 1500
        assert told(watch)["dropped"]["count"] == lost
        assert counted(port, "atrium_dropped_total") == lost
        assert until(lambda: alarms(watch), 2 * QUIET), watch.words  # once it has stopped
        assert [one["count"] for one in alarms(watch)["DQ-LOST:main"]] == [lost]
        assert watch.stop()[0] == 0
    said = re.findall(r"the broker dropped messages.*messages=(\d+)", watch.words)  # its counter may have been read in the burst
    assert sum(map(int, said)) == lost
