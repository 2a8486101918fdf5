"""Lets, clauses of different severity, and what is said about mistakes in the wider language."""

from __future__ import annotations

import json

import pytest
from station import POINTS, Judged, Latest

from sensors.kit.condition import ConditionError, Scope, bind_letters, compile_condition, free_letters
from sensors.kit.words import CRITICAL, MAJOR, MINOR

LEAK = """
let q = 2 * level
minor: q > 2
    and pressure > 0
major: for(q > 6, 10s)
"""


@pytest.mark.parametrize(
    ("level", "pressure", "truth", "grade"),
    [
        (0.5, 1, False, None),
        (2, 1, True, MINOR),
        (4, 1, True, MAJOR),
        (4, None, True, MAJOR),
        (2, None, None, None),
        (4, -1, True, MAJOR),
    ],
)
def test_a_condition_is_as_bad_as_its_worst_true_clause(level, pressure, truth, grade):
    leak = Judged(LEAK)
    leak.at(0, level=level, pressure=pressure)
    assert leak.truth(10, level=level, pressure=pressure) is truth
    assert leak.condition.grade(leak.memory) is grade


def test_a_clause_may_rise_while_it_is_true():
    leak = Judged(LEAK)
    grades = []
    for now in (0, 5, 10, 15):
        leak.at(now, level=4, pressure=1)
        grades.append(leak.condition.grade(leak.memory))
    assert grades == [MINOR, MINOR, MAJOR, MAJOR]
    leak.memory = json.loads(json.dumps(leak.memory))
    assert leak.condition.grade(leak.memory) is MAJOR


def test_a_bare_condition_has_the_severity_of_the_signature():
    both = Judged("level > 4\nminor: level > 1")
    assert both.truth(0, level=2) is True
    assert both.condition.grade(both.memory) is MINOR
    assert both.truth(1, level=5) is True
    assert both.condition.grade(both.memory) is None
    assert both.condition.grade(both.memory, CRITICAL) is CRITICAL
    assert Judged("level > 4").condition.grade([0]) is None


def test_a_bare_condition_and_a_clause_may_be_worse_either_way():
    both = Judged("level > 1\nmajor: level > 4")
    both.at(0, level=5)
    assert [both.condition.grade(both.memory, own) for own in (CRITICAL, MAJOR, MINOR)] == [CRITICAL, MAJOR, MAJOR]
    both.at(1, level=2)
    assert [both.condition.grade(both.memory, own) for own in (CRITICAL, MINOR)] == [CRITICAL, MINOR]


def test_a_rule_at_rest_remembers_nothing_of_its_clauses():
    leak = Judged(LEAK)
    leak.at(0, level=4, pressure=1)
    leak.at(1, level=0, pressure=1)
    assert leak.memory == leak.condition.memory()


def test_of_several_true_clauses_each_fact_is_told_once_by_the_one_that_says_most():
    leak = Judged(LEAK)
    leak.at(0, level=4, pressure=1)
    assert leak.says(20)[0].en == "2 × Level 8.00 m, above 6.00 m for 20 s; Pressure 1.00 MPa, above 0.00 MPa"
    leak.at(0, level=2, pressure=1)
    assert leak.says(20)[0].en == "2 × Level 4.00 m, above 2.00 m; Pressure 1.00 MPa, above 0.00 MPa"


def test_a_let_is_worked_out_once_for_all_who_name_it():
    usual = Judged("let q = avg(level, 60s)\nmajor: q > 3; minor: q > 1 and q < 9")
    assert len(usual.memory) == 4  # the wake, the window, the clauses, which of them have spoken
    usual.at(0, level=2, pressure=1)
    assert usual.truth(60, level=2) is True
    assert usual.condition.inputs == {"level"}


def test_statements_end_with_their_line_or_a_semicolon():
    for text in (
        "minor: level > 1; major: level > 2;",
        "minor: level > 1\n\nmajor: level\n > 2\n",
        "\nminor: (level\n> 1)\nmajor: level > 2",
    ):
        assert compile_condition(text, Scope({"level": POINTS[2]})).root.grades == (MAJOR, MINOR)


def test_letters_are_free_in_lets_and_clauses():
    text = "let q = pump{i}_current * 2; critical: q > 3 and count(pump{i}_run) < 2"
    assert free_letters(text) == {"i"}
    assert bind_letters(text, {"i": 2}, {}) == "let q = pump2_current * 2; critical: q > 3 and count(pump{i}_run) < 2"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("majr: level > 1", "unknown severity (they are critical, major, minor, info): `majr`; did you mean major?"),
        ("major: level > 1; major: level > 2", "column 19: `major:` is said twice: join them with `or`"),
        ("level > 1; level > 2", "there are two conditions without a severity: join them with `or`"),
        ("let q = level; level > 1", "`q` is never used: remove the let"),
        ("let q = r; let r = level; q > r", "column 9: `r` is named further down: move its let up"),
        ("let q = level; let q = 1; q > 1", "`q` is named twice: keep one let"),
        ("let level = 1; level > 1", "`level` is a point already: give the let another name"),
        ("let avg = 1; avg > 1", "`avg` is a word of the language already"),
        ("let q level; q > 1", "`let` gives an expression a name"),
        ("let leak = level; leek > 1", "unknown point `leek`; did you mean leak"),
        ("let q = level;", "a name, a number or `(` is expected, not the end"),
        ("level > 1 while command", "`while` stands inside a function only"),
        ("avg(level since command, 1h) > 1", "`since` needs no length"),
        ("std(level since command) > 1", "`since` goes with min, max, avg and delta, not with std"),
        ("delta(level while command, 1h) > 1", "total(x while C, T) adds up"),
        ("avg(level, 60s before command) > 1", "a duration is expected here"),
        ("avg(level while command, 60s before 5s) > 1", "`before` gives the length of a plain window"),
        ("corr(level, pressure, 60s before 5s) > 1", "`before` gives the length of a plain window"),
        ("slope(level, 200n) > 1", "slope goes by time: give it a duration"),
        ("duty(command, 200n) > 1", "this goes by time: give it a duration"),
        ("avg(level, 0.5n) > 1", "a number of samples is whole and at least 1"),
        ("200n > 1", "a number of samples is the length of a window"),
        ("02:00 > 1", "a time of day stands in between(02:00, 05:00)"),
        ("between(25:00, 02:00)", "`25:00` is no time of day"),
        ("between(1, 2)", "between takes two times of day"),
        ("between(02:00, 02:00)", "between needs two different times of day"),
        ("days(command, 500) > 1", "days(C, n) looks back over 1 to 400 whole days"),
        ("days(command, level) > 1", "`level` must be a number or a parameter"),
        ("quantile(level, 2, 1h) > 1", "the share of a quantile lies between 0 and 1"),
        ("integral(level, 500d) > 1", "nothing is remembered for longer than 400 d"),
        ("slope(level, 1h) > slope(pressure, 1h)", "between m/h and MPa/h: the units differ"),
        ("time_to(level, pressure, 1h) > 1", "between m and MPa: the units differ"),
        ("run_length(command) > level", "between s and m: the units differ"),
        ("since(command) == 3s", "since is compared with <, <=, > or >="),
        ("was(mode, 5s) == atuo", "unknown word of `mode` (its words: auto, manual, off): `atuo`; did you mean auto?"),
        ("baseline(level, of=mode) > 1", "baseline takes x and what it goes by"),
        ("avg(level, by=3) > 1", "a duration is expected here"),
        ("abs(by=3) > 1", "a named argument is taken here by none"),
        ("group(pump) > 1", "group(kind) stands inside share(…), any_of(…) or all_of(…)"),
        ("share(command, command) > 1", "a group is expected here: group(kind)"),
        ("share(command, group(pump, room)) > 1", "group takes a kind and, if need be, what its devices share"),
        ("share(command, group(pump, same=street)) > 1", "devices may share a room, gateway, feeder): `street`"),
        ("any_of(all_of(command, group(pump)), group(pump))", "a group within a group"),
        ("share(comand, group(pump)) > 1", "unknown point `comand`; did you mean command?"),
        ("share(for(command, 5s), group(pump)) > 1", "in pump only present values are looked at"),
        ("level ^ mode > 1", "`mode` is a word, not a number"),
        ("count(command) > 1", "needs a name with a letter"),
        ("count(fan{k}_run) > 1", "no instances of {k} are configured"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_wider_language_is_told_with_what_to_do(scope, text, complaint):
    with pytest.raises(ConditionError) as error:
        compile_condition(text, scope)
    assert complaint in "\n".join(error.value.complaints)


def test_groups_are_checked_against_the_kinds_that_are_known():
    pump = Scope({"level": POINTS[2]}, kind="pump", kinds={"tank": Scope({"full": POINTS[4]})})
    assert compile_condition("any_of(full, group(tank)) and share(level > 1, group(pump)) > 0.5", pump).inputs == {"level"}
    for text, complaint in {
        "any_of(full, group(tnk))": "unknown kind `tnk`; did you mean tank?",
        "any_of(level > 1, group(tank))": "unknown point `level`",
    }.items():
        with pytest.raises(ConditionError, match=complaint.replace("?", ".")):
            compile_condition(text, pump)


@pytest.mark.parametrize(
    ("text", "levels", "truth"),
    [
        ("share(level > 1, group(pump, same=room)) >= 0.5", (2, 0), True),
        ("share(level > 1, group(pump, same=room)) > 0.5", (2, 0), False),
        ("share(level > 1, group(pump, same=room)) > 0.5", (2, None), True),
        ("share(level > 1, group(pump, same=room)) > 0.5", (None, None), None),
        ("any_of(level > 1, group(pump, same=room))", (0, 2), True),
        ("any_of(level > 1, group(pump, same=room))", (0, None), None),
        ("any_of(level > 1, group(pump, same=room))", (0, 0), False),
        ("all_of(level > 1, group(pump, same=room))", (2, 2), True),
        ("all_of(level > 1, group(pump, same=room))", (2, None), None),
        ("all_of(level > 1, group(pump, same=room))", (None, 0), False),
        ("all_of(missing(level), group(pump, same=gateway))", (2, 2), None),
    ],
)
def test_a_group_is_judged_by_the_latest_values_of_its_devices(text, levels, truth):
    condition = compile_condition(text, Scope({}, kind="own", kinds={"pump": Scope({"level": POINTS[2]})}))
    here = Latest()
    here.near = {("pump", "room"): [Latest().put(0, level=level) for level in levels]}
    verdict = condition.judge(condition.memory(), 0, here)
    assert (verdict.truth, verdict.wake) == (truth, 60)


def test_a_device_is_one_of_its_own_group():
    condition = compile_condition("share(level > 1, group(pump)) == 0.5", Scope({"level": POINTS[2]}, kind="pump"))
    here = Latest().put(0, level=2)
    here.near = {("pump", ""): [Latest().put(0, level=0)]}
    assert condition.judge(condition.memory(), 0, here).truth is True
    assert "50 %" in condition.explain(condition.memory(), 0, here)[0].en
    assert CRITICAL.rank < MAJOR.rank


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("2 ^ 3 ^ 2 == 512", True),
        ("-2 ^ 2 == -4", True),
        ("(level / 2) ^ 0.5 > 1", True),
        ("(0 - level) ^ 0.5 > 0", None),
        ("0 ^ (0 - 1) > 0", None),
        ("exp(log(level)) - level < 0.001", True),
        ("log(level - 4) > 0", None),
        ("exp(level * 1000) > 0", None),
        ("sqrt(level) == 2", True),
        ("round(level / 3) == 1", True),
        ("count(pump{i}_run) == 1", True),
        ("count(pump{i}_current > 5) >= 1", None),
    ],
)
def test_functions_of_numbers(judged, text, truth):
    assert judged(text).truth(0, level=4, pump1_run=1, pump2_run=0) is truth
