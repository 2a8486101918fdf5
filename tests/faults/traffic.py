"""What real equipment would have sent in the last hours, faults among it, in the order in which it would have come."""

from __future__ import annotations

from functools import cache

import msgspec
from fixtures.stage import ROOT, SITE

from daemon.config import load
from daemon.core.nouns import Message
from daemon.simulate import parse_fault, simulate

FAULTS = (
    "fire-pump:FP-F4@600+900",
    "ev-01:EV-F1@1200+1500",
    "ev-03:EV-F5@2400+1800",
    "ebike-01:EB-F4@1800+600",
    "boiler-1:BO-F4@3000+900",
    "supply-low:WS-F3@3600+1200",
    "gw-4:DQ-F4@4800+900",
    "fire-pump:FP-F1@6900",
    "boiler-2:BO-F2@5400",
)


@cache
def demo():
    return load(ROOT / "config", environ={})


def hours(until, count, seconds=3.2 * 3600, faults=FAULTS, seed=1):
    """The last `count` messages of the demo community before `until`: a backlog with several faults, some of them not over."""
    plans = [parse_fault(text, demo().sites[SITE].devices) for text in faults]
    messages = list(simulate(demo(), site=SITE, start=until - seconds, for_seconds=seconds, faults=plans, seed=seed))
    assert len(messages) >= count, len(messages)
    return [message for message in messages[-count:] if not message.topic.endswith("/status")]


def single(device, ts, **values):
    """One message of one device."""
    body = msgspec.json.encode({"ts": round(ts * 1000), "values": values})
    return Message(f"atrium/{SITE}/{device}/telemetry", body, ts)
