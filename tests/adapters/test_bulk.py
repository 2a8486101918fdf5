"""Reading in bulk: however the bytes are cut, the same packets come out; malformed ones end the connection, never the process."""

from __future__ import annotations

import random
import struct
import time
from itertools import pairwise

import pytest
from fixtures.wire import publish
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from daemon.adapters import stock
from daemon.adapters.bulk import BulkClient, pubacks
from daemon.core.nouns import Message


class Feed:
    """A socket that gives these chunks, one a read, and then has nothing."""

    def __init__(self, chunks):
        self.chunks = list(chunks)

    def recv(self, _size):
        if not self.chunks:
            raise BlockingIOError
        return self.chunks.pop(0)

    def send(self, data):
        return len(data)

    def close(self):
        pass


def fed(chunks, version=MQTTv311):
    """(messages, acknowledgements, last result) of a client that reads these chunks; a canary is its bare payload."""
    client = BulkClient(CallbackAPIVersion.VERSION2, client_id="x", protocol=version, manual_ack=True)
    got, acks, result = [], [], MQTTErrorCode.MQTT_ERR_SUCCESS
    client.listen("main", lambda: 7.0, "canary")
    client.on_chunk = lambda messages, receipt, _: (got.extend(messages), acks.append(receipt))
    client.on_canary = got.append
    client._sock = Feed(chunks)
    while client._sock is not None and client._sock.chunks:
        result = client.loop_read()
    return got, b"".join(acks), result


PACKETS = st.lists(
    st.tuples(st.binary(min_size=1, max_size=30), st.binary(max_size=300), st.booleans(), st.integers(0, 65535)),
    min_size=1,
    max_size=20,
)


def expected(packets):
    """What `fed` answers when all went well."""
    came = [
        Message(topic.decode("utf-8", "backslashreplace"), payload, 7.0, "main", retain) for topic, payload, retain, _ in packets
    ]
    return came, b"".join(struct.pack("!BBH", 0x40, 2, mid) for *_, mid in packets if mid), MQTTErrorCode.MQTT_ERR_SUCCESS


@given(packets=PACKETS, seed=st.integers(), v5=st.booleans(), note=st.binary(max_size=200))
def test_however_the_bytes_are_cut_the_same_messages_come_out(packets, seed, v5, note):
    properties = b"\x26\x00\x01a" + struct.pack("!H", len(note)) + note if v5 else None  # one user property, often over 127 bytes
    data = b"".join(
        publish(topic, payload, mid=mid, retain=retain, properties=properties) + b"\xd0\x00"
        for topic, payload, retain, mid in packets
    )
    cuts = sorted(random.Random(seed).choices(range(len(data) + 1), k=8))  # noqa: S311
    chunks = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]
    assert fed(chunks, MQTTv5 if v5 else MQTTv311) == expected(packets)


STREAM = [
    (b"atrium/a/b/telemetry", b"{}", False, 7),
    (b"t", b"", True, 0),
    (b"canary", b"beat", False, 8),
    (b"t/\xff", b"x" * 200, False, 65535),
    (b"t/long", b"y" * 17_000, False, 0),
]


@pytest.mark.parametrize("version", [MQTTv311, MQTTv5])
@pytest.mark.parametrize("seed", [None, *range(60)])
def test_a_stream_cut_at_every_byte_or_anywhere_is_the_same_stream(version, seed):
    properties = b"\x0b\x05" if version == MQTTv5 else None
    data = b"".join(
        publish(topic, payload, mid=mid, retain=retain, properties=properties) for topic, payload, retain, mid in STREAM
    )
    if seed is None:
        chunks = [data[at : at + 1] for at in range(len(data))]
    else:
        draw = random.Random(seed)  # noqa: S311
        cuts = sorted({0, len(data), *draw.sample(range(len(data)), draw.randint(1, 300))})
        chunks = [data[a:b] for a, b in pairwise(cuts)]
    got, acks, result = fed(chunks, version)
    assert [one if isinstance(one, bytes) else (one.topic, one.payload, one.retain) for one in got] == [
        b"beat" if topic == b"canary" else (topic.decode("utf-8", "backslashreplace"), payload, retain)
        for topic, payload, retain, _ in STREAM
    ]
    assert acks == b"\x40\x02\x00\x07\x40\x02\x00\x08\x40\x02\xff\xff"
    assert result == MQTTErrorCode.MQTT_ERR_SUCCESS


def test_what_comes_at_once_is_handed_over_at_once_and_a_canary_parts_it():
    client = BulkClient(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
    chunks = []
    client.listen("main", lambda: 0.0, "canary")
    client.on_chunk = lambda messages, acks, _: chunks.append((len(messages), len(acks) // 4))
    client.on_canary = lambda _: chunks.append("canary")
    one = publish(b"t", b"x", mid=1)
    client._sock = Feed([one * 300 + publish(b"canary", b"beat", mid=2) + one * 200])
    client.loop_read()
    assert chunks == [(300, 301), "canary", (200, 200)]


def test_of_a_message_far_too_large_the_beginning_is_kept_to_be_refused_and_the_rest_is_passed_over():
    huge = publish(b"t", bytes(5_000_000), mid=1)
    data = publish(b"t", b"before", mid=7) + huge + publish(b"t", b"after", mid=8)
    got, acks, result = fed([data[at : at + 65_536] for at in range(0, len(data), 65_536)])
    assert [len(one.payload) for one in got][::2] == [6, 5]
    assert 131_072 < len(got[1].payload) < 400_000
    assert acks == b"\x40\x02\x00\x07\x40\x02\x00\x01\x40\x02\x00\x08"
    assert result == MQTTErrorCode.MQTT_ERR_SUCCESS


def test_topics_remembered_are_bounded_in_number_and_length(monkeypatch):
    monkeypatch.setattr(stock, "KNOWN", 10)
    client = BulkClient(CallbackAPIVersion.VERSION2)
    client.listen("main", lambda: 0.0, None)
    assert [client.name(f"t/{n}".encode()) for n in range(25)] == [f"t/{n}" for n in range(25)]
    assert len(client.topics) <= 10
    assert client.name(b"x" * 300) == "x" * 300
    assert b"x" * 300 not in client.topics


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x34\xff\xff\xff\x7f" + bytes(300_000),  # 256 MB at QoS 2
        b"\x32\x04\x00\xff\x00\x00",  # a topic longer than its packet
        b"\x32\x02\x00\x00",  # no packet id
        b"\x32\x06\x00\x01t\x00\x00\x00",  # a packet id of zero
        b"\x20\x00",  # an empty CONNACK
        b"\x90\x01\x00",  # a SUBACK cut short
        b"\x40\x00",  # an empty PUBACK
        b"\xf0\x00",  # AUTH, never asked for
        b"\x00\x00",  # no packet type at all
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
@pytest.mark.parametrize("version", [MQTTv311, MQTTv5])
def test_malformed_packets_end_the_connection_and_nothing_else(data, version):
    messages, _, result = fed(
        [publish(b"t", b"good", mid=1, properties=b"" if version == MQTTv5 else None) + data + bytes(100)], version
    )
    assert messages[0].payload == b"good"
    assert result != MQTTErrorCode.MQTT_ERR_SUCCESS


@given(noise=st.binary(max_size=200), v5=st.booleans())
def test_noise_never_raises(noise, v5):
    fed([noise], MQTTv5 if v5 else MQTTv311)


def test_acknowledgements_go_out_in_order_in_one_piece():
    client = BulkClient(CallbackAPIVersion.VERSION2, client_id="x", protocol=MQTTv311)
    sent = []
    client._sock = Feed([])
    client._sock.send = lambda data: sent.append(bytes(data)) or len(data)
    client.confirm(pubacks([b"\0\1", b"\0\2", b"\1\x2c"]))
    assert sent == [b"\x40\x02\x00\x01\x40\x02\x00\x02\x40\x02\x01\x2c"]


def test_a_large_packet_in_small_pieces_takes_no_quadratic_time():
    data = publish(b"t", b"x" * 500_000, mid=1)
    begin = time.process_time()
    messages, *_ = fed([data[at : at + 1400] for at in range(0, len(data), 1400)])
    assert len(messages[0].payload) == 500_000
    assert time.process_time() - begin < 2.0
