"""Explanations of what looks back: windows, shares, counts, what is usual, groups; natural in both languages."""

from __future__ import annotations

import pytest
from station import POINTS, Judged, Latest

from sensors.kit.condition import Scope, compile_condition


def told(text, steps=400, every=60, **values):
    """The explanation after so many steps; a value may be a function of the step."""
    judged = Judged(text)
    for n in range(steps + 1):
        judged.at(n * every, **{name: value(n) if callable(value) else value for name, value in values.items()})
    said = judged.says(steps * every)[0]
    return said.zh, said.en


def leaking(n):
    """A pump that runs a tenth of the time, then nine tenths."""
    return n % 10 < (1 if n < 300 else 9)


def rising(n):
    """A level that rises by 0.3 m/h."""
    return 1 + n / 200


def grown(n):
    """A level that was 1 and is 3."""
    return 1 if n < 380 else 3


def test_a_share_beside_what_is_usual_reads_like_a_sentence():
    zh, en = told("let q = P.rated * duty(any(pump{i}_run), 2h)\nminor: q > 3 * median(q, 4h)", pump1_run=leaking, pump2_run=0)
    assert zh == "2 小时内泵运行占比 77 %，为 4 小时常值 10 % 的 7.7 倍"
    assert en == "share of the last 2 h with “pump 1 or 2 running” 77 %, 7.7 times its usual value of 4 h, 10 %"


@pytest.mark.parametrize(
    ("text", "values", "zh", "en"),
    [
        (
            "count_rise(pump1_run, 1h) > 3",
            {"pump1_run": lambda n: n % 10 < 3},
            "1 小时内1号泵运行次数 6 次，高于 3 次",
            "times “pump 1 running” began in 1 h 6, above 3",
        ),
        (
            "count_edges(command, 1h) > 3",
            {"command": lambda n: n % 10 < 3},
            "1 小时内启泵指令变位次数 12 次，高于 3 次",
            "changes of “command given” in 1 h 12, above 3",
        ),
        (
            "zero_cross(level - 3, 0.5, 10min) > 2",
            {"level": lambda n: 3 + (-1) ** n},
            "液位 − 3 在 10 分钟内越过 ±0.5 的摆动次数 10 次，高于 2 次",
            "swings of Level − 3 beyond ±0.5 in 10 min 10, above 2",
        ),
        (
            "median(run_length(pump1_run), 2h) < 5min",
            {"pump1_run": lambda n: n % 10 < 3},
            "1号泵运行单次时长 2 小时中位数 3 分钟，低于 5 分钟",
            "length of “pump 1 running”, 2 h median 3 min, below 5 min",
        ),
        (
            "avg(level while pressure >= 0.6 and pressure <= 0.8, 2h) > 2",
            {"level": 3, "pressure": 0.7},
            "液位（仅“压力不低于 0.60 MPa 且 压力不高于 0.80 MPa”时） 2 小时均值 3.00 m，高于 2.00 m",
            "Level (only while “Pressure not below 0.60 MPa and Pressure not above 0.80 MPa”) 2 h average 3.00 m, above 2.00 m",
        ),
        (
            "max(level since command) > 2",
            {"level": 3, "command": 1},
            "液位自“有指令”以来最大值 3.00 m，高于 2.00 m",
            "maximum of Level since “command given” 3.00 m, above 2.00 m",
        ),
        (
            "min(level, 60s before 10s) > 2",
            {"level": 3},
            "液位 10 秒前的 1 分钟最小值 3.00 m，高于 2.00 m",
            "Level 1 min minimum until 10 s ago 3.00 m, above 2.00 m",
        ),
        ("was(mode, 5s) == auto", {"mode": "auto"}, "5 秒前 控制方式 自动", "Mode automatic 5 s ago"),
        ("was(command, 5s)", {"command": 1}, "5 秒前 有指令", "command given 5 s ago"),
        ("was(level, 5min) > 2", {"level": 3}, "5 分钟前的液位 3.00 m，高于 2.00 m", "Level 5 min ago 3.00 m, above 2.00 m"),
        (
            "since(command) > 3h",
            {"command": lambda n: n == 100},
            "距上次“有指令”已 5 小时",
            "last “command given” 5 h ago",
        ),
        (
            "days(level > 2, 4) >= 1",
            {"level": 3},
            "近 4 天中出现“液位高于 2.00 m”的天数 1 天，不低于 1 天",
            "days of the last 4 with “Level above 2.00 m” 1, not below 1",
        ),
        ("between(02:00, 15:00)", {"level": 3}, "在 02:00—15:00 时段", "within hours 02:00 to 15:00"),
        (
            "level < 0.5 * reference(level, 2h)",
            {"level": lambda n: 3 if n < 200 else 1},
            "液位 1.00 m，仅为初始基准值 3.00 m 的 33 %",
            "Level 1.00 m, only 33 % of the 3.00 m when new",
        ),
        (
            "forecast(level, 30min) > 3",
            {"level": rising},
            "液位 30 分钟后预测值 3.15 m，高于 3.00 m",
            "Level forecast 30 min ahead 3.15 m, above 3.00 m",
        ),
        (
            "time_to(level, 5, 1h) < 48h",
            {"level": rising},
            "液位按当前趋势到达 5.00 m 尚需 6 小时 40 分，低于 2 天",
            "time for Level to reach 5.00 m at this rate 6 h 40 min, below 2 d",
        ),
        (
            "not time_to(level, 0, 1h) < 48h",
            {"level": rising},
            "液位按当前趋势到达 0.00 m 尚需 不会到达，不低于 2 天",
            "time for Level to reach 0.00 m at this rate never, not below 2 d",
        ),
        (
            "max(level - 1, 0) * 2 / max(avg(level, 30min), 1) * 1h < 2h",
            {"level": 3},
            "由 液位 3.00 m、液位 30 分钟均值 3.00 m 算得 1 小时 20 分，低于 2 小时",
            "computed from Level 3.00 m, Level 30 min average 3.00 m: 1 h 20 min, below 2 h",
        ),
        (
            "slope(level, 1h) > 0.1",
            {"level": rising},
            "液位 1 小时变化速率 0.3 m/h，高于 0.1 m/h",
            "Level 1 h slope 0.3 m/h, above 0.1 m/h",
        ),
        (
            "quantile(level, 0.9, 2h) > 2",
            {"level": 3},
            "液位 2 小时 90 % 分位值 3.00 m，高于 2.00 m",
            "Level 2 h 90 % quantile 3.00 m, above 2.00 m",
        ),
        (
            "level > 2 * median(level, 2h)",
            {"level": grown},
            "液位 3.00 m，为 2 小时常值 1.00 m 的 3 倍",
            "Level 3.00 m, 3 times its usual value of 2 h, 1.00 m",
        ),
        (
            "median(level, 200n) > 1 and count(pump{i}_run) == 1",
            {"level": 3, "pump1_run": 1, "pump2_run": 0},
            "液位 近 200 次中位数 3.00 m，高于 1.00 m；泵运行的数量 1，等于 1",
            "Level last 200 median 3.00 m, above 1.00 m; number with “pump 1 or 2 running” 1, equal to 1",
        ),
        (
            "age(level) > 3min",
            {"level": lambda n: 3 if n < 100 else None},
            "液位已 5 小时 1 分无数据",
            "no data of Level for 5 h 1 min",
        ),
    ],
)  # fmt: skip
def test_what_looks_back_is_told_with_its_figures(text, values, zh, en):
    assert told(text, **values) == (zh, en)


def test_a_baseline_is_told_as_what_is_usual_at_this_hour():
    zh, en = told("level > 1.5 * baseline(level)", 5000, 600, level=lambda n: 3 if n > 4990 else 1)
    assert zh == "液位 3.00 m，为每周同一时段常值 1.00 m 的 3 倍"
    assert en == "Level 3.00 m, 3 times the 1.00 m usual at this hour of the week"


def test_what_never_was_is_told_so_not_as_nothing_of_a_hundred():
    assert told("duty(command, 1h) == 0", command=0) == ("1 小时内从未“有指令”", "not once “command given” in 1 h")


def test_what_is_unknown_is_called_unknown():
    assert told("level > 2 * median(level, 1d)", level=3)[0] == "液位 3.00 m，2 × 液位 24 小时中位数 未知"
    assert told("duty(command, 1d) > 0.5", command=1)[0] == "24 小时内启泵指令占比 未知"


def test_groups_are_told_by_what_they_share():
    scope = Scope({"level": POINTS[2]}, kind="pump")
    here = Latest().put(0, level=2)
    here.near = {("pump", "feeder"): [Latest().put(0, level=0), Latest()]}
    for text, zh, en in [
        ("share(level > 1, group(pump, same=feeder)) >= 0.5", "同回路设备中“液位高于 1.00 m”占比 50 %，不低于 50 %",
         "share of devices on the same feeder with “Level above 1.00 m” 50 %, not below 50 %"),
        ("any_of(level > 1, group(pump, same=feeder))", "同回路设备 3 台中 1 台“液位高于 1.00 m”",
         "1 of 3 devices on the same feeder: “Level above 1.00 m”"),
    ]:  # fmt: skip
        condition = compile_condition(text, scope)
        said = condition.explain(condition.memory(), 0, here)[0]
        assert (said.zh, said.en) == (zh, en)


def test_telling_of_windows_changes_nothing():
    judged = Judged("avg(level, 5min) > 1 and duty(command, 5min) > 0.1 and days(command, 3) > 0 and level > baseline(level)")
    for n in range(20):
        judged.at(n * 60, level=n, command=n % 2)
    before = repr(judged.memory)
    judged.says(5000)
    assert repr(judged.memory) == before
