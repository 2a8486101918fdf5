"""The broker goes away and comes back: delays run on meanwhile, silence proves nothing, nothing that was taken is lost."""

from __future__ import annotations

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, PUMP, QUIET, telemetry

from daemon.core.nouns import DEAF, HOLD, RESUME

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SPEED = 8.0
DELAYS = {"main_pressure.LL": 5.0, "power_main_ok.STATE": 30.0, "main_pressure.L": 60.0}
MARKS = (HOLD, DEAF, RESUME)


def marks(watch, after):
    return [topic for topic in watch.topics(after) if topic in MARKS]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_broker_that_comes_back_is_heard_again_without_loss(atrium, device, mosquitto, end):
    watch = atrium().start()
    first, values = watch.clock.now() - 60.0, [0.9, 0.91, 0.92, 0.93]
    device.send(telemetry(first, main_pressure=values[0], pump1_run=0, pump2_run=0))
    device.send(telemetry(first + 1, main_pressure=values[1]))
    assert until(lambda: watch.topics().count(PUMP) == 2, LONG)
    before = watch.position
    getattr(mosquitto, end)()
    assert until(lambda: DEAF in watch.topics(before), LONG), watch.words
    device.send(telemetry(first + 2, main_pressure=values[2]))  # waits at the gateway
    mosquitto.start()
    device.send(telemetry(first + 3, main_pressure=values[3]))
    assert until(lambda: RESUME in watch.topics(before), LONG), watch.words
    assert device.drain()
    assert until(lambda: [value for _, value, _ in watch.history()] == values, LONG), (watch.history(), watch.words)
    assert marks(watch, before) == [DEAF, HOLD, RESUME]


def test_while_the_broker_is_away_delays_fire_and_silence_is_not_judged(atrium, device, mosquitto):
    watch = atrium(speed=SPEED).start()
    begun = watch.clock.now()
    device.send(telemetry(begun, **QUIET, power_main_ok=1))
    device.send(telemetry(begun + 0.1, main_pressure=0.7, power_main_ok=0))
    assert until(lambda: watch.topics().count(PUMP) == 2, LONG)
    mosquitto.kill()
    assert until(lambda: watch.clock.now() > begun + 110.0, 60.0)  # the pressure is due every 10 s, stale after 60 s
    raised = {rule: episode.raised_at - begun - 0.1 for rule, episode in watch.episodes().items()}
    assert raised == {rule: pytest.approx(delay, abs=1.0) for rule, delay in DELAYS.items()}
    assert watch.episodes(device="gw-1") == {}

    mosquitto.start()
    back = watch.position
    assert until(lambda: RESUME in watch.topics(back - 1), LONG), watch.words
    resumed = watch.clock.now()
    assert until(lambda: "DQ-01" in watch.episodes(device="gw-1") | watch.episodes(), LONG), watch.words
    silent = (watch.episodes(device="gw-1") | watch.episodes())["DQ-01"]
    assert silent.raised_at - resumed > 60.0 - 2 * SPEED  # counted from when the broker was back


def test_a_watch_that_starts_without_its_broker_still_ends_its_delays(atrium, device, mosquitto):
    watch = atrium(speed=SPEED / 2).start()  # so the broker is away for some seconds only, and soon looked for again
    begun = watch.clock.now()
    device.send(telemetry(begun, **QUIET))
    device.send(telemetry(begun + 0.1, main_pressure=0.7))
    assert until(lambda: watch.topics().count(PUMP) == 2, LONG)
    watch.kill()
    mosquitto.stop()
    watch.launch()
    assert until(lambda: "main_pressure.LL" in watch.episodes(), LONG), watch.words
    assert watch.episodes()["main_pressure.LL"].raised_at - begun == pytest.approx(5.1, abs=1.0)
    assert watch.alive
    mosquitto.start()
    device.send(telemetry(watch.clock.now(), main_pressure=0.9))
    assert until(lambda: any(value == 0.9 for _, value, _ in watch.history()[2:]), 40.0), watch.words


def test_an_hour_without_a_watch_is_nobodys_silence(atrium, device):
    """The clock of the second run is an hour ahead: nothing was heard in between, but it was us who did not listen."""
    watch = atrium(speed=60.0).start()
    device.send(telemetry(watch.clock.now(), **QUIET, power_main_ok=1))
    assert until(lambda: watch.topics().count(PUMP) == 1, LONG)
    watch.kill()
    assert until(lambda: False, 20.0) is False  # twenty minutes of theirs; the pressure is due every 10 s
    before = watch.position
    watch.start()
    device.send(telemetry(watch.clock.now(), **QUIET, power_main_ok=1))
    assert until(lambda: PUMP in watch.topics(before), LONG)
    assert [row.episode.rule for row in watch.look(lambda store: store.episodes(site="hongshan", limit=100))] == []
    assert marks(watch, before)[:2] == [DEAF, HOLD]
