"""Which rules of a device cannot be judged now, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.core.nouns import Quality
from daemon.core.unjudged import Failed, unjudged
from sensors.kit.words import Text

NOW, ZONE = 1795330800.0, "Asia/Shanghai"  # 2026-11-22 15:00
GOOD = int(Quality.GOOD)


@pytest.fixture
def pump(demo):
    return demo.sites["hongshan"].devices["fire-pump"]


@pytest.fixture
def whole(pump):
    """Every fitted point has a good value of now."""
    return {name: (NOW, 0, GOOD) for name, channel in pump.channels.items() if not channel.absent}


def told(pump, values, failed=None):
    return {one.rule: one for one in unjudged(pump, values, failed or {}, NOW, ZONE)}


def test_a_device_with_all_its_points_is_judged_by_all_its_rules(pump, whole):
    assert told(pump, whole) == {}


def test_a_device_that_never_spoke_is_judged_by_no_rule_but_silence(pump):
    found = told(pump, {})
    rules = {rule.rule for rule in (*pump.limits, *pump.signatures)}
    assert set(found) == rules
    assert not any(one.partly for one in found.values())


@pytest.mark.parametrize(
    ("sample", "zh", "en"),
    [  # of the flow
        (None, "还没有数据", "no data of {} yet"),
        ((NOW - 3600, 0.0, GOOD), "自 14:00 起没有数据", "no data of {} since 14:00"),
        ((NOW - 90000, 0.0, GOOD), "自 2026-11-21 14:00 起没有数据", "no data of {} since 2026-11-21 14:00"),
        ((NOW, 99.0, int(Quality.BAD)), "的值不可信", "the value of {} can't be trusted"),
        ((NOW - 5, 0.0, int(Quality.MISSING)), "自 14:59 起没有数据", "no data of {} since 14:59"),
    ],
    ids=["never", "stale", "yesterday", "bad", "missing"],
)  # fmt: skip
def test_the_reason_names_the_point_and_why_it_is_not_known(pump, whole, sample, zh, en):
    values = {name: one for name, one in whole.items() if name != "flow"} | ({"flow": sample} if sample else {})
    found = told(pump, values)
    assert found["FP-09[i=1]"].why == Text(f"消防管网流量{zh}", en.format("System / test-line flow"))
    assert not found["FP-09[i=1]"].partly


def test_a_rule_that_asks_for_the_missing_point_only_in_part_says_so_or_nothing(pump, whole):
    found = told(pump, {name: one for name, one in whole.items() if name != "flow"})
    assert found["FP-15"].partly  # the switches still tell
    assert "FP-17" not in found  # it asks `missing(flow)` first
    assert "main_pressure.LL" not in found


def test_a_point_that_is_not_fitted_is_called_so(pump, whole):
    channels = dict(pump.channels) | {"flow": replace(pump.channels["flow"], absent=True)}
    found = told(replace(pump, model=replace(pump.model, channels=channels)), whole)
    assert found["FP-10[i=2]"].why == Text("未安装消防管网流量", "System / test-line flow is not fitted")


def test_a_rule_that_failed_is_told_with_its_failure_whatever_it_reads(pump, whole):
    found = told(pump, whole, {"FP-12": Failed("ZeroDivisionError: division by zero", NOW - 60)})
    assert set(found) == {"FP-12"}
    assert found["FP-12"].why == Text(
        "规则在 14:59 运行出错：ZeroDivisionError: division by zero",
        "the rule failed at 14:59: ZeroDivisionError: division by zero",
    )
    assert found["FP-12"].title.zh == "控制柜不在自动"
