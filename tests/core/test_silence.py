"""Silence: of a point, of a device, of a gateway; one finding each, and never a guess about equipment."""

from collections import Counter
from dataclasses import replace

import pytest

from daemon.core import gaps
from daemon.core.nouns import HOLD, RESUME, Message, Quality
from daemon.core.site import Configuration, Settings
from sensors.kit.words import Point, Text
from tests.cut import Run
from tests.factories import EV_CHARGER, GATEWAY, NOON, make_device, make_devices, make_site
from tests.watching import Watch


def test_a_silent_point_of_a_speaking_device_is_one_finding():
    watch = Watch()
    for t in range(0, 200, 10):
        watch.tell(t, {"main_pressure": 0.9, "door_open": 0} if t == 0 else {"main_pressure": 0.9})
    assert watch.raised("DQ-01:door_open") == [180.0]
    watch.tell(200, {"door_open": 0})
    assert watch.alarms[-1] == ("returned", "DQ-01:door_open", 200.0)


def test_a_silent_gateway_is_one_finding_not_one_per_device():
    watch = Watch()
    for device in ("ev-01", "ev-02"):
        watch.tell(0, {"gun_temp": 30}, device=device)
    watch.tell(0, {"main_pressure": 0.9})
    watch.wait(600)
    assert [(e, r) for e, r, _ in watch.alarms] == [("raised", "DQ-01")]
    assert len(watch.desk.tickets) == 1


def test_one_silent_device_behind_a_speaking_gateway_is_itself():
    watch = Watch()
    for t in range(0, 300, 10):
        watch.tell(t, {"main_pressure": 0.9})
        if t < 30:
            watch.tell(t, {"gun_temp": 30}, device="ev-01")
    assert watch.desk.open_ticket("hongshan", "ev-01").rules == ("DQ-01",)


TALKING = replace(GATEWAY, points=(Point("uptime_s", Text("运行时间", "Uptime"), "s", every=60),))


@pytest.mark.parametrize(("behind", "silent"), [(1, "ev-01"), (2, "gw-1")])
def test_a_gateway_that_only_speaks_of_itself_does_not_flap(behind, silent):
    """Alone behind it, the device is silent; of several, what they have in common is the gateway."""
    piles = [make_device(f"ev-0{n + 1}", kind=EV_CHARGER) for n in range(behind)]
    watch = Watch(devices=[*piles, replace(make_device("gw-1", kind=TALKING), gateway=None)])
    for t in range(0, 1800, 30):
        watch.tell(t, {"uptime_s": t}, device="gw-1")
        if t < 300:
            for pile in piles:
                watch.tell(t, {"gun_temp": 30}, device=pile.id)
    assert [(event, rule) for event, rule, _ in watch.alarms if event in ("raised", "returned")] == [("raised", "DQ-01")]
    assert watch.state.devices["hongshan", silent].episodes


def test_a_stale_value_disarms_and_is_unknown():
    watch = Watch()
    watch.tell(0, {"main_pressure": 0.83})  # L: on-delay 60 s, stale after 60 s
    watch.wait(59)
    watch.wait(61)
    memory = watch.state.devices["hongshan", "fire-pump"].memories["main_pressure"]
    assert memory.quality is Quality.MISSING
    assert watch.state.devices["hongshan", "fire-pump"].last("main_pressure") is None


def test_a_point_that_does_not_come_back_with_its_device_is_missed():
    watch = Watch()
    for t in range(0, 60, 10):
        watch.tell(t, {"main_pressure": 0.9, "door_open": 0})
    watch.wait(400)  # all of it silent, the door's switch stale as well
    for t in range(400, 700, 10):
        watch.tell(t, {"main_pressure": 0.9})
    assert watch.raised("DQ-01:door_open") == [580.0]


def test_a_device_whose_every_value_is_doubtful_is_one_finding():
    watch = Watch()
    for t in range(0, 600, 10):
        ahead = 8 * 3600 if t >= 100 else 0
        watch.tell(t, {"main_pressure": 0.9, "door_open": 0, "pump1_temp": 30}, ts=t + ahead)
    assert [(event, rule) for event, rule, _ in watch.alarms] == [("raised", "DQ-07")]  # its clock, which explains the rest


def test_many_that_were_never_heard_are_looked_for_in_turns():
    """Thousands of looks in one moment would hold up every message of that moment."""
    watch = Watch(devices=[replace(make_device(f"ev-{n}", kind=EV_CHARGER), gateway=None) for n in range(1600)])
    watch.state.silence_of_unheard = True
    watch.feed(Message(RESUME, b"", NOON))
    looks = Counter(due_at - NOON for due_at, *_ in watch.state.heap)
    assert len(looks) == 1600 // gaps.TOGETHER
    assert max(looks.values()) < 2 * gaps.TOGETHER
    assert max(looks) - min(looks) == (len(looks) - 1) * gaps.TURN
    assert gaps.turn(watch.state.devices["hongshan", "ev-7"], 1600) == 1.4375  # in every process: the journal is fed again


@pytest.mark.parametrize("cut", [30.0, 60.02, 60.06, 61.0, 75.0])
def test_turns_survive_a_cut(monkeypatch, cut):
    monkeypatch.setattr(gaps, "TOGETHER", 1)
    site = make_site(devices=[replace(device, gateway=None) for device in make_devices()])
    runs = [Run(Configuration(Settings(None), {"hongshan": site}, "digest")) for _ in "ab"]
    for n, run in enumerate(runs):
        run.commit([Message(HOLD, b"", NOON, "main"), Message(RESUME, b"", NOON + 1.0, "main")])
        for at in (31.0, cut, 62.0, 90.0, 240.0):
            run.tick(NOON + at)
            if n and at == cut:
                run.crash()
    assert runs[0].result() == runs[1].result()
    assert len({round(at, 3) for at, _ in runs[0].alarms.values()}) > 1
