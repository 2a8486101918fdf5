"""People with browsers: each page notes what must never happen, such as an error in the console or a call to another host."""

from __future__ import annotations

from town import PASSWORD

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


class Visits:
    """Opens pages in browsers of their own; `complaints` is what went wrong in them."""

    def __init__(self, browser, base):
        self.browser, self.base = browser, base
        self.contexts, self.complaints = [], []

    def context(self, who="", *, size=WALL, lang="zh", **wishes):
        """A browser of somebody, signed in unless `who` is empty. `csrf` is what their actions need."""
        made = self.browser.new_context(
            base_url=self.base, viewport=size, locale=LANGUAGES[lang], has_touch=size is PHONE, reduced_motion="reduce", **wishes
        )
        made.set_default_timeout(20_000)
        self.contexts.append(made)
        if who:
            answer = made.request.post(
                "/login", form={"username": who, "password": PASSWORD}, headers={"accept": "application/json"}
            )
            assert answer.status == 200, answer.text()
            made.csrf = answer.json()["csrf"]
        return made

    def page(self, path, who="", *, trouble=False, hurried=False, **wishes):
        """A page that is open. `trouble`: the line breaks in this test, so failed requests are no complaint; `hurried`: its clock
        may be moved on by `page.clock`."""
        page = self.context(who, **wishes).new_page()
        if hurried:
            page.clock.install()
        page.on("request", lambda request: self.note_host(request.url))
        page.on("pageerror", lambda error: self.complaints.append(f"{path}: {error}"))
        page.on("console", lambda said: self.note_said(path, said, trouble=trouble))
        page.goto(path)
        return page

    def note_host(self, url):
        if not url.startswith((f"{self.base}/", "data:", "blob:")):
            self.complaints.append(f"asked another host: {url}")

    def note_said(self, path, said, *, trouble):
        failed = said.text.startswith("Failed to load resource")
        if said.type == "error" and not (trouble and failed):
            self.complaints.append(f"{path}: {said.text} {said.location}")

    def close(self):
        for context in self.contexts:
            context.close()
        self.contexts = []


def post(context, path, **body):
    """What a page's button does; answers (status, JSON)."""
    answer = context.request.post(path, data=body, headers={"x-csrf-token": context.csrf, "accept": "application/json"})
    return answer.status, answer.json()
