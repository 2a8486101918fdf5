"""The review list over HTTP: what is shown, and what a person's word does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import NOW
from records import make_entry, make_finding

from daemon.core.learned.finding import Detector
from daemon.core.learned.review import Decision
from daemon.core.learned.review import decide as decided
from daemon.core.nouns import Reason


@pytest.fixture
def fresh(pages):
    """Puts an entry about a device on the list; answers its id."""

    def put(name="a", device="fire-pump", points=("main_pressure",)):
        entry = make_entry(name, device=device, findings=(make_finding(name, device=device, points=points),), last_at=NOW - 60)
        with pages.store.begin() as transaction:
            transaction.put_entry(entry)
        return name

    return put


@pytest.fixture
def calm(pages):
    """A device without an open ticket, and a point of it."""
    taken = {one.device for one in pages.store.tickets(ended=False)}
    site = pages.client.app.state.shared.site(None)
    return next((d.id, next(iter(d.channels))) for d in site.devices.values() if d.id not in taken and not d.is_gateway)


def decide(pages, name, what, role="operator", **body):
    return pages.client.post(f"/api/v1/review/{name}/{what}", json={"version": 1, **body}, headers=pages.sign_in(role))


def items(pages, query="?state=open"):
    return pages.client.get(f"/api/v1/review{query}", headers=pages.sign_in("operator")).json()["items"]


def code(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_an_entry_says_where_which_points_and_why_in_both_languages(pages, fresh):
    fresh()
    (entry,) = items(pages)
    assert (entry["device"], entry["state"], entry["version"]) == ("fire-pump", "open", 1)
    (finding,) = entry["findings"]
    assert finding["points"][0]["name"]["en"]
    assert finding["reason"]["zh"].startswith("压力")
    assert entry["title"]["en"].endswith("is not as usual")


def test_the_finding_that_says_how_rare_leads(pages):
    second = make_finding("b", detector=Detector.DEVICE, at=150.0, reason=Reason("偏离", "away"))
    with pages.store.begin() as transaction:
        transaction.put_entry(make_entry("a", findings=(second, make_finding("a"))))
    assert [one["detector"] for one in items(pages)[0]["findings"]] == ["channel", "device"]


def test_what_has_joined_the_ticket_of_an_alarm_is_not_open_but_in_the_list_of_what_was_decided(pages, fresh):
    fresh()
    with pages.store.begin() as transaction:
        transaction.put_entry(decided(pages.store.entry("a"), Decision.JOINED, by="system", at=NOW, note="HS-20261122-0001"))
    assert items(pages) == []
    (entry,) = items(pages, "?state=joined")
    assert (entry["state"], entry["by"], entry["note"]) == ("joined", "system", "HS-20261122-0001")
    assert code(decide(pages, "a", "dismiss")) == (409, "decided")


@pytest.mark.parametrize(("what", "state"), [("accept", "accepted"), ("dismiss", "dismissed")])
def test_a_word_is_recorded_with_who_and_when(pages, fresh, what, state):
    fresh()
    answer = decide(pages, "a", what, note="  上周换了泵 ")
    assert (answer.status_code, answer.json()["state"], answer.json()["by"]) == (200, state, "operator-day")
    assert items(pages) == []
    (done,) = pages.store.actions("a")
    assert (done.kind, done.by, done.at) == (f"review.{state}", "operator-day", NOW)
    assert dict(done.data) == {
        "note": "上周换了泵", "version": 2, "site": "hongshan", "device": "fire-pump", "points": ["main_pressure"]
    }  # fmt: skip
    assert len(pages.client.get("/api/v1/review/a", headers=pages.sign_in("operator")).json()["actions"]) == 1


def test_a_ticket_is_minor_and_its_people_are_told(pages, fresh, calm):
    device, point = calm
    fresh(device=device, points=(point,))
    before = len(pages.store.outbox_due(NOW + 1, 1000))
    assert decide(pages, "a", "ticket").status_code == 200
    made = next(one for one in pages.store.tickets(ended=False) if one.device == device)
    assert (str(made.severity), made.origin, made.rules) == ("minor", "learned", (f"learned:{point}",))
    assert made.reason.en == "1.05 MPa; rare"
    assert len(pages.store.outbox_due(NOW + 1, 1000)) > before
    shown = pages.client.get(f"/api/v1/tickets/{made.id}", headers=pages.sign_in("operator")).json()
    assert all("signal" not in one["en"] for one in shown["missing"])
    assert shown["events"][0]["by"] == "operator-day"


def test_a_ticket_for_a_device_that_has_one_is_a_line_in_it(pages, fresh):
    fresh()
    before = pages.ticket()
    decide(pages, "a", "ticket")
    after = pages.ticket()
    assert (after["id"], after["severity"], after["title"]) == (before["id"], before["severity"], before["title"])
    assert after["rules"] == [*before["rules"], "learned:main_pressure"]
    assert after["events"][-1]["type"] == "noticed"
    assert after["events"][-1]["data"]["reason"]["en"] == "1.05 MPa; rare"


def test_what_was_decided_or_has_grown_is_not_decided_again(pages, fresh):
    fresh()
    assert code(decide(pages, "a", "dismiss", version=7)) == (409, "version")
    decide(pages, "a", "dismiss")
    assert code(decide(pages, "a", "accept")) == (409, "decided")
    assert code(decide(pages, "none", "accept")) == (404, "missing")


def test_the_same_key_is_one_word(pages, fresh):
    fresh()
    headers = pages.sign_in("operator") | {"idempotency-key": "k"}
    answers = [pages.client.post("/api/v1/review/a/dismiss", json={"version": 1}, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert len(pages.store.actions("a")) == 1


def test_an_entry_of_a_device_that_is_gone_is_not_shown(pages):
    with pages.store.begin() as transaction:
        transaction.put_entry(replace(make_entry("a"), device="gone"))
    assert items(pages, "") == []
    assert code(decide(pages, "a", "dismiss")) == (404, "missing")


def test_a_technician_may_not(pages, fresh):
    fresh()
    assert code(decide(pages, "a", "dismiss", role="technician")) == (403, "role")
    assert pages.client.get("/review", headers=pages.sign_in("technician")).status_code == 403


def test_the_page_carries_its_first_state(pages, fresh):
    fresh()
    answer = pages.client.get("/review", headers=pages.sign_in("operator"))
    assert answer.status_code == 200
    assert '"entries":[{"id":"a"' in answer.text
