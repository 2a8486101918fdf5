"""What axe-core finds wrong for people who hear, zoom or tab through a page: nothing."""

from __future__ import annotations

import pytest
from fixtures.machine import needed
from playwright.sync_api import expect
from town import ROOT
from visitor import PHONE

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
    page.evaluate(axe)  # a script tag would be refused by the page's own policy
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:120]}" for one in found["violations"]] == []
    assert len(found["passes"]) > 10
