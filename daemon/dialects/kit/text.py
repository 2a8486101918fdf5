"""Turns the bytes of a payload into text, whatever they were packed and encoded with: zlib, gzip, UTF-8 with or without a byte
order mark, GBK."""

from __future__ import annotations

import zlib

from daemon.dialects.kit.strict import Flaw

MOST = 1 << 18  # bytes of text; platforms refuse more than 64 KB, a gateway's compressed backlog may have a few times that
_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_DEFLATE = 0x78  # an x: no JSON begins with it
_ANY = 32  # zlib: find out by yourself whether it is zlib or gzip


def text(payload: bytes, encoding: str = "") -> str | Flaw:
    """The text. `encoding` "" means UTF-8, and GB 18030 (which includes GBK and GB 2312) where it is none."""
    plain = inflate(payload)
    if isinstance(plain, Flaw):
        return plain
    plain = plain.removeprefix(_MARK).rstrip(b"\0 \t\r\n")  # C strings are sent with their end
    try:
        return plain.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            return Flaw("unicode", f"not {encoding}: {error.reason} at byte {error.start}")
    try:
        return plain.decode("gb18030")
    except UnicodeDecodeError as error:
        return Flaw("unicode", f"neither UTF-8 nor GB 18030: {error.reason} at byte {error.start}")


def inflate(payload: bytes) -> bytes | Flaw:
    """The payload, unpacked if it is packed. A small one that would become huge is refused."""
    if not _packed(payload):
        return payload if len(payload) <= MOST else Flaw("size", f"the payload has {len(payload)} bytes, more than {MOST}")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | _ANY)
    try:
        plain = unpacker.decompress(payload, MOST + 1)
    except zlib.error as error:
        return Flaw("json", f"a compressed payload that cannot be unpacked: {error}")
    if len(plain) > MOST:
        return Flaw("size", f"the payload unpacks to more than {MOST} bytes")
    return plain if unpacker.eof else Flaw("json", "a compressed payload that was cut off")


def _packed(payload: bytes) -> bool:
    if payload[:2] == _GZIP:
        return True
    return len(payload) > 2 and payload[0] == _DEFLATE and int.from_bytes(payload[:2], "big") % 31 == 0
