"""Compressed bodies of lines → files on disk, in order, until they are sent: what is not sent yet survives a crash.

A folder of segments, each a row of frames (head, body); `sent` says how far the sender came. A torn frame at the end of the
newest segment, as a crash leaves it, is cut off: its journal position was never claimed. Bounded by size and age: then the oldest
segment goes, and what it held is counted.
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec
import structlog

from daemon.ports import StoreBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG = structlog.get_logger("history")
SEGMENT = 8 << 20  # bytes after which a new segment begins
SPELL = 900.0  # s after which a new one begins: what is too old goes by segments
_HEAD = struct.Struct("<4sqdIII")  # magic, journal position, receive time, lines, length and checksum of the body
_MAGIC = b"ATS1"


class Frame(NamedTuple):
    """One body and what it holds; `end` is where it ends in its segment."""

    position: int
    at: float
    lines: int
    body: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Sent:
    """How far the sender came, for itself after a restart and for readers in other processes."""

    segment: int = 0
    offset: int = 0
    away_since: float | None = None
    dropped: int = 0  # lines that were never sent, ever


class Spool:
    """One thread appends, another sends; each may be the same."""

    def __init__(self, folder: Path, *, most_bytes: int, most_seconds: float) -> None:
        self._folder, self._most_bytes, self._most_seconds = folder, most_bytes, most_seconds
        self._lock = threading.Lock()
        self._began = 0.0
        self._dropping = False
        with _in_words():
            folder.mkdir(parents=True, exist_ok=True)
            self.sent = read_sent(folder)
            self._newest = max(_segments(folder), default=0)
            self.position, end = _last(self._path(self._newest))
            if self._size() > end:  # half written when the watch was killed
                os.truncate(self._path(self._newest), end)

    def append(self, body: bytes, *, position: int, lines: int, at: float) -> None:
        """On disk when it returns. Raises StoreBroken if the disk refuses; then nothing was appended."""
        with self._lock, _in_words():
            if self._size() >= SEGMENT or (self._began and at - self._began > SPELL):
                self._newest += 1
                self._began = at
                self._write(b"", self.position, 0, at)
            self._began = self._began or at
            self._write(body, position, lines, at)
            self.position = position

    def next(self, most: int) -> list[Frame]:
        """The oldest frames not sent, of one segment, up to `most` bytes, but at least one."""
        with self._lock, _in_words():
            while True:
                found = self._after(self.sent, most)
                if found or self.sent.segment >= self._newest:
                    return found
                self._forward()

    def empty(self) -> bool:
        """Is everything sent?"""
        return self.sent.segment == self._newest and self.sent.offset >= self._size()

    def done(self, last: Frame) -> None:
        """Everything up to this frame is sent."""
        with self._lock, _in_words():
            self._remember(replace(self.sent, offset=last.end, away_since=None))

    def away(self, since: float) -> None:
        """The receiver does not take it."""
        with self._lock, _in_words():
            self._remember(replace(self.sent, away_since=since))

    def rewind(self, sent: Sent) -> None:
        """Send again from there."""
        with self._lock, _in_words():
            if self._path(sent.segment).exists():
                self._remember(replace(self.sent, segment=sent.segment, offset=sent.offset))

    def drop(self, frame: Frame, why: str) -> None:
        """The receiver will never take this one."""
        LOG.error("readings refused by the history store", lines=frame.lines, reason=why)
        with self._lock, _in_words():
            self._remember(replace(self.sent, offset=frame.end, dropped=self.sent.dropped + frame.lines))

    def bound(self, now: float) -> None:
        """Let the oldest go while there is too much, or it is too old. Told when that begins."""
        with self._lock, _in_words():
            while self.sent.segment < self._newest and self._too_much(now):
                lost = sum(frame.lines for frame in self._after(self.sent, self._most_bytes))
                if lost and not self._dropping:
                    LOG.error("the history store is away for too long: the oldest readings go", lines=lost)
                self._dropping = bool(lost)
                self._remember(replace(self.sent, dropped=self.sent.dropped + lost))
                self._forward()

    def _too_much(self, now: float) -> bool:
        whole = sum(self._path(number).stat().st_size for number in _segments(self._folder))
        last = self._path(self.sent.segment).stat().st_mtime if self._path(self.sent.segment).exists() else now
        return whole > self._most_bytes or now - last > self._most_seconds

    def _forward(self) -> None:
        """The sender's segment is empty: on to the next one."""
        segment = min((number for number in _segments(self._folder) if number > self.sent.segment), default=self._newest)
        self._remember(replace(self.sent, segment=segment, offset=0))
        for number in _segments(self._folder):
            if number < segment - 1:  # the one before may be wanted again
                self._path(number).unlink()

    def _after(self, sent: Sent, most: int) -> list[Frame]:
        path = self._path(sent.segment)
        if not path.exists():
            return []
        with path.open("rb") as file:
            file.seek(sent.offset)
            found, size = [], 0
            while size < most and (frame := _read(file, file.tell())):
                found.append(frame)
                size += len(frame.body)
        return found

    def _write(self, body: bytes, position: int, lines: int, at: float) -> None:
        path = self._path(self._newest)
        before = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as file:
                file.write(_HEAD.pack(_MAGIC, position, at, lines, len(body), zlib.crc32(body)) + body)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            if path.exists():
                os.truncate(path, before)
            raise

    def _size(self) -> int:
        path = self._path(self._newest)
        return path.stat().st_size if path.exists() else 0

    def _path(self, number: int) -> Path:
        return self._folder / _name(number)

    def _remember(self, sent: Sent) -> None:
        """Not forced to disk: a frame that is sent twice is stored once."""
        fresh = self._folder / "sent.new"
        fresh.write_bytes(msgspec.json.encode(asdict(sent)))
        fresh.replace(self._folder / "sent")
        self.sent = sent


def read_sent(folder: Path) -> Sent:
    """As the sender last wrote it; a new one where there is none."""
    try:
        return msgspec.json.decode((folder / "sent").read_bytes(), type=Sent)
    except (FileNotFoundError, msgspec.DecodeError):
        return Sent()


def last_position(folder: Path) -> int:
    """The journal position that the newest whole frame claims; 0 where there is none."""
    return _last(folder / _name(max(_segments(folder), default=0)))[0]


def _last(path: Path) -> tuple[int, int]:
    """(position, end) of the last whole frame."""
    position = end = 0
    if path.exists():
        with path.open("rb") as file:
            while frame := _read(file, end):
                position, end = frame.position, frame.end
    return position, end


def _segments(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.frames"))


def _name(number: int) -> str:
    return f"{number:012d}.frames"


def _read(file: BinaryIO, start: int) -> Frame | None:
    """The frame that begins here; None at the end, and where it is not whole."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    magic, position, at, lines, length, checksum = _HEAD.unpack(head)
    body = file.read(length) if magic == _MAGIC else b""
    if magic != _MAGIC or len(body) < length or zlib.crc32(body) != checksum:
        return None
    return Frame(position, at, lines, body, start + _HEAD.size + length)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreBroken(f"the readings that wait for the history store can't be kept: {error.strerror}") from error
