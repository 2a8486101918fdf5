"""docs/equipment: made from the kinds, as committed, and complete."""

from __future__ import annotations

import json
import re

import pytest

from sensors.docs import pages
from sensors.docs.sources import SOURCES
from sensors.registry import kinds

PAGES = pages(kinds())
TABLES = ("points", "limits", "signatures", "tasks", "faults")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_what_the_kinds_say(name, root):
    """Where this fails: `atrium equipment`, and commit docs/equipment."""
    assert (root / "docs" / "equipment" / name).read_text(encoding="utf-8") == PAGES[name]


def test_no_page_is_left_over(root):
    assert {path.name for path in (root / "docs" / "equipment").iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_point_limit_signature_inspection_and_fault_occurs(name):
    kind, page = kinds()[name], PAGES[f"{name}.md"]
    wanted = [f"| `{one.name}` |" for one in kind.points] + [f"| `P.{one.name}` |" for one in kind.params]
    wanted += [f"`{point}.{one.level}`" for one in kind.limits for point in (one.point, *one.also)]
    wanted += [f"### {one.id} " for one in kind.signatures]
    wanted += [f"\n| {one.id} |" for one in (*kind.tasks, *kind.faults)]
    assert [text for text in wanted if text not in page] == []


def section(page, begin, end):
    return page.partition(f"\n{begin}")[2].partition(f"\n{end}")[0]


@pytest.mark.parametrize("name", sorted(kinds()))
def test_each_signature_says_what_it_asks_for_what_to_do_and_why(name):
    kind, page = kinds()[name], PAGES[f"{name}.md"]
    for one in kind.signatures:
        text = section(page, f"### {one.id} ", "##")
        assert "先做：" in text
        assert "当 " in text or not one.when
        assert text.count("\n  - ") == len(one.causes)
        assert all(f"`{rule}`" in text for rule in one.hides)
        assert ("改写" in text) == bool(one.rewritten)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_limit_keeps_its_mark_and_no_judgment_is_presented_as_law(name):
    kind, page = kinds()[name], PAGES[f"{name}.md"]
    rows = section(page, "## 限值", "## 故障").splitlines()
    rows = [row for row in rows if row.startswith("| `")]
    assert [re.findall(r"\| \[([SKJ])\][^|]*\|$", row) for row in rows] == [[one.evidence.mark] for one in kind.limits]
    assert "[K] and [J] are not requirements of law" in page


def test_every_key_of_a_source_on_a_page_is_explained_there():
    for name, page in PAGES.items():
        listed = set(re.findall(r"^- `([\w-]+)` ", page.partition("## 来源")[2], re.MULTILINE))
        assert set(re.findall(r"S:([\w-]+)", page)) == listed, name
        assert listed <= set(SOURCES)


def test_the_pages_are_as_complete_as_the_reference(root):
    path = root.parent / "shared" / "domain" / "equipment.json"
    if not path.exists():
        pytest.skip(f"{path} is not at hand: nothing to compare with")
    told = {one["kind"]: one for one in json.loads(path.read_text(encoding="utf-8"))["kinds"]}
    counts = [sum(len(kind[table]) for kind in told.values()) for table in TABLES]
    assert counts == [302, 233, 127, 65, 92]
    assert counts == [sum(len(getattr(kinds()[name], table)) for name in told) for table in TABLES]
    assert {f"{name}.md" for name in told} <= set(PAGES)
