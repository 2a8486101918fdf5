"""Windows of more samples than are kept one by one: what they state about their exactness holds, and they stay small."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from station import Measured

LONG = 40_000  # s: at 60 s a sample, some 670 of them
SEEDS = st.tuples(st.integers(1, 10**6), st.integers(1, 40), st.floats(0, 0.02))


def signal(seed, noise, drift, count=2500):
    """A made-up signal: noise on a slow drift and a daily wave, with a hole now and then."""
    now, made = 0.0, []
    for n in range(count):
        seed = seed * 1103515245 % 2**31 + 12345
        now += 60 if seed % 97 else 1500
        made.append((now, (seed >> 8) % 1000 / 1000 * noise + n * drift + 5 * math.sin(now / 14000)))
    return made


def growth(pairs):
    """Of a counter, the first one's own step left out."""
    return pairs[-1][1] - pairs[0][1]


def slope(pairs):
    """Least squares, per hour."""
    return statistics.linear_regression(*zip(*pairs, strict=True)).slope * 3600


NAIVE = {
    "avg": lambda pairs: statistics.fmean(value for _, value in pairs),
    "std": lambda pairs: statistics.pstdev(value for _, value in pairs),
    "min": lambda pairs: min(value for _, value in pairs),
    "max": lambda pairs: max(value for _, value in pairs),
    "range": lambda pairs: max(value for _, value in pairs) - min(value for _, value in pairs),
    "slope": slope,
}


@pytest.mark.parametrize("name", sorted(NAIVE))
@given(SEEDS)
@settings(max_examples=2, deadline=None)
def test_a_long_window_is_exact_but_for_a_128th_at_its_old_end(name, seed):
    measured, seen = Measured(f"{name}(level, {LONG}s)"), []
    for n, (now, value) in enumerate(signal(*seed)):
        seen.append((now, value))
        found = measured.at(now, level=value)
        if n % 91 or now - seen[0][0] < LONG:
            continue
        starts = [time for time, _ in seen if now - LONG * (1 + 1 / 128) <= time <= now - LONG + 1500]
        near = [NAIVE[name]([pair for pair in seen if pair[0] >= start]) for start in starts]
        assert any(found == pytest.approx(one, rel=1e-9, abs=1e-9) for one in near)


@pytest.mark.parametrize(("text", "share"), [("median(level, {}s)", 0.5), ("quantile(level, 0.9, {}s)", 0.9)])
@given(SEEDS)
@settings(max_examples=2, deadline=None)
def test_a_long_median_lies_within_ten_percent_of_its_rank(text, share, seed):
    measured, seen = Measured(text.format(LONG)), []
    for now, value in signal(*seed):
        seen.append((now, value))
        found = measured.at(now, level=value)
        if found is not None:
            inside = [past for time, past in seen[-700:] if time >= now - LONG]
            below, up_to = sum(past < found for past in inside), sum(past <= found for past in inside)
            assert below - 0.1 * len(inside) <= share * len(inside) <= up_to + 0.1 * len(inside)


def test_a_long_mad_is_near_that_of_all_samples():
    measured, seen = Measured(f"MAD(level, {LONG}s)"), []
    for now, value in signal(7, 30, 0):
        seen.append(value)
        found = measured.at(now, level=value)
    inside = seen[-660:]
    center = statistics.median(inside)
    assert found == pytest.approx(statistics.median(abs(value - center) for value in inside), rel=0.1)


def test_a_long_total_is_scaled_to_its_length():
    measured = Measured(f"total(level, {LONG}s)")
    for n in range(2000):
        found = measured.at(n * 60, level=n * 60 / 1000)
    assert found == pytest.approx(LONG / 1000, rel=1e-9)


def test_a_long_delay_keeps_the_extremes():
    measured, seen = Measured("max(level, 600s before 200000s)"), []
    for n in range(5000):
        value = 100 if n == 700 else n % 7
        seen.append((n * 60, value))
        found = measured.at(n * 60, level=value)
        if found == 100:
            break
    assert abs(n * 60 - 200_000 - 700 * 60) <= 600 + 200_000 / 128


def figures_in(memory):
    """How many values a memory holds."""
    return sum(map(figures_in, memory)) if isinstance(memory, list) else 1


@pytest.mark.parametrize(
    "text",
    [
        "avg(level, 14d)", "median(level, 14d)", "quantile(level, 0.2, 14d)", "MAD(level, 3d)", "std(level, 1h)",
        "forecast(level, 6h)", "total(level, 7d)", "integral(level, 1d)", "range(level, 1d)", "delta(level, 30d)",
        "median(level, 10000n)", "avg(level, 9000n)", "min(level, 1d before 7d)", "reference(level, 60d)", "baseline(level)",
        "baseline(level, by=pressure)", "corr(level, pressure, 1d)", "time_to(level, 3, 1d)", "duty(level > 0, 1d)",
        "count_edges(level > 0, 1d)", "zero_cross(level, 0.5, 1d)", "median(run_length(level > 0), 1d)", "was(level, 1d)",
        "max(level since pressure > 0)", "slope(level, 7d)",
    ],
)  # fmt: skip
def test_a_memory_stays_bounded_however_fast_its_source_is(text):
    measured, sizes = Measured(text), []
    for n in range(24_000):
        measured.at(n * 7.0, level=n * 7919 % 11 - 5, pressure=n % 50 / 50)
        if n % 4000 == 3999:
            sizes.append(figures_in(measured.memory))
    assert max(sizes) < 4000
    assert all(later <= earlier + 900 for earlier, later in pairwise(sizes[3:]))
