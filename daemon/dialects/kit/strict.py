"""Turns bytes into a JSON tree without believing them: UTF-8 only, every key once, numbers that are numbers.

What is wrong with one value stands in the tree as a `Flaw` in its place, so that its neighbours survive; what is wrong with the
whole payload is a `Flaw` instead of the tree. Nothing here raises.

The hot path is msgspec, taken only when it provably agrees with the careful reading: it keeps the last of two equal keys and
rounds any number, so texts with escapes, exponents or very long digit runs go the careful way, and the colons are counted
(see `_agrees`).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import msgspec

LONGEST = 65536  # bytes of a payload
LONGEST_TEXT = 256  # characters of a text value
LONGEST_NUMBER = 32  # characters; the shortest exact form of any double has at most 24
LARGEST = 1e15  # beyond any physical range, and below 2**53 where integers stop being exact

# Digits and points become 9, e and E become e: three substring searches then find what msgspec may read otherwise (5x a regex).
_FOLDED = bytes.maketrans(b"012345678.E", b"9999999999e")
_LONG_RUN = b"9" * 24
_WILD = re.compile(r"[eE][+-]?[0-9]{4}")  # an exponent no instrument writes
quick = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why something cannot be used: `code` to count by (see `Rejected`), `reason` a sentence for people."""

    code: str
    reason: str


def parse(payload: bytes) -> Any:  # noqa: ANN401 - a JSON tree
    """The tree, with a `Flaw` in place of each unusable number or repeated key, or a `Flaw` for the whole."""
    if len(payload) > LONGEST:
        return Flaw("size", f"the payload has {len(payload)} bytes, more than {LONGEST}")
    if not odd(payload):
        try:
            tree = quick.decode(payload)
        except (ValueError, RecursionError):
            return _carefully(payload)
        if payload.count(b":") == _agrees(tree):
            return tree
    return _carefully(payload)


def flaw(value: Any) -> Flaw | None:  # noqa: ANN401 - a JSON value
    """Why this cannot be the value of a point; None: it can (number, text, true or false)."""
    if isinstance(value, Flaw):
        return value
    if isinstance(value, str):
        return text_flaw(value)
    if value is None:
        return Flaw("value", "no value (null)")
    if isinstance(value, (dict, list)):
        return Flaw("schema", "not a single value but a nested one")
    if not -LARGEST <= value <= LARGEST:
        return Flaw("number", f"the number {value:.6g} is beyond any physical range")
    return None


def text_flaw(text: str, longest: int = LONGEST_TEXT) -> Flaw | None:
    """Why this text is not fit for logs, pages and databases; None: it is."""
    if len(text) > longest:
        return Flaw("size", f"a text of {len(text)} characters, more than {longest}")
    # Ideographic and no-break spaces are ordinary in Chinese text, though Python calls them unprintable.
    if not text.isprintable() and not text.replace("\u3000", " ").replace("\xa0", " ").isprintable():
        return Flaw("unicode", f"a text with control or invisible characters: {shown(text)}")
    return None


def shown(text: str, longest: int = 80) -> str:
    """The text made safe for a sentence: invisible characters as escapes, cut to `longest`."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[: longest + 1])
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def odd(payload: bytes) -> bool:
    """May msgspec read this otherwise than `_carefully` would?"""
    folded = payload.translate(_FOLDED)
    return b"\\" in folded or b"9e" in folded or _LONG_RUN in folded


def _agrees(tree: Any) -> int:  # noqa: ANN401 - a JSON tree
    """How many colons a text with this tree has when no key is repeated; -1 for shapes not worth counting.

    A repeated key leaves a colon in the text that is not counted here; nothing can make up for it, because texts with escapes
    never come here. So equality proves that no key was lost.
    """
    if type(tree) is dict:
        return _count(tree)
    if type(tree) is list:
        return sum([_count(entry) if type(entry) is dict else -LONGEST for entry in tree])
    return tree.count(":") if type(tree) is str else 0


def _count(record: dict[str, Any]) -> int:
    colons = len(record)
    for value in record.values():
        kind = type(value)
        if kind is str:
            colons += value.count(":")
        elif kind is dict:
            colons += len(value) + sum([text.count(":") for text in value.values() if type(text) is str])
        elif kind is list:
            colons += sum([_count(entry) for entry in value if type(entry) is dict])
    return colons


def _carefully(payload: bytes) -> Any:  # noqa: ANN401 - a JSON tree
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        return Flaw("unicode", f"not UTF-8: {error.reason} at byte {error.start}")
    if not text.strip(" \t\r\n"):
        return Flaw("json", "an empty payload")
    if "\0" in text or text[0] == "\ufeff":
        return Flaw("unicode", "not plain UTF-8: NUL bytes or a byte order mark (UTF-16, or a C string sent with its end)")
    try:
        return _careful.decode(text)
    except RecursionError:
        return Flaw("json", "not readable as JSON: nested too deeply")
    except ValueError as error:
        return Flaw(_kind(error), f"not readable as JSON: {error}")


def _kind(error: ValueError) -> str:
    return "unicode" if "escape" in str(error) or "control character" in str(error) else "json"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                record[name] = Flaw("json", "given twice in one object")
            seen.add(name)
    return record


def _whole(digits: str) -> int | Flaw:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _long(digits)


def _number(digits: str) -> float | Flaw:
    if len(digits) > LONGEST_NUMBER:
        return _long(digits)
    number = float(digits)
    vanished = number == 0 and any(c in "123456789" for c in re.split("[eE]", digits)[0])
    if not math.isfinite(number) or vanished or _WILD.search(digits):
        return Flaw("number", f"{digits} is not a number an instrument gives")
    return number


def _long(digits: str) -> Flaw:
    return Flaw("number", f"a number of {len(digits)} characters, more than {LONGEST_NUMBER}")


def _constant(word: str) -> Flaw:
    return Flaw("number", f"{word} is not a number")


_careful = json.JSONDecoder(object_pairs_hook=_once, parse_int=_whole, parse_float=_number, parse_constant=_constant)


def first(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `start` of a text that may hold several, read carefully, and where it ends; or a `Flaw`."""
    try:
        return _careful.raw_decode(text, start)
    except RecursionError:
        return Flaw("json", "not readable as JSON: nested too deeply"), len(text)
    except ValueError as error:
        return Flaw(_kind(error), f"not readable as JSON: {error}"), len(text)
