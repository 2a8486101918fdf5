"""What axe-core finds wrong for people who hear, zoom or tab through a page: nothing."""

from __future__ import annotations

import re
from time import time

import pytest
from fixtures.machine import needed
from measure import MAY_SHORTEN, misfits
from playwright.sync_api import expect
from town import ROOT
from visitor import PHONE, post

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
AXE = ROOT / "dashboards" / "web" / "node_modules" / "axe-core" / "axe.min.js"
# name → address, who, language, size, and what stands there once the page is drawn
PAGES = {
    "public zh": ("/zh", "", {"size": PHONE}, "h1"),
    "public en": ("/en", "", {"size": PHONE, "lang": "en"}, "h1"),
    "public dark": ("/", "", {"size": PHONE, "color_scheme": "dark"}, "h1"),
    "public big": ("/?big=1", "", {"size": PHONE}, "h1"),
    "room": ("/rooms/fire-pump", "", {"size": PHONE}, "h1"),
    "ticket": ("/tickets/{public_id}", "", {"size": PHONE}, "h1"),
    "login": ("/login", "", {"size": PHONE}, "h1"),
    "wall night": ("/control", "operator", {"color_scheme": "dark"}, ".beat.fresh"),
    "wall day": ("/control", "operator", {"color_scheme": "light", "lang": "en"}, ".beat.fresh"),
    "review": ("/review", "operator", {}, "h1"),
    "phone": ("/technician", "technician", {"size": PHONE}, "h1"),
    "phone ticket": ("/technician#/t/{id}", "technician", {"size": PHONE}, ".btn"),
}


@pytest.fixture(scope="session")
def axe():
    """The text of axe-core, which `make web` has installed."""
    needed(AXE.is_file(), "axe-core", "make web installs it")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_axe_has_nothing_to_say(name, axe, ticket, visits):
    path, who, wishes, ready = PAGES[name]
    page = visits.page(path.format(public_id=ticket.public_id, id=ticket.id), who, **wishes)
    expect(page.locator(ready).first).to_be_visible()
    assert complaints(page, axe) == []


def complaints(page, axe):
    """What it says of the page as it stands."""
    page.evaluate(axe)  # a script tag would be refused by the page's own policy
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(found["passes"]) > 10
    return [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


@pytest.mark.usefixtures("broken_meter")
@pytest.mark.parametrize(("lang", "scheme"), [("zh", "dark"), ("en", "light")])
def test_axe_has_nothing_to_say_of_a_sheet_with_rules_that_cannot_be_judged(lang, scheme, axe, visits):
    wall = visits.page("/control", "operator", lang=lang, color_scheme=scheme)
    expect(wall.locator(".beat.fresh")).to_be_visible()
    wall.locator("main.systems h2").get_by_role("button", name=re.compile("消防|[Ff]ire")).first.click()
    sheet = wall.get_by_role("dialog")
    expect(sheet.locator(".rule").first).to_be_visible()
    assert complaints(wall, axe) == []
    sheet.get_by_role("button", name=re.compile("安排检修|plan work")).click()
    sheet.get_by_label(re.compile("安排在以后|later")).check()
    assert complaints(wall, axe) == []
    sheet.get_by_label(re.compile("定期重复|again and again")).check()
    assert complaints(wall, axe) == []
    sheet.get_by_label(re.compile("每月|every month")).check()
    sheet.get_by_label(re.compile("到最后一天|until a last day")).check()
    assert complaints(wall, axe) == []
    assert misfits(wall, may_shorten=MAY_SHORTEN) == []


def test_axe_has_nothing_to_say_of_the_list_of_planned_work(axe, visits):
    operator, now = visits.context("operator"), time()
    again = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "at": "00:00", "length": "23.9 h", "until": "2099-12-31"}
    whens = {"begins": now + 7200, "until": now + 9000}, {"again": again}
    works = [post(operator, "/api/v1/maintenance", place="boiler-room", why="年检", **when)[1] for when in whens]
    wall = visits.page("/control", "operator", lang="en")
    wall.get_by_role("button", name="Planned work 2").click()
    expect(wall.get_by_role("dialog").locator("li").first).to_contain_text("年检")
    assert complaints(wall, axe) == []
    assert misfits(wall, may_shorten=MAY_SHORTEN) == []
    assert [post(operator, f"/api/v1/maintenance/{work['id']}/end")[0] for work in works] == [200, 200]
