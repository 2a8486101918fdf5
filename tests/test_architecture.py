"""The house holds together: who may import whom, what is pure, how long things may be. Read from the syntax trees."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path for top in ("sensors", "daemon", "dashboards") for path in (ROOT / top).rglob("*.py") if "web" not in path.parts
)
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
PURE = [name for name in NAMES if name.startswith(("sensors/", "daemon/core/"))]

# Nothing here can wait, write, ask the time or draw a number by itself.
CALM = {
    "__future__", "abc", "array", "ast", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "importlib", "itertools",
    "json", "keyword", "math", "numbers", "operator", "pkgutil", "random", "re", "string", "statistics", "struct",
    "textwrap", "types", "typing", "unicodedata", "uuid", "zlib", "zoneinfo", "msgspec",
}  # fmt: skip
ARRAYS = {"numba", "numpy"}  # pure as well, and only there: one row per channel, thousands a second
LEARNED = "daemon/core/learned/"
# Where importing is the business: kinds and dialects are found by folder.
REGISTRIES = {"sensors/registry.py"}
WRITERS = {"sensors/kit/emit.py"}  # runs code, its own: a checked condition written out as a function
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("uuid", "uuid1"), ("uuid", "uuid4"),
}  # fmt: skip
DICE_ALLOWED = {"Random"}  # a seeded generator, handed in
TABLES = {name for name in NAMES if name.startswith("sensors/") and name.count("/") == 1}  # kinds are tables


def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def imports(name: str) -> set[str]:
    """Every module a file imports, those for type checking included; `from a import b` counts as a.b."""
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(name: str) -> set[str]:
    return {one for one in imports(name) if one.split(".")[0] in {"sensors", "daemon", "dashboards", "tests"}}


def within(module: str, *allowed: str) -> bool:
    return any(module == one or module.startswith(one + ".") for one in allowed)


def allowed(name: str) -> tuple[str, ...]:
    """What a file may import of our own."""
    if name == "daemon/__main__.py":
        return ("sensors", "daemon", "dashboards")
    if name.startswith("sensors/"):
        return ("sensors",)
    if name.startswith("daemon/core/"):
        return ("sensors", "daemon.core", "daemon.ports")
    if name.startswith("dashboards/"):
        return ("sensors", "daemon.core", "daemon.ports", "dashboards")
    return ("sensors", "daemon")


@pytest.mark.parametrize("name", NAMES)
def test_imports_point_one_way(name):
    assert {one for one in ours(name) if not within(one, *allowed(name))} == set()


def test_only_the_composition_root_knows_the_dashboards_and_nobody_imports_it():
    knowing = [
        name for name in NAMES if not name.startswith("dashboards/") and any(within(one, "dashboards") for one in ours(name))
    ]
    assert set(knowing) <= {"daemon/__main__.py"}
    assert [name for name in NAMES if any(within(one, "daemon.__main__") for one in ours(name))] == []


def test_ports_import_nouns_only():
    assert {one for one in ours("daemon/ports.py") if not within(one, "daemon.core", "sensors.kit")} == set()


@pytest.mark.parametrize("name", PURE)
def test_the_pure_part_imports_no_framework_and_nothing_that_does_io(name):
    foreign = {one.split(".")[0] for one in imports(name)} - {"sensors", "daemon"} - CALM
    foreign -= ARRAYS if name.startswith(LEARNED) else set()
    assert foreign == set()
    assert name in REGISTRIES or not {one for one in imports(name) if within(one, "importlib", "pkgutil")}


@pytest.mark.parametrize("name", PURE)
def test_the_pure_part_opens_nothing_reads_no_clock_and_throws_no_dice(name):
    impure = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and (_opens(node.func) or _asks(node.func))
    ]
    assert [call for call in impure if not (name in WRITERS and call.endswith(" exec"))] == []
    assert {
        one for one in imports(name) if within(one, "random") and one.split(".")[-1] not in DICE_ALLOWED | {"random"}
    } == set()


def _opens(func: ast.expr) -> bool:
    return isinstance(func, ast.Name) and func.id in {"open", "print", "input", "exec", "eval", "__import__"}


def _asks(func: ast.expr) -> bool:
    if not isinstance(func, ast.Attribute):
        return False
    base = func.value.attr if isinstance(func.value, ast.Attribute) else getattr(func.value, "id", "")
    dice = base == "random" and isinstance(func.value, ast.Name) and func.attr not in DICE_ALLOWED
    return dice or (base, func.attr) in CLOCKS


@pytest.mark.parametrize("name", ["daemon/__init__.py", "dashboards/__init__.py"])
def test_the_top_packages_hold_a_docstring_only(name):
    body = tree(name).body
    assert len(body) == 1
    assert ast.get_docstring(tree(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_module_says_what_it_turns_into_what(name):
    assert ast.get_docstring(tree(name)), "a docstring of a sentence or two"


@pytest.mark.parametrize("name", NAMES)
def test_no_file_is_longer_than_a_person_reads_at_once(name):
    most = 450 if name in TABLES else 300
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("name", NAMES)
def test_no_class_is_named_after_nothing_in_particular(name):
    words = ("Manager", "Helper", "Util", "Utils", "Impl", "Base")
    assert [node.name for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef) and node.name.endswith(words)] == []


def test_a_broad_except_stands_in_two_places_at_most():
    broad = [
        f"{name}:{node.lineno}"
        for name in NAMES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert len(broad) <= 2, broad


def test_the_configuration_holds_text_only():
    assert {path.suffix for path in (ROOT / "config").rglob("*") if path.is_file()} <= {".yaml", ".json"}


def test_the_lock_file_carries_hashes_and_no_addresses():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [index for index, line in enumerate(lines) if not line.startswith(" ")]
    assert all("==" in lines[index] and "--hash=sha256:" in lines[index + 1] for index in pins)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_no_two_files_of_tests_have_the_same_name():
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []
