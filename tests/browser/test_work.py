"""A technician's work: the phone rings, the ticket lives on it from accepting to closing, the wall and the public page follow."""

from __future__ import annotations

import io

import pytest
from fixtures.broker import until
from PIL import Image
from playwright.sync_api import expect
from town import LONG
from visitor import PHONE, post

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
SOON = 3000  # ms
SIGNAL, PHOTO = "信号还没有恢复正常", "还缺修复后的照片"


def holiday_picture():
    """A JPEG as a phone makes it: with its place, its camera and a note."""
    exif = Image.Exif()
    exif[0x010F] = "Lens of a neighbour"
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 12.0), 3: "E", 4: (116.0, 23.0, 50.0)})
    out = io.BytesIO()
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(out, "JPEG", exif=exif, comment=b"a note")
    taken = Image.open(io.BytesIO(out.getvalue()))
    assert taken.getexif().get_ifd(0x8825)[1] == "N"
    assert taken.info["comment"] == b"a note"
    return {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def column(page, name):
    """Cards in one column of the wall's board."""
    return page.locator(".col", has=page.get_by_role("heading", name=name)).locator(".tk")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_the_fault_rings_on_the_phone_of_whom_it_concerns(fault, ticket):
    call = fault.phone.get_by_role("alertdialog")
    expect(call).to_contain_text(ticket.number)
    expect(call).to_contain_text("主泵未启动", timeout=LONG * 1000)
    expect(call).to_contain_text("内接单")
    button(call, "先看详情（一分钟后再响）").click()
    expect(call).to_be_hidden()
    expect(fault.phone.get_by_role("heading", name="主泵未启动")).to_be_visible()


@pytest.fixture
def resolved(fault, ticket, visits):
    """The technician's phone after accepting, arriving and reporting the repair, each step followed by the wall."""
    page = visits.page("/technician", "technician", size=PHONE)
    if ticket.state == "assigned":
        button(page, "接单").click()
        expect(column(fault.wall, "已接单")).to_contain_text(ticket.number[-4:], timeout=SOON)
        button(page, "我已到场").click()
        expect(column(fault.wall, "到场处理")).to_contain_text(ticket.number[-4:], timeout=SOON)
        button(page, "修好了").click()
        page.get_by_label("做了什么").fill("更换接触器，手动试启两次正常")
        button(page, "报告修复").click()
        expect(column(fault.wall, "待复核")).to_contain_text(ticket.number[-4:], timeout=SOON)
    page.goto(f"/technician#/t/{ticket.id}")
    return page


def test_closing_waits_for_both_keys_and_says_which_is_missing(resolved, ticket):
    expect(resolved.locator(".missing")).to_have_text(f"还不能结单：{SIGNAL}；{PHOTO}")
    expect(button(resolved, "结单")).to_be_disabled()
    resolved.locator("footer input[type=file]").set_input_files(holiday_picture())
    expect(resolved.get_by_role("img", name="修复后")).to_be_visible()
    expect(resolved.locator(".missing")).to_have_text(f"还不能结单：{SIGNAL}")
    expect(button(resolved, "结单")).to_be_disabled()


def test_the_page_names_what_keeps_the_ticket_open_and_for_how_long_it_must_be_normal(resolved):
    standing = resolved.locator(".standing")
    expect(standing).to_contain_text("主泵未启动")
    expect(standing.locator("li", has_text="消防主管压力").first).to_contain_text("数值正常满 20 秒后解除", timeout=LONG * 1000)


def test_the_server_refuses_to_close_while_the_signal_is_abnormal(resolved, ticket, visits, town):
    status, problem = post(visits.context("technician"), f"/api/v1/tickets/{ticket.id}/close", version=town.ticket().version)
    assert (status, problem["type"]) == (409, "urn:atrium:problem:proof")
    assert SIGNAL in problem["says"]["zh"]
    assert "not back to normal" in problem["says"]["en"]


def test_stored_pictures_hold_no_place_camera_or_note(resolved, ticket, visits, town):
    browser = visits.context("technician")
    headers = {"x-csrf-token": browser.csrf, "accept": "application/json"}
    sent = browser.request.post(
        f"/api/v1/tickets/{ticket.id}/photos", headers=headers, multipart={"kind": "before", "file": holiday_picture()}
    )
    assert sent.status == 200, sent.text()
    stored = list((town.data / "photos" / ticket.id).iterdir())
    assert len(stored) == len(sent.json()["photos"]) > 0
    for one in stored:
        with Image.open(one) as picture:
            assert not picture.getexif()
            assert not {"exif", "comment", "xmp", "icc_profile"} & set(picture.info)
            assert max(picture.size) <= 2048
        assert not any(secret in one.read_bytes() for secret in (b"Exif", b"Lens of a neighbour", b"a note"))


@pytest.mark.timeout(300)
def test_once_the_signal_is_normal_the_ticket_closes_and_everybody_sees_it(resolved, ticket, fault, visits, town):
    public, tracked = (visits.page(path, size=PHONE, hurried=True) for path in ("/", f"/tickets/{ticket.public_id}"))
    expect(public.locator("main")).to_contain_text("主泵未启动")
    if not town.ticket().photos:  # run alone: nobody has taken one yet
        resolved.locator("footer input[type=file]").set_input_files(holiday_picture())
        expect(resolved.get_by_role("img", name="修复后")).to_be_visible()
    town.pump.heal()
    gone = until(lambda: not resolved.locator(".standing").is_visible(), 150.0)  # the page says what is not normal yet
    assert gone, resolved.locator(".standing").inner_text()
    expect(button(resolved, "结单")).to_be_enabled()
    expect(resolved.locator(".status")).to_contain_text("信号已恢复正常")
    button(resolved, "结单").click()
    expect(resolved.get_by_text("已结单，辛苦了。")).to_be_visible()
    expect(fault.wall.locator(".tk", has_text=ticket.number[-4:])).to_have_count(0, timeout=SOON)
    for page in (public, tracked):
        page.clock.fast_forward(31_000)
    expect(public.locator("main")).not_to_contain_text("主泵未启动")
    expect(tracked.locator(".steps .d")).to_have_count(5)
