"""The thousand nastiest payloads mixed one to one into a healthy stream: what is left of the throughput, all of it saved."""

from __future__ import annotations

import base64
import json
import time
from itertools import chain, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.adapters.store import open_store
from daemon.core import pipeline, state
from daemon.core.nouns import Message
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.traffic import SOURCES, demo, frames

if TYPE_CHECKING:
    from collections.abc import Sequence

BAD = Path(__file__).parent.parent / "e2e" / "bad_inputs.jsonl"
NASTIEST, COUNT, BATCH = 1000, 10_000, 500


def bench(folder: Path) -> list[Figure]:
    """Messages a second of processor time, healthy and mixed, in turn."""
    healthy = frames(5400.0)[:COUNT]
    mixed = list(chain.from_iterable(zip(healthy, islice(cycle(_nasty()), COUNT), strict=False)))
    runs: dict[str, list[float]] = {"healthy stream": [], "mixed with nasty payloads": []}
    for turn in range(RUNS):
        for (name, rates), messages in zip(runs.items(), (healthy, mixed), strict=True):
            place = folder / f"{name} {turn}"
            place.mkdir()
            rates.append(len(messages) / _seconds(place, messages))
    plain, spoilt = runs.items()
    first = figure(plain[0], "messages/CPU s", plain[1])
    return [first, figure(spoilt[0], "messages/CPU s", spoilt[1], first, least=0.7)]


def _nasty() -> list[Message]:
    """Those that must be refused, again and again in other devices' names, largest and strangest alike."""
    cases = [json.loads(line) for line in BAD.read_text(encoding="utf-8").splitlines()]
    refused = [case for case in cases if case["expect"] == "reject"]
    at = frames(5400.0)[0].at
    return [
        Message(case["topic"].replace("hongshan", f"hongshan{turn or ''}"), base64.b64decode(case["payload_b64"]), at, "main")
        for turn in range(1 + NASTIEST // len(refused))
        for case in refused
    ][:NASTIEST]


def _seconds(folder: Path, messages: Sequence[Message]) -> float:
    """Processor time from the first message to the last commit."""
    watch = state.start(demo(), silence_of_unheard=False)
    store = open_store("", folder, digest=demo().digest)
    began = time.process_time()
    for start in range(0, len(messages), BATCH):
        some = messages[start : start + BATCH]
        with store.begin() as transaction:
            outcome = pipeline.feed(watch, some, transaction, SOURCES)
            watch.position = transaction.save(outcome, some, watch.slices(outcome))
    took = time.process_time() - began
    store.close()
    return took
