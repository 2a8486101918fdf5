"""A watch that is cut, batched and held anywhere, beside one that takes each message by itself and never falls: the same alarms,
tickets, notices and memories, whatever people and brokers do in between."""

import json
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from daemon.core import pipeline
from daemon.core.nouns import DEAF, GAP, HOLD, LOST, RESUME, Action, Message, TicketState
from daemon.core.site import Broker, Configuration, Settings
from sensors.kit.words import MINOR, Signature, Text
from tests.cut import Run
from tests.factories import FIRE_PUMP, NOON, make_device, make_devices, make_site

VALUES = {
    "main_pressure": (0.9, 0.83, 0.81, 0.79, 9.9, 65535),
    "pump1_run": (0, 1, True),
    "pump2_run": (0, 1),
    "pump1_temp": (40, 76, 71, 60),
    "flood": (0, 1),
    "door_open": (0, 1, 7),
}
WARM = "minor: pump1_temp > 55\nmajor: for(pump1_temp > 70, 20s)\ncritical: for(pump1_temp > 73, 30s)"
GRADED = Signature("FP-90", Text("泵过热", "Pump too hot"), MINOR, WARM, Text("看泵。", "Look at the pump."), off=30.0)
PUMP = make_device(kind=replace(FIRE_PUMP, signatures=(*FIRE_PUMP.signatures, GRADED)))
SITE = make_site(devices=[PUMP, *make_devices()[1:]])
CONFIGURATION = Configuration(Settings(None, (Broker("annex", "mqtt://annex"),)), {"hongshan": SITE}, "digest")
BROKERS = st.sampled_from(("main", "main", "annex"))


class Watches(RuleBasedStateMachine):
    """`cut` and `whole` hear the same; only `cut` commits in batches and loses its memory."""

    def __init__(self):
        super().__init__()
        self.cut, self.whole = Run(CONFIGURATION), Run(CONFIGURATION)
        self.now, self.pending, self.actions = NOON, [], 0
        for run in (self.cut, self.whole):
            run.state.now = run.state.resumed_at = NOON
            run.state.rearm(NOON)
            run.tick(NOON)

    def hear(self, topic, payload, source="main"):
        message = Message(topic, payload, self.now, source)
        self.pending.append(message)
        self.whole.commit([message])

    @rule(
        values=st.fixed_dictionaries({}, optional={name: st.sampled_from(some) for name, some in VALUES.items()}),
        lag=st.sampled_from((0, 0, 0, 1, 30, 700, 4000, -5, -3600)),
    )
    def pump_speaks(self, values, lag):
        body = {"ts": round((self.now - lag) * 1000), "values": values}
        self.hear("atrium/hongshan/fire-pump/telemetry", json.dumps(body).encode())

    @rule(device=st.sampled_from(("ev-01", "ev-02")), temp=st.sampled_from((30, 91, 87, 80, -200)), source=BROKERS)
    def charger_speaks(self, device, temp, source):
        self.hear(f"atrium/hongshan/{device}/telemetry", json.dumps({"ts": self.now, "gun_temp": temp}).encode(), source)

    @rule(payload=st.sampled_from((b"", b"{", b"[]", b'{"values":{"x":1}}', b'{"values":{"flood":1,"flood":0}}')))
    def nonsense_comes(self, payload):
        self.hear("atrium/hongshan/fire-pump/telemetry", payload)

    @rule(seconds=st.sampled_from((0.25, 1, 4, 6, 20, 31, 61, 100, 700)), tick=st.booleans())
    def time_passes(self, seconds, tick):
        self.now += seconds
        if tick:
            self.batch_is_saved()
            self.cut.tick(self.now - seconds / 3)

    @rule(mark=st.sampled_from((HOLD, DEAF, RESUME, RESUME)), source=BROKERS, gap=st.booleans())
    def connection_changes(self, mark, source, gap):
        self.hear(mark, GAP if gap and mark == RESUME else b"", source)

    @rule(many=st.integers(1, 9))
    def broker_drops_messages(self, many):
        self.hear(LOST, f"{many} {10 * many}".encode())

    @rule()
    def batch_is_saved(self):
        if self.pending:
            self.cut.commit(self.pending)
            self.pending = []

    @rule()
    def memory_is_lost(self):
        """What was not saved was not acknowledged either: it comes again."""
        self.cut.crash()

    @precondition(lambda self: self.whole.desk.tickets)
    @rule(pick=st.integers(0, 9))
    def somebody_closes_a_ticket(self, pick):
        self.nobody_can_tell_them_apart()  # what people do comes between what happened before and after it
        for run in (self.cut, self.whole):
            ticket = sorted(run.desk.tickets.values(), key=lambda one: one.id)[pick % len(run.desk.tickets)]
            run.desk.put(replace(ticket, state=TicketState.CLOSED, closed_at=self.now, version=ticket.version + 1), ())

    @precondition(lambda self: self.whole.alarms)
    @rule(pick=st.integers(0, 9), minutes=st.sampled_from((0, 5, 60)))
    def somebody_shelves_an_alarm(self, pick, minutes):
        self.nobody_can_tell_them_apart()
        self.actions += 1
        alarm = sorted(identity for _, identity, *_ in self.whole.alarms)[pick % len(self.whole.alarms)]
        done = Action(self.actions, self.now, "li", "alarm.shelve", alarm, {"until": self.now + 60 * minutes})
        for run in (self.cut, self.whole):
            pipeline.heed(run.state, done)
            run.tick(run.state.now)

    @rule()
    def nobody_can_tell_them_apart(self):
        self.batch_is_saved()
        for run in (self.cut, self.whole):
            run.tick(self.now)
        assert self.cut.result() == self.whole.result()

    def teardown(self):
        self.now += 5000
        self.nobody_can_tell_them_apart()


TestWatches = Watches.TestCase
TestWatches.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
