"""What must be true after any fault: everything delivered is stored once, and what was saved is what an undisturbed run over the
same journal would have saved."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import msgspec

from daemon.adapters.history import open_configured
from daemon.adapters.store import open_store
from daemon.config import load
from daemon.core import own, pipeline, state
from daemon.core.device import Packed
from daemon.core.memory_desk import MemoryDesk
from daemon.core.nouns import DEAF, HOLD, RESUME
from daemon.dialects import Source, families
from daemon.ports import StoreBroken

EVER = 4e9


@dataclass
class Saved:
    """What the watch left behind."""

    memories: dict  # (site, device) → packed
    alarms: dict  # id → (rule, raised_at, returned_at)
    tickets: dict  # incident → (state, rules)
    notices: list  # idempotency keys
    now: float  # the watch's time at the last commit


@dataclass
class Run:
    """The same journal through the pipeline in one go."""

    configuration: object
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    alarms: dict = field(default_factory=dict)
    notices: set = field(default_factory=set)

    def __post_init__(self):
        self.state = state.start(self.configuration)

    def through(self, messages, now):
        dialects = {"main": families()["atrium"].open(Source())}
        for message in messages:
            self._keep(pipeline.feed(self.state, [message], self.desk, dialects))
        self._keep(pipeline.tick(self.state, now, self.desk))
        return self

    def _keep(self, outcome):
        for event in outcome.alarms:
            episode = event.episode
            self.alarms[episode.id] = (episode.rule, round(episode.raised_at, 3), _ms(episode.returned_at))
        self.notices |= {notice.key for notice in outcome.notices}


def _time_of(configuration, snapshots):
    """The watch's time when it saved its own memory."""
    watch = state.start(configuration)
    watch.restore({state.GLOBAL: snapshots[state.GLOBAL]})
    return watch.past


def _ms(at):
    return None if at is None else round(at, 3)


class Ledger:
    """The journal of a watch that is killed again and again, kept whole: the watch itself drops what it needs no more."""

    def __init__(self, atrium):
        self.atrium = atrium
        self.rows = {}  # position → messages
        self._one, self._over = Lock(), Event()

    def take(self):
        """Read what is new. Call it while the watch is down; a minute after it is up again it drops what it needs no more."""
        with self._one, closing(open_store("", self.atrium.data)) as store:
            self.rows |= dict(store.journal_after(max(self.rows, default=0), limit=1_000_000))
        return self

    def follow(self, every=5.0):
        """Read along, for a watch that stays up for longer. To be called when it has started."""

        def read():
            while not self._over.wait(every):
                with suppress(StoreBroken):  # locked for the moment
                    self.take()

        self._over.clear()
        Thread(target=read, daemon=True).start()
        return self

    @property
    def messages(self):
        return [message for position in sorted(self.rows) for message in self.rows[position]]

    def figures(self, left, published):
        """What a fault cost, in words. `left` is what was saved in the end."""
        again = sum(not message.topic.startswith("$") for message in self.messages) - len(published)
        counts = f"{len(left.alarms)} alarms, {len(left.tickets)} tickets, {len(left.notices)} notices"
        return f"{len(published)} messages, {again} came again, 0 lost, 0 doubled; {counts}"

    def saved(self):
        """What the watch left. Call it when it has stopped in order: then every memory is saved as it was last."""
        configuration = load(self.atrium.config, environ={})
        with closing(open_store("", self.atrium.data)) as store:
            snapshots = store.snapshots(configuration.digest)
            rows = [row.episode for site in configuration.sites for row in store.episodes(site=site, limit=1_000_000)]
            return Saved(
                memories={key: packed for key, (_, packed) in snapshots.items() if key[0]},
                alarms={e.id: (e.rule, round(e.raised_at, 3), _ms(e.returned_at)) for e in rows},
                tickets={t.incident: (t.state, t.rules) for t in store.tickets(limit=1_000_000)},
                notices=sorted(key for (key,) in self.atrium.ask("SELECT key FROM outbox")),
                now=_time_of(configuration, snapshots),
            )

    def assert_undisturbed(self):
        """The state afterwards equals that of an undisturbed run over the same journal: memories, alarms, tickets, notices."""
        self._over.set()
        left = self.take().saved()
        run = Run(load(self.atrium.config, environ={})).through(self.messages, left.now)
        assert left.alarms == run.alarms
        assert left.tickets == {t.incident: (t.state, t.rules) for t in run.desk.tickets.values()}
        assert left.notices == sorted(run.notices)
        memories = {key: device.pack() for key, device in run.state.devices.items()}
        differing = {key: _differences(packed, memories[key]) for key, packed in left.memories.items() if packed != memories[key]}
        assert not differing, differing
        return left


def _differences(left, undisturbed):
    """Where two packed memories differ: part → (what was left, what an undisturbed run has)."""
    pairs = zip(Packed.__struct_fields__, msgspec.msgpack.decode(left), msgspec.msgpack.decode(undisturbed), strict=False)
    found = {}
    for name, one, other in pairs:
        if isinstance(one, dict) and isinstance(other, dict):
            found |= {f"{name}.{key}": (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}
        elif one != other:
            found[name] = one, other
    return found


def calm(atrium, still=3.0):
    """It has heard all that waited for it, nothing was committed for a while, every notice has left."""
    before = atrium.position
    time.sleep(still)
    if atrium.position != before or atrium.ask("SELECT 1 FROM outbox WHERE state = 'due'"):
        return False
    marks = [topic for topic in atrium.topics() if topic in (HOLD, DEAF, RESUME)]
    return marks[-1:] in ([RESUME], [])  # what is long past is in no journal


def values_of(atrium):
    """(device, point) → {event time: value} of everything in history."""
    configuration = load(atrium.config, environ={})
    found = {}
    with closing(open_configured(atrium.data, configuration.settings)) as history:
        for site in configuration.sites.values():
            for device in site.devices.values():
                for point in device.channels:
                    rows = history.raw(site.id, device.id, point, 0.0, EVER)
                    if rows:
                        found[device.id, point] = {round(ts, 3): value for ts, value, _ in rows}
                        assert len(rows) == len(found[device.id, point]), "stored twice"
    return found


def values_in(messages):
    """The same of what was published: payloads in Atrium's own form."""
    found = {}
    for message in messages:
        *_, device, leaf = message.topic.split("/")
        if leaf == "telemetry":
            body = msgspec.json.decode(message.payload)
            for point, value in body["values"].items():
                found.setdefault((device, point), {})[round(body["ts"] / 1000, 3)] = value
    return found


def assert_stored_once(atrium, published):
    """Every value published is in history, once, and nothing else from these devices but what the watch says of itself."""
    there, sent = values_of(atrium), values_in(published)
    for channel, values in sent.items():
        kept = there.get(channel, {})
        if channel[1] in own.POINTS:
            kept = {ts: value for ts, value in kept.items() if ts in values}
        assert kept == values, (channel, len(kept), len(values))
