"""Instance letters: `pump{i}_run` with i = 2 becomes `pump2_run`, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sensors.kit import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sensors.kit.words import Point

BINDERS = frozenset({"any", "all", "sum"})  # the functions that run over the instances of the letters inside them
_LETTER = re.compile(r"\{([a-z])\}")


def letters_in(name: str) -> frozenset[str]:
    """The instance letters of one name."""
    return frozenset(_LETTER.findall(name))


def expand(name: str, bind: Mapping[str, int], digits: Mapping[str, str]) -> str:
    """Replace the letters that are bound: `port{n}_power`, n = 3, digits 02d → `port03_power`."""

    def number(found: re.Match[str]) -> str:
        letter = found[1]
        return format(bind[letter], digits.get(letter, "d")) if letter in bind else found[0]

    return _LETTER.sub(number, name)


def instance_of(name: str, point: Point) -> int | None:
    """Which instance of `point` the channel `name` is; None if it is none."""
    head, brace, rest = point.name.partition("{")
    tail = rest.partition("}")[2]
    middle = name[len(head) : len(name) - len(tail) or None]
    fits = brace and name.startswith(head) and name.endswith(tail) and middle.isascii() and middle.isdigit()
    return int(middle) if fits and name == f"{head}{format(int(middle), point.digits)}{tail}" else None


def open_names(tree: grammar.Tree) -> Iterator[grammar.Name]:
    """The names with instance letters that no any(), all() or sum() inside `tree` binds."""
    match tree:
        case grammar.Name(text) if letters_in(text):
            yield tree
        case grammar.Call(name, args) if name not in BINDERS:
            for arg in args:
                yield from open_names(arg)
        case grammar.Unary(_, child):
            yield from open_names(child)
        case grammar.Binary(_, left, right):
            yield from open_names(left)
            yield from open_names(right)


def free_in(tree: grammar.Tree) -> frozenset[str]:
    """The instance letters that no any(), all() or sum() inside `tree` binds."""
    return frozenset(letter for name in open_names(tree) for letter in letters_in(name.text))


def free_letters(text: str) -> frozenset[str]:
    """Instance letters of a condition not bound by any(), all() or sum(). Raises ConditionError."""
    return free_in(grammar.parse(text))


def bind_letters(text: str, bind: Mapping[str, int], digits: Mapping[str, str]) -> str:
    """The condition with its free letters replaced; those inside any(), all(), sum() stay. Raises ConditionError."""
    for name in sorted(open_names(grammar.parse(text)), key=lambda name: -name.at):
        text = text[: name.at] + expand(name.text, bind, digits) + text[name.at + len(name.text) :]
    return text
