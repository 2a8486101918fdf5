"""What a condition knows beyond its own device: the hour on the site's clocks, and devices it shares something with."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.core import state
from daemon.core.nouns import Message
from daemon.core.site import Configuration, Settings
from sensors.kit.words import MAJOR, Signature, Text
from tests.cut import Run
from tests.factories import EV_CHARGER, FIRE_PUMP, GATEWAY, NOON, make_device, make_site

HOT = "for(gun_temp > 60, 2min) and share(gun_temp > 60, group(ev_charger, same=feeder)) >= 0.6"
LOST = Signature("EV-X", Text("多桩高温", "Hot piles"), MAJOR, HOT, Text("看配电箱。", "See the panel."), off=30.0)
PILE = replace(EV_CHARGER, signatures=(LOST,), limits=(replace(EV_CHARGER.limits[0], on=0.0),))


def make(zone="Asia/Shanghai", **fields):
    """Four piles: two in a garage, one in another, one fed from elsewhere."""
    piles = [make_device(f"ev-{n}", kind=PILE, room=room) for n, room in enumerate(("east", "east", "west", "east"), 1)]
    piles[3] = replace(piles[3], fed_by="fire-pump", **fields)
    devices = (*piles, make_device("fire-pump", kind=FIRE_PUMP), make_device("gw-1", kind=GATEWAY))
    site = replace(make_site(), timezone=zone, devices={device.id: device for device in devices})
    return Configuration(Settings(None), {"hongshan": site}, "digest")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"])
@given(st.integers(0, 2**31))
def test_the_offset_is_that_of_the_site_at_that_time(zone, now):
    device = state.start(make(zone)).devices["hongshan", "ev-1"]
    assert device.offset(now) == datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset().total_seconds()


def test_devices_of_one_feeder_are_those_of_one_room_where_nobody_said_otherwise():
    watch = state.start(make())
    piles = {name: device for (_, name), device in watch.devices.items() if "ev" in name}
    near = {name: [one.device.id for one in device.near["ev_charger", "feeder"]] for name, device in piles.items()}
    assert near == {"ev-1": ["ev-1", "ev-2"], "ev-2": ["ev-1", "ev-2"], "ev-3": ["ev-3"], "ev-4": ["ev-4"]}
    assert piles["ev-1"].others("ev_charger", "feeder") == []  # the other one was never heard
    piles["ev-2"].heard_at = NOON
    assert piles["ev-1"].others("ev_charger", "feeder") == [piles["ev-2"]]


def hot(device, temp, at):
    return Message(f"atrium/hongshan/{device}/telemetry", json.dumps({"ts": at, "gun_temp": temp}).encode(), at)


def rules(run):
    return [(event, episode.device) for (event, *_), (_, episode) in run.alarms.items()]


def test_a_group_is_judged_by_its_own_devices_only():
    run = Run(make())
    run.state.now = run.state.resumed_at = NOON
    for n in range(10):
        run.commit([hot(name, 70, NOON + 30 * n) for name in ("ev-1", "ev-3")])
        run.commit([hot("ev-2", 40, NOON + 30 * n)])
    assert rules(run) == [("raised", "ev-3")]  # alone on its feeder; of the other one half
    for n in range(10, 20):
        run.commit([hot(name, 70, NOON + 30 * n) for name in ("ev-1", "ev-2")])
    assert ("raised", "ev-1") in rules(run)


STEPS = st.lists(
    st.tuples(st.sampled_from(("ev-1", "ev-2", "ev-3")), st.sampled_from((40, 70, 95)), st.sampled_from((0, 1, 20, 45, 70))),
    min_size=4,
    max_size=60,
)


SEEN_TOO_SOON = [
    ("ev-1", 70, 0),
    ("ev-2", 40, 0),
    ("ev-1", 70, 45),
    ("ev-2", 40, 45),
    ("ev-1", 70, 40),
    ("ev-2", 95, 1),
    ("ev-3", 40, 1),
]


@example(steps=SEEN_TOO_SOON, size=1, cuts={5})
@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(1, 7), st.sets(st.integers(0, 20), max_size=3))
def test_a_cut_between_neighbours_changes_nothing(steps, size, cuts):
    """Fed again from different places, one would see values of the other that it had not seen yet."""
    runs = cut, whole = Run(make()), Run(make())
    for run in runs:
        run.state.now = run.state.resumed_at = NOON
        run.state.rearm(NOON)
    messages, at = [], NOON
    for device, temp, seconds in steps:
        at += seconds
        messages.append(hot(device, temp, at))
    for n, message in enumerate(messages):
        whole.commit([message])
        if n % size == size - 1:
            cut.commit(messages[n - size + 1 : n + 1])
            if n // size in cuts:
                cut.crash()
    cut.commit(messages[len(messages) - len(messages) % size :]) if len(messages) % size else None
    for run in runs:
        run.tick(at + 300)
    assert cut.result() == whole.result()
