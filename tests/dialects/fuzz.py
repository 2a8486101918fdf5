"""Feeds every dialect in the folder with mutated examples and noise: it never raises, its answers are bounded and of sane types.

For ten minutes: python -m tests.dialects.fuzz --minutes 10
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
import time
import zlib
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from daemon.core.nouns import Rejected, Sample
from daemon.core.source import Poll, Register, Rename, Source, Target
from daemon.dialects import families
from tests.dialects.corpus import CORPUS

AT = 1779069605.0
MOST_ITEMS = 16384 + 64  # samples of one message, and its refusals
LATEST = 253402300799.0
CODES = {"json", "number", "unicode", "time", "size", "schema", "topic", "unknown-device", "unknown-point", "value"}
REGISTERS = tuple(
    Register(f"1/3/{address}", address, type=kind, order=order)
    for address, (kind, order) in enumerate([("uint16", "ABCD"), ("float32", "CDAB"), ("int64", "BADC"), ("bcd32", "DCBA")])
)
SOURCES = {
    "bare": Source(),
    "of a site": Source(site="hill"),
    "mapped": Source(
        site="hill",
        device="fire-pump",
        member="deviceId",
        devices={"zone-high": ("hill", "supply"), "boiler-1/fast": ("hill", "boiler")},
        points={None: {"main_pressure": Rename("p", scale=0.1, offset=-1.0, states={"7": "seven"}), "40001": Rename("q")}},
        failures=frozenset({"65535", "0.75"}),
        ignored=frozenset({"battery"}),
        registers=REGISTERS,
        polls=(Poll(0, 2),),
        targets={"p": Target("float", "MPa"), "q": Target("bool"), "mode": Target("enum", "", {"auto": "auto"})},
    ),
}

NASTY = [
    None, True, -1, 0, 2**63, 10**30, 1e308, -1e-320, "", " ", "NaN", "error", "0.912 MPa", "1e400", "-0", "\x00", "\u202e",
    "泵" * 300, "2026-02-30 25:61:00", "9999-12-31T23:59:59Z", "0001-01-01 00:00:00", [], {}, [[]], {"": 1}, [{}] * 40,
    {"value": {"value": 1}}, "{{ value_json.a }}", "../../etc", "a" * 5000,
]  # fmt: skip
LEAVES = st.one_of(
    st.sampled_from(NASTY), st.floats(allow_nan=False), st.integers(-(2**70), 2**70), st.text(max_size=20), st.booleans()
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
SEEDS = [(family, topic, payload) for family, pairs in CORPUS.items() for topic, payload in pairs]


def paths(tree, here=()):
    """Every place in a tree."""
    yield here
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield from paths(value, (*here, key))


def put(tree, path, value):
    """The tree with another value at a place; None for the key's name too."""
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = put(tree[path[0]], path[1:], value)
    return copy


@st.composite
def trees(draw, payload):
    """The payload with a few of its parts replaced, if it is JSON."""
    try:
        tree = json.loads(payload)
    except ValueError:
        return draw(noises(payload))
    for _ in range(draw(st.integers(0, 3))):
        tree = put(tree, draw(st.sampled_from(list(paths(tree)))), draw(TREES))
    return json.dumps(tree, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def noises(draw, payload):
    """The payload with bytes cut, put in, changed."""
    data = bytearray(payload)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        until = min(len(data), place + draw(st.integers(0, 6)))
        data[place:until] = draw(st.binary(max_size=6))
    return bytes(data)


WRAPPED = {
    "as it is": bytes,
    "marked": b"\xef\xbb\xbf".__add__,
    "ended": lambda data: data + b"\0\0",
    "packed": zlib.compress,
    "zipped": lambda data: gzip.compress(data, mtime=0),
    "twice": lambda data: data + b"\n" + data,
    "in GBK": lambda data: data.decode("utf-8", "replace").encode("gb18030", "replace"),
    "in hex": lambda data: data.hex().encode(),
    "cut": lambda data: data[: len(data) // 2],
}


@st.composite
def messages(draw):
    """A family, a source, and a few messages, mostly of that family."""
    family = draw(st.sampled_from(sorted(families())))
    own = [seed for seed in SEEDS if seed[0] == family] or SEEDS
    told = []
    for _ in range(draw(st.integers(1, 4))):
        _, topic, payload = draw(st.sampled_from(own if draw(st.integers(0, 9)) else SEEDS))
        data = draw(st.one_of(trees(payload), noises(payload), st.binary(max_size=64)))
        wrap = WRAPPED[draw(st.sampled_from([*WRAPPED, *["as it is"] * 8]))]
        where = (
            topic
            if draw(st.integers(0, 9))
            else draw(st.one_of(st.sampled_from([one[1] for one in SEEDS]), st.text(max_size=40)))
        )
        told.append((where, wrap(data)))
    return family, draw(st.sampled_from(["of a site", "mapped", "mapped", "bare"])), told


def is_sane(item):
    """Fit for the core, whatever was sent."""
    if isinstance(item, Rejected):
        short = len(item.topic) <= 256 and len(item.reason) <= 1024 and len(item.payload) <= 1024
        return short and item.code in CODES and item.reason.isprintable()
    names = all(isinstance(name, str) and 0 < len(name) <= 128 for name in (item.site, item.device, item.point))
    if type(item.value) is float:
        fit = math.isfinite(item.value)
    else:
        fit = type(item.value) in (bool, int, str) and (not isinstance(item.value, str) or len(item.value) <= 256)
    return names and fit and (item.ts is None or (type(item.ts) in (float, int) and 0 <= item.ts <= LATEST))


def opened(family, name):
    """The family's dialect with one of the sources, listening where the family is spoken."""
    topics = getattr(families()[family], "TOPICS", ("f/{device}/#", "#"))
    return families()[family].open(replace(SOURCES[name], topics=() if name == "bare" else tuple(topics)))


def probe(family, source, told):
    """Feed one dialect; the same messages give the same answers, cut and taken up again in the middle too."""
    dialect, again = (opened(family, source) for _ in range(2))
    count: Counter[str] = Counter()
    for topic, payload in told:
        items = dialect(topic, payload, AT)
        assert isinstance(items, list)
        assert len(items) <= MOST_ITEMS, (family, source, topic, payload)
        for item in items:
            assert isinstance(item, (Sample, Rejected))
            assert is_sane(item), (family, source, topic, payload, item)
        assert again(topic, payload, AT) == items, (family, source, topic, payload)
        fresh = opened(family, source)
        fresh.restore(dialect.pack())
        assert fresh.pack() == dialect.pack()
        count.update(type(item).__name__ for item in items)
    return count


def fuzz(examples, number):
    """Run so many examples, grown from one number; what was found."""
    count: Counter[str] = Counter()

    @seed(number)
    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(messages())
    def run(drawn):
        count.update(probe(*drawn))
        count["examples"] += 1

    run()
    return count


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    count, number, end = Counter(), told.seed, time.monotonic() + 60 * told.minutes
    while time.monotonic() < end:
        count += fuzz(500, number)
        number += 1
    sys.stdout.write(f"{len(families())} dialects, {dict(count)}, seeds {told.seed} to {number - 1}: nothing found\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
