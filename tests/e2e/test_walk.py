"""The walk of a reading through real processes: a fault at the plant → one ticket → notices told → the signal normal again."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, ROOT, SITE

from daemon.clock import ScaledClock
from daemon.publish import publish
from daemon.rig import FaultPlan
from daemon.simulate import simulate

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SPEED = 8.0  # the watch and the plant live that much faster
FAULT = FaultPlan("fire-pump", "FP-F1", -60.0, 130.0)  # the pressure falls below the start setting some 20 s after the start


@pytest.fixture
def plant(atrium, demo, mosquitto):
    """The watch on the demo's own configuration, and the plant with a fault that passes; both on one fast clock."""
    watch, stop = atrium(ROOT / "config", speed=SPEED).start(), Event()
    start = watch.clock.now()
    messages = simulate(demo, devices=["fire-pump", "gw-1"], start=start, faults=[FAULT], for_seconds=400)
    clock = ScaledClock(start, SPEED)
    running = Thread(target=publish, args=(messages, mosquitto.broker.url), kwargs={"clock": clock, "stop": stop})
    running.start()
    yield watch
    stop.set()
    running.join(LONG)


def test_a_pump_that_refuses_to_start_is_one_ticket_from_alarm_to_signal_normal(plant, demo):
    assert until(lambda: "FP-01" in plant.episodes(active=True), LONG), plant.words
    told = plant.episodes(active=True)
    assert {told[rule].hidden_by for rule in ("main_pressure.LL", "FP-02")} == {"FP-01"}
    assert until(lambda: plant.tickets()[0].signal_normal_at, LONG), plant.episodes(active=True)

    (ticket,) = plant.tickets()
    signature = next(s for s in demo.sites[SITE].devices["fire-pump"].kind.signatures if s.id == "FP-01")
    assert (ticket.rules[0], ticket.severity, ticket.state) == ("FP-01", "critical", "assigned")
    assert (ticket.do_first, ticket.causes) == (signature.do, signature.causes)
    assert "主泵未启动" in ticket.title.zh
    assert "did not start" in ticket.title.en
    for sentence in (ticket.reason.zh, ticket.reason.en):
        assert str(round(ticket.reason.values["main_pressure"], 2)) in sentence
        assert "0.80 MPa" in sentence
        assert "30" in sentence
    events = [event.type for event in plant.look(lambda store: store.ticket_events(ticket.id))]
    assert (events[:2], events[-1]) == (["opened", "assigned"], "signal_normal")


def test_each_person_is_told_once_by_each_way_and_everything_is_delivered(plant):
    assert until(lambda: "FP-01" in plant.episodes(active=True), LONG), plant.words
    mine = plant.tickets()[0].id
    assert until(lambda: all(row[3] == "sent" for row in plant.outbox()), LONG), plant.outbox()
    told = [(person, channel) for person, channel, ticket, *_ in plant.outbox() if ticket == mine]
    assert len(told) == len(set(told))
    assert {channel for _, channel in told} == {"console", "bell"}
    assert len({person for person, _ in told}) >= 2, told  # the technician, and as it is critical the operator
