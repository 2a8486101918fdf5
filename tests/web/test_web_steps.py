"""Steps of two people at once: each is decided on what is true when it is written, and none is lost."""

from contextlib import contextmanager

import pytest


@pytest.fixture
def rushed(pages, monkeypatch):
    """`rushed(n, what)`: the next `n` times somebody is about to write, `what` is done first."""
    begin = pages.store.begin
    left = []

    @contextmanager
    def hurried():
        if left:
            left.pop()()
        with begin() as transaction:
            yield transaction

    monkeypatch.setattr(pages.store, "begin", hurried)
    return lambda n, what: left.extend([what] * n)


def test_a_comment_is_written_on_top_of_what_somebody_else_did_meanwhile(pages, rushed):
    ticket = pages.ticket()["id"]
    rushed(3, lambda: pages.act(ticket, "comment", "operator", note="faster"))
    assert pages.act(ticket, "comment", "manager", note="slower").status_code == 200
    notes = [one["note"] for one in pages.ticket()["events"] if one["note"] in ("faster", "slower")]
    assert notes == ["faster"] * 3 + ["slower"]


def test_a_step_that_somebody_else_has_made_impossible_meanwhile_is_refused(pages, rushed):
    ticket = pages.ticket()
    rushed(1, lambda: pages.act(ticket["id"], "accept", "technician", version=ticket["version"]))
    answer = pages.act(ticket["id"], "assign", "operator", version=ticket["version"], assignee="tech-day")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "version")


def test_of_one_alarm_acknowledged_by_two_at_once_the_second_is_told(pages, rushed):
    alarm, headers = pages.alarm(), pages.sign_in("operator")
    path, body = f"/api/v1/alarms/{alarm['id']}/acknowledge", {"version": alarm["version"]}
    first = []
    rushed(1, lambda: first.append(pages.client.post(path, json=body, headers=headers)))
    second = pages.client.post(path, json=body, headers=headers)
    assert (first[0].status_code, second.status_code, second.json()["type"].rpartition(":")[2]) == (200, 409, "acknowledged")


def test_the_same_key_at_the_same_moment_is_one_step(pages, rushed):
    ticket, headers = pages.ticket()["id"], pages.sign_in("operator") | {"idempotency-key": "k"}
    path, body, answers = f"/api/v1/tickets/{ticket}/comment", {"note": "once"}, []
    rushed(1, lambda: answers.append(pages.client.post(path, json=body, headers=headers)))
    answers.append(pages.client.post(path, json=body, headers=headers))
    assert answers[0].json() == answers[1].json()
    assert [one["note"] for one in pages.ticket()["events"]].count("once") == 1
