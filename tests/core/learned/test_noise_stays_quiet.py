"""What `per_month` promises, on points that are nothing but noise; and that what is no noise is told all the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from daemon.core.learned import layout
from daemon.core.learned.bank import Bank
from daemon.core.learned.channel import height, rare
from daemon.core.learned.finding import FADES, Settings, Tier
from tests.bench.detection_learned.noise import NOISES, spoken

LIGHT = [noise for noise in NOISES if not noise.tail]
CHOSEN = Settings()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("noise", LIGHT, ids=lambda noise: noise.name)
def test_noise_puts_no_more_on_the_list_than_the_site_asked_for(noise, seed):
    assert sum(spoken(noise, channels=50, seed=seed, tier=Tier.SMALL)) <= CHOSEN.per_month


@pytest.mark.parametrize("noise", LIGHT[::3], ids=lambda noise: noise.name)
def test_nor_where_memory_is_short_and_only_the_level_is_judged(noise):
    assert sum(spoken(noise, channels=50, seed=3, tier=Tier.LEVEL)) <= CHOSEN.per_month


def test_a_value_twice_as_far_off_as_any_before_is_told_in_a_device_of_many_points():
    place, at = ("s", "d", "p"), np.arange(30 * 288) * 300.0
    values = np.random.default_rng(1).normal(0.0, 1.0, len(at))
    values[-12:] += 12.0
    bank = Bank({place: Tier.SMALL}, warm_seconds=CHOSEN.warm_seconds)
    bank.setting(place, threshold=CHOSEN.threshold(25), margin=CHOSEN.above(25, shapes=True))
    said = bank.observe([(place, float(t), float(x), True) for t, x in zip(at, values, strict=True)])
    assert [verdict[layout.AT] for _, verdict in said][:1] == [at[-12]]


@pytest.mark.parametrize(("shapes", "scale"), [(False, 1.0), (True, 2.0)])
def test_the_margin_is_what_an_exponential_tail_needs_to_stay_within_the_months_entries(shapes, scale):
    """Drawn: so many nats above a fading past of two weeks as `above` says are passed as rarely as asked."""
    points, channels, chosen = 40, 4000, Settings(per_month=4.0)
    evenly = np.random.default_rng(1).random((44 * 24, channels))
    drawn = -scale * np.log1p(-(evenly ** (1.0 / 12.0)))  # the highest of twelve an hour
    margin, high, passed = chosen.above(points, shapes=shapes), np.zeros(channels), 0
    for hour, now in enumerate(drawn):
        high -= 3600.0 * FADES
        passed += int((now > high + margin).sum()) if hour >= 14 * 24 else 0
        high = np.maximum(high, now)
    assert 0.5 * chosen.per_month < points * passed / channels <= chosen.per_month


def test_the_margin_grows_with_the_points_and_a_site_may_set_its_own():
    few, many = (CHOSEN.above(points, shapes=True) for points in (1, 25))
    assert many - few == pytest.approx(2.0 * math.log(25))
    assert Settings(per_month=1e9).above(1, shapes=True) == 0.0
    assert Settings(margin=3.0).above(25, shapes=True) == 3.0
    assert Settings(warm_seconds=0.0).above(1, shapes=False) > CHOSEN.above(1, shapes=False)


def test_no_tail_is_taken_for_narrower_than_the_rounding():
    rarity = layout.channels(1, 0).rarity[0, 0]
    for score in np.random.default_rng(1).normal(10.0, 0.01, 5000):
        rare(rarity, score, learn=True)
    fine, coarse = (rare(rarity, 14.0, learn=False, step=step) for step in (0.0, 14.0))
    assert coarse < math.log(100.0) + 1.5 < fine


def test_evidence_that_grows_does_not_raise_its_own_bar_but_a_day_later_it_is_the_past():
    latch, knobs = layout.channels(1, 0).latch[0], np.array([13.0, 0.0, 0.0, 11.0, 0.0])
    latch[layout.PACE] = 300.0
    growing = [height(latch, float(n), 300.0 * n, 300.0, knobs) for n in range(1, 41)]
    later = [height(latch, 0.0, 300.0 * n, 300.0, knobs) for n in range(41, 328)]
    assert set(growing) == {13.0}
    assert later[-1] == pytest.approx(40.0 + 11.0, abs=0.2)
