"""Turns the payload that nearly every message has into a time and values in one go: one JSON object, its values beside its time
or under "values". Whatever else it may be is left to the careful reading of `strict`, which a test compares with this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from daemon.dialects.kit.answer import MOST_POINTS
from daemon.dialects.kit.strict import LONGEST, Flaw, odd, quick
from daemon.dialects.kit.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence

TOGETHER = 50  # payloads looked at in one go; one that is not plain has the others of them looked at one by one

Record = tuple[float | None, dict[str, Any]]  # epoch s, None where the source gave none; values by name, not looked at yet


def record(payload: bytes) -> Record | None:
    """Time and values; None: read it carefully. Every key stands once, every number is what its digits say. Hot."""
    if len(payload) > LONGEST or odd(payload):
        return None
    try:
        tree = quick.decode(payload)
    except (ValueError, RecursionError):
        return None
    if type(tree) is not dict:
        return None
    names = len(tree)
    written, values = tree.pop("ts", None), tree
    if "values" in tree:
        values = tree.pop("values")
        if tree or type(values) is not dict:
            return None
        names += len(values)
    if type(written) is not int or not 1e11 <= written < 1e14:  # milliseconds, as nearly always
        return _timed(written, values, payload, names)
    # Fewer names than colons: a key is given twice, or a text holds a colon.
    return (written / 1e3, values) if names == payload.count(b":") and 0 < len(values) <= MOST_POINTS else None


def _timed(written: Any, values: dict[str, Any], payload: bytes, names: int) -> Record | None:  # noqa: ANN401 - a JSON value
    """With a time written otherwise, or none."""
    ts = instant(written) if b'"ts"' in payload else None
    colons = names + (written.count(":") if type(written) is str else 0)
    right = colons == payload.count(b":") and 0 < len(values) <= MOST_POINTS and not isinstance(ts, Flaw)
    return (ts, values) if right else None  # type: ignore[return-value]


class Plain(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A record of the usual form, its time (ms) and its values; whole numbers among them are floats."""

    ts: Annotated[int, msgspec.Meta(ge=10**11, lt=10**14)]
    values: dict[str, float | bool | str]


_plain = msgspec.json.Decoder(Plain).decode


def records(payloads: Sequence[bytes]) -> list[Plain | None]:
    """Each payload's record where it is of the usual form and `record` finds the same in it, else None. Hot."""
    found: list[Plain | None] = []
    for start in range(0, len(payloads), TOGETHER):
        some = payloads[start : start + TOGETHER]
        found += _at_once(some) or map(_alone, some)
    return found


def _at_once(payloads: Sequence[bytes]) -> list[Plain] | None:
    """All of them; None if any is not plain. What `record` asks of each payload is asked of all together."""
    text = b"\n".join(payloads)
    if len(text) > LONGEST or odd(text):
        return None
    try:
        found = list(map(_plain, payloads))
    except (ValueError, RecursionError):
        return None
    return found if text.count(b":") == 2 * len(found) + sum(map(len, [one.values for one in found])) else None


def _alone(payload: bytes) -> Plain | None:
    if len(payload) > LONGEST or odd(payload):
        return None
    try:
        found = _plain(payload)
    except (ValueError, RecursionError):
        return None
    return found if payload.count(b":") == 2 + len(found.values) else None
