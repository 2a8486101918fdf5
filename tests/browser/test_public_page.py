"""What residents see: both languages, without scripts, in large text and in the dark, each with shape and words for a colour."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
WORDS = {"zh": ("停用", "消防泵房", "正在处理"), "en": ("out of service", "Fire pump room", "Being dealt with")}
SCRIPTS = {"scripts": True, "no scripts": False}


@pytest.mark.parametrize("scripts", SCRIPTS.values(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_status_page_tells_the_fault_in_the_visitors_language(lang, scripts, ticket, visits):
    page = visits.page("/", lang=lang, size=PHONE, java_script_enabled=scripts)
    state, place, dealing = WORDS[lang]
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{lang}"))
    expect(page.locator("h1")).to_contain_text(state)
    expect(page).to_have_title(re.compile(state))
    expect(page.get_by_role("heading", name=dealing)).to_be_visible()
    expect(page.locator(".now h1 use")).to_have_attribute("href", "#red")
    page.get_by_role("link", name=place).first.click()
    expect(page.locator(".steps li")).to_have_count(5)


def test_language_and_large_text_are_kept_on_the_way(ticket, visits):
    page = visits.page("/", size=PHONE)
    small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("link", name="大字").click()
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Find a number").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= max(22, small * 1.2)


def test_a_number_read_aloud_leads_to_its_ticket(ticket, visits):
    page = visits.page("/tickets", size=PHONE)
    spoken = f"{ticket.public_id[:4]}-{ticket.public_id[4:]}".lower()
    page.get_by_role("textbox").fill(spoken)
    page.get_by_role("button").click()
    expect(page).to_have_url(re.compile(f"/tickets/{ticket.public_id}$"))
    expect(page.get_by_text(f"{ticket.public_id[:4]}-{ticket.public_id[4:]}")).to_be_visible()


def test_the_dark_page_is_dark_and_keeps_its_shapes(ticket, visits):
    light, dark = (visits.page("/", size=PHONE, color_scheme=scheme) for scheme in ("light", "dark"))
    backgrounds = [page.evaluate("getComputedStyle(document.body).backgroundColor") for page in (light, dark)]
    assert [sum(map(int, re.findall(r"\d+", colour)[:3])) > 384 for colour in backgrounds] == [True, False]
    for page in (light, dark):
        assert page.locator(".tally use").count() >= 4


def test_the_door_label_leads_to_the_room_and_an_old_one_to_help(ticket, visits):
    page = visits.page("/d/hsfp1", size=PHONE)
    expect(page.locator("h1")).to_contain_text("消防泵站")
    expect(page.locator(".stats")).to_contain_text("MPa")
    page.goto("/d/XX999")
    expect(page.locator("h1")).to_contain_text("标签")
