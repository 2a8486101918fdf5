"""Windows over conditions, days and clocks agree with a plain calculation over all that happened."""

from __future__ import annotations

import json
import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from station import Judged, Measured

STEPS = st.lists(st.tuples(st.integers(1, 90), st.sampled_from([0, 1, 1, 0, None])), min_size=1, max_size=50)
LENGTH = st.integers(20, 1200)


def phases(steps):
    """What happened as (begin, end, truth) up to each step."""
    now, made = 0.0, []
    for wait, value in steps:
        before, now = now, now + wait
        if made and value is not None:
            made[-1] = (made[-1][0], now, made[-1][2])
        if not made or made[-1][2] != value:  # unknown it is since it was last known
            made.append((before if value is None and made else now, now, value))
        yield now, value, list(made)


def watched(made, seconds):
    """The phases since it was known without a long break."""
    start = next((n for n, (_, _, value) in enumerate(made) if value is not None), len(made))
    for n, (begin, end, value) in enumerate(made):
        if value is None and end - begin > seconds / 20 and n + 1 < len(made):
            start = max(start, n + 1)
    return made[start:]


def fed(text, steps):
    """A number after each step."""
    now, found, measured = 0.0, [], Measured(text)
    for wait, value in steps:
        now += wait
        found.append(measured.at(now, command=value))
    return found


@given(STEPS, LENGTH)
@settings(max_examples=200, deadline=None)
def test_duty_is_the_share_of_the_known_time(steps, seconds):
    found = fed(f"duty(command, {seconds}s)", steps)
    for one, (now, value, made) in zip(found, phases(steps), strict=True):
        own, start = watched(made, seconds), now - seconds
        share = {truth: sum(max(0, end - max(begin, start)) for begin, end, v in own if v == truth) for truth in (0, 1, None)}
        known = seconds - share[None]
        if value is None or own[0][0] > start:
            assert one is None
        else:
            assert one == (pytest.approx(share[1] / known) if known else None)


@pytest.mark.parametrize("name", ["count_rise", "count_edges"])
@given(steps=STEPS, seconds=LENGTH)
@settings(max_examples=100, deadline=None)
def test_changes_are_counted_that_were_seen(name, steps, seconds):
    found = fed(f"{name}(command, {seconds}s)", steps)
    for one, (now, value, made) in zip(found, phases(steps), strict=True):
        own = watched(made, seconds)
        turns = [(b[0], b[2]) for a, b in pairwise(own) if None not in (a[2], b[2])]
        counted = sum(at > now - seconds and (to == 1 or name == "count_edges") for at, to in turns)
        assert one == (None if value is None or own[0][0] > now - seconds else counted)


@given(STEPS, LENGTH)
@settings(max_examples=100, deadline=None)
def test_a_run_length_is_sampled_once_per_period(steps, seconds):
    found = fed(f"median(run_length(command), {seconds}s)", steps)
    for one, (now, _, made) in zip(found, phases(steps), strict=True):
        runs = [
            b[1] - b[0]
            for a, b, c in zip(made, made[1:], made[2:], strict=False)
            if (a[2], b[2], c[2]) == (0, 1, 0) and b[1] >= now - seconds
        ]
        began = next((begin for begin, _, value in made if value is not None), math.inf)
        assert one == (statistics.median(runs) if runs and now - began >= seconds else None)


@given(STEPS)
@settings(max_examples=100, deadline=None)
def test_since_counts_from_the_last_time_it_was_true_or_known(steps):
    last = None
    for one, (now, value, _) in zip(fed("since(command) + 0", steps), phases(steps), strict=True):
        last = now if value == 1 or (last is None and value is not None) else last
        assert one == (None if value is None else now - last)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(-9, 9)), min_size=1, max_size=60), LENGTH)
@settings(max_examples=100, deadline=None)
def test_crossings_are_swings_to_beyond_the_other_side(samples, seconds):
    measured, now, side, turns, first = Measured(f"zero_cross(level, 3, {seconds}s)"), 0.0, 0, [], samples[0][0]
    for wait, value in samples:
        now += wait
        beyond = 0 if abs(value) <= 3 else 1 if value > 0 else -1
        turns += [now] if beyond and side and beyond != side else []
        side = beyond or side
        expected = sum(at > now - seconds for at in turns) if now - first >= seconds else None
        assert measured.at(now, level=value) == expected


@pytest.mark.parametrize(
    "text", ["duty(command, 10min)", "count_edges(command, 10min)", "was(command, 5min) + 0", "since(command) + 0"]
)
def test_a_backlog_after_a_silence_is_judged_as_if_there_had_been_none(text):
    silent, heard = Measured(text), Measured(text)
    for n in range(40):
        if n == 30:
            assert silent.at(n * 30 + 180, command=None) is None or "was" in text
        assert silent.at(n * 30, command=n // 7 % 2) == pytest.approx(heard.at(n * 30, command=n // 7 % 2), abs=0.06)


@pytest.mark.parametrize(("sent", "was"), [(0, False), (False, False), (1, True), (True, True)])
def test_what_a_switch_was_is_a_truth_however_it_was_sent(sent, was):
    both = Judged("level > 1 and was(command, 20s)")
    both.at(0, level=2, command=sent)
    assert both.truth(20, level=2, command=1) is was


def test_since_wakes_when_the_time_has_come():
    overdue = Judged("since(command) > 1h")
    assert overdue.at(0, command=0).wake == 3600
    assert overdue.truth(3599) is False
    assert overdue.truth(3600) is True
    assert overdue.truth(3700, command=1) is False
    assert overdue.truth(3800, command=None) is None


def test_a_share_that_changes_by_itself_is_looked_at_again():
    busy = Judged("duty(command, 256s) > 0.5")
    busy.at(0, command=0)
    assert busy.at(256).wake is None
    assert busy.at(300, command=1).wake is None
    assert busy.at(301).wake == 302
    assert busy.truth(430) is True


def test_more_changes_than_are_kept_are_still_counted():
    counted, share = Measured("count_edges(command, 1h)"), Measured("duty(command, 1h)")
    for n in range(9000):
        found = counted.at(n, command=n % 2), share.at(n, command=n % 2)
    assert found[0] == pytest.approx(3600, abs=3600 / 128 + 1)
    assert found[1] == pytest.approx(0.5, abs=1 / 128)


@pytest.mark.parametrize("name", ["duty", "count_rise", "count_edges"])
def test_what_follows_conditions_can_be_cut_and_moved(name):
    whole, cut = Measured(f"{name}(command, 10min)"), Measured(f"{name}(command, 10min)")
    for n in range(100):
        cut.memory = json.loads(json.dumps(cut.memory))
        assert whole.at(n * 30, command=n % 3 == 0) == cut.at(n * 30, command=n % 3 == 0)
    cut.condition.move(cut.memory, 500)
    cut.latest.clear()
    assert cut.at(3500, command=0) == pytest.approx(whole.at(3000, command=0))


MIDNIGHT = 16 * 3600.0  # of the station, whose clock is eight hours ahead


@pytest.mark.parametrize(
    ("text", "hours", "inside"),
    [
        ("between(02:00, 05:00)", (1.99, 2, 4.99, 5), (False, True, True, False)),
        ("between(22:00, 05:00)", (21, 22, 24, 28.9, 29), (False, True, True, True, False)),
        ("between(08:00, 24:00)", (7, 8, 23.9, 24), (False, True, True, False)),
    ],
)
def test_between_goes_by_the_clock_of_the_site(text, hours, inside):
    night = Judged(text)
    assert tuple(night.truth(MIDNIGHT + hour * 3600) for hour in hours) == inside
    assert night.at(MIDNIGHT + 3 * 3600).wake > MIDNIGHT + 3 * 3600


def test_without_a_zone_the_hour_is_unknown(judged):
    nowhere = judged("between(02:00, 05:00)")
    nowhere.latest.offset = None
    assert nowhere.truth(0) is None
    nowhere.latest.offset = None
    assert judged("days(command, 3) > 0").truth(0) is None


def test_days_count_those_on_which_it_was_true():
    nights = Judged("days(level > 2, 4) >= 3")
    for day, level in enumerate([3, 1, 3, 3, 1, 1, 1]):
        truth = nights.truth(MIDNIGHT + day * 86400 + 100, level=level)
        assert truth is (day == 3)
    nights.at(MIDNIGHT + 8 * 86400, level=1)
    assert nights.memory[1] == [[]]


def test_days_forget_by_themselves_at_midnight():
    recent = Judged("days(level > 2, 1) >= 1")
    assert recent.at(MIDNIGHT + 100, level=3).wake == MIDNIGHT + 86400
    recent.at(MIDNIGHT + 200, level=1)
    assert recent.truth(MIDNIGHT + 86399) is True
    assert recent.truth(MIDNIGHT + 86400) is False
