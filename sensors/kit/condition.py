"""The condition language, its public face: text and scope become a `Condition`, judged in event time and explained in words.

    for(main_pressure < P.main_start, 10s) and controller_mode == auto and not any(pump{i}_run)

    let q = P.jockey_flow * duty(any(jockey{i}_run), 24h)
    minor: q > 3 * median(q, 14d) and for(q > 0.05, 24h)
    major: for(q > 0.3, 2h)

`grammar` parses, `build`, `statements` and `functions` check and compile, `nodes` and `windows` evaluate, `explain` puts it into
words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.kit import emit, explain, grammar, nodes
from sensors.kit.build import Builder
from sensors.kit.functions import FUNCTIONS
from sensors.kit.grammar import ConditionError
from sensors.kit.letters import bind_letters, free_letters
from sensors.kit.nodes import Value, Values
from sensors.kit.statements import script
from sensors.kit.typed import NUMBER, SPAN, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sensors.kit.words import Severity, Text

__all__ = [
    "Condition", "ConditionError", "Scope", "Value", "Values", "Verdict",
    "bind_letters", "compile_condition", "compute", "free_letters",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Three-valued truth (None: unknown) and the next event time at which it may change without a new reading."""

    truth: bool | None
    wake: float | None = None


_STILL = {truth: Verdict(truth) for truth in (True, False, None)}  # the verdicts without a deadline, shared


class Condition:
    """One compiled condition. It holds no state: what it remembers lies in the list that `memory` makes, one per rule."""

    __slots__ = ("_fresh", "alternatives", "inputs", "root", "text", "truth")

    def __init__(self, text: str, root: nodes.Node, builder: Builder) -> None:
        self.text = text
        self.inputs = frozenset(builder.inputs)
        self.root = root
        self.truth: emit.Run = self._begin  # as `judge`, a bare pair, for where it is asked all the time
        self._fresh = tuple(builder.slots)
        self.alternatives = root.children if isinstance(root, nodes.Join) and root.decides else ()

    @property
    def remembers(self) -> bool:
        """Does its verdict depend on more than the latest values?"""
        return bool(self._fresh)

    def memory(self) -> list[Any]:
        """Fresh state: plain lists, numbers and None, fit for msgpack."""
        slots = [fresh() for fresh in self._fresh]
        return [math.inf, *slots, 0] if self.alternatives else [math.inf, *slots]  # last: which alternatives have spoken, as bits

    def move(self, memory: list[Any], seconds: float) -> None:
        """The clock of what it remembers was moved: nothing has become older or younger."""
        for slot, node in _owners(self.root).items():
            node.move(memory[slot], seconds)

    def judge(self, memory: list[Any], now: float, values: Values) -> Verdict:
        """The verdict at event time `now`, after each new good reading of an input and at each wake; `now` never decreases."""
        truth, wake = self.truth(values, memory, now)
        return _STILL[truth] if wake is None else Verdict(truth, wake)

    def prepare(self) -> None:
        """Make it a function now, if it is none yet, not with the first question: that takes a millisecond."""
        if self.truth == self._begin:
            self.truth = emit.function(self.root)

    def _begin(self, values: Values, memory: list[Any], now: float, *, active: bool = False) -> tuple[bool | None, float | None]:
        self.prepare()
        return self.truth(values, memory, now, active=active)

    def judge_on(
        self, values: Values, memory: list[Any], now: float, *, active: bool = False
    ) -> tuple[bool | None, float | None]:
        """As `truth`, for what may have raised an alarm (`active`: it has). Of several alternatives those keep it that have been
        true since: one that can't say yet what is usual (or whose input is missing) and never spoke does not."""
        verdict = self.truth(values, memory, now)
        if not self.alternatives or (verdict[0] is False and (active or not memory[-1])):
            return verdict
        if not verdict[0] and not active:
            memory[-1] = 0
            return verdict
        truths = [part.value(memory, now, values) for part in self.alternatives]
        if verdict[0]:
            memory[-1] |= sum(1 << place for place, truth in enumerate(truths) if truth)
            return verdict
        over = memory[-1] and not any(truth is None and memory[-1] >> place & 1 for place, truth in enumerate(truths))
        return (False if over else None), verdict[1]

    def grade(self, memory: list[Any], own: Severity | None = None) -> Severity | None:
        """Severity of the worst clause that was true at the last verdict. A bare condition has the signature's `own`; None stands
        for that, also where no clause was true."""
        root = self.root
        if not isinstance(root, nodes.Clauses):
            return own
        found = [grade or own for grade in root.true(memory)]
        if None in found:
            return None
        return min(found, key=lambda grade: grade.rank if grade else 0, default=own)

    def explain(self, memory: list[Any], now: float, values: Values) -> tuple[Text, dict[str, Value]]:
        """The facts behind the last verdict as a sentence in both languages, and the values it names. Changes nothing."""
        return explain.sentence(self.root, memory, now, values)


def _owners(node: Any) -> dict[int, Any]:  # noqa: ANN401 - any node
    """Slot → the node that remembers something there, of a whole tree."""
    found = {node.slot: node} if hasattr(node, "move") else {}
    for child in getattr(node, "children", ()):
        found |= _owners(child)
    return found


def compile_condition(text: str, scope: Scope, bind: Mapping[str, int] | None = None) -> Condition:
    """Parse, check and compile. Raises ConditionError with all complaints at once."""
    text_read = grammar.read(text)
    builder = Builder(scope, FUNCTIONS, bind)
    root = script(builder, text_read)
    if builder.complaints:
        raise ConditionError(text, builder.complaints)
    return Condition(text, root, builder)


def compute(expr: str, params: Mapping[str, float]) -> float:
    """A figure from parameters: `P.jockey_start-0.03` → 0.84. Raises ConditionError."""
    builder = Builder(Scope(params=params), FUNCTIONS)
    found = builder.build(grammar.parse(expr))
    if not builder.complaints and found.is_a not in {NUMBER, SPAN}:
        builder.wrong(0, "a number over parameters is expected")
    elif not builder.complaints and not isinstance(found.node, nodes.Const):
        builder.wrong(0, "this can't be computed: it divides by zero or is too large")
    if builder.complaints or not isinstance(found.node, nodes.Const):
        raise ConditionError(expr, builder.complaints)
    return float(found.node.fixed)
