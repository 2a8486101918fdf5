"""One physical cause across devices is one ticket: a feeder that trips, a room that loses its power."""

from dataclasses import replace

import pytest

from daemon.core.nouns import TicketState
from sensors.kit.words import CRITICAL, MAJOR, Kind, Level, Limit, Point, Signature, Text, Type
from tests.factories import EV_CHARGER, GATEWAY, NOON, make_device
from tests.watching import Watch

NOBODY = Text("看断路器", "Look at the breaker")
FEEDER = Kind(
    "charging_group",
    Text("充电馈线", "Charging feeder"),
    Text("充电馈线。", "A feeder."),
    points=(Point("group_power", Text("总功率", "Power"), "kW", span=(0, 400), every=60),),
    signatures=(
        Signature(
            "CG-04", Text("跳闸", "Tripped"), CRITICAL, "group_power < 0.5", NOBODY, explains_downstream=("gun_temp*", "DQ-01*")
        ),
    ),
)
LIFT = Kind(
    "elevator",
    Text("电梯", "Lift"),
    Text("电梯。", "A lift."),
    points=(Point("power_ok", Text("供电正常", "Supply healthy"), "", Type.BOOL, heartbeat=600),),
    limits=(Limit("power_ok", Level.STATE, "==", 0.0, MAJOR, on=5, off=5),),
)
PILE = replace(EV_CHARGER, limits=(Limit("gun_temp", Level.H, ">", 90.0, MAJOR, on=10, off=10, deadband=5),))


def make_watch():
    return Watch(
        devices=[
            make_device("feeder", kind=FEEDER, room="car-park"),
            *(make_device(f"ev-{n}", kind=PILE, room="car-park", fed_by="feeder") for n in (1, 2, 3)),
            make_device("ev-9", kind=PILE, room="car-park"),
            *(make_device(f"lift-{n}", kind=LIFT, room="guard-room") for n in (1, 2, 3)),
            make_device("gw-1", kind=GATEWAY),
        ]
    )


def power(watch, at, kilowatt):
    watch.tell(at, {"group_power": kilowatt}, device="feeder")


def hot(watch, at, *piles, temp=99.0):
    for pile in piles:
        watch.tell(at, {"gun_temp": temp}, device=f"ev-{pile}")


def tickets(watch):
    return {t.device: t for t in watch.desk.tickets.values() if t.rules != ("DQ-01",)}


def opened(watch):
    return {t.device for t in tickets(watch).values() if not t.state.ended}


def episode(watch, device, rule="gun_temp.H"):
    return watch.state.devices["hongshan", device].episodes[rule]


def test_what_a_tripped_feeder_explains_is_recorded_in_its_incident_and_opens_no_ticket():
    watch = make_watch()
    power(watch, 0, 0.0)
    hot(watch, 5, 1, 2, 3)
    watch.wait(40)
    assert opened(watch) == {"feeder"}
    for pile in ("ev-1", "ev-2", "ev-3"):
        assert episode(watch, pile).hidden_by == "$cause:feeder/CG-04"
        assert episode(watch, pile).incident == tickets(watch)["feeder"].incident


def test_what_it_does_not_feed_has_a_ticket_of_its_own():
    watch = make_watch()
    power(watch, 0, 0.0)
    hot(watch, 5, 9)
    watch.wait(40)
    assert opened(watch) == {"feeder", "ev-9"}


def test_tickets_from_just_before_the_root_was_known_come_under_it_as_duplicates():
    watch = make_watch()
    hot(watch, 0, 1, 2)
    watch.wait(20)
    assert opened(watch) == {"ev-1", "ev-2"}
    power(watch, 30, 0.0)
    assert opened(watch) == {"feeder"}
    last = watch.desk.events[tickets(watch)["ev-1"].id][-1]
    assert (last.type, last.by, last.data) == ("cancelled", "system", {"same_cause": tickets(watch)["feeder"].number})
    assert episode(watch, "ev-1").incident == tickets(watch)["feeder"].incident


@pytest.mark.parametrize(("state", "left"), [(TicketState.ACCEPTED, False), (TicketState.ON_SITE, True)])
def test_a_ticket_somebody_is_on_site_for_is_left_alone(state, left):
    watch = make_watch()
    hot(watch, 0, 1)
    watch.wait(20)
    ticket = tickets(watch)["ev-1"]
    watch.desk.put(replace(ticket, state=state, version=ticket.version + 1), ())
    power(watch, 30, 0.0)
    assert ("ev-1" in opened(watch)) is left


def test_a_fault_that_is_older_than_the_trip_is_none_of_its_doing():
    watch = make_watch()
    for at in range(0, 700, 20):
        hot(watch, at, 1)
    power(watch, 700, 0.0)
    assert opened(watch) == {"feeder", "ev-1"}


def test_what_still_stands_a_while_after_the_root_is_over_is_told_for_itself():
    watch = make_watch()
    power(watch, 0, 0.0)
    hot(watch, 5, 1, 2)
    power(watch, 40, 20.0)
    for at in range(45, 200, 15):
        hot(watch, at, 1)
        hot(watch, at, 2, temp=30.0)
        power(watch, at, 20.0)
        if at < 190:
            assert "ev-1" not in opened(watch)
    assert episode(watch, "ev-1").hidden_by == ""
    assert opened(watch) == {"feeder", "ev-1"}
    assert tickets(watch)["ev-1"].opened_at == NOON + 70 + 120  # the trip returned at 70 s


def test_a_merged_ticket_whose_fault_outlives_the_root_is_followed_by_a_new_one():
    watch = make_watch()
    hot(watch, 0, 1)
    watch.wait(20)
    first = tickets(watch)["ev-1"]
    power(watch, 30, 0.0)
    power(watch, 60, 20.0)
    for at in range(65, 230, 15):
        hot(watch, at, 1)
        power(watch, at, 20.0)
    again = [t for t in watch.desk.tickets.values() if t.device == "ev-1" and not t.state.ended]
    assert len(again) == 1
    assert again[0].id != first.id


def test_a_room_that_loses_its_power_is_one_ticket_of_the_first_device_that_says_so():
    watch = make_watch()
    for second, lift in ((0, "lift-1"), (8, "lift-2"), (30, "lift-3")):
        watch.tell(second, {"power_ok": 0}, device=lift)
    watch.wait(60)
    assert opened(watch) == {"lift-1"}
    assert episode(watch, "lift-3", "power_ok.STATE").hidden_by == "$cause:lift-1/power_ok.STATE"


def test_a_device_that_loses_its_supply_an_hour_later_is_another_matter():
    watch = make_watch()
    watch.tell(0, {"power_ok": 0}, device="lift-1")
    watch.wait(60)
    watch.tell(100, {"power_ok": 0}, device="lift-2")
    watch.wait(140)
    assert opened(watch) == {"lift-1", "lift-2"}
