"""Rules whose clauses differ in severity: raised as bad as it is, worse when it gets worse, never better before it returns."""

from dataclasses import replace

import pytest

from daemon.core.nouns import TicketState
from sensors.kit.words import CRITICAL, INFO, MAJOR, MINOR, Signature, Text
from tests.factories import FIRE_PUMP, make_device, make_site
from tests.watching import Watch

WARM = "info: pump1_temp > 50\nminor: pump1_temp > 60\nmajor: for(pump1_temp > 70, 10s)\ncritical: pump1_temp > 80"
GRADED = Signature("FP-90", Text("泵过热", "Pump too hot"), MINOR, WARM, Text("看泵。", "Look at the pump."), off=30.0)
PUMP = replace(FIRE_PUMP, signatures=(*FIRE_PUMP.signatures, GRADED), limits=FIRE_PUMP.limits[:2])
DEVICES = [make_device("fire-pump", kind=PUMP), *list(make_site().devices.values())[1:]]


class Case(Watch):
    """A watch that remembers how bad each alarm was."""

    def _keep(self, outcome):
        self.said = [*getattr(self, "said", ()), *((e.event, e.episode.rule, e.episode.severity) for e in outcome.alarms)]
        return super()._keep(outcome)


def told(case):
    """What was said of the rule and how bad it was then."""
    return [(event, severity) for event, rule, severity in case.said if rule == "FP-90"]


@pytest.fixture
def case():
    return Case(devices=DEVICES)


@pytest.mark.parametrize(("temp", "severity"), [(55, INFO), (65, MINOR), (75, MINOR), (85, CRITICAL)])
def test_an_episode_is_as_bad_as_its_worst_true_clause(case, temp, severity):
    case.tell(0, {"pump1_temp": temp})
    assert told(case) == [("raised", severity)]


def test_it_gets_worse_as_worse_clauses_come_true_and_never_better(case):
    for at, temp in enumerate((65, 75, 66, 66, 85, 65)):
        case.tell(at * 30, {"pump1_temp": temp})
        case.wait(at * 30 + 29)
    assert told(case) == [("raised", MINOR), ("escalated", MAJOR), ("escalated", CRITICAL)]
    case.tell(200, {"pump1_temp": 40})
    case.wait(300)
    assert told(case)[3:] == [("returned", CRITICAL)]


def test_the_ticket_gets_worse_with_it_and_people_are_told_again(case):
    case.tell(0, {"pump1_temp": 65})
    assert (case.ticket.severity, {n.why for n in case.notices}) == (MINOR, {"opened"})
    case.tell(30, {"pump1_temp": 85})
    assert case.ticket.severity is CRITICAL
    assert [event.type for event in case.desk.events[case.ticket.id]] == ["opened", "assigned", "escalated"]
    assert "85" in case.ticket.reason.en
    assert {n.why for n in case.notices if n.severity is CRITICAL} == {"escalated"}
    case.tell(60, {"pump1_temp": 86})
    assert len(case.desk.events[case.ticket.id]) == 3


def test_what_is_only_worth_a_note_opens_a_ticket_when_it_gets_worse(case):
    case.tell(0, {"pump1_temp": 55})
    assert case.ticket is None
    case.tell(30, {"pump1_temp": 65})
    assert (case.ticket.severity, case.ticket.rules) == (MINOR, ("FP-90",))


def test_who_leads_goes_by_how_bad_each_is_now(case):
    case.tell(0, {"pump1_temp": 65, "pump1_run": 0, "pump2_run": 0})
    for at in range(10, 40, 5):
        case.tell(at, {"main_pressure": 0.7, "pump1_run": 0, "pump2_run": 0})
    assert case.ticket.rules[0] == "FP-01"
    case.tell(60, {"pump1_temp": 85})
    assert case.ticket.rules[:2] == ("FP-90", "FP-01")  # both critical: who was first goes first


def test_a_repaired_pump_that_gets_worse_is_not_repaired(case):
    case.tell(0, {"pump1_temp": 65})
    case.desk.put(replace(case.ticket, state=TicketState.RESOLVED, version=case.ticket.version + 1, signal_normal_at=1.0), ())
    case.tell(30, {"pump1_temp": 85})
    assert (case.ticket.state, case.ticket.signal_normal_at) == (TicketState.ON_SITE, None)
