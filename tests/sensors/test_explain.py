"""Explanations: facts in both languages, with names, numbers, units and durations, and nothing invented."""

from __future__ import annotations

import pytest

PUMPS = {"pump1_run": 0, "pump2_run": 0}


def test_a_failed_start_reads_like_a_sentence_of_the_trade(judged):
    failed = judged("for(pressure < P.start, 10s) and mode == auto and not any(pump{i}_run)")
    failed.at(0, pressure=0.761, mode="auto", **PUMPS)
    text, values = failed.says(31)
    assert text.zh == "压力 0.76 MPa，低于 0.80 MPa 已 31 秒；控制方式 自动；1、2号泵均未运行"
    assert text.en == "Pressure 0.76 MPa, below 0.80 MPa for 31 s; Mode automatic; pumps 1 and 2 not running"
    assert values == {"pressure": 0.761, "mode": "auto", **PUMPS}


@pytest.mark.parametrize(
    ("text", "values", "zh", "en"),
    [
        ("pressure > 0.9", {"pressure": 0.95}, "压力 0.95 MPa，高于 0.90 MPa", "Pressure 0.95 MPa, above 0.90 MPa"),
        ("pressure > 0.9", {"pressure": 0.85}, "压力 0.85 MPa，不高于 0.90 MPa", "Pressure 0.85 MPa, not above 0.90 MPa"),
        ("pressure < 0.8", {"pressure": 0.799}, "压力 0.799 MPa，低于 0.800 MPa", "Pressure 0.799 MPa, below 0.800 MPa"),
        ("pressure < 0.8", {}, "压力 未知", "Pressure unknown"),
        ("not pressure < 0.8", {"pressure": 0.9}, "压力 0.90 MPa，不低于 0.80 MPa", "Pressure 0.90 MPa, not below 0.80 MPa"),
        ("mode != auto", {"mode": "manual"}, "控制方式 手动", "Mode manual"),
        ("mode in (off, manual)", {"mode": "off"}, "控制方式 停用", "Mode off"),
        ("command", {"command": 1}, "有指令", "command given"),
        ("command == 0", {}, "启泵指令 未知", "Start command unknown"),
        ("any(pump{i}_run)", {"pump1_run": 1, "pump2_run": 0}, "1号泵运行中", "pump 1 running"),
        ("all(pump{i}_run)", {"pump1_run": 1, "pump2_run": 1}, "1、2号泵均运行中", "pumps 1 and 2 running"),
        ("missing(level)", {}, "液位 无数据", "no data of Level"),
        ("pump1_current > 5", {"pump1_current": 7}, "1号电流 7.0 A，高于 5.0 A", "No. 1 current 7.0 A, above 5.0 A"),
        (
            "pressure - suction < 0.3 * P.rated",
            {"pressure": 0.12, "suction": 0.03},
            "压力 − 吸水压力 0.090 MPa，低于 0.300 MPa",
            "Pressure − Suction 0.090 MPa, below 0.300 MPa",
        ),
        (
            "pressure < suction - 0.2",
            {"pressure": 0.32, "suction": 0.75},
            "压力 0.32 MPa，低于 0.55 MPa（吸水压力 − 0.2）",
            "Pressure 0.32 MPa, below 0.55 MPa (Suction − 0.2)",
        ),
        (
            "(pressure + suction) * 2 > 1 or command",
            {"pressure": 1, "suction": 1, "command": 0},
            "(压力 + 吸水压力) × 2 4.00 MPa，高于 1.00 MPa",
            "(Pressure + Suction) × 2 4.00 MPa, above 1.00 MPa",
        ),
    ],
)
def test_a_clause_states_the_fact_not_the_rule(judged, text, values, zh, en):
    now = judged(text)
    now.at(0, **values)
    assert (now.says(0)[0].zh, now.says(0)[0].en) == (zh, en)


def test_only_what_settled_an_or_is_told(judged):
    either = judged("pressure < 0.8 or level < 1")
    either.at(0, pressure=0.5, level=3)
    assert either.says(0)[1] == {"pressure": 0.5}


def test_several_facts_share_their_duration(judged):
    both = judged("for(pressure < 0.8 and command, 5s)")
    both.at(0, pressure=0.5, command=1)
    assert both.says(300)[0].zh == "压力 0.50 MPa，低于 0.80 MPa；有指令，以上已持续 5 分钟"
    assert both.says(300)[0].en == "Pressure 0.50 MPa, below 0.80 MPa; command given, all for 5 min"


def test_an_edge_tells_how_long_ago_it_was(judged):
    rose = judged("rose(command, 1min)")
    rose.at(0, command=0)
    rose.at(10, command=1)
    assert rose.says(10)[0].en == "command given (just now)"
    assert rose.says(25)[0].zh == "有指令（15 秒前出现）"


def test_a_window_tells_its_length(judged):
    low = judged("avg(pump{i}_current, 10s) < 76.45", {"i": 2})
    for now in (0, 5, 10):
        low.at(now, pump2_current=62.31)
    assert low.says(10)[0].zh == "2号电流 10 秒均值 62.3 A，低于 76.5 A"
    assert low.says(10)[0].en == "No. 2 current 10 s average 62.3 A, below 76.5 A"


def test_silence_is_told_by_its_length(judged):
    silent = judged("age(level) > 3min")
    assert "never" in silent.says(0)[0].en
    silent.at(0, level=1)
    assert "3 min" in silent.says(180)[0].en


def test_explaining_changes_nothing(judged):
    rose = judged("rose(command, 5s) or for(pressure < 1, 5s) or max(level, 1min) > 9")
    rose.at(0, command=0, pressure=0.5, level=1)
    before = repr(rose.memory)
    rose.says(100)
    assert repr(rose.memory) == before
