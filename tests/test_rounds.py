"""The watch's loop without a broker: canaries, gaps, its own state, and a clock that is moved. Real store, real core."""

from __future__ import annotations

import pytest
from fixtures.loop import DEVICES, HOUR, TOPIC, Machine, begin, canaries, hear, switch, telemetry, topics

from daemon import losses, rounds, vitals
from daemon.clock import ALONE, LISTEN
from daemon.core import gaps
from daemon.core.nouns import CANARY, CLOCK, HOLD, LOST, RESUME, Action, Message
from daemon.core.vitals import KEPT_AS, unpack
from daemon.service import Watch


@pytest.fixture
def machine(monkeypatch):
    one = Machine()
    monkeypatch.setattr(rounds, "time", one)
    monkeypatch.setattr(losses, "time", one)
    monkeypatch.setattr(vitals, "time", one)
    return one


@pytest.fixture
def watch(demo, tmp_path, machine):
    with begin(demo, tmp_path, machine) as one:
        yield one


def test_a_canary_flies_every_minute_and_its_return_is_saved_and_told(watch, machine):
    assert len(canaries(watch)) == 1
    hear(watch, Message(TOPIC, canaries(watch)[0], watch.parts.clock.now()))
    assert topics(watch)[-1] == CANARY
    assert watch.parts.deadman.beats == 1
    assert watch.parts.store.rejected() == []
    for _ in range(61):
        machine.pass_by(1.0)
        watch._turn()
    assert len(canaries(watch)) == 2


def test_a_canary_of_the_watch_before_us_proves_nothing(watch):
    hear(watch, Message(TOPIC, b"somebody/12.5", watch.parts.clock.now()))
    assert watch.parts.deadman.beats == 0


def test_where_nobody_could_be_told_the_outside_is_to_notice(watch):
    watch.parts.outbox.untold = frozenset({"t1"})
    hear(watch, Message(TOPIC, canaries(watch)[0], watch.parts.clock.now()))
    assert watch.parts.deadman.beats == 0


def test_a_gap_is_one_only_where_a_session_had_been(watch, machine):
    assert watch.rounds.losses.gaps == {}
    hear(watch, Message(RESUME, b"gap", watch.parts.clock.now()))
    assert watch.rounds.losses.gaps == {"main": pytest.approx(machine.wall)}


def alarms(watch):
    rows = watch.parts.store.episodes(site="hongshan", limit=100)
    return [(row.episode.rule, row.episode.reason.values.get("count")) for row in rows if row.episode.device == gaps.SYSTEM]


def test_a_gap_is_an_alarm_once_also_if_we_die_before_it_is_told(watch, machine):
    hear(watch, Message(HOLD, b"gap", watch.parts.clock.now()))
    assert alarms(watch) == []
    again = Watch(watch.parts)
    machine.pass_by(5.0)
    hear(again, Message(HOLD, b"", again.parts.clock.now()), Message(RESUME, b"", again.parts.clock.now()))
    hear(again, Message(RESUME, b"", again.parts.clock.now()))
    assert alarms(again) == [("DQ-GAP:main", None)]


def test_messages_that_the_broker_dropped_are_one_alarm_once_it_has_stopped(watch, machine):
    for count in (b"5", b"105", b"1905"):
        watch.rounds.losses.hear("main", count)
        machine.pass_by(10.0)
    watch._turn()
    assert alarms(watch) == []
    again = Watch(watch.parts)
    for _ in range(40):
        machine.pass_by(1.0)
        again._turn()
    assert alarms(again) == [("DQ-LOST:main", 1900)]
    assert LOST in topics(again)


def test_publications_that_were_let_go_are_a_figure(watch, machine):
    watch.voice.dropped = 7
    machine.pass_by(6.0)
    watch._turn()
    assert b'atrium_outgoing_dropped{source="voice"} 7.0' in watch.parts.metrics.page()[2]


def test_how_it_is_is_saved_every_few_seconds_whatever_comes(watch, machine):
    machine.pass_by(6.0)
    watch._turn()
    told = unpack(watch.parts.store.recall(KEPT_AS))
    assert {check.name for check in told.checks if not check.ok} == set()
    assert told.wall == machine.wall


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_machine_that_is_set_wrongly_is_not_followed_while_equipment_knows_better(watch, machine, jump):
    begun = watch.parts.clock.now()
    machine.wall += jump
    for _ in range(60):
        machine.pass_by(1.0)
        telemetry(watch, offset=-0.4)
    assert watch.parts.clock.now() - begun == pytest.approx(60.0, abs=0.1)
    check = next(one for one in watch.rounds.vitals.checks if one.name == "clock")
    assert not check.ok
    assert "agrees with Atrium" in check.reason
    assert CLOCK not in topics(watch)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_machine_that_was_set_right_is_followed_as_soon_as_equipment_agrees(watch, machine, jump):
    machine.wall += jump
    for _ in range(round(LISTEN) + 3):
        machine.pass_by(1.0)
        if CLOCK not in topics(watch):
            telemetry(watch, offset=jump)
    assert topics(watch).count(CLOCK) == 1
    assert watch.parts.clock.drift() == pytest.approx(0.0, abs=0.1)
    assert watch.state.now == pytest.approx(watch.parts.clock.now(), abs=2.0)
    telemetry(watch)
    pump = watch.state.devices["hongshan", "fire-pump"]
    assert pump.memories[switch(watch, "fire-pump")].flaw == ""  # judged again


def test_where_no_equipment_tells_the_time_the_machine_is_believed_in_the_end(watch, machine):
    machine.wall += HOUR
    for _ in range(round(ALONE) - 5):
        machine.pass_by(1.0)
        watch._turn()
    assert CLOCK not in topics(watch)
    for _ in range(10):
        machine.pass_by(1.0)
        watch._turn()
    assert topics(watch).count(CLOCK) == 1


def test_what_was_received_before_the_clock_was_moved_back_does_not_lead_it_ahead_again(watch, machine):
    late = Message("atrium/hongshan/fire-pump/telemetry", b'{"values": {"main_pressure": 0.9}}', watch.parts.clock.now())
    watch._move(-HOUR)
    hear(watch, late)
    assert watch.state.now <= watch.parts.clock.now() + 1.0


def test_what_the_broker_dropped_is_told_once_and_summed_over_the_hour(watch, machine):
    hear = watch.rounds.losses.hear
    for said in (b"70", b"70", b"75", b"not a number", b"80", b"80"):  # before we met, it had dropped 70
        hear("main", said)
    assert watch.rounds.losses.dropped == {"main": (10, machine.wall)}
    machine.pass_by(60.0)
    hear("main", b"3")  # it was started anew
    assert watch.rounds.losses.dropped == {"main": (13, machine.wall)}
    machine.pass_by(2 * HOUR)
    hear("main", b"4")
    assert watch.rounds.losses.dropped == {"main": (1, machine.wall)}
    assert 'atrium_dropped_total{source="main"} 14.0' in watch.parts.metrics.page()[2].decode()


def test_losses_outlive_a_restart(watch, machine):
    first = watch.rounds.losses
    first.welcome("main", gap=True)
    first.hear("main", b"70")
    first.hear("main", b"75")
    again = losses.Losses(watch.parts.store, watch.parts.metrics)
    again.hear("main", b"75")
    again.welcome("main", gap=False)
    assert (again.gaps, again.dropped) == ({"main": machine.wall}, {"main": (5, machine.wall)})


class Learner:
    """Remembers what the loop asked of it."""

    def __init__(self):
        self.said = []

    def begin(self, state):
        self.said.append(("begin", state.now))

    def heed(self, action):
        self.said.append(("heed", action.target))

    def take(self, outcome, transaction, _now):
        assert transaction.open_ticket("hongshan", "nobody") is None  # still inside the transaction
        self.said.append(("take", len(outcome.readings)))

    def rest(self, *_):
        self.said.append(("rest", 0))


def test_a_watch_that_learns_hears_every_commit_what_people_decide_and_the_end(watch):
    watch.parts.learning = one = Learner()
    with watch.parts.store.begin() as transaction:
        transaction.act(Action(0, watch.parts.clock.now(), "li", "review.dismissed", "entry", {}))
    telemetry(watch)
    watch._rest()
    told = [said for said in one.said if said != ("take", 0)]
    assert told == [("heed", "entry"), *[("take", 1)] * len(DEVICES), ("rest", 0)]


def test_after_a_crash_what_is_fed_again_is_learned_again(watch):
    telemetry(watch)
    watch.parts.learning = one = Learner()
    Watch(watch.parts)
    assert one.said[0][0] == "begin"
    assert one.said.count(("take", 1)) == len(DEVICES)
