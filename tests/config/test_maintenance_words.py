"""Planned work, out of service and who feeds whom, as a site writes it, and what is said where it cannot be meant."""

import pytest

from tests.factories import at

ONCE = "maintenance:\n  - {id: seals, devices: [pump-1], begin: 2026-12-01 09:00, end: 2026-12-01 17:00}\n"
WEEKLY = """\
maintenance:
  - id: weekly-test
    why: {zh: 每周试泵, en: Weekly pump test}
    rooms: [cellar]
    days: [mon, thu]
    month_days: [1]
    at: 10:00
    length: 90 min
"""


@pytest.fixture
def hill(directory):
    def write(text, old="gateway: gw-1", new="gateway: gw-1"):
        directory.edit("sites/hill.yaml", old, new)
        directory.edit("sites/hill.yaml", "gateways:\n", text + "gateways:\n")
        return directory

    return write


def test_a_window_once_is_by_the_clock_on_the_sites_wall(hill):
    (window,) = hill(ONCE).load().sites["hill"].windows
    assert (window.devices, window.once) == ({"pump-1"}, (at("2026-12-01 09:00"), at("2026-12-01 17:00")))


def test_a_recurring_window_of_a_room_covers_every_device_in_it(hill):
    (window,) = hill(WEEKLY).load().sites["hill"].windows
    assert window.devices == {"pump-1", "gw-1"}
    assert (window.weekdays, window.monthdays, window.start, window.length) == ({0, 3}, {1}, 600, 5400.0)
    assert (window.why.zh, window.why.en) == ("每周试泵", "Weekly pump test")


@pytest.mark.parametrize(
    ("written", "since"),
    [("true", 0.0), ("false", None), ("2026-11-20", at("2026-11-20 00:00")), ("2026-11-20T08:30Z", 1795163400.0)],
)
def test_out_of_service_is_for_ever_or_since_a_date(hill, written, since):
    loaded = hill("", new=f"gateway: gw-1\n    out_of_service: {written}").load()
    assert loaded.sites["hill"].devices["pump-1"].out_of_service == since


def test_a_device_says_what_feeds_it(hill):
    text = "  - {id: pump-2, kind: pump, room: cellar, fed_by: pump-1}\n"
    assert hill(text).load().sites["hill"].devices["pump-2"].fed_by == "pump-1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONCE.replace("[pump-1]", "[pump-9]"), 'unknown device "pump-9" → did you mean "pump-1"?'),
        (ONCE.replace("devices: [pump-1]", "rooms: [attic]"), 'unknown room "attic" → use one of: cellar'),
        (ONCE.replace("devices: [pump-1], ", ""), "seals says nowhere where the work is → list devices or rooms"),
        (ONCE.replace("17:00", "08:00"), "seals ends before it begins → write the later of the two as end"),
        (ONCE.replace("2026-12-01 09:00", "2026-13-01 09:00"), '"2026-13-01 09:00" is no date'),
        (ONCE.replace("2026-12-01 09:00", "tomorrow"), '"begin" cannot be read'),
        (ONCE.replace(", end: 2026-12-01 17:00", ""), "seals does not say when → write begin and end; or days"),
        (ONCE.replace("2026-12-01 17:00", "2026-12-01 17:00, at: 08:00"), "seals does not say when"),
        (WEEKLY.replace("90 min", "8 d"), "8 d is not possible → write at most 7 d"),
        (WEEKLY.replace("    at: 10:00\n", ""), "weekly-test does not say when"),
        (WEEKLY.replace("[mon, thu]", "[someday]"), '"someday" is not possible for days'),
        (ONCE + ONCE.partition("\n")[2], 'maintenance window "seals" is used twice'),
    ],
)
def test_what_cannot_be_meant_is_told_once(hill, text, says):
    (complaint,) = hill(text).complaints()
    assert says in complaint


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("fed_by: pump-1", 'unknown device "pump-1"'),
        ("fed_by: gw-9", 'unknown device "gw-9"'),
        ("out_of_service: soon", "\"out_of_service\" has the wrong type: 'soon'"),
    ],
)
def test_a_device_cannot_feed_itself_and_a_date_is_a_date(hill, new, says):
    (complaint,) = hill("", new=f"gateway: gw-1\n    {new}").complaints()
    assert says in complaint
