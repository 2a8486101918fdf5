"""A recording may be judged with what is usual learned from it: by the calls that the watch makes, with the same outcome."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from random import Random

from daemon import playing
from daemon.adapters.store import open_store
from daemon.core import pipeline, state
from daemon.core.learned.finding import Settings
from daemon.core.nouns import Message
from daemon.core.replay import replay
from daemon.core.site import Configuration
from daemon.core.site import Settings as Atrium
from daemon.recording import write_recording
from tests.factories import NOON, make_site
from tests.watching import SOURCES

EVERY, DAYS = 300.0, 6.5
SOON = Settings(every=EVERY, warm_seconds=5 * 86400.0, fit=1000, margin=2.0)
FAULT = NOON + (DAYS - 0.2) * 86400.0


def community(learned=SOON):
    return Configuration(Atrium(None), {"hongshan": make_site(learned=learned)}, "d")


@cache
def recording(*, flooded=False):
    """Six days and a half of a fire main, at the end of which its pressure is higher than ever, though within all limits."""
    dice, told = Random(1), []  # noqa: S311 - noise
    for step in range(int(DAYS * 86400.0 / EVERY)):
        at = NOON + step * EVERY
        pressure = 0.91 + dice.gauss(0.0, 0.002) + (0.15 if at >= FAULT else 0.0)
        values = {"main_pressure": round(pressure, 4), "pump1_run": 0, "pump2_run": 0, "flood": int(flooded and at >= FAULT)}
        payload = json.dumps({"ts": at * 1000, "values": values}).encode()
        told.append(Message("atrium/hongshan/fire-pump/telemetry", payload, at + 1.0))
    return told


def played(messages, *, learn=True):
    return list(replay(community(), messages, SOURCES, learn=playing.learner(community()) if learn else None))


@cache
def once(*, flooded=False):
    return played(recording(flooded=flooded))


def reviews(lines):
    return [line for line in lines if line["type"] == "review"]


def test_what_no_rule_knows_of_is_told_with_what_is_usual_and_healthy_days_say_nothing():
    first = reviews(once())[0]
    assert (first["event"], first["device"], first["rules"]) == ("opened", "fire-pump", ["learned:main_pressure"])
    assert first["reason"]["zh"].startswith("消防主管压力 1.0")
    assert datetime.fromisoformat(first["at"]).timestamp() >= FAULT


def test_the_same_recording_gives_the_same_lines_and_without_learning_those_of_the_rules():
    assert played(recording()) == once()
    assert [line for line in once() if line not in reviews(once())] == played(recording(), learn=False)


def test_it_finds_what_the_watch_would_have_found(tmp_path):
    configuration, store = community(), open_store("", tmp_path, digest="d")
    watch = state.start(configuration, silence_of_unheard=False)
    one = playing.learner(configuration)(store, NOON)
    for begin in range(0, len(recording()), 150):
        with store.begin() as transaction:
            outcome = pipeline.feed(watch, recording()[begin : begin + 150], transaction, SOURCES)
            one.take(outcome, transaction, watch.now)
            transaction.save(outcome, (), {})
    live = [(finding.rule, finding.reason.zh) for entry in store.review() for finding in entry.findings]
    told = {(rule, line["reason"]["zh"]) for line in reviews(once()) for rule in line["rules"]}
    assert live
    assert set(live) <= told
    store.close()


def test_where_a_ticket_is_open_it_is_a_line_of_that():
    told = reviews(once(flooded=True))
    assert {line["event"] for line in told} == {"joined"}
    assert {line["rules"][0] for line in told} == {"learned:main_pressure"}


def test_the_command_tells_it_and_a_site_that_does_not_learn_does_for_once(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("daemon.core.learned.finding.Settings", lambda: SOON)
    write_recording(tmp_path / "r.jsonl.gz", recording())
    for as_json, said in ((False, "review opened: fire-pump learned:main_pressure: 消防主管压力"), (True, '"type": "review"')):
        playing.replay(community(None), tmp_path / "r.jsonl.gz", playing.Replay(learn=True), as_json=as_json)
        assert said in capsys.readouterr().out
