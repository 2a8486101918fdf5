"""A watch in miniature for tests of the core: the small community of `factories`, fed by hand."""

import json

from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import Message
from daemon.core.site import Configuration, Settings
from daemon.dialects import Source, families
from tests.factories import NOON, make_site

SOURCES = {"main": families()["atrium"].open(Source())}


class Watch:
    """A watch in miniature: tell it values at seconds after noon, let time pass, look at what came of it."""

    def __init__(self, **fields):
        self.state = state.start(Configuration(Settings(None), {"hongshan": make_site(**fields)}, "digest"))
        self.state.silence_of_unheard = False
        self.desk = MemoryDesk()
        self.alarms, self.notices, self.rejected, self.readings = [], [], [], []
        self.late = self.duplicates = 0

    def tell(self, at, values, *, device="fire-pump", ts=None, retain=False):
        payload = (
            {"values": values} if ts is None and retain else {"ts": (NOON + (at if ts is None else ts)) * 1000, "values": values}
        )
        topic = f"atrium/hongshan/{device}/telemetry"
        return self.feed(Message(topic, json.dumps(payload).encode(), NOON + at, retain=retain))

    def feed(self, *messages):
        return self._keep(pipeline.feed(self.state, messages, self.desk, SOURCES))

    def wait(self, until):
        return self._keep(pipeline.tick(self.state, NOON + until, self.desk))

    def _keep(self, outcome):
        self.alarms += [(e.event, e.episode.rule, round(e.at - NOON, 3)) for e in outcome.alarms]
        self.notices += outcome.notices
        self.rejected += outcome.rejected
        self.readings += outcome.readings
        self.late += outcome.late
        self.duplicates += outcome.duplicates
        return outcome

    @property
    def ticket(self):
        return self.desk.open_ticket("hongshan", "fire-pump")

    def raised(self, rule):
        return [at for event, name, at in self.alarms if event == "raised" and name == rule]


def low(watch, start, end, *, every=5, run=0, lag=0):
    for t in range(start, end + 1, every):
        watch.tell(t + lag, {"main_pressure": 0.76, "pump1_run": run, "pump2_run": run}, ts=t)
