from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from conftest import Pages

from daemon.core.nouns import AlarmEvent, Outcome
from dashboards.api import stream
from dashboards.auth import Who
from dashboards.tail import KEPT


class Browser:
    """An open stream, read event by event."""

    def __init__(self, app, seq=None) -> None:
        self.needs = app.state.shared
        desk = Pages(None, self.needs.store, self.needs.live, self.needs.clock, self.needs.photos)
        self.headers = desk.sign_in("operator")
        self.hashed = stream.auth.digest("token of operator")
        session = self.needs.store.session(self.hashed, self.needs.clock.now())
        request = SimpleNamespace(headers=self.headers, app=app, cookies={}, url=SimpleNamespace(scheme="http"))
        who = Who(session.user, session, self.hashed, by_cookie=False)
        site = self.needs.configuration.sites["hongshan"]
        self.frames = stream.Stream(self.needs, who, site, seq, request).run()

    async def next(self, *wanted: str) -> tuple[str, dict, int | None]:
        """(event, body, id) of the next event, of the next wanted one where any is named."""
        while True:
            text = await asyncio.wait_for(anext(self.frames), 8)
            fields = dict(line.split(": ", 1) for line in text.strip().split("\n"))
            if "event" in fields and (not wanted or fields["event"] in wanted):
                return fields["event"], json.loads(fields["data"]), int(fields["id"]) if "id" in fields else None


def raise_again(needs, count=1) -> None:
    """Alarms that are news to the log."""
    row = needs.store.episodes(limit=1)[0].episode
    new = [replace(row, hidden_by="", id=f"{row.id}-{n}", rule=f"x{n}") for n in range(count)]
    with needs.store.begin() as transaction:
        transaction.save(Outcome(alarms=[AlarmEvent("raised", 1.0, one) for one in new]), (), {})


def test_a_stream_begins_with_a_heartbeat_and_then_tells_each_value_once(app):
    async def story():
        browser = Browser(app)
        live = browser.needs.live
        live.start()
        await browser.needs.tail.look()
        _, beat, _ = await browser.next("heartbeat")
        at = browser.needs.clock.now()
        for value in (0.81, 0.82, 0.83):
            live.take_frame("hongshan", {"at": at, "full": False, "values": {"fire-pump": {"main_pressure": [at, value, 0]}}})
        _, values, seq = await browser.next("values")
        return beat, values, seq, at

    beat, values, seq, at = asyncio.run(story())
    assert (beat["broker"], beat["watch"]) == ("connected", "alive")
    assert beat["newest"] <= beat["at"]
    assert values == {"fire-pump": {"main_pressure": [at, 0.83, 0]}}
    assert seq is None


def test_a_broken_line_is_told_at_once(app):
    async def story():
        browser = Browser(app)
        live = browser.needs.live
        live.start()
        await browser.needs.tail.look()
        await browser.next("heartbeat")
        live.set_line("closed", "silent")
        return await asyncio.wait_for(browser.next("heartbeat"), 1)

    assert asyncio.run(story())[1]["broker"] == "closed"


def test_a_browser_that_comes_back_hears_what_it_missed_and_no_more(app):
    async def story():
        needs = app.state.shared
        seen = needs.store.last_event_seq()
        raise_again(needs, 3)
        await needs.tail.look()
        browser = Browser(app, seq=seen + 1)
        return seen, [await browser.next("alarm", "reset") for _ in range(2)]

    seen, told = asyncio.run(story())
    assert [(event, seq) for event, _, seq in told] == [("alarm", seen + 2), ("alarm", seen + 3)]
    assert told[0][1]["isa_state"] == "B"


@pytest.mark.parametrize("ahead", [True, False], ids=["an id from another log", "too long ago"])
def test_a_browser_that_missed_too_much_is_told_to_start_anew(app, ahead):
    async def story():
        needs = app.state.shared
        await needs.tail.look()
        seen = needs.store.last_event_seq()
        if not ahead:
            raise_again(needs, KEPT + 60)
            while needs.tail.seq < needs.store.last_event_seq():
                await needs.tail.look()
        browser = Browser(app, seq=seen + 1000 if ahead else seen)
        return await browser.next("alarm", "ticket", "reset"), needs.store.last_event_seq()

    (event, body, seq), newest = asyncio.run(story())
    assert (event, body["seq"], seq) == ("reset", newest, newest)


def test_an_alarm_wakes_the_stream_while_it_waits(app):
    async def story():
        browser = Browser(app)
        await browser.needs.tail.look()
        await browser.next("heartbeat")
        waiting = asyncio.create_task(browser.next("alarm"))
        await asyncio.sleep(0.1)
        raise_again(browser.needs)
        await browser.needs.tail.look()
        return await asyncio.wait_for(waiting, 1)

    assert asyncio.run(story())[0] == "alarm"


def test_a_stream_ends_soon_after_its_session(app, monkeypatch):
    monkeypatch.setattr(stream, "RECHECK", 0.2)

    async def story():
        browser = Browser(app)
        await browser.needs.tail.look()
        await browser.next("heartbeat")
        browser.needs.store.close_session(browser.hashed)
        async for _ in browser.frames:
            pass
        return browser.needs.streams

    assert asyncio.run(story()) == {}


def test_a_slow_browser_costs_one_value_per_point(app):
    async def story():
        live = app.state.shared.live
        ear = live.subscribe("hongshan")
        for n in range(500):
            live.take_frame("hongshan", {"at": 1.0, "full": False, "values": {"fire-pump": {"main_pressure": [float(n), n, 0]}}})
        return ear.take(), ear.take()

    assert asyncio.run(story()) == ({"fire-pump": {"main_pressure": (499.0, 499, 0)}}, {})


def test_too_many_streams_are_refused(pages, monkeypatch):
    monkeypatch.setattr(stream, "PER_SESSION", 0)
    answer = pages.client.get("/api/v1/live", headers=pages.sign_in("operator"))
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
