"""What one channel learns, and when it speaks."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.core.learned import channel, layout
from daemon.core.learned.bank import Bank, cost
from daemon.core.learned.finding import Settings, Tier, tiers

PLACE = ("hongshan", "pump", "main_pressure")
QUARTER = 300.0


def days(count, seed=1):
    """A pressure with a day in it, every five minutes."""
    at = np.arange(count * 288) * QUARTER
    noise = np.random.default_rng(seed).normal(0.0, 0.01, len(at))
    return at, 0.6 + 0.1 * np.sin(at / 86400.0 * 2 * np.pi) + noise


def bank(tier=Tier.SMALL, **warm):
    one = Bank({PLACE: tier}, **warm)
    one.setting(PLACE)
    return one


def feed(one, at, values, *, learn=True):
    batch = [(PLACE, float(t), float(x), learn) for t, x in zip(at, values, strict=True)]
    return [float(verdict[layout.AT]) for _, verdict in one.observe(batch)]


@pytest.mark.parametrize("tier", list(Tier))
def test_a_value_never_seen_at_this_hour_is_told_once_not_at_every_reading(tier):
    at, values = days(10)
    values[-20:] += 0.5
    assert [t for t in feed(bank(tier), at, values) if t >= at[-20]] == [at[-20]]


def test_a_flat_line_where_the_day_should_rise_is_told_though_no_value_is_strange():
    at, values = days(14)
    values[-72:] = values[-73]
    said = feed(bank(), at, values)
    assert [t for t in said if t >= at[-72]]


def test_nothing_is_said_while_it_warms_up():
    at, values = days(10)
    values[-20:] += 0.5
    assert feed(bank(warm_seconds=11 * 86400.0), at, values) == []
    assert feed(bank(warm_readings=len(at)), at, values) == []


def test_what_is_seen_during_an_alarm_is_judged_but_not_learned():
    at, values = days(10)
    one, other = bank(), bank()
    feed(one, at[:-288], values[:-288])
    feed(other, at[:-288], values[:-288])
    before = other.states[Tier.SMALL].usual.copy(), other.states[Tier.SMALL].store.copy()
    assert feed(other, at[-288:], values[-288:] + 0.5, learn=False)[:1] == [at[-288]]
    assert np.array_equal(before[0], other.states[Tier.SMALL].usual)
    assert np.array_equal(before[1], other.states[Tier.SMALL].store)


def test_an_accepted_level_is_the_new_normal_and_a_return_to_the_old_is_news():
    at, values = days(20)
    values[-600:] += 0.5
    values[-10:] -= 0.5
    one = bank()
    feed(one, at[:-580], values[:-580])
    one.accept(PLACE)
    assert [t for t in feed(one, at[-580:-10], values[-580:-10]) if t > at[-300]] == []
    assert feed(one, at[-10:], values[-10:])


@pytest.mark.parametrize("cuts", [(1,), (7, 500, 1000), (1440, 1441)])
def test_a_cut_and_resumed_run_equals_the_uncut_one_bit_for_bit(cuts):
    at, values = days(10)
    values[-20:] += 0.5
    whole, said = bank(), []
    uncut = feed(whole, at, values)
    part = bank()
    for a, b in zip((0, *cuts), (*cuts, len(at)), strict=True):
        said += feed(part, at[a:b], values[a:b])
        packed, part = part.pack(PLACE[:2]), bank()
        assert part.restore(PLACE[:2], packed) == []
    assert said == uncut
    assert part.pack(PLACE[:2]) == whole.pack(PLACE[:2])


def test_a_point_of_another_tier_learns_anew_and_says_so():
    at, values = days(3)
    one, other = bank(Tier.SMALL), bank(Tier.MIDDLE)
    feed(one, at, values)
    assert other.restore(PLACE[:2], one.pack(PLACE[:2])) == [PLACE[2]]
    assert other.states[Tier.MIDDLE].seen[0] == 0


def test_readings_of_a_slot_count_as_their_mean_however_they_are_cut():
    at, values = days(2)
    fine, steps = np.repeat(at, 5) + np.tile(np.arange(5) * 60.0, len(at)), np.repeat(values, 5)
    one, other = bank(), bank()
    for each in (one, other):
        each.setting(PLACE, every=QUARTER)
    feed(one, fine, steps)
    for t, x in zip(fine, steps, strict=True):
        feed(other, [t], [x])
    assert one.states[Tier.SMALL].seen[0] == len(at) - 1
    assert one.pack(PLACE[:2]) == other.pack(PLACE[:2])


def test_what_was_told_is_not_told_again_unless_it_is_worse_or_was_right():
    at, values = days(30)
    values[20 * 288 : 20 * 288 + 10] += 0.2
    values[22 * 288 : 22 * 288 + 10] += 0.2
    calm, roused = bank(), bank()
    for one in (calm, roused):
        one.setting(PLACE, margin=2.0)
        assert feed(one, at[: 21 * 288], values[: 21 * 288])
    roused.rouse(PLACE)
    assert feed(calm, at[21 * 288 : 23 * 288], values[21 * 288 : 23 * 288]) == []
    assert feed(roused, at[21 * 288 : 23 * 288], values[21 * 288 : 23 * 288])


def test_how_rare_a_score_is_grows_with_it_and_is_silent_for_the_usual():
    rarity = layout.channels(1, 0).rarity[0, 0]
    for score in np.random.default_rng(1).exponential(1.0, 20_000):
        channel.rare(rarity, score, learn=True)
    said = [channel.rare(rarity, score, learn=False) for score in (1.0, 3.0, 7.0, 12.0, 1e12)]
    assert said[0] == said[1] == 0.0
    assert np.log(100.0) < said[2] < said[3] < said[4] == 25.0


@pytest.mark.parametrize(
    ("memory", "chosen"),
    [(0, [0, 0, 0]), (7_000, [0, 0, 0]), (15_000, [250, 0, 0]), (60_000, [500, 500, 500]), (10**9, [1000] * 3)],
)
def test_memory_decides_how_much_each_point_remembers_the_first_points_first(memory, chosen):
    points = [("s", "d", name) for name in "abc"]
    assert [int(tier) for tier in tiers(points, memory, cost()).values()] == chosen


def test_the_threshold_follows_from_how_many_entries_a_month_are_welcome():
    assert Settings(per_month=0.5).threshold(20) == pytest.approx(np.log(20 * 8640 / 0.5))
    assert Settings(per_month=1e9).threshold(1) == 7.5
