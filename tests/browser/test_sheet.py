"""The sheet of a device on the wall: which rules cannot be judged now and why, and its points."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]


@pytest.mark.usefixtures("broken_meter")
@pytest.mark.parametrize(
    ("lang", "name", "unjudged", "reason"),
    [
        ("zh", "消防泵站", "现在无法判断的规则", "消防管网流量的值不可信"),
        ("en", "Fire pump station", "Rules that cannot be judged now", "line flow can't be trusted"),
    ],
)
def test_the_sheet_says_which_rules_a_broken_meter_blinds(visits, lang, name, unjudged, reason):
    wall = visits.page("/control", "operator", lang=lang)
    expect(wall.locator(".beat.fresh")).to_be_visible()
    wall.locator("main.systems h2").get_by_role("button", name=re.compile(name)).first.click()
    sheet = wall.get_by_role("dialog")
    expect(sheet).to_contain_text(unjudged)
    expect(sheet.locator(".rule", has_text="FP-09[i=1]")).to_contain_text(reason)
    expect(sheet.locator(".points li").first).to_be_visible()
    sheet.locator(".acts button").click()
    expect(sheet).to_be_hidden()
