"""A fire pump judged by one rule alone, and what that says when it is told values every five seconds."""

import json
from dataclasses import replace

from daemon.core.nouns import Message
from daemon.core.site import Configuration, Settings
from sensors.kit.words import MAJOR, Signature, Text
from tests.cut import Run
from tests.factories import FIRE_PUMP, NOON, make_device, make_site

SAYS = Text("泵房异常", "Pump room at odds"), MAJOR


def run_of(when):
    signature = Signature("FP-91", *SAYS, when, Text("看泵。", "Look at the pump."), off=10.0)
    pump = make_device(kind=replace(FIRE_PUMP, signatures=(signature,), limits=()))
    run = Run(Configuration(Settings(None), {"hongshan": make_site(devices=[pump])}, "digest"))
    run.state.now = run.state.resumed_at = NOON
    return run


def tell(run, start, end, **values):
    for t in range(start, end, 5):
        body = json.dumps({"ts": (NOON + t) * 1000, "values": values}).encode()
        run.commit([Message("atrium/hongshan/fire-pump/telemetry", body, NOON + t)])


def told(run):
    return [(event, int(at - NOON)) for (event, *_), (at, _) in run.alarms.items()]
