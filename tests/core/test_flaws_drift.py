"""Drift (DQ-05): told of a gauge that leaves what it can be held against, and only of that."""

import json

import pytest

from daemon.core.flaws.drift import held
from daemon.core.nouns import Message
from sensors.registry import kinds
from sensors.signatures.common import YARDSTICKS
from tests.bench.detection.trial import community
from tests.cut import Run

START, STEP, DAY = 1767196800.0, 600.0, 86400.0
TOPIC = "atrium/bench/device/telemetry"


def tanks(off, *, hour=0.004):
    """Two connected tanks; the first gauge is off by what `off` says of the day. A fill and a draw every two hours."""
    run = Run(community("water_supply"))
    for number in range(int(20 * DAY / STEP)):
        level, day = 2.2 + 0.3 * (number % 12) / 12, number * STEP / DAY
        yield run, level + off(day) + hour * (number % 3 - 1), level, START + number * STEP


def told(rows, *, cut=False):
    for number, (run, one, two, at) in enumerate(rows):
        values = {"tank1_level": round(one, 3), "tank2_level": round(two, 3)}
        run.commit([Message(TOPIC, json.dumps({"ts": at * 1000, "values": values}).encode(), at)])
        if cut and number % 97 == 0:
            run.crash()
    return [
        (event, round((at - START) / DAY, 2), found) for (event, *_), (at, found) in run.alarms.items() if "DQ-05" in found.rule
    ]


@pytest.mark.parametrize(
    ("off", "raised"),
    [
        (lambda _day: 0.0, None),
        (lambda _day: 0.018, None),  # 4.5 sigma, always: an offset of its mounting
        (lambda day: 0.5 * (10.0 <= day < 11.0), None),  # one tank is cleaned
        (lambda _day: 0.022, 6.3),  # 5.5 sigma on 7 days, the first of 8 h
        (lambda day: 0.002 * 24 * max(day - 10.0, 0.0), 12.0),  # half a sigma an hour
        (lambda day: -0.02 * max(day - 10.0, 0.0), 12.0),  # the reference's WS-F10
    ],
)
def test_a_level_gauge_is_told_to_drift_against_the_tank_beside_it(off, raised):
    found = [day for event, day, _ in told(tanks(off)) if event == "raised"]
    assert found == ([] if raised is None else [pytest.approx(raised, abs=0.4)])


def test_a_drift_is_told_once_in_numbers_and_ends_when_it_is_set_right():
    events = told(tanks(lambda day: 0.02 * max(day - 10.0, 0.0) * (day < 15.0)))
    assert [event for event, _, _ in events] == ["raised", "returned"]
    assert 15.0 < events[1][1] < 15.3
    raised = events[0][2]
    assert raised.rule == "DQ-05:tank1_level"
    assert "+0.03" in raised.reason.zh
    assert "水箱液位" in raised.reason.zh
    assert "Tank level 2" in raised.reason.en


def test_a_drift_cut_anywhere_is_told_as_if_uncut():
    rows = lambda: tanks(lambda day: 0.02 * max(day - 9.0, 0.0))  # noqa: E731 - played twice
    assert told(rows(), cut=True) == told(rows())


def test_what_a_gauge_is_held_against_exists_and_is_of_its_unit():
    for kind, rows in YARDSTICKS.items():
        points = {point.name: point for point in kinds()[kind].points}
        for row in rows:
            assert points[row.point].noise
            assert {row.other, *row.still} - {""} <= points.keys()
            if row.other and row.times == 1.0:
                assert points[row.other].unit == points[row.point].unit
        assert {one.rule for one in held(community(kind).sites["bench"].devices["device"].model)} == set(rows)


def test_the_days_on_which_a_motor_works_say_nothing_of_its_zero():
    run = Run(community("water_supply"))
    for number in range(int(16 * DAY / STEP)):
        at = START + number * STEP
        working = int(at // DAY) % 2
        values = {"pump1_run": working, "pump1_current": 14.0 if working else 0.9}
        run.commit([Message(TOPIC, json.dumps({"ts": at * 1000, "values": values}).encode(), at)])
    drifts = [(at - START, episode) for (event, *_), (at, episode) in run.alarms.items() if episode.rule == "DQ-05:pump1_current"]
    ((at, episode),) = drifts
    assert 13.0 <= at / DAY <= 14.0  # the seventh day at rest
    assert "零点" in episode.reason.zh
    assert "machine at rest" in episode.reason.en
