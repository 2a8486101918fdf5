"""The clock is moved under a watch: what waits goes on waiting for as long as before, and nobody is blind."""

from __future__ import annotations

import json

import pytest

from daemon.core import pipeline, state
from daemon.core.nouns import CLOCK, Message
from tests.factories import NOON
from tests.watching import SOURCES, Watch

HOUR = 3600.0
JUMPS = [HOUR, -HOUR, 3 * HOUR, -90.0]


class Moved(Watch):
    """A watch whose clock is moved at `when`; times are told and remembered as without the move. `timed`: the equipment sends its
    own, true time; else the time of receipt counts."""

    def __init__(self, when, jump, *, timed):
        super().__init__()
        self.when, self.jump, self.timed, self.done = when, jump, timed, False

    def at(self, t):
        """The watch's clock at true time `t`: wrong by the jump until it is moved."""
        return NOON + t - (0.0 if self.done else self.jump)

    def go(self, t):
        if not self.done and t >= self.when:
            self.feed(Message(CLOCK, f"{self.jump:+.3f}".encode(), self.at(self.when)))
            self.done = True

    def say(self, t, **values):
        self.go(t)
        body = {"ts": (NOON + t) * 1000, "values": values} if self.timed else {"values": values}
        self.feed(Message("atrium/hongshan/fire-pump/telemetry", json.dumps(body).encode(), self.at(t)))

    def wait(self, t):
        self.go(t)
        self._keep(pipeline.tick(self.state, self.at(t), self.desk))


class Following(Moved):
    """The equipment sends times of its own that jump with the machine's clock."""

    def say(self, t, **values):
        self.go(t)
        body = {"ts": round(self.at(t) * 1000 - 200), "values": values}
        self.feed(Message("atrium/hongshan/fire-pump/telemetry", json.dumps(body).encode(), self.at(t)))


def play(jump, *, timed, when=23.0):
    """A pressure that falls at 20 s and recovers at 120 s, told until 60 s only while low; then nothing for an hour."""
    watch = Moved(when, jump, timed=timed)
    for t in range(0, 60, 5):
        watch.say(t, main_pressure=0.76 if t >= 20 else 0.9, pump1_run=0, pump2_run=0)
    for t in range(60, 119):
        watch.wait(t)
    watch.say(120, main_pressure=0.9, pump1_run=1, pump2_run=0)
    for t in range(121, 400):
        watch.wait(t)
    return watch


# Equipment with a time of its own that lies more than two minutes ahead is not judged until the clock is moved.
@pytest.mark.parametrize(
    ("jump", "timed"), [*((jump, False) for jump in JUMPS), *((jump, True) for jump in JUMPS if jump < 120.0)]
)
def test_a_delay_that_runs_is_neither_shortened_nor_lengthened(jump, timed):
    still = play(0.0, timed=timed).alarms
    assert {rule for _, rule, _ in still} >= {"FP-01", "DQ-01"}
    assert [(event, rule, pytest.approx(at, abs=1.5)) for event, rule, at in still] == play(jump, timed=timed).alarms


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize(
    ("equipment", "timed"), [(Moved, True), (Moved, False), (Following, True)]
)  # whose clock jumps too, or not
def test_after_the_move_readings_are_judged_at_once(jump, equipment, timed):
    watch = equipment(5.0, jump, timed=timed)
    for t in range(0, 60, 5):
        watch.say(t, main_pressure=0.76 if t >= 20 else 0.9, pump1_run=0, pump2_run=0)
    assert watch.raised("FP-01"), watch.alarms
    assert watch.late == 0


@pytest.mark.parametrize("jump", JUMPS)
def test_silence_is_not_judged_early(jump):
    def silence(jump):
        watch = Moved(30.0, jump, timed=False)
        watch.say(0, main_pressure=0.9)
        for t in range(1, 300):
            watch.wait(t)
        return watch.raised("DQ-01")

    assert silence(jump) == [pytest.approx(at, abs=1.5) for at in silence(0.0)] != []


@pytest.mark.parametrize("jump", JUMPS)
def test_a_restart_from_snapshot_and_journal_knows_of_the_move(jump):
    watch = Moved(23.0, jump, timed=False)
    journal = []
    feed, watch.feed = watch.feed, lambda *messages: journal.extend(messages) or feed(*messages)
    for t in range(0, 60, 5):
        watch.say(t, main_pressure=0.76 if t >= 20 else 0.9, pump1_run=0, pump2_run=0)
    for cut in range(len(journal) + 1):
        again = state.start(watch.state.configuration, silence_of_unheard=False)
        desk = Watch().desk
        for position, message in enumerate(journal[:cut], 1):
            pipeline.feed(again, [message], desk, SOURCES)
            again.position = position
        saved = {key: (cut, device.pack()) for key, device in again.devices.items()} | {("", ""): (cut, again.pack())}
        later = state.start(watch.state.configuration, silence_of_unheard=False)
        later.restore(saved)
        for position, message in enumerate(journal[cut:], cut + 1):
            pipeline.feed(later, [message], desk, SOURCES, position=position)
        assert [d.pack() for d in later.devices.values()] == [d.pack() for d in watch.state.devices.values()], cut
