"""Turns a judged condition into a sentence for people, in Chinese and English: names, numbers, units, durations.

It states facts, never the rule: each clause says what its inputs are now, so `not x` reads like x with its present value. Every
figure comes from the readings or the memory; what is unknown is called unknown. `facts` says what is true, `names` what a number
is called, `states` what a condition is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.kit.explain import facts, names, states
from sensors.kit.explain.telling import Told, copied, say

if TYPE_CHECKING:
    from sensors.kit.nodes import Memory, Node, Value, Values
    from sensors.kit.words import Text

__all__ = ["facts", "names", "sentence", "states"]


def sentence(root: Node, memory: Memory, now: float, values: Values) -> tuple[Text, dict[str, Value]]:
    """The whole condition in words, and the values named."""
    told = Told(memory, copied(memory), now, values, {})
    return say(root, told), told.named
