from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from daemon.core import gaps
from daemon.core.nouns import Notice, Outcome
from daemon.core.vitals import KEPT_AS, Check, Vitals
from daemon.ports import User
from sensors.kit.words import CRITICAL, Text

SITE = "hongshan"
WORDS = Text("话", "words")


def test_a_ticket_walks_from_the_desk_to_the_phone_and_back(pages):
    job = pages.ticket()
    assert job["rules"][0] == "FP-01"
    job = pages.act(job["id"], "assign", "operator", version=job["version"], assignee="tech-day").json()
    job = pages.act(job["id"], "accept", "technician", version=job["version"]).json()
    job = pages.act(job["id"], "arrive", "technician", version=job["version"]).json()
    job = pages.act(job["id"], "resolve", "technician", version=job["version"], note="换了压力开关").json()
    assert job["state"] == "resolved"
    assert job["clocks"]["accept"]["state"] == "met"
    assert [event["type"] for event in job["events"]][-4:] == ["assigned", "accepted", "arrived", "resolved"]
    assert job["events"][-1]["by_name"] == "万能工"


def test_a_critical_ticket_says_that_nobody_could_be_told_until_somebody_was(pages):
    job = pages.ticket()
    assert job["untold"] is None
    news = [Notice(f"k{n}", 0.0, f"p{n}", "hook", job["id"], CRITICAL, "opened", WORDS, WORDS, reaches=True) for n in range(2)]
    with pages.store.begin() as transaction:
        transaction.notify(news)
    assert pages.ticket()["untold"] == "1970-01-01T00:00:00.000Z"
    pages.store.outbox_sent([row.id for row in pages.store.outbox_due(1.0) if row.notice.key == "k1"], 1.0)
    assert pages.ticket()["untold"] is None


def test_closing_without_the_two_keys_is_refused_with_what_is_missing(pages):
    job = pages.ticket()
    for step, more in (("accept", {}), ("arrive", {}), ("resolve", {"note": "done"})):
        job = pages.act(job["id"], step, "technician", version=job["version"], **more).json()
    refused = pages.act(job["id"], "close", "operator", version=job["version"])
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert "照片" in refused.json()["says"]["zh"]
    assert "reopen" in refused.json()["allowed"]
    assert len(job["missing"]) == 2


@pytest.mark.parametrize(
    ("action", "role", "body", "status"),
    [
        ("accept", "technician", {"version": 99}, 409),  # stale
        ("resolve", "technician", {"version": 1, "note": "x"}, 409),  # not from here
        ("assign", "technician", {"version": 1, "assignee": "tech-day"}, 403),  # not theirs to hand out
        ("assign", "operator", {"version": 1, "assignee": "nobody"}, 422),
        ("cancel", "operator", {"version": 1}, 422),  # without a reason
        ("accept", "technician", {}, 422),  # without a version
        ("accept", "technician", {"version": 1, "state": "closed"}, 422),  # with something slipped in
        ("explode", "operator", {"version": 1}, 404),
    ],
)
def test_what_cannot_be_done_says_so(pages, action, role, body, status):
    job = pages.ticket()
    if body.get("version") == 1:
        body["version"] = job["version"]
    answer = pages.act(job["id"], action, role, **body)
    assert answer.status_code == status
    assert set(answer.json()) >= {"type", "title", "status", "detail", "instance", "says"}
    assert pages.ticket()["version"] == job["version"]


def test_a_key_sent_twice_does_it_once(pages):
    job = pages.ticket()
    headers = pages.sign_in("technician") | {"idempotency-key": "k1"}
    first, again = (
        pages.client.post(f"/api/v1/tickets/{job['id']}/accept", json={"version": job["version"]}, headers=headers) for _ in "12"
    )
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert [event["type"] for event in pages.ticket()["events"]].count("accepted") == 1


def test_the_watch_reads_what_people_did_to_alarms(pages):
    alarm = pages.alarm()
    path, desk = f"/api/v1/alarms/{alarm['id']}", pages.sign_in("operator")
    seen = pages.client.post(f"{path}/acknowledge", json={"version": alarm["version"]}, headers=desk).json()
    assert (seen["isa_state"], seen["acknowledged_by_name"]) == ("C", "白昼值班")
    until = pages.clock.now() + 3600
    body = {"version": seen["version"], "reason": "换传感器", "until": until}
    shelved = pages.client.post(f"{path}/shelve", json=body, headers=desk).json()
    assert shelved["isa_state"] == "E"
    with pages.store.begin() as transaction:
        done = transaction.actions_after(0)
    assert [(one.kind, one.target) for one in done] == [("alarm.acknowledge", alarm["id"]), ("alarm.shelve", alarm["id"])]
    assert done[1].data["until"] == until


@pytest.mark.parametrize(
    ("until", "reason", "status"), [(3600, "", 422), (8 * 86400, "long", 422), (-1, "past", 422), (None, "never", 422)]
)
def test_a_shelf_needs_a_reason_and_an_end_within_a_week(pages, until, reason, status):
    alarm = pages.alarm()
    body = {"version": alarm["version"], "reason": reason, "until": None if until is None else pages.clock.now() + until}
    answer = pages.client.post(f"/api/v1/alarms/{alarm['id']}/shelve", json=body, headers=pages.sign_in("operator"))
    assert answer.status_code == status


def test_an_alarm_acknowledged_by_somebody_else_says_what_is_left_to_do(pages):
    alarm = pages.alarm()
    path, body = f"/api/v1/alarms/{alarm['id']}/acknowledge", {"version": alarm["version"]}
    assert pages.client.post(path, json=body, headers=pages.sign_in("operator")).status_code == 200
    late = pages.client.post(path, json=body, headers=pages.sign_in("manager"))
    assert late.status_code == 409
    assert late.json()["allowed"] == ["shelve", "comment"]


def test_what_was_said_about_an_alarm_is_told_with_who_and_when(pages):
    alarm, desk = pages.alarm(), pages.sign_in("operator")
    path = f"/api/v1/alarms/{alarm['id']}"
    assert pages.client.post(f"{path}/comment", json={"note": "已电话确认"}, headers=desk).status_code == 200
    assert pages.client.post(f"{path}/comment", json={"note": " "}, headers=desk).status_code == 422
    done = pages.client.get(path, headers=desk).json()["actions"]
    assert [(one["kind"], one["by_name"], one["data"]["note"]) for one in done] == [("alarm.comment", "白昼值班", "已电话确认")]


def test_the_wall_has_every_room_point_alarm_and_ticket(pages):
    wall = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()
    devices = {device["id"]: device for room in wall["rooms"] for device in room["devices"]}
    pump = devices["fire-pump"]
    pressure = next(point for point in pump["points"] if point["name"] == "main_pressure")
    assert (pump["state"], pump["severity"]) == ("alarm", "critical")
    assert pressure["value"][1] < 0.8
    assert ["LL", 0.8] in pressure["limits"]
    assert devices["ebike-03"]["state"] in ("unknown", "alarm")
    assert devices["boiler-1"]["state"] == "normal"
    assert {ticket["device"] for ticket in wall["tickets"]} >= {"fire-pump", "supply-low"}
    assert wall["rejected"]["by_code"] == {"json": 1}
    assert wall["seq"] == pages.store.last_event_seq()


def test_history_is_raw_for_a_short_span_and_stepped_for_a_long_one(pages):
    desk = pages.sign_in("operator")
    path = "/api/v1/points/hongshan.fire-pump.main_pressure/history"
    raw = pages.client.get(f"{path}?from={pages.clock.now() - 300}", headers=desk).json()
    assert raw["kind"] == "raw"
    assert raw["items"][0][0] >= raw["from"]
    steps = pages.client.get(f"{path}?from={pages.clock.now() - 600}&step=120", headers=desk).json()
    assert steps["kind"] == "step"
    assert all(low <= mean <= high for _, low, mean, high in steps["items"])
    assert pages.client.get(f"{path}?from=yesterday", headers=desk).status_code == 422
    assert pages.client.get(path.replace("main_pressure", "nothing"), headers=desk).status_code == 404


def test_lists_are_paged_to_the_end(pages, hongshan):
    desk, seen, before = pages.sign_in("manager"), [], ""
    while True:
        page = pages.client.get(f"/api/v1/devices?limit=7{before}", headers=desk).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert len(seen) == len(set(seen)) == len(hongshan.devices)
    assert seen[0] == f"{SITE}.fire-pump"


def test_a_technician_finds_their_own_tickets(pages):
    mine = pages.ticket("supply-low")
    pages.act(mine["id"], "assign", "operator", version=mine["version"], assignee="tech-day")
    items = pages.client.get("/api/v1/tickets?state=open&assignee=me", headers=pages.sign_in("technician")).json()["items"]
    assert mine["id"] in [item["id"] for item in items]
    assert all(item["assignee"] == "tech-day" for item in items)
    assert "accept" in next(item for item in items if item["id"] == mine["id"])["allowed"]


def test_figures_of_few_cases_are_told_as_few(pages):
    desk = pages.sign_in("manager")
    alarms = pages.client.get("/api/v1/kpi/alarms", headers=desk).json()
    response = pages.client.get("/api/v1/kpi/response", headers=desk).json()
    assert alarms["raised"] == sum(alarms["by_severity"].values()) > 0
    assert response["tickets"] == len(pages.store.tickets())
    assert response["clocks"]["accept"]["median_s"] is None


def test_a_person_of_one_community_sees_no_other(pages):
    headers = pages.sign_in("technician")
    pages.store.put_user(User("technician", "somebody-else", ("technician",)))
    assert pages.client.get("/api/v1/tickets", headers=headers).status_code == 404
    found = pages.store.tickets()[0]
    assert pages.client.get(f"/api/v1/tickets/{found.id}", headers=headers).status_code == 404


def test_ready_means_store_broker_and_watch(pages):
    assert not ready(pages)["watch"]["ok"]  # it has not said anything of itself yet
    say(pages, Check("clock", ok=True))
    assert pages.client.get("/readyz").status_code == 200
    pages.board.set_line("closed", "silent")
    assert pages.client.get("/readyz").status_code == 503
    assert {name for name, check in ready(pages).items() if not check["ok"]} == {"broker", "live"}
    assert pages.client.get("/healthz").status_code == 200


def test_what_ails_the_watch_stands_in_readyz_and_on_the_wall(pages):
    say(pages, Check("clock", ok=False, reason="the clock is off"), drift=3600.0)
    assert ready(pages)["clock"] == {"ok": False, "reason": "the clock is off"}
    pages.client.app.state.shared.system.signs = pages.client.app.state.shared.system.look()
    wall = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()
    assert [(sign["code"], sign["values"]["drift"]) for sign in wall["system"]] == [("clock", 3600.0)]


def test_a_watch_that_said_nothing_for_long_is_not_ready(pages):
    say(pages, Check("clock", ok=True), ago=60.0)
    assert "no word from the watch" in ready(pages)["watch"]["reason"]


def ready(pages):
    return pages.client.get("/readyz").json()["checks"]


def say(pages, *checks, ago=0.0, **facts):
    with pages.store.begin() as transaction:
        transaction.remember(KEPT_AS, Vitals(time.time() - ago, checks, facts).pack())


def test_an_alarm_says_for_how_long_its_values_must_be_normal(pages):
    page = pages.client.get("/api/v1/devices/fire-pump", headers=pages.sign_in("technician")).json()
    clears = {one["rule"]: one["clears_after"] for one in page["alarms"]}
    assert (clears["FP-01"], clears["main_pressure.LL"], clears["main_pressure.L"]) == (30.0, 30.0, 60.0)


def test_a_gap_stands_in_the_alarm_list_until_somebody_has_seen_it(pages, demo):
    outcome = Outcome()
    gaps.forgotten(SimpleNamespace(deaf={"main": 1000.0}, now=1060.0, configuration=demo), "main", outcome)
    with pages.store.begin() as transaction:
        transaction.save(outcome, (), {})

    def ours():
        wall = pages.client.get("/api/v1/wall", headers=pages.sign_in("operator")).json()
        return [one for one in wall["alarms"] if one["device"] == gaps.SYSTEM]

    (gap,) = ours()
    assert (gap["isa_state"], gap["severity"], gap["ticket"]) == ("D", "major", None)
    assert (gap["title"]["zh"], gap["device_name"]["en"]) == ("数据中断：消息代理丢失会话", "Atrium itself")
    body, headers = {"version": gap["version"]}, pages.sign_in("operator")
    assert pages.client.post(f"/api/v1/alarms/{gap['id']}/acknowledge", json=body, headers=headers).status_code == 200
    assert ours() == []
