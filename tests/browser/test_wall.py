"""What the control room sees: values as they come, alarms to acknowledge, messages that could not be used."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from town import LONG

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]


def value_of(page, label):
    """What an indicator shows."""
    return page.locator(".ind", has_text=label).first.locator(".v")


def test_a_value_changes_on_the_wall_within_three_seconds_without_a_reload(town, visits):
    wall = visits.page("/control", "operator")
    wall.evaluate("window.same = true")
    for level in (3.41, 3.57, 3.44):
        town.pump.set(tank_level=level)
        expect(value_of(wall, "消防水池液位")).to_have_text(f"{level} m", timeout=3000)
    assert wall.evaluate("window.same")


def test_a_pump_that_refuses_to_start_is_told_by_the_wall(fault, ticket):
    banner = fault.wall.locator(".banner")
    expect(banner).to_contain_text("主泵未启动", timeout=LONG * 1000)
    expect(banner).to_contain_text("0.70 MPa")
    row = fault.wall.locator(".alarms .al", has_text="主泵未启动")
    expect(row).to_contain_text("解释的限值")
    expect(row).to_contain_text(f"工单 {ticket.number[-4:]}")
    card = fault.wall.locator(".tk", has_text=ticket.number[-4:])
    expect(card).to_contain_text("万能工")
    expect(card).to_contain_text("消防泵站")


def test_an_operator_acknowledges_an_alarm_and_every_wall_knows(town, fault, visits):
    town.pump.set(jockey2_fault=True)
    wall, other = visits.page("/control", "operator"), fault.wall
    row = wall.locator(".alarms .al", has_text="2号稳压泵故障")
    expect(row).to_contain_text("未确认")
    row.get_by_role("button").click()
    dialog = wall.get_by_role("dialog")
    expect(dialog).to_contain_text("jockey2_fault")
    dialog.get_by_role("button", name="确认报警").click()
    expect(dialog).to_be_hidden()
    for page in (wall, other):
        row = page.locator(".alarms .al", has_text="2号稳压泵故障")
        expect(row).to_contain_text("确认 白昼值班", timeout=3000)
        expect(row).not_to_contain_text("未确认")


def test_garbage_and_unknown_devices_are_counted_and_explained(town, visits):
    town.send("atrium/hongshan/fire-pump/telemetry", b'{"ts": 1, "values": {"tank_level": ')
    town.send("atrium/hongshan/sump-9/telemetry", b'{"values": {"level": 1.5}}')
    wall = visits.page("/control", "operator")
    for button, words in (("被拒消息", "fire-pump"), ("配置外", "sump-9")):
        shown = wall.locator(".more button", has_text=button)
        while not shown.count():
            wall.reload()
        shown.click()
        expect(wall.get_by_role("dialog")).to_contain_text(words)
        wall.get_by_role("dialog").get_by_role("button").click()
