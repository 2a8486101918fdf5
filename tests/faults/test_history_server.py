"""The server of history is away for a minute, and the watch is killed meanwhile: readings wait on disk, the watch goes on, it is
told, and in the end everything is there once."""

from __future__ import annotations

import json
import shutil
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml
from fixtures.broker import free_port, until
from fixtures.machine import packaged
from fixtures.stage import LONG
from fixtures.timeseries import VictoriaMetrics
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

pytestmark = [pytest.mark.broker, pytest.mark.slow]
MESSAGES, AWAY = 6000, 60.0


@pytest.fixture
def victoria(tmp_path):
    """A VictoriaMetrics of our own."""
    packaged(shutil.which("victoria-metrics"), "victoria-metrics")
    folder = tmp_path / "victoria"
    folder.mkdir()
    server = VictoriaMetrics(folder).start()
    yield server
    server.kill()


def checked(port, name):
    """What /readyz says of one check."""
    try:
        answer = urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
    except HTTPError as error:
        answer = error
    with answer:
        return json.load(answer)["checks"].get(name, {"ok": False})


@pytest.mark.timeout(240)
def test_a_minute_without_the_server_of_history_loses_nothing(atrium, community, device, victoria, tally):
    port, words = free_port(), community / "atrium.yaml"
    told = yaml.safe_load(words.read_text(encoding="utf-8"))
    told |= {"history": {"kind": "influx", "url": victoria.place.url, "read": "promql"}, "metrics": {"port": port}}
    words.write_text(yaml.safe_dump(told), encoding="utf-8")
    watch = atrium(community).start()
    burst, ledger = hours(watch.clock.now(), MESSAGES), Ledger(watch).follow()
    third = len(burst) // 3
    for message in burst[:third]:
        device.send(message)
    victoria.stop()
    gone = time.monotonic()
    for message in burst[third : third * 3 // 2]:
        device.send(message)
    assert until(lambda: not checked(port, "history")["ok"], 2 * LONG), watch.words
    assert "readings wait on disk" in checked(port, "history")["reason"]
    watch.kill()
    ledger.take()
    watch.start()
    before = watch.position
    for message in burst[third * 3 // 2 : 2 * third]:
        device.send(message)
    assert until(lambda: watch.position > before, LONG)  # it goes on
    time.sleep(max(0.0, AWAY - (time.monotonic() - gone)))
    victoria.start()
    for message in burst[2 * third :]:
        device.send(message)
    assert device.drain()
    assert until(lambda: checked(port, "history")["ok"], 2 * LONG), watch.words
    assert until(lambda: calm(watch), 90), watch.words
    assert watch.stop()[0] == 0, watch.words
    victoria.show()
    took = time.monotonic() - gone
    left = ledger.assert_undisturbed()
    assert_stored_once(watch, burst)
    tally(f"{ledger.figures(left, burst)}; 1 kill of the watch, all there {took:.0f} s after the server went away")
