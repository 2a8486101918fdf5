"""The watch's time runs on whatever the machine's clock does; only the equipment's word moves it far."""

from __future__ import annotations

import pytest

from daemon.clock import ALONE, LISTEN, SLEW, Follower, ScaledClock, SystemClock, Witnesses
from daemon.core.nouns import Quality, Reading

HOUR = 3600.0
START = 1_800_000_000.0


class Machine:
    """Its two clocks, set by hand."""

    def __init__(self):
        self.wall, self.steady = START, 50.0

    def run(self, clock, seconds, step=1.0):
        """Let time pass, with a look at the clock every `step` s; answers the largest and smallest advance of a step."""
        advances = []
        for _ in range(round(seconds / step)):
            before = clock.now()
            self.wall += step
            self.steady += step
            clock.look()
            advances.append(clock.now() - before)
        return max(advances), min(advances)


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def clock(machine):
    return SystemClock(lambda: machine.wall, lambda: machine.steady)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 3 * HOUR, -90.0])
def test_a_clock_that_jumps_far_changes_nothing_by_itself(machine, clock, jump):
    machine.wall += jump
    fastest, slowest = machine.run(clock, 600)
    assert (fastest, slowest) == (pytest.approx(1.0), pytest.approx(1.0))
    assert clock.now() == pytest.approx(START + 600, abs=1e-3)
    assert clock.drift() == pytest.approx(jump, abs=1e-3)


@pytest.mark.parametrize("jump", [1.5, -1.5, 30.0, -30.0])
def test_a_clock_that_jumps_a_little_is_followed_slowly_and_never_runs_back(machine, clock, jump):
    machine.wall += jump
    fastest, slowest = machine.run(clock, 600)
    assert fastest <= 1.0 + SLEW + 1e-6
    assert slowest >= 1.0 - SLEW - 1e-6
    machine.run(clock, 8 * HOUR, step=10.0)
    assert abs(clock.drift()) < 0.1


def test_a_step_moves_the_clock_once(machine, clock):
    machine.wall += HOUR
    clock.step(clock.look())
    assert clock.drift() == pytest.approx(0.0, abs=1e-3)


def said(device, ts, at, flaw=""):
    return Reading("s", device, "p", ts, at, 1.0, Quality.SUSPECT if flaw else Quality.GOOD, flaw)


def verdict(drift, readings, waited=LISTEN + 1.0):
    court = Witnesses()
    assert court.verdict(drift, 0.0) is None  # nobody was heard yet
    court.hear(readings, drift)
    return court.verdict(drift, waited)


def telling(offset, count=4, flaw=""):
    """Devices whose times lie `offset` s off the watch's; a flawed time was replaced by ours."""
    return [said(f"d{n}", START if flaw else START + offset, START, flaw) for n in range(count)]


CASES = {
    "forward, and the equipment went along: it is outside the window": (HOUR, telling(HOUR, flaw="clock"), True),
    "forward by less than the window": (90.0, telling(90.0), True),
    "back, and the equipment agrees: we were ahead": (-HOUR, telling(-HOUR), True),
    "forward, but the equipment stays: somebody set the machine wrongly": (HOUR, telling(-0.4), False),
    "back, but the equipment stays": (-HOUR, telling(-0.4), False),
    "one broken clock among many": (HOUR, [*telling(-0.4), said("odd", START, START, "clock")], False),
    "too few to tell": (HOUR, telling(-0.4, count=2), None),
    "nobody sends a time": (HOUR, telling(0.0), None),
}


@pytest.mark.parametrize("case", CASES)
def test_the_equipment_says_who_is_right(case):
    drift, readings, right = CASES[case]
    assert verdict(drift, readings) is right


def test_it_is_heard_for_half_a_minute_first():
    assert verdict(HOUR, telling(HOUR, flaw="clock"), waited=LISTEN - 1.0) is None


def test_where_nobody_sends_a_time_the_machine_is_believed_after_two_minutes():
    assert verdict(HOUR, [], waited=ALONE + 1.0) is True


def test_a_jump_that_is_undone_is_forgotten():
    court = Witnesses()
    court.verdict(HOUR, 0.0)
    court.hear(telling(HOUR, flaw="clock"), HOUR)
    assert court.verdict(0.0, 20.0) is None
    assert court.verdict(HOUR, 60.0) is None


def test_a_device_counts_once_for_its_last_word():
    court = Witnesses()
    court.verdict(HOUR, 0.0)
    court.hear([*telling(HOUR, flaw="clock"), *telling(-0.4)], HOUR)
    assert court.verdict(HOUR, LISTEN + 1.0) is False


@pytest.mark.parametrize("moved", [HOUR, -HOUR, 12.0])
def test_the_pages_go_by_the_watchs_time_once_it_has_said_so_twice(machine, clock, moved):
    pages = Follower(SystemClock(lambda: machine.wall, lambda: machine.steady))
    clock.step(moved)
    for said in range(3):
        assert pages.now() - clock.now() == pytest.approx(-moved if said < 2 else 0.0, abs=0.01)
        told = clock.now()
        machine.wall, machine.steady = machine.wall + 2.0, machine.steady + 2.0
        pages.hear(told, 2.0)


def test_one_word_whose_age_is_wrong_moves_nothing(machine, clock):
    pages = Follower(SystemClock(lambda: machine.wall, lambda: machine.steady))
    for age in (0.0, 25.0, 0.0, 0.0):  # the machine's clock was moved by 25 s between a word and its hearing
        pages.hear(clock.now(), age)
    assert pages.now() == clock.now()


def test_a_played_clock_is_followed_at_its_own_speed():
    watch = ScaledClock(START, 60.0)
    pages = Follower(ScaledClock(START, 60.0))
    for _ in range(3):
        pages.hear(watch.now() - 120.0, 2.0)
    assert pages.now() == pytest.approx(watch.now(), abs=2.0)
