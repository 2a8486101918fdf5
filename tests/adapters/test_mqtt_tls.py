"""The intake over TLS, with an authority of our own: trusted, not trusted, and everything that comes without it."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from fixtures.broker import until
from fixtures.intake import TOPIC, acknowledge, attach, collect, payloads
from fixtures.tls import authority, secure

from daemon.adapters.mqtt import Refused
from daemon.core.nouns import RESUME

pytestmark = [
    pytest.mark.broker,
    # paho leaves the socket of a handshake that failed to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
__all__ = ["attach", "secure"]


def test_the_right_authority_lets_messages_of_all_sizes_through(secure, attach):
    watch, device = attach(secure), attach(replace(secure, filters=()), "device", lasting=False)
    assert watch.ready(10)
    assert device.ready(10)
    sent = [b"x" * 60_000, *[str(n).encode() for n in range(2000)], b"y" * 60_000]
    threading.Thread(target=lambda: [device.publish(TOPIC, one, qos=1) for one in sent]).start()
    got = []
    while len(got) < len(sent):
        batches = collect(watch, count=1)
        acknowledge(watch, batches)
        got += payloads(batches)
    assert got == sent


def test_what_was_saved_over_tls_does_not_come_again(secure, attach):
    watch, device = attach(secure), attach(replace(secure, filters=()), "device", lasting=False)
    assert watch.ready(10)
    device.publish(TOPIC, b"saved", qos=1)
    acknowledge(watch, collect(watch, count=1))
    watch.stop()
    device.publish(TOPIC, b"later", qos=1)
    assert until(lambda: not device.unsent)
    assert payloads(collect(attach(secure), RESUME)) == [b"later"]


def test_a_certificate_of_somebody_else_is_refused_in_one_sentence(secure, attach, tmp_path):
    stranger = authority(tmp_path / "stranger", "stranger")
    watch = attach(replace(secure, ca=str(stranger)))
    with pytest.raises(Refused, match=r"^The certificate of the broker at mqtts://127.0.0.1:\d+ is not trusted: [^.]*\.$"):
        watch.ready(10)


def test_without_an_authority_the_machines_own_do_not_trust_ours(secure, attach):
    with pytest.raises(Refused, match="is not trusted"):
        attach(replace(secure, ca="")).ready(10)


def test_a_name_the_certificate_does_not_have_is_refused(secure, attach):
    with pytest.raises(Refused, match="is not trusted"):
        attach(replace(secure, url=secure.url.replace("127.0.0.1", "localhost"))).ready(10)


def test_a_plain_connection_to_a_broker_that_speaks_tls_is_not_taken_for_one(secure, attach):
    assert not attach(replace(secure, url=secure.url.replace("mqtts", "mqtt"))).ready(2)
