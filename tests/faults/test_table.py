"""The table of faults names files that exist, and every file of this folder."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_the_table_of_faults_names_every_test_and_nothing_else():
    named = set(re.findall(r"\]\(([^)]+)\)", (HERE / "README.md").read_text(encoding="utf-8")))
    assert {name for name in named if not (HERE / name).is_file()} == set()
    assert {path.name for path in HERE.glob("test_*.py")} - named == {Path(__file__).name}
