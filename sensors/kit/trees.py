"""The syntax tree of a condition: what the parser makes of the text, before anybody knows what the names mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A literal figure."""

    value: float
    at: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A literal time span in seconds."""

    seconds: float
    at: int


@dataclass(frozen=True, slots=True)
class Count:
    """A literal number of samples: 200n."""

    samples: int
    at: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A literal time of day in seconds after midnight: 02:00."""

    seconds: float
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A point, a parameter (`P.x`), a let, an enum word, or true/false."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """`name(args)`; `in` and `not in` are calls too, their first argument is the tested value."""

    name: str
    args: tuple[Tree, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    op: str
    child: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides of an operator: and, or, a comparison, + - * / ^."""

    op: str
    left: Tree
    right: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Limited:
    """What only stands as an argument: `x while C`, `x since C`, `T since C`, `T before U`; op is that word."""

    op: str
    left: Tree
    right: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Keyed:
    """An argument by its name: `by=load`, `same=feeder`."""

    key: str
    child: Tree
    at: int


Tree = Number | Duration | Count | Clock | Name | Call | Unary | Binary | Limited | Keyed


@dataclass(frozen=True, slots=True)
class Let:
    """`let name = expression`."""

    name: str
    tree: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Clause:
    """`severity: condition`; severity is "" for a bare condition."""

    severity: str
    tree: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Script:
    """A whole text."""

    lets: tuple[Let, ...]
    clauses: tuple[Clause, ...]

    @property
    def trees(self) -> tuple[Tree, ...]:
        """All expressions in it."""
        return (*(let.tree for let in self.lets), *(clause.tree for clause in self.clauses))


def below(tree: Tree) -> tuple[Tree, ...]:
    """The expressions directly inside one."""
    match tree:
        case Call():
            return tree.args
        case Unary() | Keyed():
            return (tree.child,)
        case Binary() | Limited():
            return (tree.left, tree.right)
        case _:
            return ()
