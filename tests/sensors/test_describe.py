"""Conditions in words without values: what a rule asks for, in both languages."""

import re

import pytest

from sensors.kit.describe import describe
from sensors.kit.words import CRITICAL, MINOR
from sensors.registry import kinds

PUMP = kinds()["fire_pump"]

WORDS = [
    ("for(main_pressure < P.main_start, 10s)", "消防主管压力低于主泵启泵压力持续 10 秒"),
    ("controller_mode == auto and not any(pump{i}_run)", "控制柜状态为“自动”，且所有消防泵均未运行"),
    ("all(pump{i}_run) or pump{i}_fault", "所有消防泵均运行中，或i号消防泵故障"),
    ("test_mode == 0 and pump2_run", "非试验状态，且2号消防泵运行中"),
    ("not (flow > 2 or flood)", "并非（消防管网流量高于 2 L/s 或 地面有水）"),
    ("not flow > 2", "消防管网流量不高于 2 L/s"),
    ("controller_mode not in (manual, off)", "控制柜状态不为“手动”或“停用”"),
    ("rose(flood, 30s)", "近 30 秒内开始“地面有水”"),
    ("any(since(pump{i}_run) > 8d)", "任意一台“距上次‘消防泵运行中’的时间高于 8 天”"),
    ("duty(flood, 24h) > 0.3", "近 24 小时内“地面有水”的时间占比高于 30 %"),
    ("duty(flood, 24h) == 0", "近 24 小时内从未“地面有水”"),
    ("count_rise(flood, 1h) > 6", "近 1 小时内“地面有水”的开始次数高于 6 次"),
    ("days(flood, 4) >= 3", "近 4 天中出现“地面有水”的天数不低于 3 天"),
    ("avg(flow while flood, 7d) > 2", "消防管网流量（仅当“地面有水”时）近 7 天的均值高于 2 L/s"),
    ("flow > 2 * baseline(flow)", "消防管网流量高于 2 × 消防管网流量在每周同一时段的常值"),
    ("slope(tank_level, 6h) < -0.01", "消防水池液位近 6 小时的变化速率低于 −0.01 m/h"),
    ("min(main_pressure, 60s before 10s) > 0.8", "消防主管压力在 10 秒前的 1 分钟最小值高于 0.8 MPa"),
    ("max(flow since flood) > 3", "消防管网流量自“地面有水”以来的最大值高于 3 L/s"),
    ("median(flow, 200n) > 3", "消防管网流量近 200 次采样的中位数高于 3 L/s"),
    ("time_to(tank_level, P.tank_min, 6h) < 48h", "消防水池液位按近 6 小时的趋势到达消防水池最低有效水位所需时间低于 2 天"),
    ("was(controller_mode, 5s) == auto", "5 秒前的控制柜状态为“自动”"),
    ("reference(flow, 7d since flood) > 1", "消防管网流量的基准值（每次“地面有水”后最初 7 天）高于 1 L/s"),
    ("(flow - 1) * 2 > sum(pump{i}_current_a)", "(消防管网流量 − 1 L/s) × 2 高于各台A相电流之和"),
    ("between(22:00, 05:00) and missing(flow)", "时间在 22:00—05:00，且消防管网流量无数据"),
    ("share(missing(flow), group(fire_pump, same=room)) >= 0.5", "同机房设备中“消防管网流量无数据”的占比不低于 50 %"),
    ("zero_cross(main_pressure, 0.03, 10min) > 20", "(消防主管压力)近 10 分钟内越过 ±0.03 MPa 的摆动次数高于 20 次"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "zh"), WORDS)
def test_a_condition_is_said_as_a_person_would(when, zh):
    ((grade, text),) = describe(when, PUMP).clauses
    assert grade is None
    assert text.zh == zh


def test_english_is_said_beside_it():
    said = describe("for(main_pressure < P.main_start, 10s) and not any(pump{i}_run) and duty(flood, 24h) >= 0.3", PUMP)
    assert said.clauses[0][1].en == (
        "fire main pressure is below main-pump automatic start pressure at the room for 10 s, and no fire pump running, and "
        "share of the last 24 h with “water on the floor” is at least 30 %"
    )


def test_lets_and_severities_are_told_apart():
    said = describe("let low = main_pressure < 0.8\nminor: low\ncritical: low and not any(pump{i}_run)", PUMP)
    assert [(name, text.zh) for name, text in said.lets] == [("low", "消防主管压力低于 0.8 MPa")]
    assert [(grade, text.zh) for grade, text in said.clauses] == [
        (MINOR, "`low`"),
        (CRITICAL, "`low`，且所有消防泵均未运行"),
    ]


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_rule_of_every_kind_has_words_without_code(name):
    kind = kinds()[name]
    texts = [one.when for one in (*kind.signatures, *kind.limits) if one.when]
    for text in texts:
        said = describe(text, kind)
        lets = {let for let, _ in said.lets}
        for _, words in (*said.lets, *said.clauses):
            assert set(words.en.split("`")[1::2]) <= lets, "only lets are named as they are written"
            assert "_" not in re.sub("`[^`]*`", "", words.zh + words.en)
