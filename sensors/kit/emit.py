"""Turns a condition's tree into one plain Python function: what is asked for every other reading must not walk a tree.

Each node becomes a few lines in a local variable; what is named twice is computed once. Nodes not known here are asked as they
are. The functions of conditions that differ only in names and figures share their code. A test holds them to the tree.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sensors.kit import nodes, windows
from sensors.kit.windows import window as samples
from sensors.kit.windows.times import newest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

    from sensors.kit.nodes import Memory, Node, Values

DEEPEST = 12  # alternatives that are asked one inside the other
INNERMOST = 40  # blocks: Python reads 100
INLINE = {"+", "-", "*", "/"}
HEAD = ("def judge(values, memory, now, *, active=False):", " heard = values.memories.get", " memory[0] = inf")
TAIL = (" wake = memory[0]", " return truth, wake if now < wake < inf else None")


class Never:
    """What was never heard."""

    good = good_at = None
    good_ts = -math.inf


NEVER = Never()


class Run(Protocol):
    """A condition as a function: its truth, and when to look again. `active`: see `Condition.judge_on`; the truth is the same."""

    def __call__(
        self, values: Values, memory: Memory, now: float, *, active: bool = False
    ) -> tuple[bool | None, float | None]: ...


class Writer:
    """The function as it grows. `names` are what it reads from outside: figures, words, nodes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"inf": math.inf, "isfinite": math.isfinite, "newest": newest, "never": NEVER}
        self._scopes: list[dict[object, str]] = [{}]  # what is computed by here, of each block we are in
        self._count = 0

    def line(self, text: str) -> None:
        """One more line of the block."""
        self.lines.append(" " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """`if …:` and what is in it; what is computed there is known only there."""
        self.line(head)
        self._scopes.append({})
        yield
        self._scopes.pop()

    @property
    def depth(self) -> int:
        """How many blocks we are in."""
        return len(self._scopes)

    def fresh(self) -> str:
        """A new local variable."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, thing: object) -> str:
        """Something from outside."""
        name = f"g{len(self.names)}"
        self.names[name] = thing
        return name

    def once(self, key: object, make: Callable[[], str]) -> str:
        """The variable that holds it, computed here unless it is by now."""
        found = next((scope[key] for scope in self._scopes if key in scope), None)
        if found is None:
            found = make()
            self._scopes[-1][key] = found
        return found

    def let(self, text: str) -> str:
        """A variable for an expression."""
        name = self.fresh()
        self.line(f"{name} = {text}")
        return name

    def heard(self, channel: str) -> str:
        """The latest good reading of a channel."""
        return self.once(("heard", channel), lambda: self.let(f"heard({self.bind(channel)}, never)"))

    def known(self, channel: str) -> str:
        """Its value alone."""
        memory = self.heard(channel)
        return self.once(("known", channel), lambda: self.let(f"None if {memory}.good_at is None else {memory}.good"))

    def state(self, node: Any) -> str:  # noqa: ANN401 - any node that remembers
        """What the node remembers."""
        return self.let(f"memory[{node.slot}]")

    def emit(self, node: Node) -> str:
        """The variable that holds the node's value."""
        form = _step if isinstance(node, nodes.Step) else FORMS.get(type(node), _asked)
        return self.once(id(node), lambda: form(self, node))


def function(root: Node) -> Run:
    """The condition as a function of the latest values, its memory and the event time."""
    writer = Writer()
    truth = writer.emit(root)
    text = "\n".join([*HEAD, *writer.lines, f" truth = {truth}", *TAIL])
    exec(_code(text), writer.names)  # noqa: S102 - written here from a checked tree; names and figures come in as objects
    run: Run = writer.names["judge"]
    return run


@lru_cache(maxsize=1024)
def _code(text: str) -> CodeType:
    return compile(text, "<condition>", "exec")


def _asked(writer: Writer, node: Node) -> str:
    return writer.let(f"{writer.bind(node)}.value(memory, now, values)")


def _const(writer: Writer, node: nodes.Const) -> str:
    return writer.bind(node.fixed)


def _read(writer: Writer, node: nodes.Read) -> str:
    return writer.known(node.name)


def _flag(writer: Writer, node: nodes.Flag) -> str:
    value = writer.known(node.read.name)
    return writer.let(f"None if {value} is None else bool({value})")


def _missing(writer: Writer, node: nodes.Missing) -> str:
    return writer.let(f"{writer.known(node.read.name)} is None")


def _member(writer: Writer, node: nodes.Member) -> str:
    value = writer.known(node.left.name)
    return writer.let(f"None if {value} is None else {value} in {writer.bind(node.words)}")


def _compare(writer: Writer, node: nodes.Threshold | nodes.Compare) -> str:
    left, right = writer.emit(node.left), writer.emit(node.right)
    return writer.let(f"None if {_unknown(left, right)} else {left} {node.op} {right}")


def _not(writer: Writer, node: nodes.Not) -> str:
    child = writer.emit(node.child)
    return writer.let(f"None if {child} is None else not {child}")


def _apply(writer: Writer, node: nodes.Apply) -> str:
    found = [writer.emit(child) for child in node.children]
    result = writer.fresh()
    with writer.block(f"if {_unknown(*found)}:"):
        writer.line(f"{result} = None")
    with writer.block("else:"), writer.block("try:"):
        inline = node.name in INLINE
        writer.line(f"{result} = " + (node.name.join(found) if inline else f"{writer.bind(node.function)}({', '.join(found)})"))
        with writer.block(f"if not isfinite({result}):"):
            writer.line(f"{result} = None")
    writer.line(" except (ArithmeticError, ValueError):")
    writer.line(f"  {result} = None")
    return result


def _join(writer: Writer, node: nodes.Join) -> str:
    """Those that remember first, whatever they say; the others, one inside the other, until it is settled."""
    if len(node.plain) > DEEPEST or writer.depth > INNERMOST:
        return _asked(writer, node)
    asked, result = [writer.emit(child) for child in node.keeping], writer.fresh()
    with writer.block(f"if {' or '.join(f'{truth} is {node.decides}' for truth in asked) or False}:"):
        writer.line(f"{result} = {node.decides}")
    with writer.block("else:"):
        _plain(writer, node, result, asked, 0)
    return result


def _plain(writer: Writer, node: nodes.Join, result: str, asked: list[str], at: int) -> None:
    if at == len(node.plain):
        writer.line(f"{result} = None if {_unknown(*asked)} else {not node.decides}")
        return
    truth = writer.emit(node.plain[at])
    with writer.block(f"if {truth} is {node.decides}:"):
        writer.line(f"{result} = {node.decides}")
    with writer.block("else:"):
        _plain(writer, node, result, [*asked, truth], at + 1)


def _clauses(writer: Writer, node: nodes.Clauses) -> str:
    truths = [writer.emit(child) for child in node.children]
    bits = writer.let(" | ".join(f"({1 << index} if {truth} else 0)" for index, truth in enumerate(truths)))
    writer.line(f"{writer.state(node)}[0] = {bits} or None")
    return writer.let(f"True if {bits} else None if {_unknown(*truths)} else False")


def _lasting(writer: Writer, node: windows.Lasting) -> str:
    truth, state, result, due = writer.emit(node.child), writer.state(node), writer.fresh(), writer.fresh()
    with writer.block(f"if {truth}:"):
        writer.line(f"if {state}[0] is None: {state}[0] = now")
        writer.line(f"{due} = {state}[0] + {writer.bind(node.seconds)}")
        writer.line(f"{result} = True if now >= {due} else {writer.bind(node.wait)}(memory, now, {due})")
    with writer.block("else:"):
        writer.line(f"{result} = {truth}")
        writer.line(f"if {state}[0] is not None or {state}[1] is not None: {writer.bind(node.stop)}({state}, {truth})")
    return result


def _step(writer: Writer, node: Any) -> str:  # noqa: ANN401 - any `nodes.Step`
    found = "".join(f", {writer.emit(child)}" for child in node.children)
    return writer.let(f"{writer.bind(node.step)}(memory, now, values{found})")


def _window(writer: Writer, node: windows.Window) -> str:
    """A window over readings, or over what is computed from them; one whose samples come and go without a gate is asked."""
    if node.gate is not None:
        return _gated(writer, node, node.gate)
    if node.span.loose:
        return _asked(writer, node)
    state, result = writer.state(node), writer.fresh()
    only = node.samples[0] if len(node.samples) == 1 else None
    if isinstance(only, nodes.Read):
        heard = writer.heard(only.name)
        missing, stamp, sample = f"{heard}.good_at is None", f"{heard}.good_ts", f"float({heard}.good),"
    else:
        found = [writer.emit(child) for child in node.samples]
        missing, sample = _unknown(*found), ", ".join(f"float({one})" for one in found) + ","
        stamp = f"newest({writer.bind(node.reads)}, values)" if node.pace is None else f"{writer.bind(node.pace)}(memory)"
    with writer.block(f"if {missing}:"):
        writer.line(f"{state}[{samples.MISSED}] = True")
        writer.line(f"{result} = None")
    with writer.block("else:"):
        newer = writer.let(stamp)
        with writer.block(f"if {state}[{samples.LAST}] is None or {newer} > {state}[{samples.LAST}]:"):
            writer.line(f"{writer.bind(node.take)}({state}, {newer}, ({sample}))")
        writer.line(f"{result} = {state}[{samples.RESULT}]")
    return result


def _gated(writer: Writer, node: windows.Window, gate: Node) -> str:
    """What remembers nothing is computed only while the gate is open."""
    truth, result = writer.emit(gate), writer.fresh()
    for child in node.samples:
        if child.slot:
            writer.emit(child)
    with writer.block(f"if {truth}:"):
        found = "".join(f"{writer.emit(child)}, " for child in node.samples)
        writer.line(f"{result} = {writer.bind(node.admit)}(memory, now, values, ({found}))")
    with writer.block("else:"):
        writer.line(f"{result} = {writer.bind(node.refuse)}(memory, now, values)")
    return result


def _unknown(*values: str) -> str:
    """Is any of them unknown? Figures from outside never are."""
    return " or ".join(f"{value} is None" for value in dict.fromkeys(values) if not value.startswith("g")) or "False"


FORMS: dict[type, Callable[[Writer, Any], str]] = {
    nodes.Const: _const, nodes.Read: _read, nodes.Flag: _flag, nodes.Missing: _missing, nodes.Member: _member,
    nodes.Threshold: _compare, nodes.Compare: _compare, nodes.Not: _not, nodes.Apply: _apply, nodes.Join: _join,
    nodes.Clauses: _clauses, windows.Lasting: _lasting, windows.Window: _window,
}  # fmt: skip
