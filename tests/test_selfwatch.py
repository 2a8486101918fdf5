"""What the watch tells a control room of itself: readings like any other, only what is known, nothing where equipment speaks."""

from __future__ import annotations

import json

import pytest
from fixtures.loop import HOUR, Machine, begin, hear, topics

from daemon import losses, rounds, vitals
from daemon.core import own
from daemon.core.nouns import Message
from daemon.demonstrate import equipment
from daemon.service import Watch
from daemon.simulate import simulate

ROOM = ("hongshan", "control-room")
GATEWAYS = [f"gw-{n}" for n in range(1, 14)]


@pytest.fixture
def machine(monkeypatch):
    one = Machine()
    for module in (rounds, losses, vitals):
        monkeypatch.setattr(module, "time", one)
    return one


@pytest.fixture
def watch(demo, tmp_path, machine):
    with begin(demo, tmp_path, machine) as one:
        yield one


def known(watch, *points):
    return [watch.state.devices[ROOM].known(point) for point in points]


def go_on(watch, machine, seconds, say=None):
    """In steps of ten seconds; `say`: what happens before each."""
    for _ in range(0, seconds, 10):
        machine.pass_by(10.0)
        if say:
            say()
        watch._turn()


def tell(watch, device, **values):
    at = watch.parts.clock.now()
    body = json.dumps({"ts": at * 1000, "values": values}).encode()
    hear(watch, Message(f"atrium/hongshan/{device}/telemetry", body, at))


def alarms(watch, prefix):
    rows = watch.parts.store.episodes(site="hongshan", limit=1000)
    found = [row for row in rows if row.episode.device == ROOM[1] and row.episode.rule.startswith(prefix)]
    return [row.episode.returned_at is None for row in found]


def test_what_is_known_is_told_by_the_period_of_each_point_and_nothing_else(watch, machine):
    go_on(watch, machine, 120, say=lambda: tell(watch, "boiler-1", supply_temp=70.0))
    assert known(watch, "broker_connected", "gateways_total", "gateways_online") == [1, 13, None]
    disk, rate, clock, wait = known(watch, "disk_used_pct", "msg_rate", "ntp_offset_ms", "operator_ack_s")
    assert 0.0 < disk < 100.0
    assert (rate, clock, wait) == (pytest.approx(0.1), 0.0, 0.0)
    assert known(watch, "wan_ok", "ups_mode", "cameras_online_pct") == [None, None, None]
    values = [list(json.loads(m.payload)) for m in told(watch)]
    assert sum("broker_connected" in one for one in values) == 5
    assert sum("gateways_total" in one for one in values) == 1


def told(watch):
    batches = watch.parts.store.journal_after(0, 10_000)
    return [message for _, batch in batches for message in batch if message.topic.startswith(own.TOPIC)]


def status(watch, word, *gateways):
    at = watch.parts.clock.now()
    hear(watch, *(Message(f"atrium/hongshan/{one}/status", word, at) for one in gateways))


def test_gateways_are_counted_once_each_is_known(watch, machine):
    status(watch, b"online", *GATEWAYS[:-1])
    go_on(watch, machine, 20)
    assert known(watch, "gateways_online") == [None]
    status(watch, b"offline", GATEWAYS[-1])
    go_on(watch, machine, 10)
    assert known(watch, "gateways_online", "gateways_total") == [12, 13]
    status(watch, b"online", GATEWAYS[-1])
    go_on(watch, machine, 10)
    assert known(watch, "gateways_online") == [13]


def fail(watch, machine):
    """The pump fails: a critical alarm, which it answers with its id."""
    for _ in range(3):
        machine.pass_by(10.0)
        tell(watch, "fire-pump", main_pressure=0.7, pump1_run=0, pump2_run=0)
    rows = watch.parts.store.episodes(site="hongshan", active=True)
    return next(row for row in rows if row.episode.rule == "main_pressure.LL")


def test_a_critical_alarm_that_nobody_acknowledges_becomes_one_of_its_own(watch, machine):
    row = fail(watch, machine)
    go_on(watch, machine, 150)
    assert 120 < known(watch, "operator_ack_s")[0] <= 190
    assert alarms(watch, "CR-08") == [True]
    with watch.parts.store.begin() as transaction:
        for one in watch.parts.store.episodes(site="hongshan", active=True):
            if one.episode.device == "fire-pump":
                transaction.acknowledge(one.episode.id, by="li", at=watch.parts.clock.now(), version=one.version)
    go_on(watch, machine, 20)
    assert known(watch, "operator_ack_s") == [0.0]
    assert row.episode.severity == "critical"


def test_where_equipment_sends_a_point_itself_the_watch_says_nothing_about_it(watch, machine):
    tell(watch, "control-room", msg_rate=7.5)
    go_on(watch, machine, 600, say=lambda: tell(watch, "control-room", msg_rate=7.5))
    assert not any(b"msg_rate" in message.payload for message in told(watch))
    go_on(watch, machine, 300)
    assert known(watch, "msg_rate") == [0.0]


def test_a_broker_that_is_away_is_told_while_nothing_comes(watch, machine):
    go_on(watch, machine, 30)
    watch.parts.feeds["main"].state = "closed"
    go_on(watch, machine, 120)
    assert known(watch, "broker_connected") == [0]
    assert alarms(watch, "CR-04") == [True]
    watch.parts.feeds["main"].state = "connected"
    go_on(watch, machine, 60)
    assert alarms(watch, "broker_connected.STATE") == [False]


def test_its_own_word_is_no_sign_of_life_of_the_room(watch, machine):
    tell(watch, "control-room", room_temp=24.0, ups_mode="online")
    go_on(watch, machine, 600, say=lambda: [tell(watch, one, gateway_online=1) for one in ("gw-10", "gw-1")])
    assert watch.state.devices[ROOM].missed == ("",)
    assert alarms(watch, "DQ-01") == [True]


def test_a_watch_that_comes_back_knows_what_it_said_and_goes_on(watch, machine):
    fail(watch, machine)
    go_on(watch, machine, 100)
    again = Watch(watch.parts)
    points = ("broker_connected", "gateways_total", "disk_used_pct", "operator_ack_s")
    assert known(again, *points) == known(watch, *points)
    go_on(again, machine, 60)
    assert known(again, "operator_ack_s")[0] > 120
    assert alarms(again, "CR-08") == [True]


def test_figures_that_stand_still_are_no_frozen_gauge(watch, machine):
    def say():
        tell(watch, "control-room", rack_inlet_temp=22.0 + machine.steady % 50 / 20, ups_load_pct=30 + machine.steady % 70 / 10)

    go_on(watch, machine, 4 * 3600, say=say)
    assert known(watch, "msg_rate") == [0.1]
    assert alarms(watch, "DQ-02:msg_rate") == []


def test_a_clock_that_is_off_is_told_and_after_it_was_moved_the_watch_speaks_on(watch, machine):
    machine.wall += HOUR
    go_on(watch, machine, 60, say=lambda: tell(watch, "boiler-1", supply_temp=70.0))
    assert known(watch, "ntp_offset_ms") == [HOUR * 1000]
    go_on(watch, machine, 700)
    assert "$atrium/clock" in topics(watch)
    assert known(watch, "ntp_offset_ms", "broker_connected") == [0.0, 1]


def test_a_play_leaves_to_the_watch_what_the_watch_tells(demo):
    sent = set()
    for message in simulate(equipment(demo), devices=[ROOM[1]], for_seconds=120.0):
        sent |= json.loads(message.payload)["values"].keys()
    assert sent.isdisjoint(own.POINTS)
    assert {"rack_inlet_temp", "ups_mode", "wan_ok"} <= sent
