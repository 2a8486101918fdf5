"""Turns messages into lines of a recording and back (DESIGN 4.1): one JSON object a line, `.gz` and `.zst` by the name's end."""

from __future__ import annotations

import base64
import gzip
import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

import zstandard

from daemon.clock import SystemClock
from daemon.core.nouns import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from threading import Event

    from daemon.adapters.mqtt import Intake

RECORDED = ("atrium/#",)
ANSWER_WITHIN = 10.0  # s
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_CHUNK = 1 << 17
_MEMBERS = frozenset({"at", "topic", "payload", "payload_b64", "qos", "retain"})
_UNREADABLE = (ValueError, EOFError, OverflowError, RecursionError, zstandard.ZstdError, gzip.BadGzipFile)


class BrokenRecording(Exception):  # noqa: N818 - a result, not a bug
    """A line that is no message; the text names file and line."""


def write_recording(path: Path, messages: Iterable[Message]) -> int:
    """Writes every message as one line; returns how many. The same messages give the same bytes."""
    count = 0
    with writing(path) as file:
        for message in messages:
            file.write(line(message))
            count += 1
    return count


def read_recording(path: Path) -> Iterator[Message]:
    """The messages of a recording in the order of its lines. Raises BrokenRecording at the first line that is none."""
    number = 0
    with path.open("rb") as raw:
        try:
            for text in _lines(path.suffix, raw):
                number += 1
                if text.strip():
                    yield _message(text)
        except _UNREADABLE as error:
            raise BrokenRecording(f"{path}:{max(number, 1)}: {error}") from error


def record(url: str, out: Path, stop: Event | None = None) -> int:
    """Writes what a broker says on Atrium's topics until `stop` is set (by default: SIGTERM, Ctrl-C); returns how many messages.

    What is said while the connection is lost is missed: a recorder leaves no session behind. One sentence and exit 2 where no
    broker answers.
    """
    from daemon.adapters.connection import broker_at  # noqa: PLC0415 - the rest of this file needs no broker
    from daemon.adapters.mqtt import Intake, Link, Refused  # noqa: PLC0415 - same
    from daemon.cli import fail, progress  # noqa: PLC0415 - same
    from daemon.processes import until_told  # noqa: PLC0415 - same

    stop = stop or until_told()
    try:
        intake = Intake(broker_at(url, filters=RECORDED), Link(f"atrium-record-{token_hex(4)}", lasting=False), SystemClock())
        intake.start()
        if not intake.ready(ANSWER_WITHIN):
            fail(f"No broker answers at {urlsplit(url).hostname}.")
        try:
            return write_recording(out, progress(_until(stop, intake), "messages"))
        finally:
            intake.stop()
    except Refused as refused:
        fail(refused.reason)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}.")


def _until(stop: Event, intake: Intake) -> Iterator[Message]:
    while not stop.is_set():
        yield from intake.take(0.2).messages


def line(message: Message, qos: int | None = None) -> bytes:
    """One message as one line with its line end. Times are UTC to the millisecond, to the microsecond where that is needed."""
    entry: dict[str, Any] = {"at": stamp(message.at), "topic": message.topic}
    try:
        entry["payload"] = message.payload.decode("utf-8")
    except UnicodeDecodeError:
        entry["payload_b64"] = base64.b64encode(message.payload).decode("ascii")
    if qos is not None:
        entry["qos"] = qos
    if message.retain:
        entry["retain"] = True
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def stamp(at: float) -> str:
    """Epoch seconds as RFC 3339 in UTC: `2026-06-01T00:00:02.500Z`."""
    when = _EPOCH + timedelta(microseconds=round(at * 1e6))
    spec = "microseconds" if when.microsecond % 1000 else "milliseconds"
    return when.isoformat(timespec=spec).replace("+00:00", "Z")


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes lines; compressed if its name says so, without the time of writing in it."""
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        elif path.suffix == ".zst":
            with zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as packed_lines:
                yield cast("BinaryIO", packed_lines)
        else:
            yield raw


def _lines(suffix: str, raw: BinaryIO) -> Iterable[bytes]:
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=raw)
    return _unpacked(raw) if suffix == ".zst" else raw


def _unpacked(raw: BinaryIO) -> Iterator[bytes]:
    rest = b""
    for block in _blocks(raw):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    yield rest


def _blocks(raw: BinaryIO) -> Iterator[bytes]:
    """The content of a zstandard file. An archive cut short is an error here; the library's own reader would end quietly."""
    frame, chunk = None, raw.read(_CHUNK)
    while chunk:
        frame = frame or zstandard.ZstdDecompressor().decompressobj()
        yield frame.decompress(chunk)
        rest = frame.unused_data
        frame = None if frame.eof else frame
        chunk = rest or raw.read(_CHUNK)
    if frame is not None:
        raise EOFError("the archive ends in the middle")


def _message(text: bytes) -> Message:
    entry = json.loads(text.decode("utf-8"))
    if not isinstance(entry, dict):
        raise ValueError("a line is one JSON object")  # noqa: TRY004 - the reader turns ValueError into file:line
    if strange := sorted(entry.keys() - _MEMBERS):
        raise ValueError(f"unknown member {strange[0]!r}; a line has at, topic, payload or payload_b64, qos, retain")
    topic, retain = entry.get("topic"), entry.get("retain", False)
    if not isinstance(topic, str) or not isinstance(retain, bool):
        raise ValueError('"topic" is a text, "retain" true or false')  # noqa: TRY004 - as above
    if entry.get("qos", 0) not in (0, 1, 2):
        raise ValueError('"qos" is 0, 1 or 2')
    return Message(topic, _payload(entry), _at(entry.get("at")), retain=retain)


def _payload(entry: dict[str, Any]) -> bytes:
    match entry:
        case {"payload": str(text)} if "payload_b64" not in entry:
            return text.encode("utf-8")
        case {"payload_b64": str(packed)} if "payload" not in entry:
            return base64.b64decode(packed, validate=True)
    raise ValueError('a line has either "payload" or "payload_b64", as text')


def _at(written: object) -> float:
    if not isinstance(written, str) or not _TIME.fullmatch(written):
        raise ValueError(f'"at" is an RFC 3339 time with an offset, not {written!r:.40}')
    when = datetime.fromisoformat(written) - _EPOCH
    return when // timedelta(microseconds=1) / 1e6
