"""Planned work on the wall: begun, planned and ended on the sheet of the equipment, shown on its tile and in the list."""

from __future__ import annotations

import re
from time import time

import pytest
from playwright.sync_api import expect
from visitor import PHONE, post

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
WORDS = {
    "zh": {
        "ask": "开始或安排检修",
        "why": "做什么",
        "go": "开始检修",
        "until": "计划检修至",
        "end": "提前结束",
        "list": "计划检修 1",
        "name": "低区供水泵组",
    },
    "en": {
        "ask": "Begin or plan work",
        "why": "What is done",
        "go": "Begin the work",
        "until": "planned work until",
        "end": "End now",
        "list": "Planned work 1",
        "name": "Low-zone water supply",
    },
}
WHO = "白昼值班"


def sheet_of(wall, name):
    expect(wall.locator(".beat.fresh")).to_be_visible()
    wall.locator("main.systems h2").get_by_role("button", name=re.compile("供水|[Ww]ater supply")).first.click()
    sheet = wall.get_by_role("dialog")
    pick = sheet.get_by_role("button", name=name)
    if pick.count():
        pick.click()
    return sheet


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_operator_begins_work_by_keyboard_and_ends_it_early(visits, town, lang):
    said = WORDS[lang]
    wall = visits.page("/control", "operator", lang=lang)
    sheet = sheet_of(wall, said["name"])
    sheet.get_by_role("button", name=said["ask"]).press("Enter")
    expect(sheet.get_by_label(said["why"])).to_be_focused()
    expect(sheet.get_by_role("button", name=said["go"])).to_be_disabled()
    wall.keyboard.type("换 2 号泵机械密封")
    wall.keyboard.press("Enter")
    work = sheet.locator(".works li")
    expect(work).to_contain_text(re.compile(rf"{said['until']}.*{WHO}"))
    expect(work).to_contain_text("换 2 号泵机械密封")
    expect(sheet.get_by_role("button", name=said["ask"])).to_be_focused()
    wall.keyboard.press("Escape")
    tile = wall.locator(".chip.work", has_text=re.compile(rf"{said['until']}.*{WHO}"))
    expect(tile.first).to_be_visible()
    wall.get_by_role("button", name=said["list"]).click()
    row = wall.get_by_role("dialog").locator("li")
    expect(row).to_contain_text(said["name"])
    expect(row).to_contain_text(re.compile(rf"{said['until']}.*{WHO}"))
    row.get_by_role("button").click()
    sheet = wall.get_by_role("dialog")
    sheet.get_by_role("button", name=said["end"]).click()
    expect(sheet.locator(".works li.none")).to_be_visible()
    wall.keyboard.press("Escape")
    expect(wall.get_by_role("button", name=said["list"])).to_have_count(0)
    assert town.store(lambda store: store.recall("maintenance/hongshan")) == "[]"


AGAIN = {
    "zh": {
        "again": "定期重复",
        "clock": ("从", "到"),
        "plan": "安排定期检修",
        "daily": "每天 00:00–23:59，直到有人结束",
        "now": "定期检修至 23:59",
        "once": "结束这一次",
        "stop": "不再重复",
        "next": "定期检修，下次",
    },
    "en": {
        "again": "again and again",
        "clock": ("from", "to"),
        "plan": "Plan it",
        "daily": "every day, 00:00–23:59, until somebody ends it",
        "now": "recurring work until 23:59",
        "once": "End this time",
        "stop": "End for good",
        "next": "recurring work, next",
    },
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_work_that_comes_again_is_planned_by_keyboard_and_ended_once_and_for_good(visits, lang):
    said = WORDS[lang] | AGAIN[lang]
    wall = visits.page("/control", "operator", lang=lang)
    sheet = sheet_of(wall, said["name"])
    sheet.get_by_role("button", name=said["ask"]).press("Enter")
    wall.keyboard.type("每周试泵")
    sheet.get_by_label(said["again"], exact=True).press("Space")
    for day in sheet.get_by_role("checkbox").all()[:7]:
        if not day.is_checked():
            day.press("Space")
    for label, clock in zip(said["clock"], ("00:00", "23:59"), strict=True):
        sheet.get_by_label(label, exact=True).fill(clock)
    expect(sheet.locator("form [role=status]")).to_have_text(said["daily"])
    sheet.get_by_role("button", name=said["plan"], exact=True).press("Enter")
    work = sheet.locator(".works li")
    expect(work).to_contain_text(re.compile(rf"{said['now']}.*{WHO}"))
    expect(work).to_contain_text(said["daily"])
    expect(work).to_contain_text("每周试泵")
    wall.keyboard.press("Escape")
    expect(wall.locator(".chip.work", has_text=re.compile(rf"{said['now']}.*{WHO}")).first).to_be_visible()
    wall.get_by_role("button", name=said["list"]).click()
    row = wall.get_by_role("dialog").locator("li")
    expect(row).to_contain_text(said["daily"])
    row.get_by_role("button").click()
    sheet = wall.get_by_role("dialog")
    sheet.get_by_role("button", name=said["once"]).click()
    expect(sheet.locator(".works li")).to_contain_text(said["next"])
    expect(sheet.get_by_role("button", name=said["once"])).to_have_count(0)
    sheet.get_by_role("button", name=said["stop"]).click()
    expect(sheet.locator(".works li.none")).to_be_visible()


def test_work_on_a_day_of_each_month_has_a_last_day_and_says_which_months_are_left_out(visits):
    wall = visits.page("/control", "operator")
    sheet = sheet_of(wall, "低区供水泵组")
    sheet.get_by_role("button", name="开始或安排检修").click()
    sheet.get_by_label("做什么").fill("月检")
    sheet.get_by_label("定期重复").check()
    go = sheet.get_by_role("button", name="安排定期检修")
    expect(go).to_be_enabled()
    sheet.get_by_label("每月", exact=True).check()
    sheet.get_by_label("每月几号").fill("32")
    expect(go).to_be_disabled()
    sheet.get_by_label("每月几号").fill("31")
    expect(sheet.get_by_label("每月几号")).to_have_accessible_description("没有这一天的月份跳过。")
    sheet.get_by_label("到最后一天").check()
    sheet.get_by_label("最后一天", exact=True).fill("2099-12-31")
    expect(sheet.locator("form [role=status]")).to_have_text("每月 31 日 09:00–11:00，最后一天 2099-12-31")
    go.click()
    work = sheet.locator(".works li")
    expect(work).to_contain_text(re.compile(r"定期检修，下次 \d\d-31 09:00 至 11:00，白昼值班"))
    work.get_by_role("button", name="不再重复").click()
    expect(sheet.locator(".works li.none")).to_be_visible()


def test_work_is_planned_for_later_and_called_off(visits):
    said = WORDS["zh"]
    wall = visits.page("/control", "operator")
    sheet = sheet_of(wall, said["name"])
    sheet.get_by_role("button", name=said["ask"]).click()
    sheet.get_by_label(said["why"]).fill("年检")
    sheet.get_by_label("安排在以后").check()
    sheet.get_by_role("button", name="4 小时").click()
    sheet.get_by_label("整个机房").check()
    sheet.get_by_role("button", name="安排检修").click()
    expect(sheet.locator(".works li")).to_contain_text(re.compile(r"计划检修 .*\d\d:\d\d 至 .*\d\d:\d\d，白昼值班"))
    wall.keyboard.press("Escape")
    expect(wall.locator(".chip.work")).to_have_count(0)
    wall.get_by_role("button", name=said["list"]).click()
    row = wall.get_by_role("dialog").locator("li")
    expect(row).to_contain_text("高区供水泵组")
    row.get_by_role("button").click()
    wall.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(wall.get_by_role("dialog").locator(".works li.none")).to_be_visible()


def test_a_technician_reads_of_the_work_on_the_ticket_and_cannot_end_it(visits, ticket):
    operator, now = visits.context("operator"), time()
    again = {"month_days": [1, 15], "at": "09:00", "length": "2 h"}
    whens = {"begins": now + 7200, "until": now + 9000, "why": "年检"}, {"again": again, "why": "试泵"}
    works = [post(operator, "/api/v1/maintenance", place="fire-pump", **when) for when in whens]
    assert [status for status, _ in works] == [200, 200], works
    phone = visits.page(f"/technician#/t/{ticket.id}", "technician", size=PHONE)
    card = phone.locator(".card .works")
    expect(card).to_contain_text("年检")
    expect(card).to_contain_text("白昼值班")
    expect(card).to_contain_text("每月 1、15 日 09:00–11:00，直到有人结束")
    expect(card.get_by_role("button")).to_have_count(0)
    technician = visits.context("technician")
    for _, work in works:
        assert post(technician, f"/api/v1/maintenance/{work['id']}/end")[0] == 403
        assert post(operator, f"/api/v1/maintenance/{work['id']}/end")[0] == 200
