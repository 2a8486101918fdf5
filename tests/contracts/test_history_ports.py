"""What every `History` does: embedded, on VictoriaMetrics, on InfluxDB. Where one stores something else, its test says what."""

from __future__ import annotations

import math
import time
from itertools import count

import pytest
from fixtures.broker import until
from fixtures.timeseries import influxdb, victoria  # noqa: F401 - fixtures

from daemon.adapters.history import open_history, sender
from daemon.adapters.history.influx import open_influx
from daemon.core.nouns import Quality, Reading
from daemon.ports import HistoryAway

START = 1_763_740_800.0  # a full quarter of an hour
SITES = count(1)  # a server keeps what earlier tests wrote: each has a site of its own


class Stage:
    """A place to keep values, and one point there."""

    def __init__(self, folder, server=None):
        self.folder, self.server = folder, server
        self.key = (f"site-{next(SITES)}", "fire-pump", "main_pressure")
        self.opened = []

    def open(self):
        self.opened.append(open_influx(self.folder, self.server.place) if self.server else open_history(self.folder))
        return self.opened[-1]

    def reading(self, ts, value, quality=Quality.GOOD):
        return Reading(*self.key, ts, ts, value, Quality(quality))

    def fill(self, history, rows, batch=50):
        """Append in batches, as the watch does, and wait until they can be found."""
        for first in range(0, len(rows), batch):
            history.append([self.reading(*row) for row in rows[first : first + batch]], history.position() + 1)
            history.flush()
        self.settle(history)

    def settle(self, history):
        history.settle()
        if self.server:
            self.server.show()

    def raw(self, history, start=0.0, end=math.inf):
        return history.raw(*self.key, start, end)

    def minutes(self, history, start, end):
        return history.minutes(*self.key, start, end)


@pytest.fixture(params=["embedded", "victoria", "influxdb"])
def stage(request, tmp_path):
    made = Stage(tmp_path, None if request.param == "embedded" else request.getfixturevalue(request.param))
    yield made
    for history in made.opened:
        history.close()


@pytest.fixture
def history(stage):
    return stage.open()


def test_a_day_of_values_comes_back_in_order_and_exact(stage, history):
    rows = [(START + 5 * n, round(0.88 + 0.003 * (n % 7), 3), Quality(n % 11 == 0)) for n in range(17_280)]
    stage.fill(history, rows, batch=500)
    assert stage.raw(history) == rows


def test_a_span_takes_both_its_ends_and_nothing_else(stage, history):
    rows = [(START + n, float(n), 0) for n in range(2_500)]
    stage.fill(history, rows)
    assert stage.raw(history, START + 700, START + 1_900) == rows[700:1_901]
    assert stage.raw(history, START + 9_999) == []
    assert history.raw("hongshan", "fire-pump", "no_such_point", 0, math.inf) == []
    assert history.minutes("hongshan", "fire-pump", "no_such_point", START, START + 3_600) == []


@pytest.mark.parametrize(
    "values",
    [
        ["auto", "manual", "手动"],
        [True, False, False],
        [1, 2, 2**40],
        [0.1, -2.5e-6, 1e6],
        [True, 1, "1"],
        [-0.25, math.inf, 7.125],
    ],
)
def test_every_type_of_value_comes_back_as_it_was(stage, history, values):
    rows = [(START + 0.125 * n, values[n % len(values)], 0) for n in range(2_400)]
    stage.fill(history, rows)
    found = stage.raw(history)
    assert found == rows
    assert [type(value) for _, value, _ in found] == [type(value) for _, value, _ in rows]


def test_what_was_not_flushed_is_not_claimed_and_may_come_again(stage, history):
    history.append([stage.reading(START, 1.0)], 7)
    assert history.position() == 0
    history.flush()
    assert history.position() == 7
    history.close()
    again = stage.open()
    assert again.position() == 7
    again.append([stage.reading(START, 1.0), stage.reading(START + 5, 2.0)], 8)
    stage.settle(again)
    assert (again.position(), stage.raw(again)) == (8, [(START, 1.0, 0), (START + 5, 2.0, 0)])


def test_a_batch_without_readings_moves_the_position_too(stage, history):
    history.append([], 12)
    history.flush()
    assert history.position() == 12


def test_everything_sent_twice_is_there_once(stage, history):
    rows = [(START + 5 * n, float(n), 0) for n in range(1_500)]
    stage.fill(history, rows)
    stage.fill(history, rows)
    assert stage.raw(history) == rows


def test_of_two_values_at_one_time_the_last_received_holds(stage, history):
    rows = [(START + 5 * n, 1.0, 0) for n in range(1_000)]
    stage.fill(history, rows)
    stage.fill(history, [(START + 5, 2.0, 0), (START + 5 * 999, 0.5, 0)])
    assert [value for _, value, _ in stage.raw(history) if value != 1.0] == [2.0, 0.5]


def test_late_values_find_their_place(stage, history):
    rows = [(START + 5 * n, float(n), 0) for n in range(3_000)]
    stage.fill(history, rows[:200] + rows[900:] + rows[200:900])
    assert stage.raw(history) == rows


def test_minutes_sum_up_the_good_numbers(stage, history):
    rows = [(START + 5 * n, float(n), 0) for n in range(24)]
    stage.fill(history, [*rows, (START + 61, 999.0, Quality.BAD), (START + 62, 999.0, Quality.SUSPECT)])
    assert stage.minutes(history, START, START + 3600) == [(START, 0.0, 5.5, 11.0, 12), (START + 60, 12.0, 17.5, 23.0, 12)]


def test_minutes_are_the_same_fresh_and_compacted(stage, history):
    rows = [(START + 5 * n, float(n % 60), 0) for n in range(12 * 1_440)]
    stage.fill(history, rows, batch=500)
    found = stage.minutes(history, START + 60, START + 86_400 - 60)
    assert [start for start, *_ in found] == [START + 60 * n for n in range(1, 1_440)]
    assert {(high - low, round(mean - low, 6), count) for _, low, mean, high, count in found} == {(11.0, 5.5, 12)}


def test_a_channel_that_speaks_seldom_is_summed_up_by_the_quarter_hour(stage, history):
    rows = [(START + 60 * n, float(n), 0) for n in range(1_500)]
    stage.fill(history, rows)
    found = stage.minutes(history, START, START + 1_500 * 60)
    assert found[0] == (START, 0.0, 7.0, 14.0, 15)
    assert [start for start, *_ in found] == [START + 900 * n for n in range(100)]


def test_words_and_booleans_have_no_minutes(stage, history):
    stage.fill(history, [(START + n, n % 2 == 0, 0) for n in range(120)])
    assert stage.minutes(history, START, START + 3600) == []


def test_a_reader_beside_the_writer_sees_what_is_flushed(stage, history):
    reader = stage.open()
    assert stage.raw(reader) == []
    history.append([stage.reading(START, 1.0)], 1)
    stage.settle(history)
    assert stage.raw(reader) == [(START, 1.0, 0)]


def test_closing_flushes(stage, history):
    history.append([stage.reading(START, 1.0)], 1)
    history.close()
    again = stage.open()
    assert again.position() == 1
    again.append([], 2)
    stage.settle(again)
    assert stage.raw(again) == [(START, 1.0, 0)]


def test_odd_names_and_texts_come_back(stage, history):
    stage.key = ("s", 'd "1", 2=3', "p a%20\\")
    rows = [(START, "", 0), (START + 1, 'a "b", c=d\\ e\n%41', 2), (START + 2, "水 位", 0), (START + 3, 2**60 + 1, 0)]
    stage.fill(history, rows)
    assert stage.raw(history) == rows


@pytest.mark.parametrize("stage", ["victoria", "influxdb"], indirect=True)
def test_a_store_that_is_away_gets_everything_in_order_when_it_is_back(stage, history, monkeypatch):
    monkeypatch.setattr(sender, "LATEST", 0.5)
    rows = [(START + n, float(n), 0) for n in range(1_000)]
    stage.fill(history, rows[:300])
    before = time.time()
    stage.server.stop()
    for n in range(300, 900, 20):
        history.append([stage.reading(*row) for row in rows[n : n + 20]], n)
        history.flush()
    assert history.position() == 880
    with pytest.raises(HistoryAway, match="does not answer") as away:
        stage.raw(history)
    assert before <= away.value.since <= time.time()
    stage.server.start()
    assert until(lambda: history._behind._sink._parts[1].away == "")
    stage.fill(history, rows[900:])
    assert stage.raw(history) == rows


@pytest.mark.parametrize("stage", ["victoria", "influxdb"], indirect=True)
def test_what_waits_for_a_store_that_is_away_survives_our_own_death(stage, history):
    rows = [(START + n, float(n), 0) for n in range(100)]
    stage.server.stop()
    for row in rows:
        history.append([stage.reading(*row)], 1 + int(row[1]))
    history.close()
    with next(stage.folder.rglob("*.frames")).open("ab") as torn:
        torn.write(b"ATS1 half a frame")
    again = stage.open()
    assert again.position() == 100
    stage.server.start()
    again.append([], 101)
    stage.settle(again)
    assert stage.raw(again) == rows
