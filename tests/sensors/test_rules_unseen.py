"""What nobody saw, to rules that ask how long ago something was, or that it was not: what they say after an unseen stretch."""

from __future__ import annotations

import pytest
from plant_bench import Here

from sensors.kit.condition import compile_condition
from sensors.kit.expand import scope_of
from sensors.kit.words import MAJOR

MINUTE, HOUR, DAY = 60, 3600, 86400


class Told:
    """A rule of a device, told the values of its points every so many seconds; what is told as None is not known."""

    def __init__(self, device, rule):
        (when,) = {each.when for each in device.signatures if each.rule == rule}
        self.condition = compile_condition(when, scope_of(device.kind, device.instances, device.params))
        self.memory, self.latest, self.now = self.condition.memory(), Here(), 0

    def tell(self, seconds, every=MINUTE, **values):
        """Go on with these values; a function is asked with the time. Every verdict on the way."""
        verdicts, until = set(), self.now + seconds
        while self.now < until:
            self.now += every
            self.latest.put(self.now, **{name: value(self.now) if callable(value) else value for name, value in values.items()})
            verdicts.add(self.condition.truth(self.latest, self.memory, self.now)[0])
        return verdicts

    @property
    def severity(self):
        return self.condition.grade(self.memory)


@pytest.fixture
def told(hongshan):
    return lambda device, rule: Told(hongshan.devices[device], rule)


RUNS = {"pump1_run": False, "pump2_run": False}
UNSEEN = dict.fromkeys(RUNS)


@pytest.mark.parametrize("unseen", [20 * MINUTE, 2 * HOUR])
def test_a_tank_that_was_drawn_from_while_nobody_saw_the_pumps_leaks_not(told, unseen):
    fire = told("fire-pump", "FP-17")
    fire.tell(7 * HOUR, **RUNS, flow=0.0, tank_level=3.5)
    began = fire.now
    fire.tell(unseen, **UNSEEN, flow=0.0, tank_level=lambda now: 3.5 - 0.2 * (now - began) / unseen)
    assert True not in fire.tell(12 * HOUR, **RUNS, flow=0.0, tank_level=3.3)


def test_a_tank_that_leaks_is_told_when_the_pumps_have_been_seen_at_rest_for_six_hours_again(told):
    fire = told("fire-pump", "FP-17")
    falls = {"flow": 0.0, "tank_level": lambda now: 3.5 - 0.02 * now / HOUR}
    fire.tell(5 * HOUR, **RUNS, **falls)
    assert fire.tell(30 * MINUTE, **UNSEEN, **falls) == {None}
    assert True not in fire.tell(6 * HOUR - MINUTE, **RUNS, **falls)
    assert fire.tell(10 * MINUTE, **RUNS, **falls) >= {True}


def test_a_short_silence_of_the_pumps_holds_a_leak_up_by_nothing(told):
    fire = told("fire-pump", "FP-17")
    falls = {"flow": 0.0, "tank_level": lambda now: 3.5 - 0.02 * now / HOUR}
    fire.tell(5 * HOUR, **RUNS, **falls)
    fire.tell(10 * MINUTE, **UNSEEN, **falls)
    assert True in fire.tell(55 * MINUTE, **RUNS, **falls)


def test_a_weekly_run_that_nobody_saw_is_missed(told):
    fire = told("fire-pump", "FP-19")
    fire.tell(10 * MINUTE, pump1_run=True, pump2_run=True)
    fire.tell(7 * DAY, every=10 * MINUTE, **RUNS)
    fire.tell(HOUR, **UNSEEN)
    assert True not in fire.tell(22 * HOUR, every=10 * MINUTE, **RUNS)
    assert True in fire.tell(2 * HOUR, every=10 * MINUTE, **RUNS)


DEAD = {"hv_voltage_ab": 0.0, "hv_voltage_bc": 0.0, "hv_voltage_ca": 0.0, "lv_voltage_a": 0.0, "auto_transfer_ready": False}
FED = {"hv_voltage_ab": 10.2, "hv_voltage_bc": 10.2, "hv_voltage_ca": 10.2, "lv_voltage_a": 228.0, "auto_transfer_ready": True}


def test_a_supply_that_went_in_a_silence_is_told_when_its_bay_is_heard_again(told):
    bay = told("power-room", "PW-01")
    bay.tell(HOUR, **FED, bus_tie_closed=False)
    bay.tell(10 * MINUTE, **dict.fromkeys(FED), bus_tie_closed=None)
    assert True in bay.tell(MINUTE, every=5, **DEAD, bus_tie_closed=False)


def test_a_burner_found_off_after_a_silence_with_low_water_is_told_as_the_shutdown(told):
    boiler = told("boiler-1", "BO-02")
    boiler.tell(HOUR, water_low=False, burner_stage="run")
    boiler.tell(5, every=1, water_low=True, burner_stage="run")
    boiler.tell(5 * MINUTE, water_low=None, burner_stage=None)
    assert True in boiler.tell(MINUTE, every=5, water_low=True, burner_stage="lockout")


@pytest.mark.parametrize("unseen", [2 * MINUTE, 10 * MINUTE, 40 * MINUTE])
def test_a_charge_that_goes_on_after_a_silence_with_the_breaker_open_is_no_failing_battery(told, unseen):
    shed = told("ebike-01", "EB-02[n=1]")
    socket = {"breaker_closed": True, "port01_state": "charging", "port01_plugged": True}
    shed.tell(2 * HOUR, **socket, port01_power=180.0)
    shed.tell(40 * MINUTE, **socket, port01_power=30.0)
    shed.tell(unseen, **dict.fromkeys(socket), port01_power=None)
    assert True not in shed.tell(2 * HOUR, **socket, port01_power=180.0)


def test_turbid_water_after_a_silence_is_told_at_its_worst_until_the_flow_was_seen_again(told):
    water = told("supply-low", "WS-11")
    inlet = {"inlet_flow": 5.0, "inlet_pressure": 0.3}
    water.tell(25 * HOUR, **inlet, turbidity=0.2)
    water.tell(20 * MINUTE, **dict.fromkeys(inlet), turbidity=0.2)
    assert True not in water.tell(31 * MINUTE, **inlet, turbidity=0.2)
    assert True in water.tell(12 * MINUTE, **inlet, turbidity=1.0)
    assert water.severity is MAJOR
