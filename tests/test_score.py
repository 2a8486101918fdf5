"""The score of watching: results that are kept, the page and the picture that are made of them."""

from dataclasses import asdict
from xml.etree import ElementTree as ET

import pytest

from tests.bench.detection import kept as keeping
from tests.bench.detection.kept import Keep, Kept
from tests.bench.detection.page import health_table, table, write
from tests.bench.detection.picture import draw
from tests.bench.detection.ramps import DAY, HOUR, MEDIAN, RAMPS, Ramp, through_noise
from tests.bench.detection.score import Month, Row, faults, figures, months, quiet, rows, run, watch
from tests.bench.detection.trial import Found

LIFT = Row("elevator", "EL-F7", 1, 1, 5.0, 3.0, "EL-02", (), (), 1, told=True)
LATE = Row("elevator", "EL-F1", 1, 1, 90.0, 95.0, "EL-01", ("speed.HH",), (), 2, told=True)
MISSED = Row("elevator", "EL-F3", 2, 6, None, None, "", (), (), 0, told=False)


def result(job, row, code="", day="2026-11-22"):
    return Kept(job.key, code or keeping.digest(job.trial.kind), day, 0.1, asdict(row))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "score.jsonl"


@pytest.fixture
def jobs():
    return faults((1,), ["EL-F7"])


def test_a_fault_is_played_once_and_then_known(file, jobs):
    keep = Keep(file)
    run(jobs, keep, processes=1)
    (found,) = rows(jobs, keep)
    assert found.kept
    written = file.read_bytes()
    again = Keep(file)
    run(jobs, again, processes=1)
    assert (rows(jobs, again), file.read_bytes()) == ([found], written)


def test_a_line_that_was_cut_off_is_played_again(file, jobs):
    Keep(file).add(result(jobs[0], LIFT))
    file.write_bytes(file.read_bytes()[:-20])
    assert rows(jobs, Keep(file)) == []


@pytest.mark.parametrize("older", [False, True])
def test_results_of_other_code_count_only_where_they_are_welcome(file, jobs, older):
    Keep(file).add(result(jobs[0], LIFT, code="of before"))
    assert rows(jobs, Keep(file, older=older)) == [LIFT] * older


def test_the_code_of_another_kind_is_not_asked_for(monkeypatch, tmp_path):
    for name in ("elevator", "boiler"):
        (tmp_path / "sensors" / "plants").mkdir(parents=True, exist_ok=True)
        (tmp_path / "sensors" / "plants" / f"{name}.py").write_text("1")
    monkeypatch.setattr(keeping, "ROOT", tmp_path)
    digest = keeping.digest.__wrapped__
    before = {name: digest(name) for name in ("elevator", "boiler")}
    (tmp_path / "sensors" / "plants" / "boiler.py").write_text("2")
    assert digest("elevator") == before["elevator"]
    assert digest("boiler") != before["boiler"]


def test_a_run_asks_for_every_kind_and_every_fault():
    assert {job.trial.kind for job in months((1,))} >= {"boiler", "charging_group", "elevator", "gateway", "street_light"}
    assert len({job.trial.label for job in faults((1,))}) == 92
    assert {job.trial.label[:2] for job in faults((1, 2), ["boiler"])} == {"BO"}


def test_the_table_tells_late_missed_and_beside():
    lines = table([LIFT, LATE, MISSED])[2:]
    assert "| EL-F7 | 开门走梯 Open-door movement | 1/1 | EL-02 | 5 s | 3 s | – | 1 | as it is |" in lines[0]
    assert "| 0/1 | EL-01 | 90 s | 95 s | speed.HH | 2 |" in lines[1]
    assert "| 0/1 | – | – | – | – | 0 | 6 × coarser |" in lines[2]


def test_figures_say_whether_they_were_reached():
    found = figures([LIFT, LATE, MISSED], [Month("boiler", 1, 30.0, 6, ("BO-05", "BO-05"), 1)])
    assert [(round(one.median, 1), one.reached) for one in found] == [(33.3, False), (50.0, False), (0.3, None), (1.0, False)]
    assert "| boiler | 1 of 30 d | 6 × coarser | 1 | BO-05 × 2 |" in health_table(
        [Month("boiler", 1, 30.0, 6, ("BO-05", "BO-05"), 1)]
    )


def test_the_page_names_what_was_not_played_and_what_was_missed(file, jobs, tmp_path):
    wanted = [*jobs, *faults((2,), ["EL-F3"]), *faults((1,), ["EL-F1"]), *months((1,), ["gateway"])]
    keep = Keep(file, older=True)
    for job, row, code in zip(wanted, (LIFT, MISSED), ("", "of before"), strict=False):
        keep.add(result(job, row, code))
    write(tmp_path, wanted, keep)
    page = (tmp_path / "score.md").read_text(encoding="utf-8")
    assert "**Not played**: faults EL-F1 (seed 1);\nhealthy months gateway (seed 1)." in page
    assert "1 of 2 results are of code before" in page
    assert "**Not as promised**: EL-F3 (seed 2: not found)." in page
    assert quiet(wanted, keep) == []


def test_the_picture_tells_by_shape_what_was_in_time_late_and_missed():
    picture = draw([LIFT, LATE, MISSED])
    root = ET.fromstring(picture)  # noqa: S314 - our own
    count = {name: len(root.findall(f"{{http://www.w3.org/2000/svg}}{name}")) for name in ("circle", "path")}
    assert count == {"circle": 2, "path": 4}  # one of each in the legend
    assert picture.count("未运行 not played") == 92 - 3
    assert len(picture.encode()) < 100_000


# what is judged of air_flow (noise 4, step 1, each 30 s), coarseness, s through the noise
THROUGH = [
    (Ramp("air_flow", 2.5), 1, (3 * 4 + 0.5) / 2.5 * HOUR),
    (Ramp("air_flow", 2.5, over=HOUR), 1, (3 * 4 / 120**0.5 + 0.5) / 2.5 * HOUR),
    (Ramp("air_flow", 2.5, over=HOUR, spread=MEDIAN, parts=2.0), 30, 2 * (3 * MEDIAN * 4 / 2 + 0.5) / 2.5 * HOUR),
    (Ramp("air_flow", 2.5, count=4, again=DAY), 1, DAY),
    (Ramp("air_flow", 0.25, again=DAY), 1, 3 * DAY),
]


@pytest.mark.parametrize(("ramp", "coarse", "seconds"), THROUGH)
def test_noise_holds_a_ramp_up_by_three_sigma_of_what_is_judged(ramp, coarse, seconds):
    assert ramp.time("reclaimed_water", coarse) == pytest.approx(seconds)


@pytest.mark.parametrize(("again", "declared"), [((6, 20, 30), 20), ((6, 12), None), ((), None)])
def test_what_is_seen_by_chance_is_declared_by_the_first_telling_beyond_the_noise(monkeypatch, again, declared):
    (job,) = faults((1,), ["EV-F2"])  # noise holds it up by half a day
    told = Found([(hours * HOUR, "EV-04") for hours in (5, *again)])
    monkeypatch.setattr("tests.bench.detection.score.play", lambda *_, **__: told)
    assert watch(job).within == (None if declared is None else declared * HOUR + 2 * 2 * 300)


def test_every_ramp_is_of_a_fault_that_is_played_and_of_a_gauge_whose_noise_is_known():
    jobs = {job.trial.label: job.trial for job in faults((1,))}
    assert RAMPS.keys() <= jobs.keys()
    assert all(through_noise(jobs[label].kind, label, jobs[label].coarse) > 0 for label in RAMPS)
    assert through_noise("elevator", "EL-F1", 1) == 0.0
