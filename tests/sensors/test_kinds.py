"""The kinds: sound, complete against the reference, in both languages, with their evidence kept."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace

import pytest

from sensors.kit.check import check_kind
from sensors.kit.tables import HH, LL, H, L, failure, fault, gauge, limit, seen, state, switch
from sensors.kit.words import CRITICAL, MAJOR, Evidence, Text
from sensors.registry import kinds

KINDS = (
    "boiler", "charging_group", "common", "control_room", "ebike_charger", "elevator", "ev_charger", "fire_pump", "gateway",
    "power_room", "reclaimed_water", "street_light", "water_supply",
)  # fmt: skip
WORDS = {"zh": "测", "en": "a"}
SAYS = ("测试", "test")


@pytest.fixture(scope="session")
def reference(root):
    """The equipment reference beside the project, by kind."""
    path = root.parent / "shared" / "domain" / "equipment.json"
    if not path.exists():
        pytest.skip(f"{path} is not at hand: nothing to compare with")
    return {kind["kind"]: kind for kind in json.loads(path.read_text(encoding="utf-8"))["kinds"]}


def test_kinds_are_found_by_folder():
    assert set(KINDS) <= set(kinds())
    assert all(name == kind.id for name, kind in kinds().items())


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_is_sound(name):
    assert check_kind(kinds()[name]) == []


def texts(thing):
    """Every Text anywhere inside frozen data."""
    if isinstance(thing, Text):
        yield thing
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            yield from texts(getattr(thing, field.name))
    elif isinstance(thing, tuple):
        for part in thing:
            yield from texts(part)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_text_is_there_in_both_languages(name):
    for text in texts(kinds()[name]):
        assert text.zh.strip(), text
        assert text.en.strip(), text
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text
        assert not re.search(r"\{[^i]\}", text.zh + text.en), f"{text}: the instance is {{i}}, whatever its letter in names"


@pytest.mark.parametrize("table", ["params", "points", "limits", "signatures", "tasks", "faults"])
def test_nothing_of_the_reference_is_missing(reference, table):
    for name in set(kinds()) & set(reference):
        mine, theirs = getattr(kinds()[name], table), reference[name][table]
        assert len(mine) == len(theirs), name
        key = {"params": "name", "points": "name", "limits": "point"}.get(table, "id")
        assert [getattr(row, key) for row in mine] == [row[key] for row in theirs], name


def test_points_keep_every_figure_of_the_reference(reference):
    for name in set(kinds()) & set(reference):
        for mine, theirs in zip(kinds()[name].points, reference[name]["points"], strict=True):
            assert (mine.says.zh, mine.says.en, mine.unit, mine.ucum) == (
                theirs["zh"],
                theirs["en"],
                theirs["unit"] or "",
                theirs["ucum"] or "",
            )
            assert mine.type == {"string": "text"}.get(theirs["type"], theirs["type"])
            assert list(mine.span or ()) == (theirs["sensor_range"] or [])
            assert list(mine.normal or ()) == (theirs["normal"] or [])
            assert (mine.normal_text, mine.note) == (theirs["normal_text"] or "", theirs["note"] or "")
            assert (mine.every, mine.heartbeat) == (theirs["period_s"], theirs["heartbeat_s"])
            assert (mine.resolution, mine.noise) == (theirs["resolution"], theirs["noise_sigma"] or theirs.get("noise_relative"))
            assert list(mine.states) == theirs.get("enum", [])
            assert (mine.index, mine.instances) == (theirs.get("index", ""), theirs.get("instances", 0))


def test_limits_keep_every_figure_of_the_reference(reference):
    for name in set(kinds()) & set(reference):
        for mine, theirs in zip(kinds()[name].limits, reference[name]["limits"], strict=True):
            value = tuple(theirs["value"]) if isinstance(theirs["value"], list) else theirs["value"]
            assert (mine.level, mine.op, mine.value) == (theirs["level"], theirs["op"], value)
            assert (mine.on, mine.off) == (theirs["on_delay_s"], theirs["off_delay_s"])
            assert (mine.deadband, mine.severity) == (theirs["deadband"] or 0, theirs["severity"])
            assert mine.expr == (theirs["value_expr"] or "")
            assert mine.when == {"always": ""}.get(theirs["when"], theirs["when"])
            assert list(mine.also) == (theirs["also"] or [])
            assert mine.because.startswith(theirs["basis"] or "")
            assert mine.evidence == Evidence(theirs["evidence"], theirs["evidence_text"], tuple(theirs["sources"]))


def test_signatures_keep_words_and_conditions_of_the_reference(reference):
    for name in set(kinds()) & set(reference):
        for mine, theirs in zip(kinds()[name].signatures, reference[name]["signatures"], strict=True):
            assert (mine.says.zh, mine.do.zh) == (theirs["zh"], theirs["first_action_zh"])
            assert (mine.says.en, mine.do.en) == (theirs["en"], theirs["first_action_en"])
            assert [(cause.zh, cause.en) for cause in mine.causes] == [(cause["zh"], cause["en"]) for cause in theirs["causes"]]
            assert mine.reference.startswith(theirs["condition"])
            assert theirs["severity"].startswith(mine.severity)
            assert (mine.note, mine.evidence.mark) == (theirs["note"] or "", theirs["evidence"])


def test_params_tasks_faults_and_resident_words_are_the_references(reference):
    for name in set(kinds()) & set(reference):
        mine, theirs = kinds()[name], reference[name]
        assert (mine.explains.zh, mine.explains.en) == (theirs["explain"]["zh"], theirs["explain"]["en"])
        assert (mine.scope, mine.recipe) == (theirs["scope"], theirs["simulator"])
        for param, row in zip(mine.params, theirs["params"], strict=True):
            assert (param.default, param.unit, param.evidence.text) == (row["default"], row["unit"], row["evidence_text"])
        for task, row in zip(mine.tasks, theirs["tasks"], strict=True):
            assert (task.every_days, task.basis, task.evidence.text) == (
                row["interval_days"],
                row["basis"] or "",
                row["evidence_text"],
            )
            assert (task.items.zh, task.items.en) == (row["items_zh"], row["items_en"])
        for label, row in zip(mine.faults, theirs["faults"], strict=True):
            assert (label.dynamics, len(label.raises)) == (row["dynamics"], len(row["expect"]))


def test_evidence_keeps_its_mark_and_its_sources():
    assert seen("S:boiler-nick; K TSG 11") == Evidence("S", "S:boiler-nick; K TSG 11", ("boiler-nick",))
    assert seen("S:gb50974-11-nhud (rule); value J (site setting)").mark == "J"
    assert seen("K GB/T 12325-2008").mark == "K"
    assert {limit.evidence.mark for kind in kinds().values() for limit in kind.limits} == {"S", "K", "J"}


@pytest.mark.parametrize("rule", ["FP-01", "FP-02", "FP-07", "FP-12", "WS-03", "WS-04", "BO-01", "BO-04", "EV-01", "EV-02",
                                  "EB-04", "EB-05", "CG-04"])  # fmt: skip
def test_the_promised_signatures_are_judged(rule):
    signatures = {signature.id: signature for kind in kinds().values() for signature in kind.signatures}
    assert signatures[rule].when


@pytest.mark.parametrize("name", ["charging_group", "control_room", "ebike_charger", "elevator", "ev_charger", "power_room",
                                  "reclaimed_water", "street_light"])  # fmt: skip
def test_every_signature_of_a_finished_kind_is_judged(name):
    assert [signature.id for signature in kinds()[name].signatures if not signature.when] == []


BROKEN = {
    "a limit of no point": ({"limits": (limit("presure", L, 1, MAJOR, 0, 0, 0),)}, "there is no point presure"),
    "a limit out of range": ({"limits": (limit("pressure", H, 9, MAJOR, 0, 0, 0),)}, "9 lies outside the sensor range"),
    "negative delay": ({"limits": (limit("pressure", H, 1, MAJOR, -1, 0, 0),)}, "can't be negative"),
    "a gate on no point": ({"limits": (limit("pressure", H, 1, MAJOR, 0, 0, 0, when="runs"),)}, "unknown point `runs`"),
    "crossed thresholds": (
        {"limits": (limit("pressure", L, 1, MAJOR, 0, 0, 0), limit("pressure", H, 0.5, MAJOR, 0, 0, 0))},
        "pressure: L 1 must lie below H 0.5",
    ),
    "LL above L": (
        {"limits": (limit("pressure", LL, 1, MAJOR, 0, 0, 0), limit("pressure", L, 0.5, MAJOR, 0, 0, 0))},
        "LL 1 must lie below L 0.5",
    ),
    "a figure not of its expression": (
        {"limits": (limit("pressure", HH, 1, MAJOR, 0, 0, 0, expr="2*0.7"),)},
        "is not what 2*0.7 gives, 1.4",
    ),
    "an expression of no param": (
        {"limits": (limit("pressure", HH, 1, MAJOR, 0, 0, 0, expr="P.top"),)},
        "unknown parameter `top`",
    ),
    "a state it hasn't": ({"limits": (state("run", "==", 2, MAJOR, 0, 0),)}, "2 is no state of run (it has 0, 1)"),
    "a bad operator": ({"limits": (state("run", "<", 1, MAJOR, 0, 0),)}, "a state is compared with"),
    "a wrong condition": ({"signatures": (("run and",),)}, "expected, not the end"),
    "an unknown name": ({"signatures": (("runs",),)}, "unknown point `runs`"),
    "hiding nothing": ({"signatures": (("run", "pressure.HH"),)}, "hides pressure.HH, but there is no such rule"),
    "twice the same": ({"points": (gauge("a", *SAYS, "m", (0, 1), None, 1),) * 2}, "point a is declared 2 times"),
    "a band out of range": ({"points": (gauge("a", *SAYS, "m", (0, 1), (0, 2), 1),)}, "lies outside the sensor range"),
    "no instances": ({"points": (gauge("a{i}", *SAYS, "m", (0, 1), None, 1),)}, "how many instances"),
    "an unpromised rule": ({"faults": (fault("X-F1", *SAYS, ["X-99"], "…"),)}, "raises X-99, but there is no such rule"),
    "a headline of nothing": ({"headline": ("top",)}, "headline top is no point"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_kind_is_told_what_is_wrong(case):
    parts, complaint = BROKEN[case]
    pressure, run = gauge("pressure", *SAYS, "MPa", (0, 1.6), None, 10), switch("run", *SAYS, SAYS, SAYS, "0")
    sound = replace(
        kinds()["charging_group"], params=(), points=(pressure, run), limits=(), signatures=(_rule("run"),), tasks=(),
        faults=(), headline=(),
    )  # fmt: skip
    if "signatures" in parts:
        parts = {"signatures": tuple(_rule(when, *hides) for when, *hides in parts["signatures"])}
    assert check_kind(sound) == []
    assert complaint in "\n".join(check_kind(replace(sound, **parts)))


def _rule(when, *hides):
    return failure("X-01", CRITICAL, SAYS, reference=when, do=SAYS, causes=(), when=when, hides=hides)
