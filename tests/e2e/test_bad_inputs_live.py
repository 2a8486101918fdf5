"""Everything bad that a field can send, through a real broker: the watch lives, counts it, and judges nothing by it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import category

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, QUIET, ROOT, telemetry

from daemon.core.nouns import Message

pytestmark = pytest.mark.broker
CATALOGUE = ROOT.parent / "shared" / "reliability" / "bad_inputs.jsonl"
HERE = Path(__file__).parent / "bad_inputs.jsonl"  # a few of each class, where the catalogue is not at hand
LARGEST = 65_536  # bytes of a payload
OURS = ("telemetry", "status")


def publishable(case):
    """Would a broker take it, and hand it to us?"""
    levels = case["topic"].split("/")
    heard = levels[0] == "atrium" and levels[3:4] and levels[3] in OURS and len(levels) <= 5
    legal = not any(letter in "+#" or category(letter) == "Cc" for letter in case["topic"])
    return heard and legal and len(case["payload"]) <= LARGEST


def cases():
    place = CATALOGUE if CATALOGUE.exists() else HERE
    found = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
    return [case | {"payload": base64.b64decode(case["payload_b64"])} for case in found]


def as_of_now(payload, now):
    """What must be refused shall not be refused for being old."""
    return payload.replace(b"2026-06-01T00:00:00", datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode())


def test_bad_inputs_are_counted_and_change_nothing(atrium, device):
    watch = atrium().start()
    device.send(telemetry(watch.clock.now(), **QUIET, controller_mode="auto"))
    bad = [case for case in cases() if publishable(case)]
    assert {case["class"] for case in bad} >= {"json", "number", "unicode", "time", "schema", "topic"}
    for case in bad:
        now = watch.clock.now()
        payload = as_of_now(case["payload"], now) if case["expect"] == "reject" else case["payload"]
        device.send(Message(case["topic"], payload, now))
    device.send(telemetry(watch.clock.now(), main_pressure=0.91))
    assert device.drain()

    assert until(lambda: watch.alive and any(value == 0.91 for _, value, _ in watch.history()), LONG), watch.words
    refused = watch.look(lambda store: store.rejected_counts())
    assert sum(refused.values()) >= sum(case["expect"] == "reject" for case in bad)
    assert set(refused) >= {"json", "number", "unicode", "time", "schema"}
    good = [value for _, value, quality in watch.history() if not quality]
    assert good == [0.9, 0.91]
    assert (watch.episodes(), watch.tickets()) == ({}, [])
    assert "Traceback" not in watch.words
