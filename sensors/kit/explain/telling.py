"""What every telling shares: the memory it looks into, and the three questions put to a node.

`say` is a clause about a truth as it is now, `call` the name of a number, `state` a condition as such, whatever it is now: in
"稳压泵运行占比 31 %" the pump may be standing at the moment.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

from sensors.kit.say import duration
from sensors.kit.words import Text

if TYPE_CHECKING:
    from sensors.kit import nodes
    from sensors.kit.nodes import Memory, Node, Value, Values

UNKNOWN = Text("未知", "unknown")


class Told(NamedTuple):
    """What a telling needs: the memory, a copy of it to ask nodes with, the time, the readings, and where the named values are
    gathered."""

    memory: Memory
    spare: Memory
    now: float
    values: Values
    named: dict[str, Value]

    def of(self, node: Node) -> Value | None:
        """The node's value now, without touching the memory."""
        found: Value | None = node.value(self.spare, self.now, self.values)
        return found

    def read(self, node: nodes.Read) -> Value | None:
        """A channel's value, noted as named."""
        last = self.values.last(node.name)
        if last is not None:
            self.named[node.name] = last[1]
        return None if last is None else last[1]


def copied(memory: Memory) -> Memory:
    """A memory to play with."""
    return [copied(part) if isinstance(part, list) else part for part in memory]


def length(seconds: float) -> Text:
    """The length of a window as people speak of it: a day is 24 hours."""
    return Text("24 小时", "24 h") if seconds == 86400 else duration(seconds)


def both(pattern: Text, *parts: Text | str) -> Text:
    """Fill `{}` of a pattern in both languages."""
    texts = [Text(part, part) if isinstance(part, str) else part for part in parts]
    return Text(pattern.zh.format(*(text.zh for text in texts)), pattern.en.format(*(text.en for text in texts)))


def listed(texts: list[Text], zh: str = "；", en: str = "; ") -> Text:
    """Clauses one after another, each once; one that another clause says with more words is left out."""
    once = [text for text in dict.fromkeys(texts) if not any(other != text and other.zh.startswith(text.zh) for other in texts)]
    return Text(zh.join(text.zh for text in once), en.join(text.en for text in once))


@singledispatch
def say(node: object, told: Told) -> Text:
    """A clause about a truth. A node class without words of its own tells of its children."""
    return listed([say(child, told) for child in getattr(node, "children", ())])


@singledispatch
def call(node: object, told: Told) -> Text:
    """A name for a number: a point, or what is computed from points."""
    return listed([call(child, told) for child in getattr(node, "children", ())], "、", ", ")


@singledispatch
def state(node: object, told: Told) -> Text:
    """A condition as such. A node class without words of its own says what it is now."""
    return say(node, told)
