from __future__ import annotations

import pytest

from daemon.core.isa import isa_state


@pytest.mark.parametrize(
    ("active", "acknowledged", "state"),
    [(True, False, "B"), (True, True, "C"), (False, False, "D"), (False, True, "A")],
)
def test_an_alarm_is_judged_by_its_condition_and_by_who_saw_it(active, acknowledged, state):
    assert isa_state(active=active, acknowledged=acknowledged, shelved_until=None, now=0) == state


@pytest.mark.parametrize(("now", "state"), [(99.9, "E"), (100.0, "B"), (100.1, "B")])
def test_a_shelf_ends_by_itself_at_its_time(now, state):
    assert isa_state(active=True, acknowledged=False, shelved_until=100.0, now=now) == state


@pytest.mark.parametrize(
    ("suppressed", "out_of_service", "state"), [(False, False, "E"), (True, False, "F"), (False, True, "G"), (True, True, "G")]
)
def test_out_of_service_wins_over_suppressed_and_that_over_shelved(suppressed, out_of_service, state):
    found = isa_state(
        active=True, acknowledged=False, shelved_until=100.0, now=0, suppressed=suppressed, out_of_service=out_of_service
    )
    assert found == state
