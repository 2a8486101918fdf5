"""Planned work that people enter once and that comes again: when it holds, how it ends, what a restart knows of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.core import pipeline, state, suppression
from daemon.core.nouns import Action
from daemon.core.site import Configuration, Settings
from daemon.core.windows import FOREVER, Window, coming, covering, next_of
from tests.factories import NOON, ZONE, at, make_site  # NOON is a Monday
from tests.watching import Watch, low

PUMP = frozenset({"fire-pump"})
HOUR = 3600.0
TUESDAYS = Window("tue", PUMP, weekdays=frozenset({1}), start=9 * 60, length=2 * HOUR)
AGAIN = {"id": "m1", "devices": ["fire-pump"], "why": "试泵", "weekdays": [0], "monthdays": [], "start": 720, "length": 600.0}


def say(watch, kind, **data):
    pipeline.heed(watch.state, Action(1, watch.state.now, "zhao", f"maintenance.{kind}", "hongshan", data))


def mondays(**more):
    """A watch that was told on a Monday at noon of work on Mondays at noon, ten minutes long."""
    watch = Watch()
    watch.wait(0)
    say(watch, "begin", **(AGAIN | more))
    return watch


def kept_back(watch):
    return watch.state.devices["hongshan", "fire-pump"].episodes["FP-01"].hidden_by


WEEK = 7 * 24 * 3600


@pytest.mark.parametrize(("start", "by"), [(5, "$planned:m1"), (WEEK + 5, "$planned:m1"), (WEEK - 3600, ""), (WEEK + 605, "")])
def test_alarms_are_kept_back_in_each_occurrence_and_not_between(start, by):
    watch = mondays()
    low(watch, start, start + 60)
    assert kept_back(watch) == by
    assert (watch.ticket is None) is bool(by)


def test_what_still_stands_when_an_occurrence_ends_is_told_then():
    watch = mondays()
    low(watch, WEEK + 5, WEEK + 595)
    watch.wait(WEEK + 601)
    assert watch.ticket.opened_at == NOON + WEEK + 600


def test_who_ends_it_ends_the_occurrence_and_all_to_come():
    watch = mondays()
    low(watch, 5, 90)
    say(watch, "end", id="m1")
    low(watch, 95, 95)
    assert watch.ticket.opened_at == NOON + 90
    assert next_of(watch.state.works["m1"], ZONE, NOON + 95) is None


def test_who_ends_one_occurrence_early_leaves_those_to_come():
    watch = mondays()
    low(watch, 5, 90)
    say(watch, "end", id="m1", again_from=NOON + 600)
    low(watch, 95, 95)
    assert watch.ticket.opened_at == NOON + 90
    assert next_of(watch.state.works["m1"], ZONE, NOON + 95).begins == NOON + WEEK


def test_after_its_last_day_it_keeps_nothing_back():
    watch = mondays(until=NOON + WEEK)
    low(watch, WEEK + 5, WEEK + 65)
    assert (kept_back(watch), watch.ticket is None) == ("", False)


@pytest.mark.parametrize("cut", [30, WEEK - 3600, WEEK + 300])
def test_a_restart_at_any_moment_comes_to_the_same(cut):
    def played(cut):
        watch = mondays(until=NOON + 2 * WEEK)
        for second in range(0, WEEK + 900, 300):
            if cut and second <= cut < second + 300:
                saved = {one.key: (0, one.pack()) for one in watch.state.devices.values()} | {
                    state.GLOBAL: (0, watch.state.pack())
                }
                watch.state = state.start(Configuration(Settings(None), {"hongshan": make_site()}, "digest"))
                watch.state.silence_of_unheard = False
                watch.state.restore(saved)
            low(watch, second, second)
        return watch.state.works, watch.ticket and watch.ticket.opened_at

    assert played(cut) == played(None)
    assert played(cut)[1] == NOON + 600


def test_work_that_recurs_is_remembered_until_long_after_its_end():
    watch = mondays(until=NOON + HOUR)
    say(watch, "begin", **(AGAIN | {"id": "m2"}))
    assert set(watch.state.works) == {"m1", "m2"}
    watch.wait(HOUR + suppression.LONGEST + 1)
    say(watch, "begin", **(AGAIN | {"id": "m3"}))
    assert set(watch.state.works) == {"m2", "m3"}


@pytest.mark.parametrize(
    ("window", "now", "found"),
    [
        (TUESDAYS, "2026-11-23 12:00", ("2026-11-24 09:00", "2026-11-24 11:00")),
        (TUESDAYS, "2026-11-24 10:59", ("2026-11-24 09:00", "2026-11-24 11:00")),
        (TUESDAYS, "2026-11-24 11:00", ("2026-12-01 09:00", "2026-12-01 11:00")),
        (replace(TUESDAYS, since=at("2026-12-05 00:00")), "2026-11-23 12:00", ("2026-12-08 09:00", "2026-12-08 11:00")),
        (replace(TUESDAYS, since=at("2026-11-24 10:00")), "2026-11-23 12:00", ("2026-11-24 10:00", "2026-11-24 11:00")),
        (replace(TUESDAYS, until=at("2026-11-24 10:00")), "2026-11-23 12:00", ("2026-11-24 09:00", "2026-11-24 10:00")),
        (replace(TUESDAYS, until=at("2026-11-24 09:00")), "2026-11-23 12:00", None),
        (
            replace(TUESDAYS, weekdays=frozenset(), monthdays=frozenset({31})),
            "2027-01-31 12:00",
            ("2027-03-31 09:00", "2027-03-31 11:00"),
        ),
        (Window("once", PUMP, once=(NOON, NOON + HOUR)), "2026-11-23 12:00", ("2026-11-23 12:00", "2026-11-23 13:00")),
    ],
)
def test_the_next_occurrence(window, now, found):
    span = next_of(window, ZONE, at(now))
    assert (span and (span.begins, span.ends)) == (found and tuple(map(at, found)))


def test_before_it_was_entered_and_after_it_was_ended_it_covers_nothing():
    ended = replace(TUESDAYS, since=at("2026-11-24 10:00")).ended(at("2026-12-01 10:00"))
    whens = ["2026-11-24 09:30", "2026-11-24 10:30", "2026-12-01 09:30", "2026-12-01 10:30", "2026-12-08 09:30"]
    assert [bool(covering([ended], "fire-pump", ZONE, at(when))) for when in whens] == [False, True, True, False, False]
    assert len(coming([ended], ZONE, at("2026-11-20 00:00"), 60 * 24 * HOUR)) == 2


def test_what_has_no_end_never_ends():
    assert (TUESDAYS.ends, TUESDAYS.ended(NOON).ends) == (FOREVER, NOON)
