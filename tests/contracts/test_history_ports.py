"""What every `History` does. Another implementation joins by adding its opener to `OPENERS`."""

import math

import pytest

from daemon.adapters.history import open_history
from daemon.core.nouns import Quality, Reading

OPENERS = {"embedded": open_history}
START = 1_763_740_800.0  # a full quarter of an hour
PUMP = ("hongshan", "fire-pump", "main_pressure")


@pytest.fixture(params=OPENERS)
def reopen(request, tmp_path):
    opened = []

    def again(**days):
        opened.append(OPENERS[request.param](tmp_path, **days))
        return opened[-1]

    yield again
    for history in opened:
        history.close()


@pytest.fixture
def history(reopen):
    return reopen()


def reading(ts, value, quality=Quality.GOOD, key=PUMP):
    return Reading(*key, ts, ts, value, quality)


def fill(history, rows, key=PUMP, batch=50):
    """Append and flush in batches, as the watch does."""
    for first in range(0, len(rows), batch):
        history.append([reading(*row, key=key) for row in rows[first : first + batch]], first + 1)
        history.flush()


def raw(history, start=0.0, end=math.inf, key=PUMP):
    return history.raw(*key, start, end)


def test_a_day_of_values_comes_back_in_order_and_exact(history):
    rows = [(START + 5 * n, round(0.88 + 0.003 * (n % 7), 3), Quality(n % 11 == 0)) for n in range(17_280)]
    fill(history, rows, batch=500)
    assert raw(history) == rows


def test_a_span_takes_both_its_ends_and_nothing_else(history):
    rows = [(START + n, float(n), 0) for n in range(2_500)]
    fill(history, rows)
    assert raw(history, START + 700, START + 1_900) == rows[700:1_901]
    assert raw(history, START + 9_999) == []
    assert raw(history, key=("hongshan", "fire-pump", "no_such_point")) == []


@pytest.mark.parametrize(
    "values",
    [
        ["auto", "manual", "手动"],
        [True, False, False],
        [1, 2, 2**40],
        [0.1, -2.5e-6, 1e300],
        [True, 1, "1"],
        [-0.25, math.inf, 7.125],
    ],
)
def test_every_type_of_value_comes_back_as_it_was(history, values):
    rows = [(START + 0.125 * n, values[n % len(values)], 0) for n in range(2_400)]
    fill(history, rows)
    found = raw(history)
    assert found == rows
    assert [type(value) for _, value, _ in found] == [type(value) for _, value, _ in rows]


def test_what_was_not_flushed_is_not_claimed_and_may_come_again(history, reopen):
    history.append([reading(START, 1.0)], 7)
    assert history.position() == 0
    history.flush()
    assert (history.position(), raw(history)) == (7, [(START, 1.0, 0)])
    after_crash = reopen()
    after_crash.append([reading(START, 1.0), reading(START + 5, 2.0)], 8)
    after_crash.flush()
    assert (after_crash.position(), raw(history)) == (8, [(START, 1.0, 0), (START + 5, 2.0, 0)])


def test_a_batch_without_readings_moves_the_position_too(history):
    history.append([], 12)
    history.flush()
    assert history.position() == 12


def test_everything_sent_twice_is_there_once(history):
    rows = [(START + 5 * n, float(n), 0) for n in range(1_500)]
    fill(history, rows)
    fill(history, rows)
    assert raw(history) == rows


def test_of_two_values_at_one_time_the_last_received_holds(history):
    rows = [(START + 5 * n, 1.0, 0) for n in range(1_000)]
    fill(history, rows)
    fill(history, [(START + 5, 2.0, 0), (START + 5 * 999, 3.0, 0)])
    assert [value for _, value, _ in raw(history) if value != 1.0] == [2.0, 3.0]


def test_late_values_find_their_place(history):
    rows = [(START + 5 * n, float(n), 0) for n in range(3_000)]
    fill(history, rows[:200] + rows[900:] + rows[200:900])
    assert raw(history) == rows


def test_minutes_sum_up_the_good_numbers(history):
    rows = [(START + 5 * n, float(n), 0) for n in range(24)]
    fill(history, [*rows, (START + 60, 999.0, Quality.BAD), (START + 61, 999.0, Quality.SUSPECT)])
    assert history.minutes(*PUMP, START, START + 3600) == [(START, 0.0, 5.5, 11.0, 12), (START + 60, 13.0, 18.0, 23.0, 11)]


def test_minutes_are_the_same_fresh_and_compacted(history):
    rows = [(START + 5 * n, float(n % 60), 0) for n in range(12 * 1_440)]
    fill(history, rows, batch=500)
    found = history.minutes(*PUMP, START + 60, START + 86_400 - 60)
    assert [start for start, *_ in found] == [START + 60 * n for n in range(1, 1_440)]
    assert {(high - low, round(mean - low, 6), count) for _, low, mean, high, count in found} == {(11.0, 5.5, 12)}


def test_a_channel_that_speaks_seldom_is_summed_up_by_the_quarter_hour(history):
    rows = [(START + 60 * n, float(n), 0) for n in range(1_500)]
    fill(history, rows)
    found = history.minutes(*PUMP, START, START + 1_500 * 60)
    assert found[0] == (START, 0.0, 7.0, 14.0, 15)
    assert [start for start, *_ in found] == [START + 900 * n for n in range(100)]


def test_words_and_booleans_have_no_minutes(history):
    fill(history, [(START + n, n % 2 == 0, 0) for n in range(120)])
    assert history.minutes(*PUMP, START, START + 3600) == []


def test_a_reader_beside_the_writer_sees_what_is_flushed(history, reopen):
    reader = reopen()
    history.append([reading(START, 1.0)], 1)
    assert raw(reader) == []
    history.flush()
    assert raw(reader) == [(START, 1.0, 0)]


def test_closing_flushes(history, reopen):
    history.append([reading(START, 1.0)], 1)
    history.close()
    assert raw(reopen()) == [(START, 1.0, 0)]
