"""The catalogue of bad inputs, where it lies beside the project: nothing raises, good messages pass, broken ones are refused."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path

import pytest

from daemon.core.nouns import Rejected, Sample
from daemon.dialects import Source, families

CATALOGUE = Path(__file__).parents[3] / "shared" / "reliability" / "bad_inputs.jsonl"
decode = families()["atrium"].open(Source())

# These need to know the device and the types of its points; the core judges them.
OF_THE_CORE = {
    "string that overflows",
    "padded numeric string",
    "bool where a number is expected: lax pydantic makes 1.0",
    "unknown device id",
    "device registered at another site",
}


def catalogue():
    return [json.loads(text) for text in CATALOGUE.read_text(encoding="utf-8").splitlines()] if CATALOGUE.exists() else []


@pytest.fixture
def cases():
    return catalogue() or pytest.skip("the catalogue of bad inputs does not lie beside this copy of the project")


def decoded(case):
    at = datetime.fromisoformat(case["at"]).timestamp()
    return decode(case["topic"], base64.b64decode(case["payload_b64"]), at)


def test_no_case_raises_and_every_case_is_answered(cases):
    assert [case["why"] for case in cases if not decoded(case)] == []


def test_good_messages_pass_without_a_refusal(cases):
    good = [case for case in cases if case["expect"] in ("accept", "flag")]
    assert good
    assert [case["why"] for case in good if not all(isinstance(item, Sample) for item in decoded(case))] == []


def test_broken_messages_give_a_refusal_and_no_sample(cases):
    broken = [case for case in cases if case["expect"] == "reject" and case["why"] not in OF_THE_CORE]
    assert broken
    assert [case["why"] for case in broken if not all(isinstance(item, Rejected) for item in decoded(case))] == []
