"""What a condition can still say while points are unknown."""

import pytest

from sensors.kit.condition import compile_condition
from sensors.kit.expand import scope_of
from sensors.kit.reach import Lack, reach, wanted
from sensors.registry import kinds

SCOPE = scope_of(kinds()["fire_pump"])
LACK = Lack({"flow", "flood", "pump1_run"}, {"flood"})
T, F, U = True, False, None

REACHES = [
    ("tank_level > 1", {T, F}),
    ("flow > 1", {U}),
    ("not flow > 1", {U}),
    ("flow > 1 and tank_level > 1", {F, U}),
    ("flow > 1 or tank_level > 1", {T, U}),
    ("flow > 1 and not tank_level > 1 or test_mode", {T, F, U}),
    ("missing(flow)", {T}),
    ("missing(tank_level)", {F}),
    ("missing(flow) or avg(flow, 6h) < 0.2", {T}),
    ("any(pump{i}_run)", {T, U}),
    ("all(pump{i}_run)", {F, U}),
    ("for(pump1_run, 10s)", {U}),
    ("for(any(pump{i}_run), 10s)", {T, U}),
    ("duty(any(pump{i}_run), 1h) > 0.5", {T, F, U}),
    ("sum(pump{i}_current_a) * flow > 3", {U}),
    ("avg(tank_level while flood, 1h) > 2", {U}),
    ("age(flow) > 3min", {T, F}),
    ("age(flood) > 3min", {U}),
    ("between(02:00, 05:00)", {T, F}),
    ("minor: flow > 1\nmajor: test_mode", {T, U}),
    ("share(flow > 1, group(fire_pump)) > 0.5", {T, F}),
]


@pytest.mark.parametrize(("text", "says"), REACHES)
def test_the_unknown_goes_as_far_as_it_decides(text, says):
    assert reach(compile_condition(text, SCOPE).root, LACK) == says


def test_what_is_asked_about_with_missing_is_not_wanted():
    root = compile_condition("missing(flow) or avg(flow, 6h) < 0.2 and pump1_run", SCOPE).root
    assert set(wanted(root, LACK.unknown)) == {"flow", "pump1_run"}
    assert not list(wanted(compile_condition("missing(flow) and tank_level > 1", SCOPE).root, LACK.unknown))


def test_many_instances_are_no_many_combinations():
    scope = scope_of(kinds()["street_light"], {"n": tuple(range(1, 200))})
    root = compile_condition("any(lamp{n}_fault)", scope).root
    assert reach(root, Lack({"lamp07_fault", "lamp7_fault"})) >= {T}
