"""Turns a signature into its section: what it asks for in words, as the reference has it and as it is judged, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sensors.docs.markdown import code, plain, seconds
from sensors.docs.tables import evidence, severity
from sensors.kit.condition import free_letters
from sensors.kit.describe import describe

if TYPE_CHECKING:
    from sensors.kit.words import Kind, Signature, Text

UNCONDITIONAL = "- 没有条件：由内核自行判断，或尚不判断。<br>No condition: the core judges it by itself, or it is not judged yet."


def section(given: Signature, kind: Kind) -> list[str]:
    """The whole section of one signature."""
    return [
        f"### {given.id} {plain(given.says.zh)} · {plain(given.says.en)}",
        "",
        f"**{severity(given.severity)}** · {evidence(given.evidence)}",
        "",
        *_condition(given, kind),
        *_told("先做", "First", given.do),
        *_listed("可能原因 Causes", given.causes),
        *([f"- 它解释并隐藏 Hides: {', '.join(map(code, given.hides))}"] if given.hides else []),
        *([f"- 说明 Note: {plain(given.note)}"] if given.note else []),
        "",
    ]


def _condition(given: Signature, kind: Kind) -> list[str]:
    """The condition in words, as it is judged, and as the reference words it."""
    delays = f"- 延时 Delays: on {seconds(given.on)}, off {seconds(given.off)}"
    reference = [f"- 参考原文 As the reference words it: {code(' '.join(given.reference.split()))}"] if given.reference else []
    rewritten = [f"- 改写 Rewritten: {plain(given.rewritten)}"] if given.rewritten else []
    if not given.when:
        return [UNCONDITIONAL, *reference, *rewritten, delays]
    return [*_words(given, kind), f"- 判据 As it is judged: {code(given.when.strip())}", *reference, *rewritten, delays]


def _words(given: Signature, kind: Kind) -> list[str]:
    """What it asks for, sentence by sentence, Chinese before English."""
    said = describe(given.when, kind)
    letters = sorted(free_letters(given.when))
    lines = [f"- 每个 {one} 各一条规则 One rule for each {one}" for one in letters]
    lines += [f"- 其中 `{name}` 指 {plain(text.zh)}<br>`{name}` is {plain(text.en)}" for name, text in said.lets]
    for grade, text in said.clauses:
        mark = f"**{severity(grade)}** " if grade else ""
        lines.append(f"- {mark}当 {plain(text.zh)}<br>when {plain(text.en)}")
    return lines


def _told(zh: str, en: str, text: Text) -> list[str]:
    return [f"- {zh}：{plain(text.zh)}<br>{en}: {plain(text.en)}"]


def _listed(name: str, texts: tuple[Text, ...]) -> list[str]:
    return [f"- {name}:", *(f"  - {plain(text.zh)} / {plain(text.en)}" for text in texts)] if texts else []
