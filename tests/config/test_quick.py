"""The quick reader gives what the careful one gives, or leaves the text to it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.config.quick import NotPlain, data_of
from daemon.config.text import carefully, parse

WORDS = [
    "on", "no", "yes", "true", "True", "null", "~", "08:00", "1", "-0", "+7", "0x1F", "010", "1.", ".5", "1e3", "-1.5e-3", ".inf",
    "1_000",
]  # fmt: skip
SCALARS = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=8).map(
    lambda text: json.dumps(text, ensure_ascii=True)
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]")
        | st.lists(st.tuples(SCALARS, inner), max_size=4).map(lambda items: "{" + ", ".join(f"{k}: {v}" for k, v in items) + "}")
    ),
    max_leaves=20,
)
STRANGE = {
    "tag": "a: !!int 1",
    "key twice": "{a: 1, a: 2}",
    "list as a key": "? [1]\n: 2",
    "alias as a key": "a: &x b\n*x : 1",
    "endless": "a: &x [*x]",
    "two documents": "a: 1\n---\nb: 2",
    "nothing": "# nothing",
    "broken": "a: [",
    "deep": "[" * 60 + "]" * 60,
    "growing": "a0: &a0 [1, 1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
}


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_it_reads_is_what_the_careful_reader_reads(text):
    complaints = []
    try:
        quick = data_of(text)
    except NotPlain:
        return
    careful = carefully(text, "f", complaints)
    assert (repr(quick), complaints) == (repr(careful.data), [])


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_unusual_is_left_to_the_careful_reader(name):
    if name == "nothing":
        assert parse(STRANGE[name], "f", []).data is None
        return
    with pytest.raises(NotPlain):
        data_of(STRANGE[name])


def test_aliases_that_grow_a_file_beyond_bounds_are_refused():
    complaints = []
    parse(STRANGE["growing"], "f", complaints)
    assert "nested without end" in complaints[0].what


def test_lines_are_looked_for_when_they_are_asked_for():
    document = parse("a: 1\nb:\n  - {c: 2}\n", "f", [])
    assert document.text is not None
    assert document.line(("b", 0, "c")) == 3
    assert document.text is None
