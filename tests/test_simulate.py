"""The simulator: deterministic messages that honour every point's period, faults in time, history first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest

from daemon.recording import read_recording, write_recording
from daemon.simulate import START, FaultPlan, Unplayable, opening_fault, parse_fault, simulate


def told(messages, device="fire-pump"):
    """(event time after the start, received after the start, values) of one device's telemetry."""
    for message in messages:
        if message.topic == f"atrium/hongshan/{device}/telemetry":
            content = json.loads(message.payload)
            yield content["ts"] / 1000 - START, message.at - START, content["values"]


def times(messages, point, device="fire-pump"):
    return [ts for ts, _, values in told(messages, device) if point in values]


def test_the_same_arguments_give_the_same_bytes(demo):
    first, again = (list(simulate(demo, seed=7, for_seconds=600)) for _ in range(2))
    assert first == again
    assert first != list(simulate(demo, seed=8, for_seconds=600))


def test_another_process_writes_the_same_bytes(root, tmp_path):
    command = [sys.executable, "-m", "daemon", "simulate", "--config", str(root / "config"), "--for", "3000"]
    options = ["--device", "ev-01", "--device", "lift-1", "--fault", "ev-01:EV-F2@60", "--out"]  # points that are hurried
    for order in ("1", "2"):  # of everything that is kept in a set
        environment = os.environ | {"PYTHONHASHSEED": order}
        subprocess.run([*command, *options, tmp_path / order], env=environment, cwd=root, check=True, capture_output=True)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_choosing_devices_does_not_change_what_they_send(demo):
    everything = list(simulate(demo, for_seconds=600))
    alone = list(simulate(demo, devices=["ebike-02"], for_seconds=600))
    assert alone == [message for message in everything if "/ebike-02/" in message.topic]


def test_messages_come_in_order_of_receipt_and_from_every_device(demo, hongshan):
    messages = list(simulate(demo, for_seconds=60))
    assert all(earlier.at <= later.at for earlier, later in pairwise(messages))
    assert {message.topic.split("/")[2] for message in messages} == set(hongshan.devices)


def test_devices_do_not_all_send_in_the_same_second(demo, hongshan):
    phases = {round(times(simulate(demo, for_seconds=12), point, name)[0]) for name, point in _first_points(hongshan)}
    assert len(phases) >= 6


def _first_points(site):
    return [(device.id, next(iter(device.channels))) for device in site.devices.values()]


def test_every_point_is_sampled_at_its_period(demo, hongshan):
    messages = list(simulate(demo, devices=["supply-high"], for_seconds=1900))
    for channel in hongshan.devices["supply-high"].channels.values():
        if channel.point.every:
            gaps = [b - a for a, b in pairwise(times(messages, channel.name, "supply-high"))]
            assert gaps == pytest.approx([channel.point.every] * len(gaps)), channel.name


def test_a_point_sent_on_change_is_sent_when_it_changes_and_at_its_heartbeat(demo):
    fault = FaultPlan("fire-pump", "FP-F6", 95.0, 400.0)
    messages = list(simulate(demo, devices=["fire-pump"], faults=[fault], for_seconds=700))
    modes = [(ts, values["controller_mode"]) for ts, _, values in told(messages) if "controller_mode" in values]
    changes = [later for earlier, later in pairwise(modes) if earlier[1] != later[1]]
    assert [mode for _, mode in changes] == ["manual", "auto"]
    assert [ts for ts, _ in changes] == pytest.approx([95.0, 495.0], abs=1.0)
    assert all(b - a <= 60.0 for (a, _), (b, _) in pairwise(modes))


def test_a_point_without_heartbeat_is_sent_once_while_it_stays(demo):
    assert len(times(simulate(demo, devices=["fire-pump"], for_seconds=900), "start_command")) == 1


def test_main_pressure_comes_every_second_while_a_fire_pump_runs(demo):
    fault = FaultPlan("fire-pump", "FP-F10", 100.0, 60.0)
    moments = times(simulate(demo, devices=["fire-pump"], faults=[fault], for_seconds=300), "main_pressure")
    running = [ts for ts in moments if 102 <= ts <= 158]
    assert [b - a for a, b in pairwise(running)] == pytest.approx([1.0] * (len(running) - 1))
    quiet = [b - a for a, b in pairwise(ts for ts in moments if ts < 95)]
    assert quiet == pytest.approx([10.0] * len(quiet))


def test_points_that_are_not_fitted_are_not_sent(demo):
    sent = {name for _, _, values in told(simulate(demo, for_seconds=400)) for name in values}
    assert "main_pressure" in sent
    assert "diesel_battery_v" not in sent


def test_gateways_say_online_retained_at_the_start(demo, hongshan):
    status = [message for message in simulate(demo, for_seconds=5) if message.topic.endswith("/status")]
    assert {message.payload for message in status} == {b"online"}
    assert all(message.retain and message.at == START for message in status)
    assert len(status) == sum(device.is_gateway for device in hongshan.devices.values())


def test_history_comes_first_in_order_and_the_live_part_is_the_same_with_it(demo):
    with_history = list(simulate(demo, devices=["fire-pump"], for_seconds=60, preroll=600))
    live = list(simulate(demo, devices=["fire-pump"], for_seconds=60, preroll=300))
    assert with_history[0].at < START - 585
    assert all(earlier.at <= later.at for earlier, later in pairwise(with_history))
    assert [m.topic for m in with_history if m.at >= START] == [m.topic for m in live if m.at >= START]


def test_a_fault_may_begin_before_the_start(demo):
    fault = FaultPlan("fire-pump", "FP-F1", -150.0)
    pressures = [
        values["main_pressure"]
        for _, _, values in told(simulate(demo, faults=[fault], for_seconds=30))
        if "main_pressure" in values
    ]
    assert pressures[0] < 0.80


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_opening_fault_crosses_the_start_pressure_shortly_before_the_live_start(demo, hongshan, seed):
    fault = opening_fault(hongshan, "fire-pump", start=START, seed=seed)
    messages = simulate(demo, devices=["fire-pump"], seed=seed, faults=[fault], for_seconds=30, preroll=300)
    fell = next(ts for ts, _, values in told(messages) if values.get("main_pressure", 1.0) < 0.80)
    assert -30.0 <= fell <= -10.0  # FP-01 needs 30 s of it


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fire-pump", "is no fault; write DEVICE:LABEL@SECONDS"),
        ("fire-pump:FP-F1", "is no fault"),
        ("fire-pump:FP-F1@soon", "is no fault"),
        ("pump-9:FP-F1@20", "there is no device 'pump-9'; there are boiler-1, boiler-2"),
        ("fire-pump:EV-F1@20", "cannot play 'EV-F1'; it can play FP-F1, FP-F2"),
        ("gw-1:FP-F1@20", "it can play DQ-F1"),
        ("fire-pump:FP-F1@-5000", "begins 5000 s before the start; at most 900 s"),
    ],
)
def test_a_wrong_fault_is_refused_with_what_exists(hongshan, text, complaint):
    with pytest.raises(Unplayable) as refused:
        parse_fault(text, hongshan.devices)
    assert complaint in str(refused.value)


def test_a_fault_is_read_from_its_text(hongshan):
    assert parse_fault("fire-pump:FP-F1@20+600", hongshan.devices) == FaultPlan("fire-pump", "FP-F1", 20.0, 600.0)
    assert parse_fault("ev-03:DQ-F7@-30.5", hongshan.devices) == FaultPlan("ev-03", "DQ-F7", -30.5)


def test_what_does_not_exist_is_refused_before_the_first_message(demo):
    with pytest.raises(Unplayable, match="no site 'nowhere'; there are hongshan"):
        simulate(demo, site="nowhere")
    with pytest.raises(Unplayable, match="no device 'pump-9'"):
        simulate(demo, devices=["pump-9"])


def test_two_faults_of_one_plant_may_not_overlap(demo):
    both = [FaultPlan("fire-pump", "FP-F1", 10.0, 100.0), FaultPlan("fire-pump", "FP-F6", 50.0)]
    with pytest.raises(Unplayable, match="FP-F6 begins before FP-F1 has ended"):
        simulate(demo, faults=both)


def _main_pressures(demo, label, duration, seconds):
    fault = FaultPlan("fire-pump", label, 100.0, duration)
    rows = told(simulate(demo, devices=["fire-pump"], faults=[fault], for_seconds=seconds))
    return [(ts, at, values["main_pressure"]) for ts, at, values in rows if "main_pressure" in values]


def test_a_frozen_sensor_repeats_its_value_then_moves_again(demo):
    rows = _main_pressures(demo, "DQ-F1", 600.0, 1000)
    frozen = {value for ts, _, value in rows if 100 <= ts < 700}
    assert len(frozen) == 1
    assert len({value for ts, _, value in rows if ts >= 700}) > 5


def test_a_sentinel_stands_in_for_five_minutes(demo):
    rows = _main_pressures(demo, "DQ-F7", None, 600)
    assert {value for ts, _, value in rows if 100 <= ts < 400} == {65535}
    assert all(value < 1.6 for ts, _, value in rows if not 100 <= ts < 400)


def test_a_wrong_scale_and_a_wrong_clock_are_played(demo):
    assert all(800 < value < 1000 for ts, _, value in _main_pressures(demo, "DQ-F6", None, 300) if ts >= 100)
    shifted = [ts - at for ts, at, _ in _main_pressures(demo, "DQ-F5", None, 300) if at >= 101]
    assert shifted == pytest.approx([8 * 3600] * len(shifted), abs=1)


def test_a_counter_starts_again_after_a_meter_change(demo):
    fault = FaultPlan("ev-01", "DQ-F8", 1000.0)
    rows = told(simulate(demo, devices=["ev-01"], faults=[fault], for_seconds=2000), "ev-01")
    totals = [(ts, values["energy_total"]) for ts, _, values in rows if "energy_total" in values]
    assert all(value > 400 for ts, value in totals if ts < 1000)
    assert all(value < 5 for ts, value in totals if ts > 1000)


def test_a_silent_gateway_delivers_its_backlog_in_a_minute_with_old_times(demo):
    fault = FaultPlan("gw-1", "DQ-F4", 300.0, 600.0)
    messages = list(simulate(demo, devices=["fire-pump", "gw-1"], faults=[fault], for_seconds=1200))
    rows = list(told(messages))
    assert not [at for _, at, _ in rows if 300.2 <= at < 900]
    backlog = [ts for ts, at, _ in rows if at - ts > 2]
    assert len(backlog) > 60
    assert [ts for ts, _, _ in rows] == sorted(ts for ts, _, _ in rows)
    status = [(round(m.at - START), m.payload) for m in messages if m.topic.endswith("status")]
    assert status == [(0, b"online"), (315, b"offline"), (900, b"online")]


def test_a_recording_of_it_reads_back_the_same(demo, tmp_path):
    messages = list(simulate(demo, for_seconds=30))
    path = tmp_path / "demo.jsonl.zst"
    assert write_recording(path, messages) == len(messages)
    assert list(read_recording(path)) == messages
