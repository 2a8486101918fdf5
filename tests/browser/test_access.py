"""Who gets in where: strangers are led to the sign-in page, staff only to what is theirs, and forms of other sites nowhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from town import PASSWORD
from visitor import PHONE, post

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
# path → status for nobody (303: led to the sign-in page), technician, operator, manager
DOORS = {
    "/": (200, 200, 200, 200),
    "/control": (303, 403, 200, 200),
    "/review": (303, 403, 200, 200),
    "/technician": (303, 200, 403, 403),
    "/docs": (303, 200, 200, 200),
    "/openapi.json": (303, 200, 200, 200),
    "/api/v1/public/status": (200, 200, 200, 200),
    "/api/v1/wall": (401, 403, 200, 200),
    "/api/v1/devices": (401, 200, 200, 200),
    "/api/v1/alarms": (401, 200, 200, 200),
    "/api/v1/tickets": (401, 200, 200, 200),
    "/api/v1/kpi/alarms": (401, 403, 200, 200),
}
ROLES = ("", "technician", "operator", "manager")


@pytest.mark.parametrize("who", ROLES)
def test_each_door_opens_to_whom_it_should(who, visits):
    browser = visits.context(who)
    found = {path: browser.request.get(path, max_redirects=0).status for path in DOORS}
    assert found == {path: allowed[ROLES.index(who)] for path, allowed in DOORS.items()}


def test_a_stranger_signs_in_and_lands_where_they_wanted_to_go(visits):
    page = visits.page("/technician", trouble=True, size=PHONE)
    expect(page).to_have_url(f"{visits.base}/login?next=/technician")
    page.get_by_label("用户名").fill("technician")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("用户名").fill("technician")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{visits.base}/technician")


def test_after_signing_out_nothing_opens_any_more(visits):
    page = visits.page("/control", "operator", trouble=True)
    page.goto("/logout")
    page.get_by_role("button").click()
    expect(page).to_have_url(f"{visits.base}/login")
    page.go_back()
    page.goto("/control")
    expect(page).to_have_url(f"{visits.base}/login?next=/control")


def test_a_technician_cannot_do_what_the_desk_does(ticket, visits):
    browser = visits.context("technician")
    for action in ("assign", "cancel"):
        status, problem = post(browser, f"/api/v1/tickets/{ticket.id}/{action}", version=ticket.version, note="mine now")
        assert (action, status, problem["status"]) == (action, 403, 403)


def test_an_action_without_the_pages_own_token_is_refused(ticket, visits):
    browser = visits.context("operator")
    browser.csrf = "guessed"
    assert post(browser, f"/api/v1/tickets/{ticket.id}/comment", note="hello")[0] == 403
