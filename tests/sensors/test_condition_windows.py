"""Windows over samples agree with a plain calculation over all samples: exactly, or within what they state."""

from __future__ import annotations

import json
import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from station import Judged, Measured

SAMPLES = st.lists(st.tuples(st.integers(1, 90), st.one_of(st.integers(-50, 50), st.none())), min_size=1, max_size=60)
LENGTH = st.integers(5, 1500)
EXACT = ("avg", "median", "std", "min", "max", "range", "MAD", "slope", "integral", "quantile")


def spoken(name, seconds, x="level"):
    """A window as it is written."""
    return f"quantile({x}, 0.8, {seconds}s)" if name == "quantile" else f"{name}({x}, {seconds}s)"


def fed(text, samples):
    """What a number is after each sample, fed one by one at the time it is of."""
    now, found, measured = 0.0, [], Measured(text)
    for wait, value in samples:
        now += wait
        found.append(measured.at(now, level=value))
    return found


def held(samples, seconds):
    """The samples in the window after each one, None where its value is unknown; gaps longer than a twentieth begin it anew."""
    now, since, kept, missed, found = 0.0, None, [], False, []
    for wait, value in samples:
        now += wait
        if value is None:
            missed = True
            found.append(None)
            continue
        if missed and kept and now - kept[-1][0] > seconds / 20:
            since, kept = None, []
        missed, since = False, now if since is None else since
        kept.append((now, float(value)))
        found.append([pair for pair in kept if pair[0] >= now - seconds] if now - since >= seconds else None)
    return found


def slope(pairs):
    """Least squares, per hour."""
    if len({time for time, _ in pairs}) < 2:
        return None
    times, values = zip(*pairs, strict=True)
    return statistics.linear_regression(times, values).slope * 3600


def quantile(values):
    """Linear between the samples, as most programs do it."""
    place = 0.8 * (len(values) - 1)
    low, ordered = math.floor(place), sorted(values)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def deviation(values):
    """The median distance from the median."""
    center = statistics.median(values)
    return statistics.median(abs(value - center) for value in values)


NAIVE = {
    "avg": statistics.fmean,
    "median": statistics.median,
    "std": statistics.pstdev,
    "min": min,
    "max": max,
    "range": lambda values: max(values) - min(values),
    "MAD": deviation,
    "quantile": quantile,
}


@pytest.mark.parametrize("name", sorted(NAIVE))
@given(samples=SAMPLES, seconds=LENGTH)
@settings(max_examples=60, deadline=None)
def test_a_window_of_few_samples_is_exact(name, samples, seconds):
    expected = [None if pairs is None else NAIVE[name]([value for _, value in pairs]) for pairs in held(samples, seconds)]
    assert fed(spoken(name, seconds), samples) == pytest.approx(expected, abs=1e-6)


@given(SAMPLES, LENGTH)
@settings(max_examples=100, deadline=None)
def test_a_slope_is_the_least_squares_line_of_its_samples(samples, seconds):
    expected = [None if pairs is None else slope(pairs) for pairs in held(samples, seconds)]
    assert fed(f"slope(level, {seconds}s)", samples) == pytest.approx(expected, abs=1e-5)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=40), LENGTH)
@settings(max_examples=100, deadline=None)
def test_a_correlation_is_that_of_its_samples(samples, seconds):
    now, measured, seen = 0.0, Measured(f"corr(level, pump1_current, {seconds}s)"), []
    for wait, x, y in samples:
        now += wait
        seen.append((now, x, y))
        found = measured.at(now, level=x, pump1_current=y)
        inside = [pair for pair in seen if pair[0] >= now - seconds]
        xs, ys = [x for _, x, _ in inside], [y for _, _, y in inside]
        moves = len(set(xs)) > 1 and len(set(ys)) > 1 and now - seen[0][0] >= seconds
        assert found == (pytest.approx(statistics.correlation(xs, ys), abs=1e-9) if moves else None)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 50)), min_size=2, max_size=60), LENGTH)
@settings(max_examples=100, deadline=None)
def test_an_integral_is_the_area_under_the_samples_scaled_to_its_length(samples, seconds):
    found, now, area = fed(f"integral(level, {seconds}s)", samples), 0.0, []
    for (wait, value), (_, before), one in zip(samples, [(0, None), *samples], found, strict=False):
        now += wait
        area += [] if before is None else [(now, wait, (value + before) / 2 * wait)]
        inside = [step for step in area if step[0] > now - seconds]
        covered = sum(wait for _, wait, _ in inside)
        whole = sum(part for *_, part in inside) / 3600 * (min(1, seconds / covered) if covered else 1)
        assert one == (pytest.approx(whole) if inside and now - samples[0][0] >= seconds else None)


@given(SAMPLES, LENGTH)
@settings(max_examples=100, deadline=None)
def test_delta_is_the_change_from_the_value_in_force(samples, seconds):
    known, now, expected, missed = [], 0.0, [], False
    for wait, value in samples:
        now += wait
        missed = missed or value is None
        if value is None:
            expected.append(None)
            continue
        known, missed = ([] if missed and known and now - known[-1][0] > seconds / 20 else known), False
        known.append((now, value))
        past = [old for time, old in known if time <= now - seconds]
        expected.append(value - past[-1] if past else None)
    assert fed(f"delta(level, {seconds}s)", samples) == expected


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=60), st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_was_is_the_value_in_force_then_known_or_not(samples, seconds):
    now, past, expected = 0.0, [], []
    for wait, value in samples:
        now += wait
        past.append((now, value))
        first = next((time for time, known in past if known is not None), math.inf)
        then = [known for time, known in past if first <= time <= now - seconds]
        expected.append(then[-1] if then else None)
    assert fed(f"was(level, {seconds}s)", samples) == expected


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(-9, 9)), min_size=1, max_size=60), st.integers(5, 300), st.integers(5, 300)
)
@settings(max_examples=100, deadline=None)
def test_a_window_before_is_the_window_as_it_was_then(samples, seconds, ago):
    now, seen = 0.0, []
    for (wait, value), found in zip(samples, fed(f"min(level, {seconds}s before {ago}s)", samples), strict=True):
        now += wait
        seen.append((now, value))
        inside = [past for time, past in seen if now - ago - seconds <= time <= now - ago]
        assert found == (min(inside) if inside and now - seen[0][0] >= ago + seconds else None)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(-9, 9), st.integers(0, 1)), min_size=1, max_size=60), LENGTH)
@settings(max_examples=100, deadline=None)
def test_while_takes_only_samples_of_that_time(samples, seconds):
    now, seen, measured, first = 0.0, [], Measured(f"avg(level while command, {seconds}s)"), samples[0][0]
    for wait, value, gate in samples:
        now += wait
        seen += [(now, value)] if gate else []
        inside = [past for time, past in seen if time >= now - seconds]
        expected = pytest.approx(statistics.fmean(inside)) if inside and now - first >= seconds else None
        assert measured.at(now, level=value, command=gate) == expected


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=60), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_a_length_in_samples_counts_them(values, count):
    found = fed(f"median(level, {count}n)", [(60, value) for value in values])
    expected = [statistics.median(values[n + 1 - count : n + 1]) if n + 1 >= count else None for n in range(len(values))]
    assert found == expected


@pytest.mark.parametrize("name", ["min", "max", "avg", "delta"])
@given(samples=st.lists(st.tuples(st.integers(1, 60), st.integers(-9, 9), st.sampled_from([0, 1, 1])), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_since_looks_at_the_session_only(name, samples):
    now, session, measured = 0.0, [], Measured(f"{name}(level since command)")
    naive = {"min": min, "max": max, "avg": statistics.fmean, "delta": lambda part: part[-1] - part[0]}
    for wait, value, on in samples:
        now += wait
        session = [*session, value] if on else []
        expected = pytest.approx(naive[name](session)) if session else None
        assert measured.at(now, level=value, command=on) == expected


@pytest.mark.parametrize(
    ("counts", "growth"),
    [
        ([0, 5, 9, 20], 20),
        ([100000, 100010, 3, 8], 18),  # reset: what it shows since is new
        ([999_990, 999_999, 4, 10], 19 + 1),  # rolls over at a million
        ([65_530, 2, 10], 6 + 2 + 8),
        ([500, 499, 510], 11),  # an old reading: nothing counted backwards
    ],
)
def test_total_bridges_resets_and_rollovers(counts, growth):
    measured = Measured("total(level, 10min)")
    for n, count in enumerate([counts[0]] * 11 + counts[1:]):
        found = measured.at(n * 60, level=count)
    assert found == pytest.approx(growth)


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from([None, 1, 2, 5])), min_size=1, max_size=20), st.integers(1, 200))
@settings(max_examples=40, deadline=None)
def test_what_arrives_out_of_order_changes_nothing(samples, seconds):
    for name in EXACT:
        now, one, other = 0.0, Measured(spoken(name, seconds)), Measured(spoken(name, seconds))
        for wait, value in samples:
            now += wait
            found = one.at(now, level=value), other.at(now, level=value)
            if value is not None:
                late = other.latest["level"]
                other.latest["level"] = (now - wait, 99)
                assert other.condition.root.left.value(other.memory, now, other.latest) == found[0]
                other.latest["level"] = late
            assert found[0] == found[1]


@pytest.mark.parametrize("name", [*EXACT, "forecast", "total", "delta"])
def test_a_window_that_was_cut_and_resumed_goes_on_as_if_it_had_not(name):
    texts = [spoken(name, seconds) for seconds in (600, 40_000)]
    for text in texts:
        whole, cut = Measured(text), Measured(text)
        for n in range(900):
            value = (n * 7919 % 101) / 10 + n / 100
            cut.memory = json.loads(json.dumps(cut.memory))
            assert whole.at(n * 60, level=value) == cut.at(n * 60, level=value)
        assert whole.memory == cut.memory


@pytest.mark.parametrize("name", [*EXACT, "forecast", "total", "delta"])
def test_a_moved_clock_moves_the_window_with_it(name):
    stays, moves = Measured(spoken(name, 6000)), Measured(spoken(name, 6000))
    for n in range(300):
        stays.at(n * 60, level=n % 13)
        moves.at(n * 60, level=n % 13)
    moves.condition.move(moves.memory, 3600)
    assert moves.at(300 * 60 + 3600, level=5) == pytest.approx(stays.at(300 * 60, level=5), rel=1e-9)


def test_a_window_over_two_channels_samples_each_new_reading():
    both = Measured("avg(pump2_current + pump1_current, 60s)")
    both.at(0, pump2_current=1, pump1_current=0)
    both.at(30, pump1_current=4)
    assert both.at(60, pump2_current=3) == pytest.approx((1 + 5 + 7) / 3)


def test_a_short_gap_is_passed_over_and_a_long_one_begins_the_window_anew():
    steady = Judged("avg(level, 2h) > 0")
    for n in range(121):
        steady.at(n * 60, level=1)
    assert steady.truth(121 * 60, level=None) is None
    assert steady.truth(125 * 60, level=1) is True
    steady.at(126 * 60, level=None)
    assert steady.truth(133 * 60, level=1) is None


def test_a_figure_that_is_none_is_no_sample():
    odd = Measured("avg(level, 60s)")
    odd.at(0, level=1)
    odd.at(30, level=math.inf)
    assert odd.at(60, level=3) == 2
