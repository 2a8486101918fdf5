"""Charging piles behind a gateway that was silent and sends what it kept: late readings are no silence."""

import pytest

from daemon import simulate as simulation
from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.rig import FaultPlan
from tests.bench.detection.catalogue import SUMMER
from tests.bench.traffic import SOURCES, demo

EVENING = SUMMER + 19 * 3600.0
PILES = ("ev-01", "ev-02", "gw-4")
CAR = FaultPlan("ev-02", "EV-F4", 600.0, 8000.0)  # brings one, and stays


@pytest.mark.parametrize(("silent", "flush"), [(300.0, 60.0), (1200.0, 60.0), (3600.0, 600.0)])
def test_a_backlog_however_slow_says_of_no_pile_that_it_is_silent(monkeypatch, silent, flush):
    monkeypatch.setattr(simulation, "FLUSH", flush)
    watch, desk, raised = state.start(demo(), silence_of_unheard=False), MemoryDesk(), []
    watch.now = watch.resumed_at = EVENING
    watch.rearm(EVENING)
    plans = [CAR, FaultPlan("gw-4", "DQ-F4", 3600.0, silent)]
    for message in simulation.simulate(demo(), start=EVENING, faults=plans, for_seconds=8400.0, devices=PILES):
        found = pipeline.feed(watch, (message,), desk, SOURCES).alarms
        raised += [(event.episode.device, event.episode.rule) for event in found if event.event == "raised"]
    assert ("gw-4", "DQ-01") in raised
    assert not [one for one in raised if one[1] == "EV-08"]
