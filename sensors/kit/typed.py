"""What the pieces of a condition are while it is built: a scope to look names up in, and nodes that know their type and unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sensors.kit import grammar, nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sensors.kit.words import Point

NUMBER, TRUTH, WORD, SPAN, WRONG = "number", "truth", "word", "duration", "wrong"  # what an expression is


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may name: channels of one device, its parameters, its instances per letter and their number format; the
    device's kind, and what may be named of devices of other kinds."""

    points: Mapping[str, Point] = field(default_factory=dict)
    params: Mapping[str, float] = field(default_factory=dict)
    instances: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    digits: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    kinds: Mapping[str, Scope] = field(default_factory=dict)  # of other devices, by their kind


@dataclass(frozen=True, slots=True)
class Typed:
    """A node with what it is: number, truth, word, duration or wrong (already complained about). `unit` None: not known."""

    node: nodes.Node
    is_a: str
    unit: str | None = None
    states: tuple[str, ...] = ()
    bare: bool = False  # a literal figure, which takes the unit of its company


class Stateful(Protocol):
    """A node, or its class, that remembers: it says what a fresh slot looks like."""

    @staticmethod
    def fresh() -> list[object]: ...


NOTHING = Typed(nodes.Const(0.0), WRONG)


class _Nothing:
    """No reading at all: for folding constants."""

    def last(self, name: str) -> None:
        """Unknown."""

    def known(self, name: str) -> None:
        """Unknown."""

    @property
    def memories(self) -> Mapping[str, nodes.Heard]:
        """Of no channel."""
        return {}


NO_VALUES = _Nothing()


def flat(tree: grammar.Binary) -> list[grammar.Tree]:
    """All of `a and b and c` as one list."""
    left = flat(tree.left) if isinstance(tree.left, grammar.Binary) and tree.left.op == tree.op else [tree.left]
    return [*left, tree.right]


def join(*, decides: bool, children: list[nodes.Node]) -> Typed:
    """And / or of several; those that remember are kept apart, because they must always be evaluated. Of the others the small
    ones are asked first: which of them settles it is all the same."""
    keeping = tuple(child for child in children if child.slot)
    plain = tuple(sorted((child for child in children if not child.slot), key=_size))
    slot = max((child.slot for child in keeping), default=0)
    return Typed(nodes.Join(decides, tuple(children), keeping, plain, slot=slot), TRUTH)


def _size(node: nodes.Node) -> int:
    return 1 + sum(_size(child) for child in node.children)


def scaled(op: str, left: Typed, right: Typed) -> str | None:
    """The unit of a product or quotient with a literal figure: 0.9 * MPa stays MPa. A parameter may have any unit."""
    if op == "*" and left.bare:
        return right.unit
    return left.unit if op in {"*", "/"} and right.bare else None


def shown(tree: grammar.Tree) -> str:
    """A piece of the text as a complaint names it."""
    match tree:
        case grammar.Name(text):
            return f"`{text}`"
        case grammar.Number(value):
            return f"{value:g}"
        case grammar.Call(name):
            return f"{name}(…)"
        case _:
            return "this"
