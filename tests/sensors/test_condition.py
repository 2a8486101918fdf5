"""The condition language: what it accepts, what it says about mistakes, and how it judges in event time."""

from __future__ import annotations

import json

import pytest

from sensors.kit.condition import ConditionError, Verdict, bind_letters, compile_condition, compute, free_letters

FP01 = "for(pressure < P.start, 10s) and mode == auto and not any(pump{i}_run)"
TRUTHS = {"T": 1, "F": 0, "U": None}


@pytest.mark.parametrize(
    ("op", "table"),
    [
        ("and", {"TT": "T", "TF": "F", "TU": "U", "FT": "F", "FF": "F", "FU": "F", "UT": "U", "UF": "F", "UU": "U"}),
        ("or", {"TT": "T", "TF": "T", "TU": "T", "FT": "T", "FF": "F", "FU": "U", "UT": "T", "UF": "U", "UU": "U"}),
    ],
)
def test_and_and_or_follow_kleenes_truth_table(judged, op, table):
    for sides, result in table.items():
        left, right = (TRUTHS[side] for side in sides)
        truth = judged(f"command {op} pump1_run").truth(0, command=left, pump1_run=right)
        assert truth == (None if result == "U" else result == "T"), sides


def test_not_keeps_the_unknown_unknown(judged):
    assert [judged("not command").truth(0, command=value) for value in (1, 0, None)] == [False, True, None]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("pressure < 0.8", True),
        ("pressure < P.start and P.start > pressure", True),
        ("pressure >= 0.7", True),
        ("0.5 < pressure < 0.7", False),
        ("not pressure <= 0.7", False),
        ("pressure - suction > 0.5", True),
        ("-pressure < 0", True),
        ("pressure / suction > 6.9", True),
        ("2 + 3 * 4 == 14", True),
        ("(2 + 3) * 4 == 20", True),
        ("pressure / 0 > 1", None),
        ("mode == auto", True),
        ("auto == mode", True),
        ("mode != auto", False),
        ("mode in (manual, auto)", True),
        ("mode not in (manual, off)", True),
        ("command == 1", False),
        ("command == false", True),
        ("command", False),
        ("any(pump{i}_run)", True),
        ("all(pump{i}_run)", False),
        ("sum(pump{i}_run) == 1", True),
        ("sum(pump{i}_current) == 90", True),
        ("max(pump1_current, pump2_current) == 60", True),
        ("min(pump1_current, pump2_current) == 30", True),
        ("abs(suction - pressure) > 0.5", True),
        ("unbalance(pump1_current, pump2_current) > 0.33", True),
        ("level > 1", None),
        ("missing(level)", True),
        ("missing(mode) or pressure < 1", True),
        ("level > 1 or pressure < 1", True),
        ("level > 1 and pressure > 1", False),
    ],
)
def test_an_expression_of_present_values_is_judged(judged, text, truth):
    now = judged(text)
    values = {"pressure": 0.7, "suction": 0.1, "mode": "auto", "command": 0, "pump1_run": 0, "pump2_run": 1}
    assert now.truth(0, **values, pump1_current=30, pump2_current=60) is truth


def test_for_is_true_from_since_plus_its_time_and_says_when_to_wake(judged):
    low = judged("for(pressure < P.start, 10s)")
    assert (low.at(100, pressure=0.7).truth, low.at(100).wake) == (False, 110)
    assert low.at(109).wake == 110
    assert (low.at(110).truth, low.at(110).wake) == (True, None)


def test_for_starts_again_after_false(judged):
    low = judged("for(pressure < P.start, 10s)")
    low.at(0, pressure=0.7)
    assert low.truth(5, pressure=0.9) is False
    assert low.at(6, pressure=0.7).wake == 16
    assert [low.truth(now) for now in (15.9, 16)] == [False, True]


def test_for_begins_again_after_unknown_but_nobody_knows_whether_it_had_lasted(judged):
    low = judged("for(pressure < P.start, 10s)")
    low.at(0, pressure=0.7)
    assert low.truth(5, pressure=None) is None
    assert low.at(6, pressure=0.7) == Verdict(truth=False, wake=10)
    assert low.at(10) == Verdict(truth=None, wake=16)
    assert [low.truth(now) for now in (15.9, 16)] == [None, True]
    assert low.truth(17, pressure=0.9) is False
    assert [low.truth(now, pressure=0.7) for now in (18, 27.9, 28)] == [False, False, True]


def test_what_was_false_before_it_was_unknown_has_not_lasted(judged):
    low = judged("for(pressure < P.start, 10s)")
    low.at(0, pressure=0.9)
    assert low.truth(5, pressure=None) is None
    assert [low.truth(now, pressure=0.7) for now in (6, 15.9, 16)] == [False, False, True]


def test_a_change_that_was_seen_is_remembered_through_the_unknown(judged):
    started = judged("rose(command, 60s)")
    started.at(0, command=0)
    assert started.truth(10, command=1) is True
    assert [started.truth(now, command=value) for now, value in ((20, None), (30, 1), (69, 0), (70, 0))] == [
        None,
        True,
        True,
        False,
    ]
    assert [started.truth(now, command=value) for now, value in ((80, None), (90, 1))] == [None, False]


def test_an_edge_lasts_its_time_and_counts_only_seen_changes(judged):
    rose = judged("rose(command, 15s)")
    assert rose.truth(0, command=1) is False  # already so when first seen
    rose.at(1, command=0)
    assert (rose.at(2, command=1).truth, rose.at(2).wake) == (True, 17)
    assert rose.truth(16.9) is True
    assert rose.truth(17) is False
    assert judged("fell(command, 15s)").truth(0, command=0) is False


def test_an_edge_across_the_unknown_is_no_edge(judged):
    rose = judged("rose(command, 15s)")
    rose.at(0, command=0)
    assert rose.truth(1, command=None) is None
    assert rose.truth(2, command=1) is False


def test_a_start_command_is_judged_fifteen_seconds_after_it_rose(judged):
    failed = judged("rose(command, 30s) and not rose(command, 15s) and for(not any(pump{i}_run), 15s)")
    failed.at(0, command=0, pump1_run=0, pump2_run=0)
    assert failed.at(60, command=1).wake == 75
    assert failed.truth(74.9) is False
    assert failed.truth(75) is True
    assert failed.truth(76, pump1_run=1) is False


def test_memory_is_kept_going_even_where_the_result_is_settled(judged):
    both = judged("command and for(pressure < P.start, 10s)")
    both.at(0, command=0, pressure=0.7)
    assert both.truth(10, command=1) is True


@pytest.mark.parametrize(
    ("text", "result"),
    [("avg", 3.0), ("median", 3.0), ("min", 2.0), ("max", 4.0), ("std", (2 / 3) ** 0.5)],
)
def test_a_window_looks_at_its_last_samples_only_once_it_is_full(judged, text, result):
    window = judged(f"abs({text}(level, 120s) - {result}) < 0.0001")
    truths = [window.truth(60 * n, level=n) for n in range(5)]
    assert truths[:2] == [None, None]
    assert truths[-1] is True


def test_a_window_is_unknown_again_after_the_unknown(judged):
    window = judged("avg(level, 60s) > 0")
    window.at(0, level=1)
    assert window.truth(60, level=1) is True
    assert window.truth(90, level=None) is None
    assert window.truth(120, level=1) is None


def test_delta_compares_with_the_value_in_force_then(judged):
    rise = judged("delta(level, 90s) == 3")
    assert [rise.truth(60 * n, level=value) for n, value in enumerate([1, 2, 4, 5])] == [None, None, True, True]


def test_age_wakes_by_itself_and_knows_the_stale(judged):
    silent = judged("age(level) > 3min")
    assert silent.truth(0) is None
    assert (silent.at(10, level=2).truth, silent.at(10).wake) == (False, 190)
    silent.latest.put(100, level=None)
    assert silent.truth(189) is False
    assert silent.truth(190) is True
    assert judged("60s < age(level)").at(0, level=1).wake == 60


def test_memory_survives_the_store(judged):
    low = judged(f"{FP01} or avg(level, 60s) > 3 or rose(command, 5s)")
    low.at(0, pressure=0.7, mode="auto", pump1_run=0, pump2_run=0, level=1, command=0)
    low.memory = json.loads(json.dumps(low.memory))
    assert low.truth(10) is True


def test_a_window_stays_bounded_whatever_arrives(judged):
    window = judged("max(pressure, 1h) > 1")
    for n in range(3000):
        window.at(n, pressure=0.5)
    assert figures_in(window.memory) <= 1600


def figures_in(memory):
    """How many values a memory holds."""
    return sum(map(figures_in, memory)) if isinstance(memory, list) else 1


def test_a_quiet_judgement_hands_out_the_same_verdict(judged):
    low = judged(FP01)
    assert low.at(0, pressure=0.9, mode="auto", pump1_run=0, pump2_run=0) is low.at(10, pressure=0.91)


def test_inputs_are_the_channels_it_reads(judged):
    assert judged(FP01).condition.inputs == {"pressure", "mode", "pump1_run", "pump2_run"}
    assert judged("fell(pump{i}_run, 5s) and any(pump{i}_run)", {"i": 2}).condition.inputs == {"pump1_run", "pump2_run"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("presure < 1", "column 1: unknown point `presure`; did you mean pressure?"),
        ("pressure < P.strat", "column 12: unknown parameter `strat`; did you mean start"),
        ("mode == atuo", "column 9: unknown word of `mode` (its words: auto, manual, off): `atuo`; did you mean auto?"),
        ("mode in (auto, of)", "`of`; did you mean off?"),
        ("mode == 1", "compare it with one of auto, manual, off, not with 1"),
        ("mode < auto", "words are compared with == or != only"),
        ("pump3_run", "this device has no such instance of `pump{i}_run` (it has 1, 2)"),
        ("pump{i}_run", "instance {i} is open here; write any(…), all(…) or sum(…) around it"),
        ("any(command)", "needs a name with a letter, such as pump{i}_run"),
        ("any(tank{k}_low)", "no instances of {k} are configured"),
        ("for(command)", "for(condition, duration) takes 2 argument(s), not 1"),
        ("rose(command, 5s, 6s)", "takes 2 argument(s), not 3"),
        ("for(command, 10)", "a duration is expected here (10 → 10s, 10min, 10h or 10d)"),
        ("for(command, 10sec)", "`10sec`: durations are written with s, min, h or d"),
        ("for(command, 0s)", "a duration must be longer than nothing"),
        ("(command", "`)` is missing: the parenthesis opened at column 1"),
        ("command)", "column 8: this `)` closes nothing"),
        ("pressure", "`pressure` is a number, not true or false: compare it"),
        ("mode", "`mode` is a word, not true or false"),
        ("command == 2", "a truth is compared with 0, 1, true or false, not with 2"),
        ("command < 1", "a truth is compared with == or != only"),
        ("pressure + mode > 1", "`mode` is a word, not a number"),
        ("pressure < level", "between MPa and m: the units differ"),
        ("max(pressure, level) > 1", "MPa and m: the units differ"),
        ("pressure in (auto)", "`in` tests an enum point"),
        ("pressure = 1", "write == to compare"),
        ("frobnicate(pressure)", "unknown function `frobnicate`"),
        ("avg(pressure, 401d) > 1", "nothing is remembered for longer than 400 d: shorten it"),
        ("avg(3, 9s) > 1", "avg looks at no point"),
        ("age(3) > 1s", "age takes the name of a point"),
        ("age(level) == 3s", "age is compared with <, <=, > or >="),
        ("missing(3)", "missing takes the name of a point"),
        ("max(level)", "max takes (x, duration) or several values"),
        ("unbalance(level) > 1", "unbalance takes two or more values"),
        ("command pump1_run", "an operator (and, or, <, +, …) is missing before it"),
        ("command and", "a name, a number or `(` is expected, not the end"),
        ("mode not auto", "`not` here must be followed by `in (…)`"),
        ("mode in auto", "`in` needs a list of words in parentheses"),
        ("command # 1", "`#` is not part of the language"),
        ("", "expected, not the end"),
        ("(" * 99 + "command" + ")" * 99, "nested deeper than 60 levels"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(scope, text, complaint):
    with pytest.raises(ConditionError) as error:
        compile_condition(text, scope)
    assert complaint in "\n".join(error.value.complaints)


def test_all_mistakes_are_told_at_once(scope):
    with pytest.raises(ConditionError) as error:
        compile_condition("presure < P.strat and for(command, 3) and mode == atuo", scope)
    assert len(error.value.complaints) == 4
    assert "presure" in str(error.value)


def test_free_letters_are_those_outside_any_all_and_sum():
    text = "fell(pump{i}_run, 5s) and not any(pump{i}_run) and tank{k}_level < 1"
    assert free_letters(text) == {"i", "k"}
    assert bind_letters(text, {"i": 2, "k": 7}, {"k": "02d"}) == (
        "fell(pump2_run, 5s) and not any(pump{i}_run) and tank07_level < 1"
    )


def test_figures_are_computed_from_parameters():
    assert compute("P.jockey_start-0.03", {"jockey_start": 0.87}) == pytest.approx(0.84)
    assert compute("60*P.max_hours", {"max_hours": 10}) == 600


@pytest.mark.parametrize("expr", ["P.nothing", "pressure", "1 <", "auto == 1", "true", "1 / 0"])
def test_a_figure_that_is_none_is_refused(expr):
    with pytest.raises(ConditionError):
        compute(expr, {})
