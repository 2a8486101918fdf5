from __future__ import annotations

from dataclasses import replace

import pytest
from factories import NOON, WORDS, at, make_device, make_episode, make_site, open_ticket

from daemon.core import plain, tickets
from daemon.core.nouns import Quality, TicketEvent, TicketState
from daemon.core.status import DeviceCondition, device_public, public_status, ticket_public
from sensors.kit.words import CRITICAL, INFO, MAJOR, MINOR, Text

SITE = make_site()
FRESH = DeviceCondition(newest=NOON - 5)
ALL_FRESH = dict.fromkeys(("fire-pump", "ev-01", "ev-02"), FRESH)


def bad(*episodes, newest=NOON - 5, unknown=False):
    return DeviceCondition(newest, unknown, tuple(episodes))


def page(devices=None, changes=(), now=NOON, site=SITE):
    conditions = ALL_FRESH | (devices or {})
    return public_status(site, conditions, [c.ticket for c in changes], {c.ticket.id: c.events for c in changes}, now)


def room(status, device="fire-pump"):
    return next(entry for entry in status["rooms"] if entry["device"] == device)


def colour(*args, device="fire-pump", **more):
    return room(page(*args, **more), device)["colour"]


def test_a_quiet_day_is_green_and_says_so_with_a_count():
    status = page()
    assert status["state"] == "green"
    assert status["sentence"] == {"zh": "全部 3 处正常", "en": "All 3 working"}
    assert room(status) == {
        "device": "fire-pump",
        "name": {"zh": "消防泵站 fire-pump", "en": "Fire pump station fire-pump"},
        "colour": "green",
        "why": {"zh": "一切正常", "en": "All well"},
        "as_of": "2026-11-23T11:59:55+08:00",
    }
    assert (status["dealing_with"], status["planned"]) == ([], [])


@pytest.mark.parametrize(("severity", "expected"), [(CRITICAL, "red"), (MAJOR, "yellow"), (MINOR, "blue"), (INFO, "green")])
def test_the_worst_active_alarm_gives_the_colour(severity, expected):
    episodes = [make_episode("main_pressure.L", severity=INFO), make_episode("main_pressure.LL", severity=severity)]
    assert colour({"fire-pump": bad(*episodes)}) == expected


def test_hidden_and_returned_alarms_give_no_colour():
    over = [make_episode(hidden_by="FP-01"), make_episode(returned_at=NOON)]
    assert colour({"fire-pump": bad(*over)}) == "green"


@pytest.mark.parametrize(
    ("newest", "zh", "en"),
    [
        (at("2026-11-23 09:41"), "09:41 起没有数据", "No data since 09:41"),
        (at("2026-11-22 23:59"), "2026-11-22 23:59 起没有数据", "No data since 2026-11-22 23:59"),
        (None, "还没有收到数据", "No data received yet"),
    ],
)
def test_unknown_is_grey_with_the_time_of_the_last_data(newest, zh, en):
    entry = room(page({"fire-pump": DeviceCondition(newest, unknown=True)}))
    assert (entry["colour"], entry["why"]) == ("grey", {"zh": zh, "en": en})


def test_a_device_nobody_speaks_of_is_unknown():
    status = public_status(SITE, {"ev-01": FRESH}, [], {}, NOON)
    assert [entry["colour"] for entry in status["rooms"]] == ["grey", "green", "grey"]


def test_a_red_device_that_falls_silent_stays_red_and_says_both():
    entry = room(page({"fire-pump": bad(make_episode(), newest=at("2026-11-23 09:41"), unknown=True)}))
    assert entry["colour"] == "red"
    assert entry["why"]["en"] == "Main pump did not start although pressure is low; no data since 09:41"


def test_silence_itself_is_grey_not_a_colour_of_its_alarm():
    silent = bad(make_episode("DQ-01", severity=MAJOR), newest=NOON - 999, unknown=True)
    assert colour({"fire-pump": silent}, [open_ticket(rules=("DQ-01",), severity=MAJOR)]) == "grey"


def test_an_open_ticket_keeps_its_colour_until_the_signal_is_normal():
    change = open_ticket(when=NOON - 60)
    back = tickets.signal_normal(change.ticket, NOON - 1)
    assert colour(changes=[change]) == "red"
    seen = room(page(changes=[replace(back, events=change.events + back.events)]))
    assert (seen["colour"], seen["why"]["en"]) == ("blue", "Back to normal, being checked")


def test_late_is_at_least_yellow_and_says_so():
    change = open_ticket(severity=MINOR, when=at("2026-11-19 09:00"))
    entry = room(page(changes=[change]))
    assert entry["colour"] == "yellow"
    assert entry["why"]["zh"].endswith("处理晚于承诺的时间")


def test_a_closed_ticket_leaves_no_colour():
    ended = replace(open_ticket().ticket, state=TicketState.CLOSED)
    assert public_status(SITE, ALL_FRESH, [ended], {}, NOON)["state"] == "green"


RED, GREY, BLUE = bad(make_episode()), DeviceCondition(NOON - 999, unknown=True), bad(make_episode(severity=MINOR))


@pytest.mark.parametrize(
    ("devices", "state", "zh"),
    [
        ({"fire-pump": RED}, "red", "1 处停用，2 处正常"),  # the only fire pump: the whole service
        ({"ev-01": RED}, "yellow", "1 处停用，2 处正常"),  # the other charger still works
        ({"ev-01": RED, "ev-02": RED}, "red", "2 处停用，1 处正常"),
        (
            {"ev-01": bad(make_episode(severity=MAJOR)), "ev-02": bad(make_episode(severity=MAJOR))},
            "yellow",
            "2 处受影响，1 处正常",
        ),
        ({"fire-pump": BLUE}, "blue", "1 处有小问题，2 处正常"),
        ({"ev-01": GREY}, "blue", "1 处没有数据，2 处正常"),
        ({"fire-pump": GREY}, "grey", "1 处没有数据，2 处正常"),
        ({"fire-pump": GREY, "ev-01": RED}, "yellow", "1 处停用，1 处没有数据，1 处正常"),
    ],
)
def test_the_headline_is_red_or_grey_only_for_a_whole_service(devices, state, zh):
    status = page(devices)
    assert (status["state"], status["sentence"]["zh"]) == (state, zh)


def test_data_that_stopped_is_never_shown_as_green():
    status = page(now=NOON + 600)
    assert status["state"] == "grey"
    assert status["sentence"]["en"] == "Updates have stopped; no data since 11:59"


def test_only_public_devices_in_public_rooms_appear():
    devices = [make_device("secret", public=False), make_device("inside", room="guard-room"), make_device("shown")]
    site = make_site(devices=devices)
    changes = [open_ticket(site, device=device.id) for device in devices]
    status = page({"shown": FRESH}, changes, site=site)
    assert [entry["device"] for entry in status["rooms"]] == ["shown"]
    assert [card["public_id"] for card in status["dealing_with"]] == [changes[2].ticket.public_id]


def test_a_gateway_has_no_colour_but_its_job_is_told():
    status = page(changes=[open_ticket(device="gw-1", rules=("DQ-01",), severity=MAJOR)])
    assert "gw-1" not in [entry["device"] for entry in status["rooms"]]
    assert status["dealing_with"][0]["title"]["en"].startswith("Fire pump room · Gateway: Its readings")


def test_a_job_is_told_with_room_kind_what_and_five_steps():
    change = open_ticket(when=at("2026-11-23 11:58"))
    accepted = tickets.act(
        change.ticket, "accept", actor="wang", roles=("technician",), team="works", at=NOON - 60, terms=SITE.terms
    )
    card = page(changes=[replace(accepted, events=change.events + accepted.events)])["dealing_with"][0]
    assert card["title"]["zh"] == "消防泵房 · 消防泵站：低压主泵未启动"
    assert card["title"]["en"] == "Fire pump room · Fire pump station: Main pump did not start although pressure is low"
    assert [(step["label"]["zh"], step["at"] and step["at"][11:16]) for step in card["steps"]] == [
        ("发现", "11:58"),
        ("接单", "11:59"),
        ("到场", None),
        ("修复", None),
        ("复核", None),
    ]
    assert card["next_word_by"] == "2026-11-23T12:13:00+08:00"  # on site within 15 min


@pytest.mark.parametrize(
    ("after", "word"),
    [(0, "12:05"), (300, "12:05"), (301, "12:15"), (1801, "13:30"), (1800 + 3600, "14:30"), (86400 * 1.0, "12:30")],
)
def test_the_next_word_is_the_next_promise_then_every_hour(after, word):
    card = page(changes=[open_ticket()], now=NOON + after)["dealing_with"][0]
    assert card["next_word_by"][11:16] == word


def test_after_a_reopening_the_steps_begin_again_and_the_title_says_so():
    lines = [("opened", 0), ("accepted", 1), ("arrived", 2), ("resolved", 3), ("closed", 4), ("reopened", 5), ("accepted", 6)]
    events = [TicketEvent("t", n, NOON + after, type_) for n, (type_, after) in enumerate(lines, 1)]
    ticket = replace(open_ticket().ticket, repeats=1, state=TicketState.ACCEPTED)
    card = ticket_public(SITE, ticket, events, NOON + 9)
    assert [step["at"] and step["at"][17:19] for step in card["steps"]] == ["00", "06", None, None, None]
    assert card["title"]["en"].endswith("(came back)")


def test_an_ended_job_owes_no_word():
    ended = replace(open_ticket().ticket, state=TicketState.CANCELLED)
    assert ticket_public(SITE, ended, [], NOON)["next_word_by"] is None


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("FP-01", "低压主泵未启动", "Main pump did not start although pressure is low"),
        ("main_pressure.LL", "消防主管压力过低", "Fire main pressure is much too low"),
        ("pump2_temp.H", "2号泵轴承温度偏高", "No. 2 pump bearing temperature is high"),
        ("DQ-01:main_pressure", "监测数据不可靠，正在核对", "Its readings can't be trusted and are being checked"),
        ("learned:main_pressure", "消防主管压力与平时不同", "Fire main pressure is not as usual"),
        ("flood.STATE", "地面有水", "Water on the floor"),
        ("door_open.STATE", "需要检查", "It needs a check"),
        ("learned:door_open", "需要检查", "It needs a check"),
        ("nothing.known", "需要检查", "It needs a check"),
    ],
)
def test_a_rule_is_said_in_words_of_the_kind_and_doors_are_not_talked_about(rule, zh, en):
    assert plain.wrong(SITE.devices["fire-pump"], rule) == Text(zh, en)


def test_a_signature_whose_name_holds_a_figure_is_said_in_general():
    device = SITE.devices["fire-pump"]
    rule = device.signatures[0]
    loose = replace(rule, signature=replace(rule.signature, says=Text("压力低于 0.80 MPa", "Pressure below 0.80 MPa")))
    assert plain.wrong(make_device(signatures=(loose,)), "FP-01").en == "It needs a check"


def test_a_door_page_tells_what_the_room_is_for_and_safe_values_only():
    values = {"main_pressure": (NOON, 0.91, 0), "pump1_run": (NOON, False, 0), "pump2_run": (NOON, True, Quality.BAD)}
    values |= {"pressure_setpoint": (NOON, 0.9, 0), "door_open": (NOON, True, 0), "pump1_temp": (NOON, 55.0, 0)}
    seen = device_public(SITE, SITE.devices["fire-pump"], FRESH, [], {}, NOON, values)
    assert seen["explains"] == {"zh": "这里是小区的消防泵房。", "en": "This is the fire pump room."}
    assert seen["room"]["en"] == "Fire pump room"
    assert [(v["says"]["en"], v["value"]) for v in seen["values"]] == [("Fire main pressure", 0.91), ("Fire pump running", False)]


def test_a_door_page_of_what_is_not_public_does_not_exist():
    assert device_public(SITE, make_device(public=False), FRESH, [], {}, NOON) is None


def test_info_only_jobs_are_not_news():
    assert page(changes=[open_ticket(**{**WORDS, "severity": INFO})])["dealing_with"] == []
