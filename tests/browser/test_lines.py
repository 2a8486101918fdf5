"""When a line breaks the pages say so, never show old numbers as alive, and come back by themselves with nothing missed."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic

import pytest
from fixtures.broker import until
from measure import MAY_SHORTEN, misfits
from playwright.sync_api import expect
from town import LONG, SITE
from visitor import PHONE, post

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.xdist_group("browser")]
# Event ids of a stream that goes on from `last`, until `wanted` of them have come.
LISTEN = """async ([last, wanted]) => {
  const control = new AbortController()
  const answer = await fetch('/api/v1/live', { headers: { 'last-event-id': String(last) }, signal: control.signal })
  const [reader, decoder] = [answer.body.getReader(), new TextDecoder()]
  let [text, ids] = ['', []]
  while (ids.length < wanted) {
    const { value, done } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    ids = [...text.matchAll(/^id: (\\d+)$/gm)].map(found => Number(found[1]))
  }
  control.abort()
  return ids
}"""


@contextmanager
def dead_broker(town):
    """The broker is gone for the length of a `with` block; whoever speaks to it comes back by itself."""
    town.broker.kill()
    try:
        yield
    finally:
        town.broker.start()


@contextmanager
def dead_web(town):
    """The web process is gone for the length of a `with` block."""
    town.kill("web")
    try:
        yield
    finally:
        town.launch("web")
        assert until(lambda: town.answers("/readyz"), LONG), town.words


def banner(wall):
    """What the wall says over old numbers."""
    return wall.locator("div.lost[role=alert]")


def test_the_wall_says_within_six_seconds_that_the_broker_is_gone_and_resumes(town, visits):
    wall, english = (visits.page("/control", "operator", lang=lang) for lang in ("zh", "en"))
    for page in (wall, english):
        expect(page.locator(".beat.fresh")).to_be_visible()
    with dead_broker(town):
        expect(banner(wall)).to_contain_text("与消息服务器断开", timeout=6000)
        expect(wall.locator(".app.lost header")).to_contain_text("与消息服务器断开")
        expect(banner(wall)).to_contain_text("请勿据此判断")
        expect(banner(english)).to_contain_text("do not rely on them")
        assert [misfits(page, MAY_SHORTEN) for page in (wall, english)] == [[], []]
    expect(banner(wall)).to_have_count(0, timeout=30_000)
    town.pump.set(tank_level=3.49)
    expect(wall.locator(".ind", has_text="消防水池液位").locator(".v")).to_have_text("3.49 m", timeout=5000)


def test_without_its_stream_the_wall_is_lost_and_later_shows_what_it_missed(town, visits):
    wall = visits.page("/control", "operator", trouble=True)
    phone = visits.page("/technician", "technician", trouble=True, size=PHONE)
    expect(wall.locator(".beat.fresh")).to_be_visible()
    begun = monotonic()
    with dead_web(town):
        expect(banner(wall)).to_contain_text("页面与服务器断开")
        expect(phone.get_by_role("alert").filter(has_text="离线")).to_be_visible()
        assert monotonic() - begun < 15
        town.pump.set(jockey1_fault=True)
        assert until(lambda: "jockey1_fault.STATE" in rules(town), LONG), town.words
    expect(banner(wall)).to_have_count(0, timeout=45_000)
    expect(wall.locator(".alarms .al", has_text="1号稳压泵故障")).to_be_visible()
    expect(phone.get_by_text("离线")).to_have_count(0)


def rules(town):
    """Rules that are broken now."""
    return [row.episode.rule for row in town.store(lambda store: store.episodes(site=SITE, active=True, limit=100))]


def test_a_stream_resumes_behind_the_last_event_with_none_missed_and_none_twice(town, ticket, visits):
    desk = visits.page("/control", "operator")
    before = desk.request.get("/api/v1/wall").json()["seq"]
    for note in ("one", "two", "three", "four"):
        status, answer = post(desk.context, f"/api/v1/tickets/{ticket.id}/comment", note=note)
        assert status == 200, answer
    saved = [event.seq for event in town.store(lambda store: store.events_after(before, 100))]
    heard = desk.evaluate(LISTEN, [before, 2])
    rest = desk.evaluate(LISTEN, [heard[1], len(saved) - 2])
    assert len(saved) >= 4
    assert [*heard[:2], *rest][: len(saved)] == saved
