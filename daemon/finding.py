"""What the doctor finds: one row per check, in words for people, and how it is printed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence


class Level(StrEnum):
    """How it stands: fail keeps Atrium from working, warn may lose something some day."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; `do` is what to do about it, None where nothing is needed."""

    name: str
    level: Level
    says: Text
    do: Text | None = None
    why: Text | None = None  # why it matters, where that is not plain


_MARKS = {Level.OK: "✓", Level.WARN: "!", Level.FAIL: "✗"}


def fine(name: str, zh: str, en: str) -> Finding:
    """A row without anything to do."""
    return Finding(name, Level.OK, Text(zh, en))


def some(names: Sequence[str], most: int = 3) -> str:
    """The first few of them."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def told(findings: Sequence[Finding], *, as_json: bool = False) -> str:
    """All rows as lines in both languages, or as one JSON list."""
    if as_json:
        return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
    return "\n".join(line for finding in findings for line in _lines(finding))


def code(findings: Sequence[Finding]) -> int:
    """Exit code: 1 if anything keeps Atrium from working."""
    return int(any(finding.level is Level.FAIL for finding in findings))


def _lines(finding: Finding) -> list[str]:
    head = f"{_MARKS[finding.level]} {finding.name:<12}"
    rows = [f"{head} {finding.says.en}", f"{'':<14} {finding.says.zh}"]
    if finding.why:
        rows += [f"{'':<14} {finding.why.en}", f"{'':<14} {finding.why.zh}"]
    if finding.do:
        rows += [f"{'':<14} → {finding.do.en}", f"{'':<14} → {finding.do.zh}"]
    return rows
