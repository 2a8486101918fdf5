"""Recordings: what is written is read back, and a broken line is named by file and line."""

from __future__ import annotations

import json

import pytest

from daemon.core.nouns import Message
from daemon.recording import BrokenRecording, line, read_recording, stamp, write_recording

MESSAGES = [
    Message("atrium/hongshan/fire-pump/telemetry", '{"ts":1780272000000,"values":{"a":"水泵"}}'.encode(), 1780272000.0),
    Message("atrium/hongshan/fire-pump/telemetry", b"\xff\x00", 1780272000.25),
    Message("atrium/hongshan/gw-1/status", b"online", 1780272001.123456, retain=True),
    Message("$atrium/hold", b"", 1780272002.001),
]


@pytest.mark.parametrize("name", ["day.jsonl", "day.jsonl.gz", "day.jsonl.zst"])
def test_what_is_written_is_read_back(tmp_path, name):
    path = tmp_path / name
    assert write_recording(path, MESSAGES) == 4
    assert list(read_recording(path)) == MESSAGES


@pytest.mark.parametrize("name", ["a.jsonl", "a.gz", "a.zst"])
def test_the_same_messages_give_the_same_bytes(tmp_path, name):
    once, again = tmp_path / name, tmp_path / f"again-{name}"
    write_recording(once, MESSAGES)
    write_recording(again, MESSAGES)
    assert once.read_bytes() == again.read_bytes()


def test_a_line_says_payload_as_text_or_base64_and_keeps_qos_and_retain():
    assert json.loads(line(MESSAGES[1])) == {"at": "2026-06-01T00:00:00.250Z", "topic": MESSAGES[1].topic, "payload_b64": "/wA="}
    assert json.loads(line(MESSAGES[2], qos=1))["qos"] == 1
    assert json.loads(line(MESSAGES[2]))["retain"] is True


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1780272002.5, "2026-06-01T00:00:02.500Z"),
        (1780272002.000001, "2026-06-01T00:00:02.000001Z"),
    ],
)
def test_times_are_utc_to_the_millisecond_or_finer_where_needed(at, text):
    assert stamp(at) == text


GOOD = '{"at":"2026-06-01T08:00:00+08:00","topic":"a","payload":"1"}'


@pytest.mark.parametrize(
    "broken",
    [
        "not json",
        "[]",
        "{}",
        '{"at":"2026-06-01T00:00:00","topic":"a","payload":"1"}',
        '{"at":"2026-02-30T00:00:00Z","topic":"a","payload":"1"}',
        '{"at":"2026-06-01T00:00:00Z","topic":7,"payload":"1"}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a"}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a","payload":"1","payload_b64":"MQ=="}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a","payload_b64":"?"}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a","payload":"1","retain":"yes"}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a","payload":"1","qos":3}',
        '{"at":"2026-06-01T00:00:00Z","topic":"a","payload":"1","speed":3}',
        "[" * 100_000,
    ],
)
def test_a_broken_line_is_named_by_file_and_line(tmp_path, broken):
    path = tmp_path / "broken.jsonl"
    path.write_text(f"{GOOD}\n\n{broken}\n{GOOD}\n", encoding="utf-8")
    with pytest.raises(BrokenRecording, match=r"broken\.jsonl:3: "):
        list(read_recording(path))


def test_bytes_that_are_no_text_and_cut_archives_are_named_too(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(GOOD.encode() + b"\n\xff\xfe\n")
    with pytest.raises(BrokenRecording, match=r"a\.jsonl:2: "):
        list(read_recording(path))
    for name in ("b.gz", "b.zst"):
        write_recording(tmp_path / name, MESSAGES)
        cut = tmp_path / f"cut-{name}"
        cut.write_bytes((tmp_path / name).read_bytes()[:30])
        with pytest.raises(BrokenRecording, match=name):
            list(read_recording(cut))


def test_archives_laid_end_to_end_are_read_as_one(tmp_path):
    for name in ("a.gz", "a.zst"):
        write_recording(tmp_path / name, MESSAGES)
        twice = tmp_path / f"twice-{name}"
        twice.write_bytes((tmp_path / name).read_bytes() * 2)
        assert list(read_recording(twice)) == MESSAGES * 2


def test_an_offset_is_turned_into_the_same_instant(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(GOOD + "\n", encoding="utf-8")
    assert next(read_recording(path)).at == 1780272000.0
