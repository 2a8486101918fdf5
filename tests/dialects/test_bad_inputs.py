"""The catalogue of bad inputs: nothing raises, good messages pass, broken ones are refused; by the dialect, or by the core."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from daemon.config import load
from daemon.core import decode, state
from daemon.core.nouns import Message, Quality, Rejected, Sample
from daemon.dialects import Source, families

CATALOGUE = Path(__file__).parent / "bad_inputs.jsonl.gz"
CASES = [json.loads(line) for line in gzip.decompress(CATALOGUE.read_bytes()).decode().splitlines()]
SHIPPED = Path(__file__).parents[2] / "config"
dialect = families()["atrium"].open(Source())

# These need to know the device and the types of its points; the core judges them.
OF_THE_CORE = {
    "string that overflows",
    "padded numeric string",
    "bool where a number is expected: lax pydantic makes 1.0",
    "unknown device id",
    "device registered at another site",
}


@pytest.fixture(scope="module")
def watch():
    return state.start(load(SHIPPED, environ={}))


def received(case):
    return datetime.fromisoformat(case["at"]).timestamp()


def decoded(case):
    return dialect(case["topic"], base64.b64decode(case["payload_b64"]), received(case))


def judged(watch, case):
    """Readings and refusals, once the core has seen them."""
    refused = []
    message = Message(case["topic"], base64.b64decode(case["payload_b64"]), received(case))
    found = decode.frames(watch, message, dialect, refused)
    return [reading for _, _, readings in found for reading in readings], refused


def test_no_case_raises_and_every_case_is_answered():
    assert len(CASES) > 100
    assert [case["why"] for case in CASES if not decoded(case)] == []


def test_good_messages_pass_without_a_refusal():
    good = [case for case in CASES if case["expect"] in ("accept", "flag")]
    assert good
    assert [case["why"] for case in good if not all(isinstance(item, Sample) for item in decoded(case))] == []


def test_broken_messages_give_a_refusal_and_no_sample():
    broken = [case for case in CASES if case["expect"] == "reject" and case["why"] not in OF_THE_CORE]
    assert broken
    assert [case["why"] for case in broken if not all(isinstance(item, Rejected) for item in decoded(case))] == []


def test_after_the_core_nothing_broken_is_left_and_nothing_good_is_lost(watch):
    wrong = []
    for case in CASES:
        readings, refused = judged(watch, case)
        good = [reading for reading in readings if reading.quality is Quality.GOOD]
        as_expected = {
            "accept": good and not refused,
            "flag": readings or refused,
            "reject": refused and not good,
            "either": readings or refused,
            "any": True,
        }
        if not as_expected[case["expect"]]:
            wrong.append((case["why"], readings, refused))
    assert wrong == []


@pytest.mark.parametrize("family", sorted(families()))
def test_no_family_raises_on_any_of_them(family):
    spoken = families()[family].open(Source(site="hongshan", device="fire-pump", topics=("atrium/{site}/{device}/#",)))
    for case in CASES:
        for topic in (case["topic"], *(families()[family].TOPICS[:1] if hasattr(families()[family], "TOPICS") else ())):
            items = spoken(topic, base64.b64decode(case["payload_b64"]), received(case))
            assert all(isinstance(item, (Sample, Rejected)) for item in items)
