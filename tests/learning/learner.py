"""Learned normal beside a watch of the demo's fire pump, with a detector that finds what it is told to find."""

from __future__ import annotations

from dataclasses import replace

from factories import make_site

from daemon.core import state
from daemon.core.learned.finding import Settings
from daemon.core.learned.normal import Accepted
from daemon.core.nouns import Action, Outcome, Reading, Readings
from daemon.core.site import Configuration
from daemon.core.site import Settings as Atrium
from daemon.learning import Learning, sites

KEY = ("hongshan", "fire-pump")
NOON = 1_795_320_000.0
SETTINGS = Settings(every=300.0, warm_seconds=5 * 86400.0, fit=1000, margin=2.0)


class Told:
    """Finds what it is told to find, and remembers what it was asked."""

    def __init__(self):
        self.finds, self.heard, self.accepted, self.roused, self.restored = [], [], [], [], {}

    def observe(self, readings, active):
        self.heard += [(reading.at, (reading.site, reading.device) in active) for reading in readings]
        found, self.finds = self.finds, []
        return found

    def accept(self, accepted):
        self.accepted.append(accepted)

    def rouse(self, finding):
        self.roused.append(finding.id)

    def pack(self, key):
        return "/".join(key).encode()

    def restore(self, key, packed):
        self.restored[key] = packed
        return ["main_pressure"] if packed == b"strange" else []


def configured(**settings):
    return Configuration(Atrium(None), {"hongshan": replace(make_site(), learned=replace(SETTINGS, **settings))}, "d")


def learning(store, normal=None, **settings):
    configuration = configured(**settings)
    one = Learning(sites(configuration, NOON), normal or Told(), store, Accepted, configuration)
    one.begin(started())
    return one


def started():
    """A watch that takes up its work at noon."""
    watch = state.start(configured())
    watch.now = NOON
    return watch


def reading(at, device="fire-pump", value=0.9):
    return Reading("hongshan", device, "main_pressure", at, at, value)


def take(one, store, *readings, now=NOON, alarms=()):
    """A commit."""
    outcome = Outcome(readings=Readings(readings), alarms=list(alarms))
    with store.begin() as transaction:
        one.take(outcome, transaction, now)
    return outcome


def find(one, store, *findings):
    one.normal.finds = list(findings)
    return take(one, store, reading(NOON))


def say(one, store, decision, **data):
    (entry,) = store.review()
    one.heed(
        Action(
            9, NOON, "li", f"review.{decision}", entry.id, {"site": KEY[0], "device": KEY[1], "points": ["main_pressure"], **data}
        )
    )
