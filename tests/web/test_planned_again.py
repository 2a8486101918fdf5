"""Planned work that comes again, entered in the pages: what the watch is told, what the lists say, how it ends."""

from __future__ import annotations

import pytest

from daemon.core import state, suppression
from dashboards.begun import present
from tests.factories import at
from tests.web.test_maintenance import HOUR, NOW, actions, begin, room

WEEK = 7 * 24 * HOUR
TUESDAYS = {"days": ["tue"], "at": "09:00", "length": "2 h"}  # today is Sunday 2026-11-22, 15:10
TODAY = {"days": ["sun"], "at": "15:00", "length": "30 min"}


def repeat(pages, role="operator", again=TUESDAYS, **fields):
    return begin(pages, role, until=None, again=again, **fields)


def site(pages):
    return pages.client.app.state.shared.configuration.sites["hongshan"]


def listed(pages, where="wall"):
    told = pages.client.get(f"/api/v1/{where}", headers=pages.sign_in("operator")).json()
    return told["works"] if where == "wall" else told["items"]


def end(pages, work, role="operator", **body):
    return pages.client.post(f"/api/v1/maintenance/{work['id']}/end", json=body, headers=pages.sign_in(role))


def test_it_is_told_with_its_next_time_its_days_and_who_entered_it(pages):
    told = repeat(pages).json()
    assert (told["begins"], told["ends"]) == ("2026-11-24T01:00:00.000Z", "2026-11-24T03:00:00.000Z")
    assert told["again"] == {"days": ["tue"], "month_days": [], "at": "09:00", "length": "120 min", "until": None}
    assert (told["going_on"], told["by_name"], told["configured"]) == (False, "白昼值班", False)
    assert [listed(pages), listed(pages, "maintenance")] == [[told], [told]]


def test_the_watch_is_told_what_it_needs_to_keep_alarms_back(pages):
    work = repeat(pages, again=TUESDAYS | {"until": "2026-12-31"}).json()
    (done,) = actions(pages)
    assert (done.kind, done.by, done.target) == ("maintenance.begin", "operator-day", "hongshan")
    watch = state.start(pages.client.app.state.shared.configuration)
    watch.now = NOW
    suppression.heed(watch, done)
    kept = watch.works[work["id"]]
    assert (kept.weekdays, kept.start, kept.length, kept.by) == ({1}, 540, 7200.0, "operator-day")
    assert (kept.since, kept.until) == (NOW, at("2026-12-31 11:00"))


def test_what_the_pages_keep_is_what_the_watch_was_told(pages):
    repeat(pages, again={"month_days": [1, 15], "at": "23:00", "length": "3 h", "until": "2027-01-31"})
    watch = state.start(pages.client.app.state.shared.configuration)
    watch.now = NOW
    suppression.heed(watch, actions(pages)[0])
    found = present(pages.store, site(pages), at("2026-12-02 01:00"))["supply-high"]
    assert (found["until"], found["again"]["month_days"]) == ("2026-12-01T18:00:00.000Z", [1, 15])
    kept = suppression.windows(site(pages), watch.works.values())
    assert suppression.covering(kept, "supply-high", "Asia/Shanghai", at("2026-12-02 01:00")).ends == at("2026-12-02 02:00")


def test_while_it_goes_on_the_tile_and_the_residents_know_and_say_no_more_than_they_should(pages):
    repeat(pages, again=TODAY)
    rooms = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()["rooms"]
    (planned,) = [one["planned"] for room in rooms for one in room["devices"] if one["planned"]]
    assert (planned["by_name"], planned["again"]["days"]) == ("白昼值班", ["sun"])
    assert room(pages, "supply-high")["why"]["zh"] == "计划检修，预计 15:30 结束"
    assert "密封" not in pages.client.get("/api/v1/public/status").text


def test_whoever_ends_it_ends_all_of_it(pages):
    work = repeat(pages, again=TODAY).json()
    assert end(pages, work, "technician").status_code == 403
    told = end(pages, work, note="不再需要")
    assert (told.status_code, told.json()["going_on"]) == (200, False)
    assert listed(pages) == []
    assert room(pages, "supply-high")["colour"] == "green"
    assert [(one.kind, one.by) for one in actions(pages)][1] == ("maintenance.end", "operator-day")
    assert end(pages, work).status_code == 404


def test_one_time_of_it_may_end_early_and_the_next_is_still_to_come(pages):
    work = repeat(pages, again=TODAY).json()
    told = end(pages, work, once=True).json()
    assert (told["going_on"], told["begins"]) == (False, "2026-11-29T07:00:00.000Z")
    assert [one["begins"] for one in listed(pages)] == ["2026-11-29T07:00:00.000Z"]
    assert actions(pages)[1].data["again_from"] == at("2026-11-22 15:30")
    assert end(pages, work, once=True).status_code == 422  # none is going on
    assert end(pages, work).status_code == 200


def test_it_is_over_after_its_last_day_and_is_listed_however_far_off_it_is(pages):
    repeat(pages, again={"month_days": [31], "at": "00:00", "length": "1 h"})
    repeat(pages, again=TUESDAYS | {"until": "2026-11-24"})
    assert [one["begins"] for one in listed(pages)] == ["2026-11-24T01:00:00.000Z", "2026-12-30T16:00:00.000Z"]
    pages.clock.at = at("2026-11-24 11:00")
    told = pages.client.get("/api/v1/maintenance", headers=pages.sign_in("manager")).json()["items"]
    assert [one["begins"] for one in told] == ["2026-12-30T16:00:00.000Z"]


@pytest.mark.parametrize(
    ("again", "more", "status", "says"),
    [
        ({"days": []}, {}, 422, "星期"),
        ({"length": "25 h"}, {}, 422, "24 小时"),
        ({"length": "0 min"}, {}, 422, "24 小时"),
        ({"until": "2026-11-23"}, {}, 422, "一次也不会"),
        ({"until": "bald"}, {}, 422, ""),
        ({"at": "24:00"}, {}, 422, ""),
        ({"days": ["friday"]}, {}, 422, ""),
        ({"month_days": [0]}, {}, 422, ""),
        ({"hour": 3}, {}, 422, ""),
        ({}, {"why": " "}, 422, "原因"),
        ({}, {"until": NOW + HOUR}, 422, ""),
        ({}, {"begins": NOW + 31 * 24 * HOUR}, 422, ""),
        ({}, {"place": "nowhere"}, 404, ""),
        ({"month_days": [29, 30]}, {"begins": NOW + WEEK}, 200, ""),
    ],
)
def test_what_may_be_asked(pages, again, more, status, says):
    answer = begin(pages, **({"until": None, "again": TUESDAYS | again} | more))
    assert answer.status_code == status
    assert says in answer.text
    assert len(actions(pages)) == (status == 200)
