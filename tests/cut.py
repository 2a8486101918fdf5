"""A watch with a store in miniature, for tests that cut a run anywhere and take it up again."""

from dataclasses import dataclass, field

from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.site import Configuration
from daemon.dialects import Source, families

SOURCES = {name: families()["atrium"].open(Source()) for name in ("main", "annex")}


@dataclass
class Run:
    """A watch with a store in miniature: what is committed survives, what is only in memory does not."""

    configuration: Configuration
    journal: list = field(default_factory=list)  # (position, messages)
    snapshots: dict = field(default_factory=dict)
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    alarms: dict = field(default_factory=dict)  # unique keys, as in the store
    notices: dict = field(default_factory=dict)

    def __post_init__(self):
        self.state = self._fresh()

    def _fresh(self):
        return state.start(self.configuration, silence_of_unheard=True)

    def commit(self, messages):
        """One batch, as the watch commits it."""
        outcome = pipeline.feed(self.state, messages, self.desk, SOURCES)
        self._save(outcome, messages)

    def tick(self, now):
        self._save(pipeline.tick(self.state, now, self.desk), ())

    def _save(self, outcome, messages):
        position = self.state.position + (1 if messages else 0)
        if messages:
            self.journal.append((position, messages))
        self.snapshots |= {key: (position, packed) for key, packed in self.state.slices(outcome).items()}
        self._keep(outcome)
        self.state.position = position

    def _keep(self, outcome):
        for event in outcome.alarms:
            self.alarms.setdefault(
                (event.event, event.episode.id, event.episode.hidden_by, event.episode.severity),
                (round(event.at, 3), event.episode),
            )
        for notice in outcome.notices:
            self.notices.setdefault(notice.key, notice)

    def crash(self):
        """Memory is lost. Take up the snapshots and feed the journal again."""
        self.state = self._fresh()
        start = self.state.restore(self.snapshots)
        for position, messages in self.journal:
            if position > start:
                before = len(self.alarms), len(self.notices)
                self._keep(pipeline.feed(self.state, messages, self.desk, SOURCES, position=position))
                assert (len(self.alarms), len(self.notices)) == before, "feeding the journal again made news"

    def result(self):
        """All that people and the next reading could notice."""
        devices = {key: device.pack() for key, device in self.state.devices.items()}
        return self.alarms, self.notices, self.desk.tickets, self.desk.events, devices
