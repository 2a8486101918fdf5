"""Turns the text of a condition into a small syntax tree, or into pointed complaints.

    text           := statement ((";" | new line) statement)*
    statement      := "let" name "=" or-expression | severity ":" or-expression | or-expression
    or-expression  := and-expression ("or" and-expression)*
    and-expression := not-expression ("and" not-expression)*
    not-expression := "not" not-expression | comparison
    comparison     := sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)* | sum ["not"] "in" "(" word, … ")"
    sum, product   := as usual, with unary minus; "^" binds tighter and to the right
    atom           := number | duration | count | time of day | name | name "(" argument, … ")" | "(" or-expression ")"
    argument       := [name "="] or-expression [("while" | "since" | "before") or-expression]

A duration is a number with s, min, h or d, a count one with n. A name may hold instance letters: `pump{i}_run`.
"""

from __future__ import annotations

from sensors.kit.tokens import UNITS, ConditionError, Token, scan, where
from sensors.kit.trees import (
    Binary,
    Call,
    Clause,
    Clock,
    Count,
    Duration,
    Keyed,
    Let,
    Limited,
    Name,
    Number,
    Script,
    Tree,
    Unary,
)

__all__ = [
    "COMPARISONS", "UNITS", "Binary", "Call", "Clause", "Clock", "ConditionError", "Count", "Duration", "Keyed", "Let", "Limited",
    "Name", "Number", "Script", "Tree", "Unary", "parse", "read", "where",
]  # fmt: skip

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
LIMITS = ("while", "since", "before")
RESERVED = frozenset({"and", "or", "in", "not", "let", "while", "before"})
DEEPEST = 60  # nested levels; far beyond what a person writes
LITERALS: dict[str, type[Number | Duration | Clock]] = {"number": Number, "duration": Duration, "clock": Clock}


def parse(text: str) -> Tree:
    """One expression → syntax tree. Raises ConditionError."""
    parser = _Parser(text)
    tree = parser.either()
    parser.finish()
    return tree


def read(text: str) -> Script:
    """A whole condition: lets and clauses. Raises ConditionError."""
    parser = _Parser(text)
    lets: list[Let] = []
    clauses: list[Clause] = []
    while parser.next.kind != "end" or not clauses:
        if parser.take(";"):
            continue
        found = parser.statement()
        if isinstance(found, Let):
            lets.append(found)
        else:
            clauses.append(found)
        parser.separated()
    return Script(tuple(lets), tuple(clauses))


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

    def followed(self, text: str) -> bool:
        """Is the next token a name and then this operator?"""
        after = self.tokens[min(self.pos + 1, len(self.tokens) - 1)]
        return self.next.kind == "name" and (after.kind, after.text) == ("op", text)

    def finish(self) -> None:
        token = self.next
        if token.kind == "end":
            return
        if token.text == ")":
            raise self.fail(token, "this `)` closes nothing: remove it or add the missing `(`")
        if token.text == "=":
            raise self.fail(token, "`=` names something: write == to compare, or `let name = …`")
        if token.text in LIMITS:
            raise self.fail(token, f"`{token.text}` stands inside a function only: avg(x while C, T), max(x since C)")
        raise self.fail(token, f"`{token.text}` can't follow here: an operator (and, or, <, +, …) is missing before it")

    # statements

    def statement(self) -> Let | Clause:
        start = self.next
        if self.take("let"):
            return self.let(start)
        if self.followed(":"):
            self.pos += 2
            return Clause(start.text, self.either(), start.at)
        return Clause("", self.either(), start.at)

    def let(self, start: Token) -> Let:
        name = self.next
        if not self.followed("="):
            raise self.fail(name, "`let` gives an expression a name: let q = P.jockey_flow * duty(jockey1_run, 24h)")
        self.pos += 2
        return Let(name.text, self.either(), start.at)

    def separated(self) -> None:
        """A statement ends with `;`, its line or the text."""
        if not self.take(";") and not self.next.fresh:
            self.finish()

    # expressions

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
        tree = self.raised()
        for op in reversed(signs):
            tree = Unary("-", tree, op.at)
        return tree

    def raised(self) -> Tree:
        """Powers: a ^ b ^ c is a ^ (b ^ c), and -a ^ b is -(a ^ b)."""
        left = self.atom()
        if op := self.take("^"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.fail(op, f"nested deeper than {DEEPEST} levels")
            left = Binary("^", left, self.signed(), op.at)
            self.depth -= 1
        return left

    def atom(self) -> Tree:
        token = self.next
        if self.take("("):
            tree = self.either()
            self.close(token)
            return tree
        if token.kind in {"op", "end"} or token.text in RESERVED:
            raise self.fail(token, f"a name, a number or `(` is expected, not {token.text}")
        self.pos += 1
        if token.kind in LITERALS:
            return LITERALS[token.kind](token.value, token.at)
        if token.kind == "count":
            return Count(int(token.value), token.at)
        if not self.next.fresh and self.take("("):
            return Call(token.text, tuple(self.arguments(token)), token.at)
        return Name(token.text, token.at)

    def arguments(self, opened: Token) -> list[Tree]:
        if self.take(")"):
            return []
        found = [self.argument()]
        while self.take(","):
            found.append(self.argument())
        self.close(opened)
        return found

    def argument(self) -> Tree:
        key = self.next
        if self.followed("="):
            self.pos += 2
            return Keyed(key.text, self.either(), key.at)
        left = self.either()
        if op := self.take(*LIMITS):
            return Limited(op.text, left, self.either(), op.at)
        return left

    def close(self, opened: Token) -> None:
        if not self.take(")"):
            raise self.fail(self.next, f"`)` is missing: the parenthesis opened at column {opened.at + 1} is never closed here")
