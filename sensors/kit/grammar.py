"""Turns the text of a condition into a small syntax tree, or into pointed complaints.

    or-expression  := and-expression ("or" and-expression)*
    and-expression := not-expression ("and" not-expression)*
    not-expression := "not" not-expression | comparison
    comparison     := sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)* | sum ["not"] "in" "(" word, … ")"
    sum, product   := as usual, with unary minus
    atom           := number | duration | name | name "(" expression, … ")" | "(" expression ")"

A duration is a number with s, min, h or d. A name may hold instance letters: `pump{i}_run`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
DEEPEST = 60  # nested levels; far beyond what a person writes

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[A-Za-z]*)"
    r"|(?P<name>P\.\w+|[A-Za-z_]\w*(?:\{[a-z]\}\w*)*)"
    r"|(?P<op><=|>=|==|!=|[<>+\-*/(),])"
    r"|(?P<bad>\S))"
)


class ConditionError(Exception):
    """A condition that can't be used: its text, and every complaint about it (what, where, what to do)."""

    def __init__(self, text: str, complaints: list[str]) -> None:
        super().__init__(f"{text!r}: " + "; ".join(complaints))
        self.text = text
        self.complaints = complaints


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
class Name:
    """A point, a parameter (`P.x`), an enum word, or true/false."""

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
    """Two sides of an operator: and, or, a comparison, + - * /."""

    op: str
    left: Tree
    right: Tree
    at: int


Tree = Number | Duration | Name | Call | Unary | Binary


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: kind is number, duration, name, op or end."""

    kind: str
    text: str
    at: int
    value: float = 0.0


def parse(text: str) -> Tree:
    """Condition text → syntax tree. Raises ConditionError."""
    parser = _Parser(text)
    tree = parser.either()
    parser.finish()
    return tree


def where(at: int, says: str) -> str:
    """A complaint with its place."""
    return f"column {at + 1}: {says}"


def scan(text: str) -> Iterator[Token]:
    """Text → tokens, the last of kind `end`."""
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        yield _token(text, found)
    yield Token("end", "the end", len(text.rstrip()))


def _token(text: str, found: re.Match[str]) -> Token:
    start = found.start(str(found.lastgroup))
    if found["number"] is not None:
        return _figure(text, found)
    if found["bad"] is not None:
        hint = " (write == to compare)" if found["bad"] == "=" else ""
        raise ConditionError(text, [where(start, f"`{found['bad']}` is not part of the language{hint}")])
    if found["name"] is not None:
        return Token("name", found["name"], start)
    return Token("op", found["op"], start)


def _figure(text: str, found: re.Match[str]) -> Token:
    value, unit, start = float(found["number"]), found["unit"], found.start("number")
    if not unit:
        return Token("number", found["number"], start, value)
    if unit not in UNITS:
        raise ConditionError(text, [where(start, f"`{found['number']}{unit}`: durations are written with s, min, h or d")])
    return Token("duration", found["number"] + unit, start, value * UNITS[unit])


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(scan(text))
        self.pos = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.pos]

    def fail(self, token: Token, says: str) -> ConditionError:
        return ConditionError(self.text, [where(token.at, says)])

    def take(self, *texts: str) -> Token | None:
        """The next token if it is one of these operators or words, else None."""
        token = self.next
        if token.kind in {"op", "name"} and token.text in texts:
            self.pos += 1
            return token
        return None

    def finish(self) -> None:
        token = self.next
        if token.kind == "end":
            return
        if token.text == ")":
            raise self.fail(token, "this `)` closes nothing: remove it or add the missing `(`")
        raise self.fail(token, f"`{token.text}` can't follow here: an operator (and, or, <, +, …) is missing before it")

    def either(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(self.next, f"nested deeper than {DEEPEST} levels")
        left = self.both()
        while op := self.take("or"):
            left = Binary("or", left, self.both(), op.at)
        self.depth -= 1
        return left

    def both(self) -> Tree:
        left = self.negated()
        while op := self.take("and"):
            left = Binary("and", left, self.negated(), op.at)
        return left

    def negated(self) -> Tree:
        signs = []
        while op := self.take("not"):
            signs.append(op)
        tree = self.compared()
        for op in reversed(signs):
            tree = Unary("not", tree, op.at)
        return tree

    def compared(self) -> Tree:
        left = self.added()
        if member := self.member(left):
            return member
        tree: Tree | None = None
        while op := self.take(*COMPARISONS):  # a < b < c means a < b and b < c
            right = self.added()
            one = Binary(op.text, left, right, op.at)
            tree, left = (one if tree is None else Binary("and", tree, one, op.at)), right
        return left if tree is None else tree

    def member(self, left: Tree) -> Tree | None:
        turned = self.take("not")
        op = self.take("in")
        if op is None:
            if turned:
                raise self.fail(turned, "`not` here must be followed by `in (…)`")
            return None
        if not self.take("("):
            raise self.fail(self.next, "`in` needs a list of words in parentheses: in (idle, full)")
        words = self.arguments(op)
        call = Call("in", (left, *words), op.at)
        return Unary("not", call, op.at) if turned else call

    def added(self) -> Tree:
        left = self.multiplied()
        while op := self.take("+", "-"):
            left = Binary(op.text, left, self.multiplied(), op.at)
        return left

    def multiplied(self) -> Tree:
        left = self.signed()
        while op := self.take("*", "/"):
            left = Binary(op.text, left, self.signed(), op.at)
        return left

    def signed(self) -> Tree:
        signs = []
        while op := self.take("-"):
            signs.append(op)
        tree = self.atom()
        for op in reversed(signs):
            tree = Unary("-", tree, op.at)
        return tree

    def atom(self) -> Tree:
        token = self.next
        if self.take("("):
            tree = self.either()
            self.close(token)
            return tree
        if token.kind in {"op", "end"} or token.text in {"and", "or", "in", "not"}:
            raise self.fail(token, f"a name, a number or `(` is expected, not {token.text}")
        self.pos += 1
        if token.kind == "number":
            return Number(token.value, token.at)
        if token.kind == "duration":
            return Duration(token.value, token.at)
        if self.take("("):
            return Call(token.text, tuple(self.arguments(token)), token.at)
        return Name(token.text, token.at)

    def arguments(self, opened: Token) -> list[Tree]:
        if self.take(")"):
            return []
        found = [self.either()]
        while self.take(","):
            found.append(self.either())
        self.close(opened)
        return found

    def close(self, opened: Token) -> None:
        if not self.take(")"):
            raise self.fail(self.next, f"`)` is missing: the parenthesis opened at column {opened.at + 1} is never closed here")
