"""Devices whose rules look at one another are saved together, so that none sees another's future after a restart."""

from dataclasses import replace

from daemon.core import state
from daemon.core.nouns import Outcome
from tests.factories import NOON
from tests.test_replay import demo


def watch():
    made = state.start(demo())
    made.now = NOON
    return made


def company(made, name):
    return {device.device.id for device in made.devices["hongshan", name].company}


def test_a_gateway_and_what_is_behind_it_are_one_company():
    made = watch()
    behind = {device.device.id for device in made.devices["hongshan", "gw-1"].behind}
    assert company(made, "gw-1") >= behind | {"gw-1"}
    assert all(company(made, name) == company(made, "gw-1") for name in behind)


def test_who_has_changed_is_saved_with_the_company_others_are_not():
    made = watch()
    gateway, other = made.devices["hongshan", "gw-4"], made.devices["hongshan", "fire-pump"]
    one, two, *still = gateway.behind
    for device in (one, two, other):
        made.soil(device)
    saved = made.slices(Outcome(touched={one.key})).keys()
    assert {one.key, two.key} <= saved
    assert saved.isdisjoint({gateway.key, other.key, *(device.key for device in still)})
    assert one.unsaved is two.unsaved is None
    assert other.unsaved is not None


def test_who_looks_at_nobody_and_has_no_gateway_is_alone():
    site = demo().sites["hongshan"]
    pump = replace(site.devices["fire-pump"], gateway="")
    alone = state.start(replace(demo(), sites={site.id: replace(site, devices={"fire-pump": pump})}))
    assert [device.company for device in alone.devices.values()] == [()]
