"""Replays of simulated days: the same bytes twice, quiet while healthy, every promised fault found, and no difference wherever a
run is cut and taken up again."""

import json
import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.config import load
from daemon.core.nouns import HOLD, RESUME, Message
from daemon.core.replay import replay
from daemon.simulate import parse_fault, plays, simulate
from tests.cut import SOURCES, Run

TUESDAY = datetime.fromisoformat("2026-01-06T00:00+08:00").timestamp()  # the day of the weekly test run
MORNING = TUESDAY + 7 * 3600
NOON, EVENING = TUESDAY + 12 * 3600, TUESDAY + 18 * 3600
JULY_EVENING = datetime.fromisoformat("2026-07-21T18:00+08:00").timestamp()


@cache
def demo():
    """The demo community; hypothesis takes no fixture of a session."""
    return load(Path(__file__).parent.parent / "config", environ={})


def play(*faults, devices=None, start=MORNING, seconds=1800.0, seed=1):
    """What the equipment sends while these faults play."""
    plans = [parse_fault(text, demo().sites["hongshan"].devices) for text in faults]
    return simulate(demo(), devices=devices, start=start, for_seconds=seconds, faults=plans, seed=seed)


def alarms(messages, **options):
    return [line for line in replay(demo(), messages, SOURCES, **options) if line["type"] == "alarm"]


def test_the_same_recording_gives_the_same_bytes():
    def told():
        messages = play("fire-pump:FP-F1@300", "ev-01:EV-F1@600", "gw-4:DQ-F4@1200+600", seconds=2700)
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in replay(demo(), messages, SOURCES)).encode()

    first = told()
    assert b'"FP-01"' in first
    assert first == told()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_healthy_day_of_the_whole_community_is_quiet():
    lines = list(replay(demo(), play(start=TUESDAY, seconds=86400), SOURCES))
    assert [line for line in lines if line["type"] != "summary"] == []
    assert lines[-1]["readings"] > 1_000_000


def test_a_healthy_hour_is_quiet_even_for_what_was_never_heard():
    assert alarms(play(start=TUESDAY + 36000, seconds=3600), everything=True) == []


# fault, rule → within how many seconds: the fault's own dynamics and the rule's delays added up. Without a line: an hour.
SOON = {
    ("FP-F1", "FP-01"): 180,
    ("FP-F1", "FP-06"): 780,
    ("FP-F4", "FP-07"): 60,
    ("FP-F5", "FP-11"): 60,
    ("FP-F6", "FP-12"): 305,
    ("FP-F8", "room_temp.L"): 12 * 3600,  # -1 K an hour
    ("FP-F10", "FP-14"): 30,
    ("FP-F10", "FP-09"): 960,
    ("WS-F2", "WS-03"): 7200,
    ("WS-F3", "WS-08"): 150,
    ("WS-F4", "WS-13"): 660,
    ("BO-F1", "BO-02"): 1800,
    ("BO-F2", "BO-01"): 1800,
    ("BO-F4", "BO-04"): 30,
    ("BO-F6", "BO-08"): 240,
    ("BO-F7", "BO-09"): 90,
    ("BO-F10", "BO-07"): 5 * 86400,  # the air drifts for five days
    ("EV-F1", "EV-01"): 30,
    ("EV-F1", "EV-02"): 90,
    ("EV-F5", "EV-03"): 660,
    ("EB-F2", "port{n}_minutes.H"): 11 * 3600,  # ten hours are allowed
    ("EB-F3", "EB-04"): 480,
    ("EB-F4", "EB-05"): 120,
    ("EB-F5", "residual_current.HH"): 300,
    ("EB-F6", "EB-07"): 330,
    ("CG-F1", "CG-01"): 14400,
    ("CG-F2", "CG-02"): 1830,
    ("CG-F4", "CG-04"): 90,
    ("PW-F1", "PW-04"): 7200,  # the windings warm slowly
    ("PW-F3", "PW-03"): 30,
    ("PW-F4", "PW-02"): 30,
    ("PW-F5", "PW-01"): 30,
    ("PW-F6", "PW-09"): 4500,  # 8 V in the first hour
    ("PW-F7", "PW-08"): 1830,
    ("PW-F10", "PW-13"): 60,
    ("CR-F1", "CR-01"): 600,
    ("CR-F2", "CR-02"): 1800,  # 40 min on battery, of which 15 are left
    ("CR-F3", "CR-03"): 120,
    ("CR-F4", "CR-04"): 420,
    ("CR-F5", "CR-05"): 660,
    ("CR-F6", "CR-07"): 30,
    ("RW-F3", "RW-03"): 330,
    ("RW-F5", "RW-07"): 6 * 3600,  # the chlorine decays
    ("RW-F6", "RW-08"): 60,
    ("RW-F8", "RW-09"): 2 * 3600,
    ("EV-F6", "EV-08"): 330,  # two minutes of a session, three of silence
    ("EB-F2", "EB-03"): 8 * 3600 + 120,
    ("CG-F3", "cable_temp.H"): 7200,  # the cable warms slowly
    ("EL-F1", "EL-01"): 240,
    ("EL-F2", "EL-03"): 240,
    ("EL-F5", "EL-06"): 4 * 3600,
    ("EL-F7", "EL-02"): 30,
    ("SL-F1", "SL-01"): 1900,
    ("SL-F3", "SL-04"): 450,
    ("SL-F4", "SL-05"): 480,
    ("SL-F5", "SL-06"): 400,
    ("SL-F6", "SL-02"): 1000,
}
STARTS = {  # a crowd, or a full cable, on a hot day; a burner that is off; lights that should be off, or on
    **dict.fromkeys(("CG-F1", "CG-F3", "BO-F7"), JULY_EVENING),
    **dict.fromkeys(("SL-F1", "SL-F5"), NOON),
    **dict.fromkeys(("SL-F2", "SL-F3", "SL-F4", "SL-F6"), EVENING),
}
BESIDE = {"EV-F6": ["ev-09", "gw-5"]}  # alone, its silence would be its gateway's
HARDER = set()
# What takes days, or a history of days: tests/sensors/test_rules_power.py, with coarser sampling or a fault that is old already.
HARDER |= {("PW-F2", "PW-06"), ("PW-F8", "PW-05"), ("PW-F9", "PW-10")}
HARDER |= {("RW-F1", "RW-01"), ("RW-F2", "RW-02"), ("RW-F4", "RW-04"), ("RW-F7", "RW-10")}
# The same of lifts and of charging: tests/sensors/test_rules_lift.py and test_rules_charging.py.
HARDER |= {("EL-F3", "EL-04"), ("EL-F6", "EL-08"), ("EV-F2", "EV-04"), ("EV-F4", "EV-05")}
HARDER |= {("EV-F6", "EV-07"), ("CG-F3", "CG-03")}
# And of fire pumps, water and boilers: tests/sensors/test_plants_fire.py, test_plants_water.py and test_plants_heat.py.
HARDER |= {("FP-F2", "FP-04"), ("FP-F9", "FP-17")}
HARDER |= {("WS-F1", "WS-01"), ("WS-F2", "WS-02"), ("WS-F3", "WS-11"), ("WS-F8", "WS-12"), ("BO-F1", "BO-10")}
HARDER |= {("WS-F5", "WS-05"), ("WS-F6", "WS-10"), ("WS-F6", "free_chlorine.LL"), ("WS-F7", "WS-11"), ("WS-F10", "WS-02")}
HARDER |= {("WS-F9", "WS-07"), ("WS-F9", "WS-14")}  # its 15 % more energy never reach the 20 % of WS-14
HARDER |= {("BO-F3", "BO-03"), ("BO-F5", "BO-06"), ("BO-F8", "BO-12"), ("BO-F9", "BO-14")}
HARDER |= {("EB-F1", "EB-02"), ("SL-F2", "SL-03")}  # half an hour of power must be known; the site's clock


def promises():
    """Every rule that a fault its plant can play promises, if it is judged: device, fault, rule as the kind writes it."""
    for kind, device in {device.kind.id: device for device in demo().sites["hongshan"].devices.values()}.items():
        judged = {rule.signature.id for rule in device.signatures}
        judged |= {f"{rule.limit.point}.{rule.level}" for rule in device.limits}
        for fault in device.kind.faults:
            for rule in fault.raises:
                if fault.id in plays(device) and rule in judged and (fault.id, rule) not in HARDER:
                    marks = [pytest.mark.slow, pytest.mark.timeout(600)] if SOON.get((fault.id, rule), 0) > 86400 else []
                    yield pytest.param(device.id, fault.id, rule, id=f"{kind}-{fault.id}-{rule}", marks=marks)


@pytest.mark.parametrize(("device", "label", "rule"), list(promises()))
def test_a_fault_raises_what_it_promises_in_time(device, label, rule):
    start, within = STARTS.get(label, MORNING), SOON.get((label, rule), 3600)
    devices, end = [device, *BESIDE.get(label, [])], 300.0 + within + 10.0
    raised = [
        datetime.fromisoformat(line["at"]).timestamp() - start - 300.0
        for line in alarms(play(f"{device}:{label}@300", devices=devices, start=start, seconds=end), until=start + end)
        if line["event"] == "raised" and re.fullmatch(expanded(rule), line["rule"])
    ]
    assert raised, f"{rule} was not raised within {within} s of {label}"
    assert 0 < raised[0] <= within


def expanded(rule):
    """What a rule of the kind is called on a device: `FP-07[i=2]`, `port03_minutes.H`."""
    return re.sub(r"\\{\w\\}", r"\\d+", re.escape(rule)) + r"(\[\w=\d+\])?"


# --- a run that is cut and taken up again


@cache
def narrow():
    """Six devices of the demo are enough, and quicker."""
    site = demo().sites["hongshan"]
    keep = ("fire-pump", "ev-01", "ev-02", "boiler-1", "gw-1", "gw-4")
    return replace(demo(), sites={site.id: replace(site, devices={name: site.devices[name] for name in keep})})


@cache
def traffic():
    """Forty minutes in which much happens: a fault of the fire pump that is repaired, a welded contactor, a boiler without water,
    a gateway that is silent and sends its backlog, a failed read."""
    faults = (
        "fire-pump:FP-F1@300+500",
        "ev-01:EV-F1@200+900",
        "gw-4:DQ-F4@1300+600",
        "boiler-1:BO-F2@0+1900",
        "fire-pump:DQ-F7@900",
    )
    return list(play(*faults, devices=list(narrow().sites["hongshan"].devices), seconds=2400))


def told(messages, batches, cuts, *, ticks=False):
    """Commit `messages` in batches of these sizes (repeated), crash after each batch whose number is in `cuts`."""
    run, n, place = Run(narrow()), 0, 0
    run.state.now = run.state.resumed_at = messages[0].at
    run.state.rearm(run.state.now)
    while place < len(messages):
        size = batches[n % len(batches)]
        batch, place, n = messages[place : place + size], place + size, n + 1
        run.commit(batch)
        if ticks and place < len(messages):
            run.tick((batch[-1].at + messages[place].at) / 2)
        if n in cuts:
            run.crash()
    run.tick(messages[-1].at + 3600)
    return run.result()


@cache
def whole():
    return told(traffic(), (1,), ())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=5), st.booleans())
def test_batches_and_ticks_change_nothing(batches, ticks):
    assert told(traffic(), batches, (), ticks=ticks) == whole()


@example(batches=[1, 1, 41], cuts={48}, ticks=False)  # a point that had faded was missed a second time
@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.sets(st.integers(1, 200), min_size=1, max_size=4), st.booleans())
def test_a_run_cut_anywhere_equals_one_uncut_run(batches, cuts, ticks):
    assert told(traffic(), batches, cuts, ticks=ticks) == whole()


def away(messages, start, length):
    """The same messages, with the watch deaf for some of them: no deadline fires between HOLD and RESUME."""
    start = min(start, len(messages) - 1)
    end = min(start + length, len(messages) - 1)
    return [
        *messages[:start],
        Message(HOLD, b"", messages[start].at),
        *messages[start:end],
        Message(RESUME, b"", messages[end].at),
        *messages[end:],
    ]


@example(start=0, length=0, size=26, cuts={33})  # a pile asked whether its gateway was away, and saw what was to come
@example(start=735, length=252, size=31, cuts={26})  # what a deadline had changed was forgotten
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1100), st.integers(0, 300), st.integers(1, 60), st.sets(st.integers(1, 200), min_size=1, max_size=4))
def test_a_cut_while_the_watch_was_deaf_changes_nothing_either(start, length, size, cuts):
    messages = away(traffic(), start, length)
    assert told(messages, (size,), cuts) == told(messages, (size,), ())
