"""The page about conditions: every example in it compiles, and every word of the language is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sensors.kit.condition import ConditionError, bind_letters, compile_condition
from sensors.kit.expand import scope_of
from sensors.kit.functions import FUNCTIONS
from sensors.kit.words import Severity
from sensors.registry import kinds

PAGE = (Path(__file__).parents[2] / "docs/conditions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```condition (\w+)\n(.*?)```", PAGE, re.DOTALL)
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
ROWS = re.findall(
    r"^\| `([^`]+)` \|", PROSE.replace(PROSE[PROSE.index("### How exact") : PROSE.index("## The unknown")], ""), re.MULTILINE
)


def compiled(text, kind="fire_pump"):
    """The text, or the number that it is, as a condition of a kind."""
    scope = scope_of(kinds()[kind])
    text = bind_letters(text, {"i": 1}, {})
    try:
        return compile_condition(text, scope)
    except ConditionError:
        return compile_condition(f"{text} > 0", scope)


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_every_worked_example_compiles(kind, text):
    assert compiled(text, kind).inputs


@pytest.mark.parametrize("text", ROWS)
def test_every_example_of_a_table_compiles(text):
    assert compiled(text).root


def test_every_word_of_the_language_is_explained():
    words = {word for code in re.findall(r"`([^`]+)`", PROSE) for word in re.findall(r"[A-Za-z_]+", code)}
    wanted = {*FUNCTIONS, *Severity, "while", "since", "before", "by", "same", "hour_of_week", "let", "and", "or", "not"}
    assert wanted - words == set()


def test_the_page_has_examples():
    assert len(BLOCKS) >= 5
    assert len(ROWS) >= 35
