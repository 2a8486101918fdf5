"""The measurement of what is learned beside the rules: what it plays, what it counts, what it keeps, what it writes."""

from __future__ import annotations

from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from daemon.core.learned.finding import DAY, Detector, Finding
from daemon.core.nouns import Reason
from sensors.registry import kinds
from tests.bench.detection.catalogue import health
from tests.bench.detection.kept import Kept
from tests.bench.detection.trial import community
from tests.bench.detection_learned import noise, score
from tests.bench.detection_learned import play as playing
from tests.bench.detection_learned.page import page
from tests.bench.detection_learned.play import Said, play, thinned
from tests.bench.detection_learned.score import LEARNT, Memory, Month, Slow, faults, figures, months, rested, run, suffered

QUIET = Month("street_light", 1, 30.0, 2, 0, (), (), ())
SAID = Said(2.2 * DAY, "channel", ("outlet_pressure",), "Outlet pressure 0.3 MPa; usually 0.4 MPa")
LOUD = Month("water_supply", 2, 30.0, 6, 0, ((SAID, replace(SAID, detector="device")),), (2.3 * DAY,), ("WS-01",))
SEEN = Slow("water_supply", "WS-F1", 1, 6, 1, "WS-01", 3 * DAY, 3.5 * DAY, (SAID,))
UNSEEN = Slow("fire_pump", "FP-F2", 1, 3, 0, "FP-04", 2 * DAY, None, ())


class Told:
    """Finds what it is told to, at its time: the hour of the trial → findings."""

    def __init__(self, plan):
        self.plan = dict(plan)

    def observe(self, readings, _):
        now = readings[-1].at if readings else 0.0
        due = [hour for hour in self.plan if START + hour * 3600.0 <= now]
        return [found(detector, now) for hour in sorted(due) for detector in self.plan.pop(hour)]

    def accept(self, _):
        raise AssertionError("nobody accepts anything here")

    def rouse(self, _):
        pass

    def pack(self, _):
        return b""


TRIAL = health("street_light", days=3, coarse=2, seed=1)
START = TRIAL.start
BOTH = (Detector.CHANNEL, Detector.DEVICE)


def found(detector, at, point="power"):
    return Finding(f"{detector}{at}", "bench", "device", detector, (point,), at, 9.0, Reason("少见", "rare", {}))


def heard(monkeypatch, plan, *, trial=TRIAL, tickets=False):
    monkeypatch.setattr(playing, "Normal", lambda _: Told(plan))
    return play(trial, tickets=tickets)


def test_every_kind_that_is_learned_has_months_of_every_seed_seed_by_seed():
    jobs = months((4, 5))
    learned = {name for name, kind in kinds().items() if kind.plant is not None} - {"gateway"}
    assert [job.trial.seed for job in jobs] == [4] * len(learned) + [5] * len(learned)
    assert {job.trial.kind for job in jobs} == learned
    assert {job.trial.onset for job in jobs} == {14 * DAY}


def test_a_slow_fault_begins_at_its_own_time_of_day_after_three_weeks_and_promises_its_rules():
    jobs = faults()
    assert sorted(job.trial.label for job in jobs) == sorted(score.SLOW)
    assert all(job.trial.onset >= LEARNT and job.rules for job in jobs)
    (leak,) = faults(["FP-F8"])
    assert leak.trial.onset % DAY == 7200.0


def test_no_point_is_read_more_rarely_than_once_a_minute_for_the_sake_of_speed():
    once = community("water_supply").sites["bench"].devices["device"].channels
    rarer = thinned(community("water_supply"), 6).sites["bench"].devices["device"].channels
    for name, channel in once.items():
        every, now = channel.point.every, rarer[name].point.every
        assert now == (every if every is None or every >= 60 else min(60, 6 * every)), name


def test_an_entry_is_dismissed_within_a_day_so_that_what_comes_later_is_another(monkeypatch):
    told = heard(monkeypatch, {1: [Detector.CHANNEL], 2: [Detector.CHANNEL], 50: [Detector.CHANNEL]})
    assert [len(entry) for entry in told.entries] == [1, 1]
    assert [round(one.at / 3600) for one in told.listed] == [1, 50]  # the second is no stronger
    assert told.entries[0][0].words == "rare"
    assert not told.tickets


@pytest.mark.parametrize(("tickets", "opened"), [(False, []), (True, [1, 50])])
def test_only_where_a_site_opts_in_two_detectors_open_a_ticket_and_another_when_that_was_closed(monkeypatch, tickets, opened):
    told = heard(monkeypatch, {1: BOTH, 50: BOTH}, tickets=tickets)
    assert [round(at / 3600) for at in told.tickets] == opened
    assert len(told.entries) == 2


def test_while_a_fault_lasts_nobody_looks_and_findings_become_a_line_of_its_ticket(monkeypatch):
    fault = replace(TRIAL, label="SL-F4", onset=DAY, lasts=1.5 * DAY)
    told = heard(monkeypatch, {1: [Detector.CHANNEL], 26: [Detector.CHANNEL], 55: [Detector.DEVICE]}, trial=fault)
    assert (told.warm, told.entries, told.listed[0].at < 0.0) == (1, [], True)
    assert [(round(one.at / 3600), one.points, one.words) for one in told.joined] == [
        (2, ("power",), "rare")
    ]  # a point is told once
    assert "SL-05" in {rule for _, rule in told.raised}


def test_a_month_is_played_without_opting_in_only_where_that_makes_a_difference(monkeypatch):
    asked = []

    def once(trial, *, tickets=False, until=()):
        asked.append(tickets)
        return SimpleNamespace(warm=0, entries=[(SAID,)], tickets=[DAY] * (tickets and trial.seed == 2), raised=[(5.0, "SL-05")])

    monkeypatch.setattr(score, "play", once)
    keep, jobs = Memory(None), months((1, 2), ["street_light"])
    run(jobs, keep)
    assert [len(month.tickets) for month in rested(jobs, keep)] == [0, 1]
    assert asked == [True, True, False]


def test_results_of_other_code_are_played_again_and_a_run_goes_on_where_it_stopped(monkeypatch, tmp_path):
    (job,) = months((1,), ["street_light"])
    file = tmp_path / "learned.jsonl"
    Memory(file).add(Kept(job.key, "of before", "2026-11-22", 1.0, asdict(QUIET)))
    assert not rested([job], Memory(file))
    assert rested([job], Memory(file, older=True)) == [QUIET]
    Memory(file).add(Kept(job.key, score.code("street_light"), "2026-11-22", 1.0, asdict(QUIET)))
    monkeypatch.setattr(score, "play", None)
    run([job], Memory(file))
    assert not suffered([job], Memory(file))


def test_rates_are_of_a_device_and_a_month_of_thirty_days():
    shown = {one.name.strip(): one for one in figures([QUIET, replace(LOUD, days=15.0)], [SEEN, UNSEEN])}
    assert shown["review entries of a healthy device and month"].median == pytest.approx(30 / 45)
    assert shown["review entries: water_supply"].reached is False
    assert shown["tickets: street_light"].reached is True
    assert shown["slow faults in which something learned was told"].median == 50.0


def test_the_page_names_day_and_seeds_and_tells_every_entry_in_its_own_words():
    jobs, keep = [*months((1, 2), ["street_light", "water_supply"]), *faults(["WS-F1", "FP-F2"])], Memory(None, older=True)
    results = {"street_light1": QUIET, "water_supply2": LOUD, "WS-F11": SEEN, "FP-F21": UNSEEN}
    for job in jobs:
        result = results.get(f"{job.trial.label or job.trial.kind}{job.trial.seed}")
        if result:
            code = "" if result is QUIET else score.code(job.trial.kind)
            keep.add(Kept(job.key, code, "2026-11-22", 1.0, asdict(result)))
    text = "\n".join(page(jobs, keep))
    assert "2026-11-22: 2 healthy months\n(seed 1, 2) and 2 slow faults (seed 1), 4 of 6 trials.\n1 of them are of code" in text
    assert "**Not played**: water_supply (seed 1), street_light (seed 2)." in text
    assert "1 entries in 2 months: with 95 % certainty the rate lies between" in text
    assert "| water_supply | 1 of 30 d | up to 6 × coarser | 1.00 | 1.00 | 0 | WS-01 |" in text
    assert "- water_supply, seed 2, day 3: Outlet pressure 0.3 MPa; usually 0.4 MPa (channel); and" in text
    assert "A ticket, where the site has opted in." in text
    assert "| WS-01 3.0 d | 2.2 d | review list, then a line of the ticket |" in text
    assert "| FP-04 2.0 d | – | not seen | – |" in text


def test_channels_of_noise_are_listened_to_once_and_their_rate_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(noise, "CHANNELS", 2)
    monkeypatch.setattr(noise, "spoken", lambda one, seed: (1.5 * one.wave, float(seed == 100)))
    keep = Memory(tmp_path / "learned.jsonl")
    noise.listen(keep)
    known = [noise.heard(one, Memory(tmp_path / "learned.jsonl")) for one in noise.NOISES]
    assert known == [(1.5 * one.wave, pytest.approx(1 / 3)) for one in noise.NOISES]
    assert "| white noise | 0.00 | 0.33 |" in "\n".join(page([], keep))
