"""Takes the README's pictures from a running demo: `python -m tests.screenshots http://127.0.0.1:8080 PASSWORD`."""

import sys
from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent.parent / "docs"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGES = (
    ("wall", "/control", "operator", (1920, 1080), 1),
    ("technician", "/technician", "technician", (390, 844), 2),
    ("status", "/en", "", (1280, 900), 1),
)


def main(base: str, password: str) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=which("chromium") or which("chromium-browser"), args=QUIET)
        for name, path, user, (width, height), scale in PAGES:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", device_scale_factor=scale)
            page = context.new_page()
            if user:
                page.goto(f"{base}/login")
                page.fill("input[name=username]", user)
                page.fill("input[name=password]", password)
                page.press("input[name=password]", "Enter")
                page.wait_for_load_state()
            page.goto(base + path)
            page.wait_for_timeout(4000)
            page.screenshot(path=DOCS / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    main(*sys.argv[1:3])
