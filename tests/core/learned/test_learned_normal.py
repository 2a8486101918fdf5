"""Learned normal as the watch calls it: a fake stream in, findings out; words, review list, restart."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from daemon.core.learned import channel, renew, tracker
from daemon.core.learned.finding import Detector, Settings, Site, Watched
from daemon.core.learned.normal import Accepted, Normal, ready
from daemon.core.learned.review import GATHERS, Decision, decide, file
from daemon.core.nouns import Quality, Reading
from sensors.kit.words import Point, Text, Type

KEY = ("hongshan", "pump")
SETTINGS = Settings(every=300.0, warm_seconds=5 * 86400.0, fit=1000, margin=2.0)
PRESSURE = Point("main_pressure", Text("消防主管压力", "Fire main pressure"), "MPa", resolution=0.001)
FLOW = Point("flow", Text("流量", "Flow"), "m3/h", resolution=0.1)
RUN = Point("pump_run", Text("泵运行", "Pump running"), "bool", Type.BOOL, words=(Text("停", "off"), Text("开", "on")))


def normal(settings=SETTINGS, **off):
    points = [Watched(one.name, one, on=off.get(one.name, True)) for one in (PRESSURE, FLOW, RUN)]
    return Normal([Site("hongshan", {"pump": points}, settings=settings)])


def stream(days, seed=1):
    """Readings of ten days and more, a fault in the last two hours: the pressure is 1.5 bar too high."""
    rng, readings = np.random.default_rng(seed), []
    for k in range(days * 288):
        at = 1_767_196_800.0 + k * 300.0
        wave = np.sin(at / 86400.0 * 2 * np.pi)
        pressure = 0.9 + 0.02 * wave + rng.normal(0, 0.002) + (0.15 if k >= days * 288 - 24 else 0.0)
        values = {"main_pressure": pressure, "flow": 10 + wave + rng.normal(0, 0.1), "pump_run": True}
        readings += [Reading(*KEY, name, at, at + 1.0, value) for name, value in values.items()]
    return readings


def watch(one, readings, batch=500, alarms=()):
    return [found for k in range(0, len(readings), batch) for found in one.observe(readings[k : k + batch], alarms)]


def test_a_fault_nobody_wrote_a_rule_for_is_found_by_channel_and_device_and_healthy_days_are_quiet():
    readings = stream(12)
    found = watch(normal(), readings)
    assert {one.detector for one in found} == {Detector.CHANNEL, Detector.DEVICE}
    assert {one.points for one in found} == {("main_pressure",)}
    assert {one.rule for one in found} == {"learned:main_pressure"}
    assert min(one.at for one in found) >= readings[-24 * 3].ts


def test_a_finding_says_what_was_seen_what_is_usual_how_rare_and_when_it_was_like_this():
    found = next(one for one in watch(normal(), stream(12)) if one.detector is Detector.CHANNEL)
    assert found.reason.zh.startswith("消防主管压力 1.0")
    assert all(word in found.reason.zh for word in ("时前后通常为", "次读数才有一次", "最相近的是", "MPa"))
    assert all(word in found.reason.en for word in ("it is usually", "seen about once in", "most like", "MPa"))
    assert found.reason.values["main_pressure"] == pytest.approx(1.05, abs=0.03)


def test_a_tracker_names_the_point_its_normal_and_how_far_it_is():
    found = next(one for one in watch(normal(), stream(12)) if one.detector is Detector.DEVICE)
    assert "此运行方式下通常为" in found.reason.zh
    assert "in this operating mode it is usually" in found.reason.en


@pytest.mark.parametrize("batch", [1, 7, 10_000])
def test_how_readings_are_cut_into_batches_changes_nothing(batch):
    readings = stream(8)
    one, other = normal(), normal()
    assert watch(one, readings, 500) == watch(other, readings, batch)
    assert one.pack(KEY) == other.pack(KEY)


def test_a_restart_in_the_middle_changes_nothing():
    readings = stream(12)
    half, whole, first, second = len(readings) // 2, normal(), normal(), normal()
    found = watch(first, readings[:half])
    assert second.restore(KEY, first.pack(KEY)) == []
    assert found + watch(second, readings[half:]) == watch(whole, readings)
    assert second.pack(KEY) == whole.pack(KEY)


def test_a_device_in_alarm_teaches_nothing():
    readings, one = stream(6), normal()
    watch(one, readings)
    before = next(iter(one.banks["hongshan"].states.values())).usual.copy()
    last = readings[-1].ts
    watch(one, [Reading(*KEY, "flow", last + k * 300.0, last, 99.0) for k in range(1, 50)], alarms={KEY})
    after = next(iter(one.banks["hongshan"].states.values())).usual
    assert np.abs(after - before).max() < 0.5


def test_a_point_that_is_off_bad_values_late_ones_and_strangers_are_passed_over():
    one = normal(flow=False)
    readings = [
        Reading(*KEY, "flow", 1.0, 1.0, 5.0),
        Reading(*KEY, "main_pressure", 2.0, 2.0, 0.9, Quality.BAD),
        Reading(*KEY, "main_pressure", 3.0, 3.0, "text"),
        Reading("elsewhere", "pump", "main_pressure", 3.0, 3.0, 0.9),
    ]
    assert one.observe(readings, ()) == []
    assert one.newest[KEY] == {}


def test_days_until_a_date_are_no_measurement_of_the_equipment():
    left = Point("days_left", Text("距到期天数", "Days left"), "d", Type.INT, resolution=1)
    one = Normal([Site("hongshan", {"pump": [Watched("days_left", left), Watched("flow", FLOW)]}, settings=SETTINGS)])
    assert one.observe([Reading(*KEY, "days_left", 1.0, 1.0, 30), Reading(*KEY, "flow", 1.0, 1.0, 10.0)], ()) == []
    assert [point.name for point in one.devices[KEY].points] == ["flow"]
    assert set(one.banks["hongshan"].where) == {(*KEY, "flow")}


def test_an_operator_accepts_and_the_same_is_not_told_again():
    readings = stream(12)
    one = normal()
    assert watch(one, readings)
    one.accept(Accepted(*KEY, (), readings[-1].ts, "wang"))
    last, goes_on = readings[-1].ts, []
    for k in range(1, 60):
        at = last + k * 300.0
        wave = np.sin(at / 86400.0 * 2 * np.pi)
        goes_on += [Reading(*KEY, "main_pressure", at, at, 1.05 + 0.02 * wave), Reading(*KEY, "flow", at, at, 10 + wave)]
    assert [found for found in watch(one, goes_on) if found.points == ("main_pressure",)] == []


def filed(findings, review=None, incident="", *, opted_in=False):
    return file(findings, {} if review is None else review, lambda _: incident, lambda _: opted_in)


def test_findings_of_one_device_make_one_entry_and_only_with_consent_one_ticket():
    findings, review = watch(normal(), stream(12)), {}
    quiet = filed(findings, review)
    assert quiet.tickets == []
    assert {entry.id for entry in quiet.entries} == {findings[0].id}
    assert {one.detector for one in review[KEY].findings} == {Detector.CHANNEL, Detector.DEVICE}
    tickets = filed(findings, opted_in=True).tickets
    assert len(tickets) == 1
    assert tickets[0].detector is not findings[0].detector


def test_one_detector_alone_opens_no_ticket_even_with_consent():
    alone = [one for one in watch(normal(), stream(12)) if one.detector is Detector.CHANNEL]
    assert alone
    assert filed(alone, opted_in=True).tickets == []


def test_a_finding_during_an_incident_joins_it_and_asks_nobody():
    findings = watch(normal(), stream(12))
    found = filed(findings, incident="incident-1", opted_in=True)
    assert [one.incident for one in found.joined] == ["incident-1"] * len(findings)
    assert (found.entries, found.tickets) == ([], [])


def test_an_entry_left_alone_gathers_for_a_week_then_a_new_one_begins():
    finding, review = watch(normal(), stream(12))[0], {}
    filed([finding], review)
    later = type(finding)("other", *KEY, finding.detector, finding.points, finding.at + GATHERS + 1.0, 9.0, finding.reason)
    filed([later], review)
    assert review[KEY].id == "other"


def test_a_decision_is_recorded_once():
    entry = filed(watch(normal(), stream(12))[:1]).entries[0]
    done = decide(entry, Decision.DISMISSED, by="wang", at=5.0, note="known")
    assert (done.state, done.by, done.decided_at, done.note, done.version) == (Decision.DISMISSED, "wang", 5.0, "known", 2)
    with pytest.raises(ValueError, match="already"):
        decide(done, Decision.TICKET, by="li", at=6.0)


def test_once_ready_the_first_commit_compiles_nothing():
    ready()
    kernels = (channel.observe, renew.accept, tracker.follow)
    before = [len(kernel.signatures) for kernel in kernels]
    one, readings = normal(), stream(1)
    watch(one, readings)
    one.accept(Accepted(*KEY, (), readings[-1].ts, "wang"))
    assert [len(kernel.signatures) for kernel in kernels] == before


def test_what_the_core_imports_when_nobody_learns_loads_no_compiler(root):
    program = "import sys, daemon.core.learned.finding, daemon.core.learned.review; print({'numba', 'numpy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
