"""What was lost with a session is an alarm, once; a source that is away excuses the silence of its own devices only."""

from dataclasses import replace

import pytest

from daemon.core import state
from daemon.core.nouns import DEAF, GAP, HOLD, LOST, RESUME, Message
from daemon.core.site import Broker, Configuration, Settings
from daemon.core.source import Source
from tests import watching
from tests.cut import Run
from tests.factories import NOON, make_devices, make_site
from tests.watching import Watch


@pytest.fixture(autouse=True)
def second(monkeypatch):
    """Another broker beside the main one, of the same dialect."""
    monkeypatch.setitem(watching.SOURCES, "annex", watching.SOURCES["main"])


def mark(watch, topic, at, source="main", payload=b""):
    return watch.feed(Message(topic, payload, NOON + at, source))


def annexed():
    """A watch with two sources and no gateway; the configuration names the chargers as the annex's."""
    pump, *others = [replace(device, gateway=None) for device in make_devices() if not device.is_gateway]
    broker = Broker("annex", "mqtt://x", source=Source("annex", devices={one.id: ("hongshan", one.id) for one in others}))
    watch = Watch(devices=[pump, *others])
    watch.state = state.start(replace(watch.state.configuration, settings=Settings(None, (broker,))), silence_of_unheard=False)
    return watch


def charger(watch, at):
    body = f'{{"ts": {(NOON + at) * 1000}, "values": {{"gun_temp": 30}}}}'.encode()
    watch.feed(Message("atrium/hongshan/ev-01/telemetry", body, NOON + at, "annex"))


def test_a_forgotten_session_is_one_alarm_from_the_loss_to_the_return():
    watch = Watch()
    mark(watch, DEAF, 10)
    mark(watch, HOLD, 30)
    mark(watch, DEAF, 31)  # it breaks again: still the same gap
    outcome = mark(watch, RESUME, 40, payload=GAP)
    raised, over = outcome.alarms
    assert (raised.event, raised.episode.rule, raised.episode.raised_at) == ("raised", "DQ-GAP:main", NOON + 10)
    assert (over.event, over.episode.id, over.episode.returned_at) == ("returned", raised.episode.id, NOON + 40)
    assert raised.episode.reason.values == {"source": "main", "from": NOON + 10, "to": NOON + 40}
    assert "12:00:10 至 12:00:40" in raised.episode.reason.zh
    assert "12:00:10 to 12:00:40" in raised.episode.reason.en
    assert not watch.desk.tickets


def test_a_session_that_was_kept_is_no_alarm():
    watch = Watch()
    mark(watch, DEAF, 10)
    assert mark(watch, RESUME, 40).alarms == []


def test_dropped_messages_are_an_alarm_with_their_count():
    outcome = mark(Watch(), LOST, 40, payload=b"1900 30")
    assert [event.event for event in outcome.alarms] == ["raised", "returned"]
    assert outcome.alarms[0].episode.reason.values["count"] == 1900
    assert "1,900" in outcome.alarms[0].episode.reason.en


def test_a_gap_fed_again_after_a_restart_is_no_news():
    run = Run(Configuration(Settings(None), {"hongshan": make_site()}, "digest"))
    for topic, at, payload in ((DEAF, 10, b""), (HOLD, 30, b""), (RESUME, 40, GAP), (LOST, 50, b"7 3")):
        run.commit([Message(topic, payload, NOON + at)])
        run.crash()
    assert sorted({episode.rule for _, episode in run.alarms.values()}) == ["DQ-GAP:main", "DQ-LOST:main"]
    assert len(run.alarms) == 4


def test_a_gap_concerns_the_sites_that_its_source_names():
    broker = Broker("annex", "mqtt://x", source=Source("annex", devices={"c1": ("hongshan", "ev-01")}))
    run = Run(Configuration(Settings(None, (broker,)), {"hongshan": make_site(), "other": make_site(id="other")}, "digest"))
    run.commit([Message(RESUME, GAP, NOON, "annex")])
    assert {episode.site for _, episode in run.alarms.values()} == {"hongshan"}
    run.commit([Message(RESUME, GAP, NOON + 9, "main")])
    assert {episode.site for _, episode in run.alarms.values()} == {"hongshan", "other"}


def test_a_source_that_is_away_excuses_only_what_reports_through_it():
    watch = annexed()
    watch.tell(0, {"main_pressure": 0.9})
    charger(watch, 0)
    mark(watch, DEAF, 5, "annex")
    watch.wait(600)
    assert [name for _, name in watch.state.devices if watch.state.devices["hongshan", name].episodes] == ["fire-pump"]
    mark(watch, RESUME, 600, "annex")
    watch.wait(1300)
    assert "ev-01" in [name for _, name in watch.state.devices if watch.state.devices["hongshan", name].episodes]


def test_one_source_that_comes_back_does_not_put_off_the_silence_of_others():
    watch = annexed()
    watch.tell(0, {"main_pressure": 0.9})
    for at in range(10, 300, 10):
        mark(watch, DEAF, at, "annex")
        mark(watch, RESUME, at + 5, "annex")
    assert watch.raised("DQ-01") == [60.0]


def test_a_device_belongs_to_the_source_it_was_last_heard_through():
    watch = annexed()
    charger(watch, 0)
    watch.tell(10, {"gun_temp": 31}, device="ev-01")
    assert watch.state.devices["hongshan", "ev-01"].source == "main"
    packed = watch.state.devices["hongshan", "ev-01"].pack()
    other = annexed().state.devices["hongshan", "ev-01"]
    other.restore(packed)
    assert other.source == "main"


def test_a_link_that_flaps_does_not_hold_up_the_rest_for_ever():
    watch = annexed()
    for at in (0, 5, 10):
        mark(watch, HOLD, at, "annex")
    assert watch.state.held_at == NOON
