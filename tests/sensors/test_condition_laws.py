"""Laws of the condition language on random trees: it never raises, it is Kleene's logic, and `for` agrees with brute force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from station import SCOPE, Judged

from sensors.kit.condition import ConditionError, compile_condition

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVES = st.sampled_from(
    [
        "command", "command == 1", "pressure < 0.8", "level >= 3", "mode == auto", "mode in (off, manual)", "missing(level)",
        "any(pump{i}_run)", "all(pump{i}_run)", "sum(pump{i}_current) > 50", "pressure / level > 0.2", "age(level) > 90s",
        "avg(pressure, 30s) < 0.8", "delta(level, 1min) > 1", "max(pressure, suction, 1) > 1", "std(level, 2min) > 1",
        "unbalance(pump1_current, pump2_current) > 0.3", "abs(pressure - suction) > 0.1", "duty(command, 60s) > 0.3",
        "count_rise(any(pump{i}_run), 90s) > 1", "count_edges(command, 90s) >= 1", "zero_cross(level, 2, 3min) > 1",
        "median(run_length(command), 2min) < 30s", "since(command) > 40s", "between(08:00, 08:01)", "days(command, 2) > 0",
        "was(mode, 20s) == auto", "was(command, 20s)", "was(level, 20s) > 1", "slope(level, 60s) > 0", "MAD(level, 50s) < 1",
        "corr(level, pressure, 1min) > 0.5", "integral(level, 1min) > 0", "total(level, 1min) > 3", "median(level, 3n) > 1",
        "quantile(level, 0.9, 40s) > 1", "range(level, 40s) < 2", "forecast(level, 30s) > 2", "time_to(level, 3, 30s) < 60s",
        "avg(level while command, 1min) > 1", "max(level since command) > 1", "delta(level since command) > 1",
        "min(level, 20s before 10s) > 0", "level > baseline(level)", "level > 2 * baseline(level, by=pressure)",
        "level < reference(level, 30s since command)", "level > 2 * reference(level, 3n)", "level > 2 * median(level, 1min)",
        "count(pump{i}_run) == 1", "level ^ 0.5 > 1", "exp(level) > 2", "log(pressure) < sqrt(level)", "round(level) > 2",
        "share(command, group(pump)) > 0.5", "any_of(level > 1, group(pump, same=room))",
    ]
)  # fmt: skip


def bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Wider conditions from smaller ones."""
    return st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        inner.map(lambda one: f"not {one}"),
        st.tuples(inner, st.integers(1, 60)).map(lambda parts: f"for({parts[0]}, {parts[1]}s)"),
        st.tuples(st.sampled_from(["rose", "fell"]), inner, st.integers(1, 60)).map(lambda p: f"{p[0]}({p[1]}, {p[2]}s)"),
    )


CONDITIONS = st.recursive(LEAVES, bigger, max_leaves=6)
figures = st.one_of(st.none(), st.floats(-1e300, 1e300), st.integers(-(10**30), 10**30), st.just(0))
flags = st.sampled_from([None, 0, 1, True, False])
READINGS = st.fixed_dictionaries(
    {
        "pressure": figures,
        "suction": figures,
        "level": figures,
        "mode": st.sampled_from([None, "auto", "manual", "off"]),
        "command": flags,
        "pump1_run": flags,
        "pump2_run": flags,
        "pump1_current": figures,
        "pump2_current": figures,
    }
)
STEPS = st.lists(st.tuples(st.integers(0, 40), READINGS), min_size=1, max_size=8)


@given(CONDITIONS, STEPS)
@settings(max_examples=150, deadline=None)
def test_no_condition_raises_whatever_arrives_and_it_can_always_be_explained(text, steps):
    now, judged = 0.0, Judged(text)
    for wait, readings in steps:
        now += wait
        verdict = judged.at(now, **readings)
        assert verdict.truth in (True, False, None)
        assert verdict.wake is None or verdict.wake > now
        said, values = judged.says(now)
        assert said.zh
        assert said.en
        assert all(judged.latest[name][1] == value for name, value in values.items())


def _truths(text, steps):
    now, judged, found = 0.0, Judged(text), []
    for wait, readings in steps:
        now += wait
        found.append(judged.truth(now, **readings))
    return found


@given(CONDITIONS, CONDITIONS, STEPS)
@settings(max_examples=70, deadline=None)
def test_kleenes_laws_hold(left, right, steps):
    pairs = [
        (f"not ({left} and {right})", f"(not {left}) or (not {right})"),
        (f"not ({left} or {right})", f"(not {left}) and (not {right})"),
        (f"{left} and {right}", f"{right} and {left}"),
        (f"{left} or {right}", f"{right} or {left}"),
        (f"not not {left}", left),
        (f"{left} and {left}", left),
    ]
    for one, other in pairs:
        assert _truths(one, steps) == _truths(other, steps)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([0, 1, None])), min_size=1, max_size=30), st.integers(1, 25))
@settings(max_examples=300, deadline=None)
def test_for_agrees_with_brute_force_over_the_samples(samples, seconds):
    judged, now, seen = Judged(f"for(command, {seconds}s)"), 0.0, []
    for wait, value in samples:
        now += wait
        seen.append((now, value))
        assert judged.truth(now, command=value) is _brute(seen, seconds)


def _brute(seen, seconds):
    """Walk back to where the run of truths began for certain, and where it may have begun: beyond what is unknown, if it was
    true there."""
    now, value = seen[-1]
    if not value:
        return None if value is None else False
    since = possible = now
    certain = True
    for ts, past in reversed(seen):
        if past == 0 and past is not None:
            break
        certain = certain and bool(past)
        since = ts if certain else since
        possible = ts if past else possible
    return True if now - since >= seconds else None if now - possible >= seconds else False


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(-5, 5)), min_size=1, max_size=30), st.integers(1, 200))
@settings(max_examples=200, deadline=None)
def test_windows_agree_with_brute_force_over_the_samples(samples, seconds):
    judged = {name: Judged(f"{name}(level, {seconds}s) > 0") for name in ("avg", "min", "max")}
    sums: dict[str, Callable[[list[int]], float]] = {"avg": lambda part: sum(part) / len(part), "min": min, "max": max}
    now, seen = 0.0, []
    for wait, value in samples:
        now += wait
        seen.append((now, value))
        inside = [past for ts, past in seen if ts >= now - seconds]
        for name, one in judged.items():
            expected = None if now - seen[0][0] < seconds else sums[name](inside) > 0
            assert one.truth(now, level=value) is expected


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_compiled_or_refused_with_complaints(text):
    assert _complaints(text) is None or _complaints(text)


def _complaints(text):
    try:
        compile_condition(text, SCOPE)
    except ConditionError as error:
        return error.complaints
    return None
