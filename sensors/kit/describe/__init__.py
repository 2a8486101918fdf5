"""Turns a condition into words without values: what the rule asks for, in Chinese and English, for documentation.

    for(main_pressure < P.main_start, 10s) and controller_mode == auto and not any(pump{i}_run)
    消防主管压力低于主泵启泵压力持续 10 秒，且控制柜状态为“自动”，且所有消防泵均未运行

`explain` tells what is true now; this tells the rule itself, as it is written for a kind, with its instance letters. `truths`
says conditions, `figures` names numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sensors.kit import grammar
from sensors.kit.describe import figures, truths
from sensors.kit.describe.speaker import Speaker, is_truth
from sensors.kit.words import Severity, Text

if TYPE_CHECKING:
    from sensors.kit.words import Kind

__all__ = ["Described", "describe"]


@dataclass(frozen=True, slots=True)
class Described:
    """A whole condition in words: what its lets stand for, in order, and its clauses with their severity (None: the rule's
    own)."""

    lets: tuple[tuple[str, Text], ...]
    clauses: tuple[tuple[Severity | None, Text], ...]


def describe(text: str, kind: Kind) -> Described:
    """The words of a condition of this kind. Raises ConditionError where it can't be parsed."""
    script = grammar.read(text)
    speaker = Speaker({point.name: point for point in kind.points}, {param.name: param for param in kind.params})
    lets = []
    for let in script.lets:
        words = truths.said if is_truth(let.tree, speaker) else figures.called
        lets.append((let.name, _spaced(words(let.tree, speaker))))
        speaker = speaker.with_let(let.name, let.tree)
    clauses = [
        (Severity(one.severity) if one.severity else None, _spaced(truths.said(one.tree, speaker))) for one in script.clauses
    ]
    return Described(tuple(lets), tuple(clauses))


_HAN = "\u4e00-\u9fff"
_SPACES = (  # between Chinese and figures or names a space, between Chinese and Chinese none
    (re.compile(rf"(?<=于) (?=[{_HAN}])"), ""),
    (re.compile(rf"(?<=[{_HAN}])(?=[0-9−](?![0-9]*号)|`\w)"), " "),
    (re.compile(rf"(?<=[0-9%³])(?=(?!号)[{_HAN}])|(?<=[A-Za-z])(?=持续)|(?<=\w`)(?=[{_HAN}])"), " "),
)


def _spaced(text: Text) -> Text:
    zh = text.zh
    for pattern, space in _SPACES:
        zh = pattern.sub(space, zh)
    return Text(zh, text.en)
