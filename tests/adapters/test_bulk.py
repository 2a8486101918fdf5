"""Reading in bulk: however the bytes are cut, the same packets come out; malformed ones end the connection, never the process."""

from __future__ import annotations

import random
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from daemon.adapters.bulk import BulkClient, Packet


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


def varint(number):
    out = b""
    while True:
        number, low = divmod(number, 128)
        out += bytes([low | 128 if number else low])
        if not number:
            return out


def publish(topic, payload, *, mid=0, retain=False, properties=None):
    body = struct.pack("!H", len(topic)) + topic + (struct.pack("!H", mid) if mid else b"")
    body += b"" if properties is None else varint(len(properties)) + properties
    return bytes([0x30 | (2 if mid else 0) | retain]) + varint(len(body + payload)) + body + payload


def fed(chunks, version=MQTTv311):
    """(packets, last result) of a client that reads these chunks."""
    client = BulkClient(CallbackAPIVersion.VERSION2, client_id="x", protocol=version)
    got, result = [], MQTTErrorCode.MQTT_ERR_SUCCESS
    client.on_packets = got.extend
    client._sock = Feed(chunks)
    while client._sock is not None and client._sock.chunks:
        result = client.loop_read()
    return got, result


PACKETS = st.lists(
    st.builds(Packet, st.binary(min_size=1, max_size=30), st.binary(max_size=300), st.booleans(), st.integers(0, 65535)),
    min_size=1,
    max_size=20,
)


@given(packets=PACKETS, seed=st.integers(), v5=st.booleans(), note=st.binary(max_size=200))
def test_however_the_bytes_are_cut_the_same_packets_come_out(packets, seed, v5, note):
    properties = b"\x26\x00\x01a" + struct.pack("!H", len(note)) + note if v5 else None  # one user property, often over 127 bytes
    data = b"".join(
        publish(item.topic, item.payload, mid=item.mid, retain=item.retain, properties=properties) + b"\xd0\x00"
        for item in packets
    )
    cuts = sorted(random.Random(seed).choices(range(len(data) + 1), k=8))  # noqa: S311
    chunks = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]
    assert fed(chunks, MQTTv5 if v5 else MQTTv311) == (packets, MQTTErrorCode.MQTT_ERR_SUCCESS)


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x30\xff\xff\xff\x7f",  # 256 MB
        b"\x32\x04\x00\xff\x00\x00",  # a topic longer than its packet
        b"\x32\x02\x00\x00",  # no packet id
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
    packets, result = fed([publish(b"t", b"good", properties=b"" if version == MQTTv5 else None) + data + bytes(100)], version)
    assert [item.payload for item in packets] == [b"good"]
    assert result != MQTTErrorCode.MQTT_ERR_SUCCESS


@given(noise=st.binary(max_size=200), v5=st.booleans())
def test_noise_never_raises(noise, v5):
    fed([noise], MQTTv5 if v5 else MQTTv311)


def test_acknowledgements_go_out_in_order_in_one_piece():
    client = BulkClient(CallbackAPIVersion.VERSION2, client_id="x", protocol=MQTTv311)
    sent = []
    client._sock = Feed([])
    client._sock.send = lambda data: sent.append(bytes(data)) or len(data)
    client.confirm([1, 2, 300])
    assert sent == [b"\x40\x02\x00\x01\x40\x02\x00\x02\x40\x02\x01\x2c"]


def test_a_large_packet_in_small_pieces_takes_no_quadratic_time():
    data = publish(b"t", b"x" * 500_000, mid=1)
    begin = time.process_time()
    packets, _ = fed([data[at : at + 1400] for at in range(0, len(data), 1400)])
    assert len(packets[0].payload) == 500_000
    assert time.process_time() - begin < 2.0
