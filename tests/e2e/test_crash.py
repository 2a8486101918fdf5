"""kill -9 at bad moments: what the broker acknowledged is stored once, delays run on, alarms and last values survive."""

from __future__ import annotations

import json
import random
import time
from threading import Thread

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, PUMP, QUIET, SITE, small_site, telemetry
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

pytestmark = [pytest.mark.broker, pytest.mark.slow]
BURST = 5000


def test_delays_cut_by_a_kill_end_when_they_would_have(atrium, device):
    watch = atrium().start()
    begun = watch.clock.now()
    device.send(telemetry(begun, **QUIET, power_main_ok=1))
    cut_short(watch, device, "main_pressure.LL", main_pressure=0.7)
    cut_short(watch, device, "power_main_ok.STATE", power_main_ok=0)
    waited = {rule: episode.raised_at - episode.breach_ts for rule, episode in watch.episodes().items()}
    assert waited == {"main_pressure.LL": pytest.approx(5.0, abs=1.0), "power_main_ok.STATE": pytest.approx(30.0, abs=1.0)}
    assert len(watch.tickets()) == 1
    assert until(lambda: len(watch.history()) == 2, LONG)
    assert len(watch.history("power_main_ok")) == 2


def cut_short(watch, device, rule, **values):
    """Tell what arms the rule, kill the watch as soon as that is saved, and start it again: the rule is raised when it would have
    been, however long each step takes."""
    before, begun = watch.topics().count(PUMP), watch.clock.now()
    device.send(telemetry(begun, **values))
    assert until(lambda: watch.topics().count(PUMP) > before, LONG), watch.words
    watch.kill()
    assert rule not in watch.episodes()
    watch.launch()
    assert until(lambda: rule in watch.episodes(), LONG), watch.words
    assert watch.episodes()[rule].breach_ts == pytest.approx(begun, abs=0.01)
    assert watch.episodes()[rule].raised_at <= watch.clock.now()


def test_a_burst_with_kills_at_random_moments_is_stored_whole_and_once(atrium, device):
    watch, chance = atrium().start(), random.Random(20261122)  # noqa: S311 - moments that repeat
    first = watch.clock.now() - 100.0
    stamps = [round(first + n * 0.01, 3) for n in range(BURST)]

    def publish():
        for n, ts in enumerate(stamps):
            device.send(telemetry(ts, main_pressure=0.88 + n % 50 / 1000))
            time.sleep(0.0015)

    burst = Thread(target=publish, daemon=True)
    burst.start()
    kills = 0
    while burst.is_alive() or kills < 4:
        before = watch.position
        until(lambda before=before: watch.position > before, 5.0)
        time.sleep(chance.uniform(0.0, 0.7))
        watch.kill()
        kills += 1
        watch.launch()
    burst.join()
    assert device.drain()
    assert until(lambda: len(watch.history()) == BURST, LONG), (len(watch.history()), watch.words)
    assert [round(ts, 3) for ts, _, _ in watch.history()] == stamps
    watch.kill()
    assert watch.start().stop()[0] == 0
    assert len(watch.history()) == BURST
    assert watch.tickets() == []


def full_frame(url, timeout=LONG):
    """What a web process gets when it begins to watch: all last values."""
    frames, host, port = [], *url.removeprefix("mqtt://").split(":")
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: frames.append(json.loads(message.payload))
    client.connect(host, int(port))
    client.subscribe(f"atrium-out/{SITE}/live")
    client.loop_start()
    client.publish("atrium-out/watching/test", json.dumps([SITE]), retain=True)
    assert until(lambda: any(frame["full"] for frame in frames), timeout)
    client.publish("atrium-out/watching/test", b"", retain=True).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()
    return next(frame["values"] for frame in frames if frame["full"])


def test_another_configuration_keeps_open_alarms_and_last_values(atrium, device, tmp_path, mosquitto):
    watch = atrium(speed=5.0).start()
    begun = watch.clock.now()
    device.send(telemetry(begun, **QUIET, tank_level=3.4))
    device.send(telemetry(begun + 0.1, main_pressure=0.7))
    assert until(lambda: "main_pressure.LL" in watch.episodes(active=True), LONG), watch.words
    before, ticket = watch.episodes(active=True)["main_pressure.LL"], watch.tickets()[0]
    watch.kill()

    def lower(site):
        site["devices"][0]["params"] = {"main_start": 0.78}

    small_site(tmp_path / "config", hongshan=lower)
    watch.start()
    assert watch.episodes(active=True)["main_pressure.LL"].id == before.id
    shown = full_frame(mosquitto.broker.url)["fire-pump"]
    assert (shown["main_pressure"][1], shown["tank_level"][1]) == (0.7, 3.4)
    device.send(telemetry(watch.clock.now(), main_pressure=0.9))
    assert until(lambda: watch.tickets()[0].signal_normal_at, 60.0), watch.words
    assert [t.id for t in watch.tickets()] == [ticket.id]
