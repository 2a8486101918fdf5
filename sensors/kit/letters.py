"""Instance letters: `pump{i}_run` with i = 2 becomes `pump2_run`, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sensors.kit import grammar
from sensors.kit.trees import below

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sensors.kit.words import Point

BINDERS = frozenset({"any", "all", "sum", "count"})  # the functions that run over the instances of the letters inside them
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
    """The names with instance letters that no any(), all(), sum() or count() inside `tree` binds."""
    if isinstance(tree, grammar.Name) and letters_in(tree.text):
        yield tree
    if not (isinstance(tree, grammar.Call) and tree.name in BINDERS):
        for part in below(tree):
            yield from open_names(part)


def free_in(tree: grammar.Tree) -> frozenset[str]:
    """The instance letters that no any(), all(), sum() or count() inside `tree` binds."""
    return frozenset(letter for name in open_names(tree) for letter in letters_in(name.text))


def free_letters(text: str) -> frozenset[str]:
    """Instance letters of a condition not bound by any(), all(), sum() or count(). Raises ConditionError."""
    return frozenset().union(*(free_in(tree) for tree in grammar.read(text).trees))


def bind_letters(text: str, bind: Mapping[str, int], digits: Mapping[str, str]) -> str:
    """The condition with its free letters replaced; those inside any(), all(), sum(), count() stay. Raises ConditionError."""
    names = [name for tree in grammar.read(text).trees for name in open_names(tree)]
    for name in sorted(names, key=lambda name: -name.at):
        text = text[: name.at] + expand(name.text, bind, digits) + text[name.at + len(name.text) :]
    return text
