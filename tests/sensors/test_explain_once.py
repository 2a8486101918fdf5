"""An explanation says each fact once, by the clause that says most about it, and no formula that nobody reads."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "values", "zh", "en"),
    [
        (
            "pressure < 0.8 and mode == auto or pressure < 0.8 and command",
            {"pressure": 0.7, "mode": "auto", "command": 1},
            "压力 0.70 MPa，低于 0.80 MPa；控制方式 自动；有指令",
            "Pressure 0.70 MPa, below 0.80 MPa; Mode automatic; command given",
        ),
        (
            "for(command, 10s) and rose(command, 12h) and mode != auto and not rose(for(command and mode == auto, 10s), 12h)",
            {"command": 1, "mode": "manual"},
            "有指令 已 30 秒；控制方式 手动",
            "command given for 30 s; Mode manual",
        ),
        (
            "pressure > 0.5 or pressure > 0.6 and not between(22:00, 06:00)",
            {"pressure": 0.7},
            "压力 0.70 MPa，高于 0.60 MPa；不在 22:00—06:00 时段",
            "Pressure 0.70 MPa, above 0.60 MPa; outside hours 22:00 to 06:00",
        ),
        (
            "let out = pressure < 0.8\nmajor: out\ncritical: out and command",
            {"pressure": 0.7, "command": 1},
            "压力 0.70 MPa，低于 0.80 MPa；有指令",
            "Pressure 0.70 MPa, below 0.80 MPa; command given",
        ),
        (
            "max(max(pressure - 0.3, 0) * 2, max(suction - 0.3, 0) * 3) / max(level, 1) < 2",
            {"pressure": 0.7, "suction": 0.4, "level": 3},
            "由 压力 0.70 MPa、吸水压力 0.40 MPa、液位 3.00 m 算得 0.2667，低于 2",
            "computed from Pressure 0.70 MPa, Suction 0.40 MPa, Level 3.00 m: 0.2667, below 2",
        ),
    ],
)
def test_a_fact_is_told_once_by_the_clause_that_says_most(judged, text, values, zh, en):
    now = judged(text)
    now.at(0, **(values | ({"command": 0} if "rose" in text else {})))
    now.at(1, **values)
    now.says(11)
    told = now.says(31)[0]
    assert (told.zh, told.en) == (zh, en)


def test_that_something_never_began_is_told_where_nothing_else_can_be(judged):
    now = judged("not rose(command, 12h)")
    now.at(0, command=0)
    assert now.says(5)[0].zh == "无指令"
