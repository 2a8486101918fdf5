"""A real watch tells its control room of itself, most of all when its broker is gone; a restart goes on from there."""

from __future__ import annotations

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, small_site

from daemon.core import own

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SPEED = 10.0
ROOM = "control-room"


@pytest.fixture
def watch(atrium, tmp_path):
    config = small_site(tmp_path / "config", devices=("fire-pump", ROOM), gateways=("gw-1", "gw-10"))
    return atrium(config, speed=SPEED).start()


def blind(watch):
    """The alarm that the watch is blind, while it stands."""
    return watch.episodes(active=True, device=ROOM).get("CR-04")


def test_a_watch_without_its_broker_raises_the_alarm_of_its_own_control_room(watch, mosquitto):
    assert until(lambda: f"{own.TOPIC}hongshan/{ROOM}" in watch.topics(), LONG), watch.words
    assert until(lambda: watch.history("disk_used_pct", ROOM), LONG)
    assert blind(watch) is None
    mosquitto.kill()
    assert until(lambda: blind(watch), LONG), watch.words
    before = blind(watch)
    watch.kill()
    mosquitto.start()
    watch.start()
    assert until(lambda: not {"broker_connected.STATE", "CR-04"} & watch.episodes(active=True, device=ROOM).keys(), LONG)
    assert watch.episodes(device=ROOM)["CR-04"].id == before.id  # the same one, over since the broker is back
    assert next(value for _, value, _ in watch.history("gateways_total", ROOM)) == 2
    assert all(0.0 < value < 100.0 for _, value, _ in watch.history("disk_used_pct", ROOM))
