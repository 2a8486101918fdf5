"""Expansion: a kind and a device's instances and figures become channels, limit rules and signature rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sensors.kit.condition import ConditionError, compile_condition
from sensors.kit.expand import expand_limits, expand_points, expand_signatures, params_of, scope_of
from sensors.registry import kinds

PUMP, BIKES, CAR = kinds()["fire_pump"], kinds()["ebike_charger"], kinds()["ev_charger"]


def test_points_expand_to_one_channel_per_instance():
    channels = expand_points(PUMP, {"i": (1, 2, 3)})
    assert [name for name in channels if name.endswith("_run")] == [
        "pump1_run", "pump2_run", "pump3_run", "jockey1_run", "jockey2_run", "jockey3_run",
    ]  # fmt: skip
    assert channels["pump3_run"][0].name == "pump{i}_run"
    assert channels["pump3_run"][1] == 3
    assert channels["flow"][1] is None


def test_instance_numbers_are_written_as_the_kind_says():
    assert "port03_power" in expand_points(BIKES)
    assert "port3_power" not in expand_points(BIKES)
    assert len([name for name in expand_points(BIKES) if name.endswith("_state")]) == 10


def test_limits_take_their_figure_from_the_sites_parameters():
    limits = {limit.rule: limit for limit in expand_limits(PUMP, params={"main_start": 0.7})}
    assert limits["main_pressure.LL"].value == 0.7
    assert limits["main_pressure.L"].value == pytest.approx(0.84)
    assert limits["voltage_ca.L"].value == pytest.approx(353.4)


def test_a_limit_stands_for_its_further_points_and_every_instance():
    limits = {limit.rule: limit for limit in expand_limits(PUMP)}
    rules = [rule for rule in limits if "_current_" in rule]
    assert sorted(rules) == sorted(f"pump{i}_current_{phase}.H" for i in (1, 2) for phase in "abc")
    assert limits["pump2_current_c.H"].when == "pump2_run"
    assert limits["main_pressure.L"].when == "not any(pump{i}_run)"


def test_several_limits_of_one_level_are_numbered():
    rules = [limit.rule for limit in expand_limits(CAR) if limit.channel == "error_code"]
    assert rules == ["error_code.STATE", "error_code.STATE-2", "error_code.STATE-3"]


def test_a_signature_with_a_free_letter_is_one_rule_per_instance_hiding_its_own_limits():
    rules = {rule.rule: rule for rule in expand_signatures(PUMP)}
    dry = rules["FP-07[i=2]"]
    assert "pump2_run" in dry.when
    assert "{i}" not in dry.when
    assert set(dry.hides) == {"pump2_vibration.H", "pump2_vibration.HH", "pump2_bearing_temp.H", "pump2_bearing_temp.HH"}
    assert "FP-07" not in rules


def test_a_signature_without_a_free_letter_is_one_rule_hiding_every_instance():
    rules = {rule.rule: rule for rule in expand_signatures(kinds()["water_supply"], {"k": (1, 2, 3)})}
    assert "any(tank{k}_level" in rules["WS-03"].when
    assert {"tank1_level.H", "tank3_level.HH", "overflow.STATE"} <= set(rules["WS-03"].hides)


def test_signatures_not_judged_yet_make_no_rule():
    silent = replace(PUMP, signatures=tuple(replace(one, when="") if one.id == "FP-04" else one for one in PUMP.signatures))
    assert not [rule for rule in expand_signatures(silent) if rule.rule.startswith("FP-04")]


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_rule_of_every_kind_compiles_for_another_number_of_instances(name):
    kind = kinds()[name]
    more = {point.index: (1, 2, 3, 11) for point in kind.points if point.index}
    scope = scope_of(kind, more)
    rules = [rule.when for rule in expand_signatures(kind, more)] + [limit.when for limit in expand_limits(kind, more)]
    for when in filter(None, rules):
        assert compile_condition(when, scope).inputs <= set(scope.points)


def test_a_figure_that_cannot_be_computed_is_told():
    broken = params_of(PUMP)
    assert broken["main_start"] == 0.8
    with pytest.raises(ConditionError, match="tank_minimum"):
        compile_condition("tank_level < P.tank_minimum", scope_of(PUMP))
