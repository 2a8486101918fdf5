"""Planned work as people begin and end it, as the wall and the public page show it, and what a flood leaves on the wall."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.core.nouns import AlarmEvent, Outcome
from dashboards.begun import present
from sensors.kit.words import MINOR

NOW = 1795331400.0  # 2026-11-22 15:10 in Shanghai, where the pages stand
HOUR = 3600.0


def begin(pages, role="operator", **fields):
    body = {"place": "supply-high", "until": NOW + 2 * HOUR, "why": "换机械密封"} | fields
    return pages.client.post("/api/v1/maintenance", json=body, headers=pages.sign_in(role))


def room(pages, device):
    return next(one for one in pages.client.get("/api/v1/public/status").json()["rooms"] if one["device"] == device)


def actions(pages):
    with pages.store.begin() as transaction:
        return [one for one in transaction.actions_after(0) if one.kind.startswith("maintenance.")]


def test_work_that_somebody_begins_is_an_action_with_who_why_and_until_when(pages):
    told = begin(pages).json()
    assert (told["devices"], told["going_on"], told["configured"]) == (["supply-high"], True, False)
    (done,) = actions(pages)
    assert (done.kind, done.by, done.target) == ("maintenance.begin", "operator-day", "hongshan")
    assert done.data == {"id": told["id"], "devices": ["supply-high"], "until": NOW + 2 * HOUR, "why": "换机械密封"}


def test_work_is_listed_until_somebody_ends_it(pages):
    work = begin(pages).json()
    where = f"/api/v1/maintenance/{work['id']}/end"
    listed = pages.client.get("/api/v1/maintenance", headers=pages.sign_in("technician")).json()["items"]
    assert [one["id"] for one in listed] == [work["id"]]
    assert pages.client.post(where, json={"note": "完工"}, headers=pages.sign_in("operator")).status_code == 200
    assert pages.client.get("/api/v1/maintenance", headers=pages.sign_in("technician")).json()["items"] == []
    assert pages.client.post(where, json={}, headers=pages.sign_in("operator")).status_code == 404
    assert [one.kind for one in actions(pages)] == ["maintenance.begin", "maintenance.end"]


def test_work_may_be_planned_for_later_and_called_off_before_it_begins(pages):
    work = begin(pages, begins=NOW + 48 * HOUR, until=NOW + 50 * HOUR).json()
    assert (work["going_on"], work["by_name"]) == (False, "白昼值班")
    assert actions(pages)[0].data["begins"] == NOW + 48 * HOUR
    listed = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()["works"]
    assert [one["id"] for one in listed] == [work["id"]]
    assert room(pages, "supply-high")["colour"] == "green"
    done = pages.client.post(f"/api/v1/maintenance/{work['id']}/end", json={}, headers=pages.sign_in("operator"))
    assert (done.status_code, done.json()["going_on"]) == (200, False)
    assert pages.client.get("/api/v1/maintenance", headers=pages.sign_in("operator")).json()["items"] == []


def test_a_device_tells_whoever_looks_at_it_of_the_work_on_it(pages):
    begin(pages)
    for device, many in (("supply-high", 1), ("boiler-1", 0)):
        told = pages.client.get(f"/api/v1/devices/hongshan.{device}", headers=pages.sign_in("technician")).json()["works"]
        assert [(one["by_name"], one["why"]["zh"]) for one in told] == [("白昼值班", "换机械密封")] * many


def test_the_public_page_says_until_when_and_neither_why_nor_who(pages):
    assert room(pages, "supply-high")["colour"] == "green"
    begin(pages)
    seen = room(pages, "supply-high")
    assert (seen["colour"], seen["why"]["zh"]) == ("blue", "计划检修，预计 17:10 结束")
    status = pages.client.get("/api/v1/public/status").text
    assert '"planned":[{"title":{"zh":"生活水泵房：计划检修"' in status
    assert "密封" not in status + pages.client.get("/").text
    assert "计划检修" in pages.client.get("/zh").text


def test_work_on_a_room_is_work_on_all_in_it_and_is_over_by_itself(pages):
    begin(pages, place="boiler-room", until=NOW + 60)
    site = next(iter(pages.client.app.state.shared.configuration.sites.values()))
    assert present(pages.store, site, NOW).keys() == {"boiler-1", "boiler-2", "gw-3"}
    assert present(pages.store, site, NOW + 60) == {}


def test_the_wall_knows_what_is_worked_on(pages):
    begin(pages)
    rooms = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()["rooms"]
    work = {device["id"]: device["planned"] for one in rooms for device in one["devices"] if device["planned"]}
    assert {name: (one["why"]["zh"], one["by_name"]) for name, one in work.items()} == {"supply-high": ("换机械密封", "白昼值班")}


@pytest.mark.parametrize(
    ("fields", "role", "status"),
    [
        ({"until": NOW - 1}, "operator", 422),
        ({"until": NOW + 8 * 24 * HOUR}, "operator", 422),
        ({"begins": NOW + HOUR, "until": NOW + HOUR}, "operator", 422),
        ({"begins": NOW + 31 * 24 * HOUR, "until": NOW + 31 * 24 * HOUR + 60}, "operator", 422),
        ({"why": "  "}, "operator", 422),
        ({"place": "nowhere"}, "operator", 404),
        ({"devices": ["x"]}, "operator", 422),
        ({}, "technician", 403),
        ({}, "manager", 200),
    ],
)
def test_who_may_begin_what(pages, fields, role, status):
    assert begin(pages, role, **fields).status_code == status
    assert len(actions(pages)) == (status == 200)


def test_an_alarm_that_is_kept_back_says_by_what(pages):
    episode = pages.store.episode(pages.alarm()["id"]).episode
    with pages.store.begin() as transaction:
        transaction.save(Outcome(alarms=[AlarmEvent("hidden", NOW, replace(episode, hidden_by="$planned:w"))]), (), {})
    told = pages.client.get(f"/api/v1/alarms/{episode.id}", headers=pages.sign_in("operator")).json()
    assert (told["isa_state"], told["kept_by"]["en"]) == ("F", "Planned maintenance")


def test_a_flood_of_minor_alarms_does_not_push_a_critical_one_off_the_wall(pages):
    critical = pages.alarm()["id"]
    base = pages.store.episode(critical).episode
    flood = [replace(base, id=f"f{n}", rule=f"x{n}", severity=MINOR, raised_at=NOW + n / 1000) for n in range(1100)]
    with pages.store.begin() as transaction:
        transaction.save(Outcome(alarms=[AlarmEvent("raised", NOW, one) for one in flood]), (), {})
    alarms = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()["alarms"]
    assert alarms[0]["severity"] == "critical"
    assert critical in {one["id"] for one in alarms}
