"""A device whose points are half missing: its page says which rules cannot be judged and why."""

from __future__ import annotations

from daemon.core.nouns import Message, Outcome, Rejected

NOW = 1795330800.0 + 600.0


def sheet(pages, device="fire-pump"):
    answer = pages.client.get(f"/api/v1/devices/hongshan.{device}", headers=pages.sign_in("operator"))
    assert answer.status_code == 200
    return {one["rule"]: one for one in answer.json()["unjudged"]}


def forget(pages, *gone):
    """The board never heard these points of the fire pump."""
    values = {name: sample for name, sample in pages.board.values("hongshan")["fire-pump"].items() if name not in gone}
    everything = {**pages.board.values("hongshan"), "fire-pump": values}
    pages.board.take_frame("hongshan", {"at": NOW, "full": True, "values": everything})


def test_a_device_that_says_everything_has_no_such_rules(pages):
    assert sheet(pages) == {}


def test_rules_that_miss_a_point_are_listed_with_the_reason_in_both_languages(pages):
    forget(pages, "flow", "suction_pressure")
    found = sheet(pages)
    assert {"FP-07[i=1]", "FP-08[i=2]", "FP-09[i=1]", "FP-10[i=2]", "FP-15"} <= set(found)
    assert found["FP-09[i=1]"]["zh"] == "消防管网流量还没有数据"
    assert found["FP-09[i=1]"]["en"] == "no data of System / test-line flow yet"
    assert found["FP-09[i=1]"]["title"]["zh"] == "关阀运行/长时间零流量"
    assert (found["FP-15"]["partly"], found["FP-07[i=1]"]["partly"]) == (True, False)
    assert "FP-12" not in found


def test_a_silent_device_is_judged_by_nothing(pages):
    headers = pages.sign_in("operator")
    pages.clock.at = NOW + 900
    answer = pages.client.get("/api/v1/devices/hongshan.fire-pump", headers=headers).json()
    assert {"FP-01", "main_pressure.LL", "tank_level.LL"} <= {one["rule"] for one in answer["unjudged"]}


def test_a_rule_that_failed_while_it_ran_is_listed_with_its_failure(pages):
    why = "rule FP-12 cannot be evaluated: ZeroDivisionError: division by zero"
    other = Rejected("hongshan/boiler-1/BO-01", "rule", "rule BO-01 cannot be evaluated: KeyError: 'x'", NOW - 60)
    outcome = Outcome(rejected=[Rejected("hongshan/fire-pump/FP-12", "rule", why, NOW - 60), other])
    with pages.store.begin() as transaction:
        transaction.save(outcome, [Message("t", b"", NOW)], {})
    found = sheet(pages)
    assert set(found) == {"FP-12"}
    assert found["FP-12"]["en"] == "the rule failed at 15:09: ZeroDivisionError: division by zero"
