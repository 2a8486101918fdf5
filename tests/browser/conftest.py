"""One community and one Chromium for all tests here; a fault begins while a wall and a phone are looking."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest
from fixtures.broker import until
from fixtures.machine import needed, packaged
from playwright.sync_api import expect, sync_playwright
from town import LONG, Town
from visitor import PHONE, Visits

from daemon.adapters import broker
from dashboards.pages import assets

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    """Browsers come last: they take longest, and Playwright keeps an event loop in the thread that started it."""
    here = [item for item in items if "browser" in item.keywords]
    items[:] = [item for item in items if "browser" not in item.keywords] + here


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium of the system."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    packaged(path, "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def town(chromium, tmp_path_factory):
    """Everything beside the browser."""
    packaged(broker.mosquitto(), "mosquitto")
    needed((assets.BUILT / ".vite" / "manifest.json").is_file(), "pages", "make setup builds them")
    alive = Town(tmp_path_factory.mktemp("town"))
    try:
        yield alive.start()
    finally:
        alive.stop()


@pytest.fixture(scope="session")
def watching(chromium, town):
    """Visits that last as long as the session."""
    visits = Visits(chromium, town.base)
    yield visits
    visits.close()


@dataclass(frozen=True)
class Fault:
    """Who was looking when the main pump refused to start."""

    wall: object
    phone: object


@pytest.fixture(scope="session", autouse=True)
def fault(town, watching):
    """The fire main loses its pressure and no pump starts. The rule needs half a minute; other tests run meanwhile."""
    wall = watching.page("/control", "operator", trouble=True)
    phone = watching.page("/technician", "technician", trouble=True, size=PHONE)
    expect(wall.locator(".beat.fresh")).to_be_visible()
    expect(phone.get_by_role("heading", name="我的工单")).to_be_visible()
    town.pump.set(main_pressure=0.7)
    return Fault(wall, phone)


@pytest.fixture
def ticket(town, fault):
    """The ticket of that fault, as soon as its signature leads it; where a test has repaired the pump, it fails anew."""
    town.pump.set(main_pressure=0.7)

    def found():
        one = town.ticket()
        return one and one.state not in ("closed", "cancelled") and one.rules[0] == "FP-01"

    assert until(found, 2 * LONG), town.words
    return town.ticket()


@pytest.fixture
def visits(chromium, town, watching):
    """Pages of one test; afterwards nobody may have complained."""
    own = Visits(chromium, town.base)
    yield own
    own.close()
    told, watching.complaints = [*own.complaints, *watching.complaints], []
    assert told == []


@pytest.fixture
def broken_meter(town):
    """The flow meter of the fire pump shows what it cannot."""
    town.pump.set(flow=999)
    yield
    town.pump.heal()
