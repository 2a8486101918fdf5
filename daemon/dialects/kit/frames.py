"""Finds the bytes of a frame in a payload: raw, as hex text, or as hex in a member of a JSON object."""

from __future__ import annotations

import re
from typing import Any

from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.report import dig
from daemon.dialects.kit.strict import Flaw

LONGEST = 8192  # bytes of a frame; no bus frame has a quarter of that
MEMBERS = ("rowdata", "rawdata", "raw", "hex", "frame", "data", "payload", "msg", "value")
_HEX = re.compile(r"(?:0x)?(?:[0-9a-f]{2}[ \t:,-]*)+", re.IGNORECASE)
_SIZE = Flaw("size", f"a frame of more than {LONGEST} bytes")


def carried(payload: bytes, member: str = "") -> tuple[bytes, Any] | Flaw:
    """The frame, and the JSON object it came in (None: it came alone). `member` is where the object keeps it."""
    if len(payload) > 4 * LONGEST:
        return _SIZE
    told = payload.strip(b" \t\r\n\0")
    if told[:1] != b"{":
        found = unhexed(told.decode("latin-1")) if told else None
        return (found if isinstance(found, bytes) else payload, None)
    tree = documents(told)[0]
    if isinstance(tree, Flaw):
        return tree
    written = next((dig(tree, name) for name in ([member] if member else MEMBERS) if isinstance(dig(tree, name), str)), None)
    frame = unhexed(written) if isinstance(written, str) else None
    return Flaw("schema", "no frame in hex in this object") if frame is None else (frame, tree)


def unhexed(text: str) -> bytes | None:
    """The bytes written in hex, with or without gaps; None where this is no hex."""
    if len(text) > 4 * LONGEST or not _HEX.fullmatch(text.strip()):
        return None
    return bytes.fromhex(re.sub(r"0x|[ \t:,-]", "", text.strip(), flags=re.IGNORECASE))
