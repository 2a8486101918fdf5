"""The intake against a broker that says what no decent broker says: all is taken, quarantined or answered by a new link."""

from __future__ import annotations

import struct

import pytest
from fixtures.broker import until
from fixtures.intake import TOPIC, acknowledge, attach, collect, messages, payloads
from fixtures.wire import Script, publish

pytestmark = pytest.mark.broker
__all__ = ["attach"]
RAW = TOPIC.encode()


@pytest.fixture
def says():
    """Makes brokers that say these speeches, one a connection."""
    made = []

    def make(*speeches):
        made.append(Script(*speeches))
        return made[-1]

    yield make
    for script in made:
        script.close()


def text(words):
    return struct.pack("!H", len(words)) + words


PROPERTIES = {
    "none": b"",
    "user property": b"\x26" + text(b"site") + text(b"hongshan"),
    "many user properties, over 127 bytes": (b"\x26" + text(b"key") + text(b"v" * 60)) * 5,
    "over 16,383 bytes": b"\x26" + text(b"key") + text(b"v" * 20_000),
    "subscription ids": b"\x0b\x01\x0b\xff\x7f",
    "topic alias beside a topic": b"\x23\x00\x07",
    "message expiry": b"\x02\x00\x00\x0e\x10",
    "content type": b"\x03" + text(b"application/json"),
    "payload format": b"\x01\x01",
    "response topic and correlation": b"\x08" + text(b"answers/1") + b"\x09" + text(b"\x00\xff"),
    "all of them": b"\x01\x01\x02\x00\x00\x0e\x10\x03" + text(b"json") + b"\x0b\x05\x26" + text(b"a") + text(b"b" * 200),
}


@pytest.mark.parametrize("properties", PROPERTIES.values(), ids=PROPERTIES.keys())
def test_a_message_with_properties_of_mqtt_5_arrives_whole_and_is_acknowledged(says, attach, properties):
    broker = says(publish(RAW, b"value", mid=7, properties=properties) + publish(RAW, b"next", mid=8, properties=b""))
    watch = attach(broker.broker)
    got = collect(watch, count=2)
    assert payloads(got) == [b"value", b"next"]
    assert b"\x40\x02" not in broker.heard
    acknowledge(watch, got)
    assert until(lambda: broker.heard.endswith(b"\x40\x02\x00\x07\x40\x02\x00\x08"))


STRANGE = {
    "no UTF-8": (b"t/\xff\xfe", "t/\\xff\\xfe"),
    "half of a surrogate pair": (b"t/\xed\xa0\x80", "t/\\xed\\xa0\\x80"),
    "overlong": (b"t/\xc0\xaf", "t/\\xc0\\xaf"),
    "NUL": (b"t/\x00x", "t/\0x"),
    "empty, with an alias nobody gave": (b"", ""),
    "the longest there is": (b"a" * 65_535, "a" * 65_535),
}


@pytest.mark.parametrize(("raw", "topic"), STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_topic_is_for_the_dialect_to_refuse_and_holds_nobody_up(says, attach, raw, topic):
    alias = b"\x23\x00\x4d" if not raw else b""
    broker = says(publish(raw, b"strange", mid=1, properties=alias) + publish(RAW, b"next", mid=2, properties=b""))
    watch = attach(broker.broker)
    got = collect(watch, count=2)
    assert [message.topic for message in messages(got)][-2:] == [topic, TOPIC]
    acknowledge(watch, got)
    assert until(lambda: broker.heard.endswith(b"\x40\x02\x00\x01\x40\x02\x00\x02"))
    assert broker.connections == 1


MALFORMED = {
    "a topic longer than its packet": b"\x30\x04\x00\xff\x41\x41",
    "an empty PUBLISH": b"\x30\x00",
    "a property cut short": b"\x30\x06\x00\x01t\x05\x23\x00",
    "properties of five length bytes": b"\x30\x09\x00\x01t\xff\xff\xff\xff\x01x",
    "packet type 0": b"\x00\x00",
    "QoS 3": publish(b"t", b"1", qos=3, mid=9, properties=b""),
    "a length of five bytes": b"\x30\xff\xff\xff\xff\x01",
    "a packet id of zero": publish(b"t", b"", qos=1, properties=b""),
    "a SUBACK cut short": b"\x90\x01\x00",
    "a reason nobody knows": b"\xe0\x01\xee",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.mark.parametrize("rubbish", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_packet_ends_the_link_and_the_next_one_goes_on(says, attach, rubbish):
    good = publish(RAW, b"good", properties=b"")
    broker = says(good + rubbish + bytes(20), publish(b"t/again", b"", properties=b""))
    watch = attach(broker.broker)
    assert b"good" in payloads(collect(watch, "t/again"))
    assert broker.connections == 2


@pytest.mark.parametrize("cut", [1, 2, 3, 20, -1])
def test_a_link_that_breaks_in_the_middle_of_a_packet_leaves_nothing_behind(says, attach, cut):
    whole = publish(RAW, b"x" * 300, mid=5, properties=b"")
    broker = says(whole[:cut], whole)
    watch = attach(broker.broker)
    got = collect(watch, count=1)
    assert payloads(got) == [b"x" * 300]
    acknowledge(watch, got)
    assert until(lambda: broker.heard.endswith(b"\x40\x02\x00\x05"))


def test_an_unasked_message_of_qos_2_is_taken_and_completed_once_it_is_saved(says, attach):
    broker = says(publish(RAW, b"twice", qos=2, mid=3, properties=b"") + b"\x62\x02\x00\x03")
    watch = attach(broker.broker)
    got = collect(watch, count=1)
    assert payloads(got) == [b"twice"]
    assert until(lambda: b"\x50\x02\x00\x03" in broker.heard)  # PUBREC
    assert not broker.heard.endswith(b"\x70\x02\x00\x03")
    acknowledge(watch, got)
    assert until(lambda: broker.heard.endswith(b"\x70\x02\x00\x03"))  # PUBCOMP
