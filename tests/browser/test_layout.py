"""Every text stands inside its box, nothing is wider than the screen, a thumb finds every button: both languages, all sizes."""

from __future__ import annotations

import pytest
from measure import MAY_SHORTEN, misfits, small_targets
from playwright.sync_api import expect
from town import LONG
from visitor import PHONE, WALL

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
DESK = {"width": 1280, "height": 900}
BIG_WALL = {"width": 3840, "height": 2160}
PUBLIC = (
    "/",
    "/?big=1",
    "/rooms/fire-pump",
    "/tickets",
    "/tickets/{id}",
    "/tickets/{id}?big=1",
    "/d/XX999",
    "/login",
)


@pytest.mark.parametrize("size", [PHONE, DESK, WALL], ids=["390", "1280", "1920"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_public_pages_fit(lang, size, ticket, visits):
    page = visits.page("/", lang=lang, size=size, trouble=True)
    found = {}
    for path in PUBLIC:
        page.goto(path.format(id=ticket.public_id))
        found[path] = misfits(page) + (small_targets(page) if size is PHONE else [])
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_technicians_pages_fit_a_phone(lang, ticket, visits):
    page = visits.page("/technician", "technician", lang=lang, size=PHONE)
    expect(page.locator("h1")).to_be_visible()
    found = {"sheet": misfits(page) + small_targets(page)}
    page.goto(f"/technician#/t/{ticket.id}")
    expect(page.locator("section.card").first).to_be_visible()
    found["ticket"] = misfits(page) + small_targets(page)
    page.goto("/technician#/")
    expect(page.locator(".card, .none, .call").first).to_be_visible()
    found["list"] = misfits(page) + small_targets(page)
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [WALL, BIG_WALL], ids=["1920", "3840"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_wall_fits_and_shortens_no_name_of_a_system(lang, size, fault, ticket, visits):
    page = visits.page("/control", "operator", lang=lang, size=size)
    expect(page.locator(".banner")).to_be_visible(timeout=LONG * 1000)
    expect(page.locator(".beat.fresh")).to_be_visible()
    assert misfits(page, may_shorten=MAY_SHORTEN) == []
    page.locator(".alarms .al button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert misfits(page, may_shorten=MAY_SHORTEN) == []


def test_the_measure_itself_finds_what_does_not_fit(visits):
    page = visits.page("/login", size=PHONE)
    assert misfits(page) + small_targets(page) == []
    page.evaluate("""() => {
      Object.assign(document.querySelector('h1').style, { width: '2rem', overflow: 'hidden', whiteSpace: 'nowrap' })
      Object.assign(document.querySelector('.btn').style, { minHeight: '0', height: '30px' })
      document.querySelector('label').style.marginLeft = '380px'
    }""")
    said = " ".join(misfits(page) + small_targets(page))
    assert all(word in said for word in ("cut: h1", "beyond the screen: label", "×30"))
