from __future__ import annotations

from dataclasses import replace

import pytest
from factories import NOON, at, make_person, make_site, open_ticket

from daemon.core import notices, tickets
from daemon.core.site import Shift
from sensors.kit.words import MAJOR

SITE = make_site()


def told(site, ticket, why="opened", when=NOON):
    return [(n.person, n.channel) for n in notices.for_ticket(site, ticket, why, when)]


@pytest.mark.parametrize(
    ("when", "people"),
    [
        ("2026-11-23 07:59", ["li"]),
        ("2026-11-23 08:00", ["wang", "chen", "zhao", "sun"]),
        ("2026-11-23 19:59", ["wang", "chen", "zhao", "sun"]),
        ("2026-11-23 20:00", ["li"]),
        ("2026-11-24 00:30", ["li"]),
    ],
)
def test_the_roster_is_read_in_the_sites_own_time_and_over_midnight(when, people):
    assert [person.id for person in notices.on_duty(SITE, at(when))] == people


@pytest.mark.parametrize(
    ("when", "on"),
    [
        ("2026-11-20 22:00", True),  # Friday evening
        ("2026-11-21 05:59", True),  # the same shift, Saturday morning
        ("2026-11-21 06:00", False),
        ("2026-11-21 22:00", False),  # Saturday has none
        ("2026-11-20 05:00", False),  # Thursday's night has none either
    ],
)
def test_a_night_shift_belongs_to_the_day_on_which_it_starts(when, on):
    site = make_site(people=[make_person("li", shifts=(Shift((4,), 22 * 60, 6 * 60),))])
    assert bool(notices.on_duty(site, at(when))) is on


def test_who_has_no_shifts_is_always_on_duty():
    assert notices.on_duty(make_site(people=[make_person("li")]), NOON)


@pytest.mark.parametrize(
    ("device", "when", "found"),
    [
        ("fire-pump", "2026-11-23 12:00", ("works", "wang")),
        ("fire-pump", "2026-11-23 23:00", ("works", "li")),
        ("ev-01", "2026-11-23 12:00", ("charging", "chen")),
        ("ev-01", "2026-11-23 23:00", ("charging", "")),  # nobody on duty knows it: the team that does
        ("gw-1", "2026-11-23 12:00", ("works", "")),  # nobody knows it: whichever technicians there are
    ],
)
def test_a_job_goes_to_the_first_on_duty_who_knows_the_kind_else_to_the_team(device, when, found):
    assert notices.assign(SITE, SITE.devices[device], at(when)) == found


def test_who_knows_everything_knows_the_kind():
    site = make_site(people=[make_person("an", "operator"), make_person("bo", skills=("*",))])
    assert notices.assign(site, SITE.devices["gw-1"], NOON) == ("works", "bo")


def test_the_assignee_hears_on_every_channel_and_a_critical_one_reaches_the_desk():
    assert told(SITE, open_ticket().ticket) == [("wang", "console"), ("wang", "bell"), ("zhao", "console")]
    assert told(SITE, open_ticket(severity=MAJOR).ticket) == [("wang", "console"), ("wang", "bell")]


def test_without_an_assignee_the_whole_team_hears():
    ticket = replace(open_ticket(severity=MAJOR).ticket, assignee="")
    assert told(SITE, ticket) == [("wang", "console"), ("wang", "bell"), ("li", "console")]


def test_somebody_always_hears():
    nobody = replace(open_ticket(severity=MAJOR).ticket, assignee="gone", team="")
    assert told(SITE, nobody, when=at("2026-11-23 23:00")) == [("zhao", "console")]


def test_without_channels_of_their_own_people_hear_by_those_of_the_team():
    teams = {"works": replace(SITE.teams["works"], channels=("bell", "console"))}
    site = make_site(people=[make_person("wang", channels=())], teams=teams)
    assert told(site, open_ticket(site).ticket) == [("wang", "bell"), ("wang", "console")]


def test_a_notice_says_what_where_why_what_first_and_the_number():
    notice = notices.for_ticket(SITE, open_ticket().ticket, "opened", NOON)[0]
    for part in ("消防泵房", "低压主泵未启动", "0.76 MPa < 0.80 MPa 已 31 秒", "立即派人到泵房", "HS-20261123-0001"):
        assert part in notice.title.zh + notice.body.zh
    for part in ("Fire pump room", "Main pump did not start", "for 31 s", "Send someone", "HS-20261123-0001"):
        assert part in notice.title.en + notice.body.en
    assert (notice.title.zh[:8], notice.title.en[:16]) == ("【紧急·新工单】", "[critical · New]")


def keys(ticket, why="opened", when=NOON):
    return {notice.key for notice in notices.for_ticket(SITE, ticket, why, when)}


def test_the_same_cause_has_the_same_key_whenever_it_is_told():
    ticket = open_ticket().ticket
    later = tickets.signal_normal(ticket, NOON + 9).ticket
    assert keys(ticket) == keys(later, when=NOON + 1000)
    assert len(keys(ticket)) == 3


def test_news_has_a_new_key():
    ticket = open_ticket().ticket
    news = [
        keys(ticket),
        keys(ticket, "escalated"),
        keys(replace(ticket, rules=("FP-02", "FP-01")), "escalated"),
        keys(ticket, "reopened"),
        keys(replace(ticket, repeats=1), "reopened"),
        keys(ticket, "assigned"),
        keys(replace(ticket, events=ticket.events + 2), "assigned"),  # handed away and back
    ]
    assert len(set.union(*news)) == sum(map(len, news))
