"""A broker's own figures are asked for; one that refuses them, or ends the connection for the question, is a good broker too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixtures.broker import mosquitto, until
from fixtures.intake import attach, collect
from fixtures.wire import stub

from daemon.core.site import Broker

pytestmark = pytest.mark.broker
__all__ = ["attach", "mosquitto"]
OWN, OTHERS = "$SYS/broker/publish/messages/dropped", "atrium-out/watching/+"


@pytest.fixture(params=["refused", "cut"])
def shy(request):
    """Does not like to be asked about itself. `asked`: every SUBSCRIBE it got."""
    asked = []

    def answer(body):
        asked.append(body)
        if request.param == "cut" and b"$SYS" in body:
            return None
        answers = b"\x01\x87" if b"$SYS" in body else b"\x01"
        return bytes([0x90, 3 + len(answers)]) + body[:2] + b"\x00" + answers

    with stub(answer) as url:
        yield Broker("main", url, filters=(OTHERS, OWN)), asked, request.param


def test_a_broker_that_keeps_its_figures_to_itself_is_used_all_the_same(shy, attach):
    broker, asked, way = shy
    voice = attach(broker, lasting=False)
    assert until(lambda: voice.state == "connected")
    assert (len(asked), b"$SYS" in asked[-1]) == {"refused": (1, True), "cut": (2, False)}[way]
    assert not voice.refused


def test_a_real_broker_says_how_much_it_has_dropped(mosquitto, attach):
    voice = attach(replace(mosquitto.broker, filters=(OTHERS, OWN)), lasting=False)
    (said,) = [m for batch in collect(voice, OWN) for m in batch.messages if m.topic == OWN]
    assert (said.payload, said.retain) == (b"0", True)
