"""Each thing that makes a message more than routine, in a stream of its own: together or one by one comes to the same, and the
guard of the loop that it is for makes the difference."""

import json
from dataclasses import replace

import pytest

from daemon.core import routine
from daemon.core.nouns import Message
from daemon.core.quality import NEWEST, OLDEST
from tests.core.test_routine import NOW, demo, run

USUAL = {"main_pressure": 0.9, "controller_mode": "auto"}
AUTO = {"controller_mode": "auto"}
PUMPS = {"pump1_run": 0, "pump2_run": 0}
FALLING = (0.88, 0.86, 0.84, 0.82, 0.81)


def said(t, values, *, device="fire-pump", lag=0.2, source="main", retain=False):
    """One message, `t` seconds after the beginning."""
    body = {"ts": round((NOW + t - lag) * 1000), "values": values}
    return Message(f"atrium/hongshan/{device}/telemetry", json.dumps(body).encode(), NOW + t, source, retain)


def kept(t, values):
    """What the broker has kept for us, without a time of its own: shown, never judged."""
    return Message("atrium/hongshan/fire-pump/telemetry", json.dumps({"values": values}).encode(), NOW + t, "main", retain=True)


def every(seconds, values, start, end, **more):
    return [said(t, values, **more) for t in range(start, end, seconds)]


def spoken(*batches, step=1.0, usual=USUAL):
    """The device has spoken before, of all that matters here."""
    return [[said(-2 * step, usual), said(-step, usual)], *batches]


CASES = {
    "steady": spoken(every(1, USUAL, 0, 90), every(1, USUAL, 90, 100)),
    "saved in between": spoken(*([said(40 * n, USUAL), said(40 * n + 1, USUAL)] for n in range(6))),
    "missed as a whole, then a good value": spoken(every(2, {"main_pressure": 1.7}, 0, 100), every(1, AUTO, 100, 105)),
    "missed as a whole, for what was kept is no news, then a good value": spoken(
        *([kept(t, {"main_pressure": 0.9})] for t in (24, 49, 60)), [said(61, AUTO)]
    ),
    "a switch that chatters": spoken([said(t, {"power_main_ok": t % 2}) for t in range(60)], usual={"power_main_ok": 1}),
    "a breach older than what is known of the pumps": spoken(
        [said(10, PUMPS), said(11, {"main_pressure": 0.7}, lag=6.0), *every(1, {"gateway_online": 1}, 12, 20, device="gw-1")],
        usual={**USUAL, **PUMPS},
    ),
    "a delay begun as routine, over in the middle of others' messages": [
        [*every(1, {"gateway_online": 1}, -2, 0, device="gw-1"), said(0, USUAL)],
        [said(n + 1, {"main_pressure": value}) for n, value in enumerate(FALLING)],
        [said(11, {"main_pressure": 0.79}), *every(1, {"gateway_online": 1}, 12, 34, device="gw-1")],
    ],
    "told late, then of now": spoken(every(1, {"power_main_ok": 0}, 0, 40, lag=700.0), every(1, AUTO, 41, 44), usual=AUTO),
    "back after half its time": spoken([said(t, AUTO) for t in (0, 1, 20, 21, 50, 51, 90, 91, 170, 171, 320, 321)]),
    "kept by the broker": spoken([said(1, USUAL), said(2, USUAL, retain=True), said(3, USUAL)]),
    "a short breach": spoken([said(1, {"main_pressure": 0.7}), *every(1, USUAL, 2, 20)]),
    "a delay that others' messages pass": [
        *spoken([said(-1, {"main_pressure": 0.7}, device="supply-low"), said(0, USUAL)]),
        [said(1, {"main_pressure": 0.7}), *every(1, {"gateway_online": 1}, 2, 30, device="gw-1")],
    ],
    "a delay begun as routine, that others' messages pass": [
        [*every(1, {"gateway_online": 1}, -2, 0, device="gw-1"), said(0, USUAL)],
        [said(n + 1, {"main_pressure": value}) for n, value in enumerate(FALLING)],
        [said(11, {"main_pressure": 0.79}), *every(1, {"gateway_online": 1}, 12, 200, device="gw-1")],
    ],
    "older than can be": spoken(every(20, USUAL, 0, 200, lag=OLDEST - 30.0), usual={}),
    "fallen behind": [[said(0, USUAL, lag=OLDEST - 5.0), *(said(t, USUAL, lag=OLDEST - 5.0 + t - t / 50) for t in range(1, 20))]],
    "of the future": spoken([said(1, USUAL), said(2, USUAL, lag=-NEWEST - 100.0), *every(1, USUAL, 3, 9)]),
    "beyond its range in between": spoken([said(1, USUAL), said(2, {"main_pressure": 65535}), *every(1, USUAL, 3, 9)]),
    "out of its range by little": spoken(
        [said(n, {"tank_level": 4.95 + n % 2 * 0.08}) for n in range(8)], usual={"tank_level": 4.95}
    ),
    "another source": spoken(every(1, USUAL, 0, 5), every(1, USUAL, 5, 10, source="annex"), every(1, USUAL, 10, 15)),
    "sources mixed": spoken([*every(1, USUAL, 0, 5), said(5, USUAL, source="other"), *every(1, USUAL, 6, 9)]),
    "no values": spoken([said(1, USUAL), said(2, {}), said(3, USUAL)]),
    "a farewell": [every(1, {"gateway_online": 1}, 0, 5, device="gw-1") + every(1, {"gateway_online": 0}, 5, 9, device="gw-1")],
    "a point that had faded": spoken(every(2, AUTO, 0, 300), every(1, USUAL, 300, 305)),
    "a number that is a text": spoken([said(1, USUAL), said(2, {"main_pressure": "0.9"}), said(3, {"main_pressure": True})]),
    "the same twice, an older one": spoken([said(1, USUAL), said(1, USUAL), said(0.5, USUAL), said(2, USUAL)]),
}


def ways(batches, community=None):
    """What comes of it in the loop, and without."""
    short, found = routine.FEW, []
    try:
        for routine.FEW in (1, 10**9):
            found.append(run(batches, community))
    finally:
        routine.FEW = short
    return found


@pytest.mark.parametrize("batches", CASES.values(), ids=CASES)
def test_what_is_not_routine_is_told_from_what_is(batches):
    together, alone = ways(batches)
    assert together == alone


def test_a_slow_device_behind_a_gateway_that_is_told_to_be_silent_is_no_routine():
    """Its neighbour, missed sooner, made the gateway silent; it speaks for it."""
    site = demo().sites["hongshan"]
    devices = {**site.devices, "ebike-01": replace(site.devices["ebike-01"], gateway="gw-1")}
    community = replace(demo(), sites={"hongshan": replace(site, devices=devices)})
    parked = {"voltage": 230.0}
    slow = [said(t, parked, device="ebike-01") for t in (0, 10, 25)]
    batches = spoken(slow, [said(61, parked, device="ebike-01"), said(62, parked, device="ebike-01")])
    together, alone = ways(batches, community)
    assert together == alone
    raised = [event.episode for came in together[0] if isinstance(came, dict) for event in came["alarms"]]
    assert [(one.device, one.rule) for one in raised] == [("gw-1", "DQ-01")]
