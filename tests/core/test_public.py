from __future__ import annotations

import json
import re
from dataclasses import replace

from factories import EV_CHARGER, NOON, make_device, make_episode, make_people, make_site, open_ticket
from hypothesis import given
from hypothesis import strategies as st

from daemon.core import plain
from daemon.core.nouns import Reason, TicketEvent, TicketState
from daemon.core.status import DeviceCondition, device_public, public_status
from sensors.kit.words import Severity, Text

SITE = make_site()
KEYS = {
    (): {"site", "state", "sentence", "as_of", "rooms", "dealing_with", "planned"},
    ("sentence",): {"zh", "en"},
    ("rooms",): {"device", "name", "colour", "why", "as_of"},
    ("rooms", "name"): {"zh", "en"},
    ("rooms", "why"): {"zh", "en"},
    ("dealing_with",): {"public_id", "title", "steps", "next_word_by"},
    ("dealing_with", "title"): {"zh", "en"},
    ("planned",): {"title", "begins", "ends"},
    ("planned", "title"): {"zh", "en"},
    ("dealing_with", "steps"): {"step", "label", "at"},
    ("dealing_with", "steps", "label"): {"zh", "en"},
}


def keys_of(node, path=()):
    """Every (path, keys) of a tree of dicts and lists."""
    if isinstance(node, dict):
        yield path, set(node)
        for key, value in node.items():
            yield from keys_of(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield from keys_of(value, path)


HUSH = "hush"
_secret = st.integers(0, 999).map(lambda n: f"{HUSH}-{n}")
_words = st.builds(Text, _secret, _secret)
_values = st.dictionaries(_secret, st.one_of(_secret, st.just(7.7777)), max_size=2)
_rules = st.sampled_from(
    ["FP-01", "FP-02[i=2]", "main_pressure.L", "pump1_temp.H", "door_open.STATE", "DQ-01:gun_temp", f"learned:{HUSH}", HUSH]
)
_times = st.floats(NOON - 1e6, NOON + 1e6)
_events = st.builds(
    TicketEvent,
    st.just("t"),
    st.integers(1, 50),
    _times,
    st.sampled_from(
        ["opened", "accepted", "arrived", "resolved", "closed", "reopened", "cancelled", "signal_back", "comment", HUSH]
    ),
    _secret,
    _secret,
    _values,
)
_tickets = st.fixed_dictionaries(
    {
        "rules": st.lists(_rules, max_size=3).map(tuple),
        "severity": st.sampled_from(Severity),
        "state": st.sampled_from(TicketState),
        "number": _secret,
        "title": _words,
        "do_first": _words,
        "causes": st.tuples(_words),
        "reason": st.builds(Reason, _secret, _secret, _values),
        "evidence": _values,
        "assignee": _secret,
        "team": _secret,
        "cause": _secret,
        "incident": _secret,
        "origin": st.sampled_from(["alarm", "resident", HUSH]),
        "signal_normal_at": st.none() | _times,
        "repeats": st.integers(0, 3),
        "room": _secret,
        "opened_at": _times,
    }
)
_episodes = st.builds(
    lambda rule, severity, reason: make_episode(rule, severity=severity, reason=reason, incident=HUSH),
    _rules,
    st.sampled_from(Severity),
    st.builds(Reason, _secret, _secret, _values),
)
_conditions = st.builds(DeviceCondition, st.none() | _times, st.booleans(), st.lists(_episodes, max_size=3).map(tuple))


@given(
    device=st.sampled_from(["fire-pump", "ev-01", "gw-1"]),
    fields=_tickets,
    events=st.lists(_events, max_size=8),
    conditions=st.dictionaries(st.sampled_from(["fire-pump", "ev-01", HUSH]), _conditions),
)
def test_no_other_key_and_no_name_number_note_or_limit_ever_leaves(device, fields, events, conditions):
    ticket = replace(open_ticket(device=device).ticket, **fields)
    status = public_status(SITE, conditions, [ticket], {ticket.id: events}, NOON)
    spoken = json.dumps(status, ensure_ascii=False)
    assert all(keys <= KEYS[path] and keys == KEYS[path] for path, keys in keys_of(status))
    assert HUSH not in spoken
    assert not [p for p in make_people() if p.name in spoken or p.phone in spoken]
    assert not re.search(r"\d\.\d", spoken)  # no measured figure, no limit, no set-point has left
    assert {entry["colour"] for entry in status["rooms"]} <= {"red", "yellow", "grey", "blue", "green"}


@given(fields=_tickets, events=st.lists(_events, max_size=5), condition=_conditions, value=st.floats(0.81, 0.83))
def test_a_door_page_lets_nothing_else_out_either(fields, events, condition, value):
    ticket = replace(open_ticket().ticket, **fields)
    values = {"main_pressure": (NOON, value, 0), "pressure_setpoint": (NOON, 7.7777, 0), HUSH: (NOON, HUSH, 0)}
    seen = device_public(SITE, SITE.devices["fire-pump"], condition, [ticket], {ticket.id: events}, NOON, values)
    assert set(seen) == {"device", "name", "room", "kind", "explains", "colour", "why", "as_of", "values", "dealing_with"}
    assert [set(shown) for shown in seen["values"]] == [{"says", "value", "unit", "as_of"}]
    assert seen["values"][0]["value"] == value
    spoken = json.dumps(seen | {"values": []})
    assert HUSH not in spoken
    assert not re.search(r"\d\.\d", spoken)


def test_every_limit_and_signature_of_a_kind_has_words_without_a_figure_of_its_own():
    for device in (SITE.devices["fire-pump"], make_device(kind=EV_CHARGER)):
        for rule in [*device.limits, *device.signatures]:
            said = plain.wrong(device, rule.rule)
            assert said.zh
            assert said.en
            assert not re.search(r"\d\.\d", said.zh + said.en)
