"""Takes the pictures of README and docs.

`python -m tests.screenshots http://127.0.0.1:8080 PASSWORD`: of a running demo. `python -m tests.screenshots tickets`: three
tickets of different crafts as their technicians see them, of communities that are played up to each failure.
"""

import io
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from shutil import which

import uvicorn
from PIL import Image
from playwright.sync_api import sync_playwright

from daemon.config import load
from daemon.ports import User
from dashboards import auth
from dashboards.app import create_app
from tests.web.community import Bottle, Calm, Hand

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGES = (
    ("wall", "/control", "operator", (1920, 1080), 1),
    ("technician", "/technician", "technician", (390, 844), 2),
    ("status", "/en", "", (1280, 900), 1),
)
START = 1795330800.0  # 2026-11-22 15:00 in Shanghai
FAILURES = {"boiler-1": "BO-F4@300", "supply-low": "WS-F3@300", "lift-1": "EL-F1@300"}  # of different crafts
READ = 45.0  # s after it was opened that a ticket is looked at
LONGEST = 3600.0  # s to wait for it
PHONE, SCALE = (390, 1180), 1.25
PASSWORD = "for pictures only"  # noqa: S105 - of accounts that live for a minute


def of_a_demo(browser, base, password):
    for name, path, user, (width, height), scale in PAGES:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", device_scale_factor=scale)
        page = context.new_page()
        if user:
            sign_in(page, base, user, password)
        page.goto(base + path)
        page.wait_for_timeout(4000)
        page.screenshot(path=DOCS / f"{name}.png")
        context.close()


def sign_in(page, base, user, password):
    page.goto(f"{base}/login")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def of_tickets(browser, folder=DOCS):
    """Each failure in both languages beside each other, `ticket-{device}.webp`. Each in a community of its own, for whoever has
    another ticket to accept is called for that."""
    configuration = load(ROOT / "config", environ={})
    for device, fault in FAILURES.items():
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data:
            bottle = Bottle(configuration, Path(data), start=START, faults=(f"{device}:{fault}",))
            board, clock = Calm(), Hand(START)
            app = create_app(configuration, bottle.store, bottle.history, board, clock=clock, photos=Path(data), production=False)
            ticket = opened(bottle, clock, device)
            bottle.show(board)
            bottle.store.put_user(User("technician", ticket.assignee, ("technician",), auth.hash_password(PASSWORD)))
            base = serve(app)
            pictures = [portrait(browser, base, ticket, language) for language in ("zh-CN", "en-GB")]
            beside(pictures).save(folder / f"ticket-{device}.webp", quality=72, method=6)


def opened(bottle, clock, device):
    """The ticket of the failure, a little after it was opened."""
    while clock.at < START + LONGEST:
        clock.at += 5.0
        bottle.advance(clock.at)
        for ticket in bottle.store.tickets(site=bottle.site.id, limit=100):
            if ticket.device == device and ticket.opened_at <= clock.at - READ:
                return ticket
    raise AssertionError(f"{device} opened no ticket")


def serve(app):
    """In a thread, on a free port; answers its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{port}"


def portrait(browser, base, ticket, language):
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=language, device_scale_factor=SCALE, color_scheme="light"
    )
    page = context.new_page()
    sign_in(page, base, "technician", PASSWORD)
    page.goto(f"{base}/technician#/t/{ticket.id}")
    page.locator("main .head").wait_for(timeout=8000)
    page.wait_for_timeout(1500)
    taken = page.screenshot()
    context.close()
    return Image.open(io.BytesIO(taken)).convert("RGB")


def beside(pictures, gap=20):
    width = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    whole, x = Image.new("RGB", (width, pictures[0].height), "white"), 0
    for one in pictures:
        whole.paste(one, (x, 0))
        x += one.width + gap
    return whole


def main(*words):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=which("chromium") or which("chromium-browser"), args=QUIET)
        if words[:1] == ("tickets",):
            of_tickets(browser)
        else:
            of_a_demo(browser, *words)
        browser.close()


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    main(*sys.argv[1:])
